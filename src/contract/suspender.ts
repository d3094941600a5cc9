import {z} from 'zod';
import {positiveQuantity, quantity} from './quantity.ts';

/**
 * Conditions that suspend a run: it is paused at its next point when one is not met, and goes on by itself once all of
 * them have been met for their settle time. What was stored since the last look that found all well counts for nothing.
 */

const longestS = 30 * 86_400;

const common = {
  /** Bench time for which everything must be well before the run goes on, s. */
  settleS: quantity(0, 86_400, 's').default(30),
  /** A suspension that lasts longer than this ends the run, its points kept, s of bench time; for ever unless given. */
  longestS: positiveQuantity(longestS, 's').optional(),
};
/** Whether RF is off while it is suspended; else it stays on, chopped. */
const source = {source: z.enum(['keep', 'off']).default('keep')};

export const suspenderSchema = z.discriminatedUnion('when', [
  /** The level into the chain is off by more than `toleranceDb`; it is well again within that less `hysteresisDb`. */
  z
    .object({
      when: z.literal('source-level'),
      toleranceDb: positiveQuantity(20, 'dB').default(0.5),
      hysteresisDb: quantity(0, 20, 'dB').default(0.1),
      ...common,
    })
    .strict(),
  /** The source reports that it is not levelled, not locked, or tripped. */
  z.object({when: z.literal('source-status'), ...common}).strict(),
  /** The detector has lost its reference. */
  z.object({when: z.literal('reference-lock'), ...common, ...source}).strict(),
  /** A parameter of an instrument that is read as a number (a temperature at an auxiliary input) leaves its range. */
  z
    .object({
      when: z.literal('input'),
      role: z.string().min(1).max(200),
      /** Of the driver, with its unit in its name: `auxInput1V`. */
      parameter: z.string().min(1).max(100),
      minimum: quantity(-1e12, 1e12, '').optional(),
      maximum: quantity(-1e12, 1e12, '').optional(),
      /** How far inside the range it must be to be well again. */
      hysteresis: quantity(0, 1e12, '').default(0),
      ...common,
      ...source,
    })
    .strict()
    .refine(({minimum, maximum}) => minimum !== undefined || maximum !== undefined, {
      message: 'give minimum, maximum or both',
    }),
  /**
   * The signal at the reference point is off its first value in the run by more than `ratio` of that, or its phase by more
   * than `phaseDeg`, where that is given and the signal has one.
   */
  z
    .object({
      when: z.literal('reference-drift'),
      ratio: positiveQuantity(10, '').default(0.05),
      hysteresisRatio: quantity(0, 10, '').default(0.01),
      phaseDeg: positiveQuantity(180, 'deg').optional(),
      hysteresisDeg: quantity(0, 180, 'deg').default(0.5),
      ...common,
    })
    .strict(),
  /** Less room than this on the disk of the data folder. */
  z
    .object({
      when: z.literal('disk-space'),
      leastBytes: positiveQuantity(1e15, 'bytes').default(500e6),
      hysteresisBytes: quantity(0, 1e15, 'bytes').default(50e6),
      ...common,
      ...source,
    })
    .strict(),
  /** No window and no program has been connected to the host for `absentS`. A command at its terminal counts as one. */
  z
    .object({
      when: z.literal('operator-absent'),
      absentS: positiveQuantity(longestS, 's').default(600),
      ...common,
      ...source,
    })
    .strict(),
]);
export type Suspender = z.infer<typeof suspenderSchema>;

/** Conditions of a bench or of one run. */
export const suspendersSchema = z.array(suspenderSchema).max(50);
