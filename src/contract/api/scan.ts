import {z} from 'zod';
import {planSpecSchema} from '../plan-spec.ts';
import {settingsPolicies} from '../questions.ts';
import {acting, reading} from './procedure.ts';
import {bytes, float32s, limitsSchema, positionSchema} from './feed.ts';

/**
 * A column of the run's detector by its stored name (`voltage_v`), or `r`, `x`, `y`, `theta` of a lock-in amplifier; '' for
 * the one that tells the strength.
 */
export const quantitySchema = z.string().max(100);

/**
 * What becomes of settings that the bench file does not name and that change what readings mean: a prompt asks (`ask`),
 * the safe values are set, they are kept and noted, or the run is refused.
 */
export const onSettingsSchema = z.enum(settingsPolicies).default('ask');

/** Whether a person answers prompts. Without one, what a run would ask is refused, and the run ends. */
export const isAttendedSchema = z.boolean().default(true);

/** What a scan measures, and the session into which it goes. */
export const scanRequestSchema = z.object({
  plan: planSpecSchema,
  designFolder: z.string().optional(),
  sessionUid: z.string().optional(),
  title: z.string().max(200).optional(),
  operator: z.string().max(100).optional(),
  sample: z.string().max(200).optional(),
  purpose: z.string().max(500).optional(),
  /** Point to begin with, from 0, to go on with an earlier scan. */
  startIndex: z.number().int().min(0).optional(),
  /**
   * Range and phase of the detector, as far as it has them, are chosen at the middle of the scan first, and the range anew
   * where it is exceeded.
   */
  isDetectorSetUp: z.boolean().optional(),
  /** The name of `isDetectorSetUp` before. */
  isLockInSetUp: z.boolean().default(false),
  onSettings: onSettingsSchema,
  isAttended: isAttendedSchema,
});

/** What a scan would do: its path, its time, and the moves that would be refused. */
export const dryRunSchema = z.object({
  isAllowed: z.boolean(),
  refusal: z.string(),
  /** Code of the refusal; '' where it is allowed. */
  refusalCode: z.string(),
  points: z.number().int(),
  pathLengthMm: z.number(),
  /** Real time, s. */
  seconds: z.number(),
  limitsMm: limitsSchema,
  extentMm: limitsSchema,
  /** Positions in order, x and y in turn, mm; thinned to at most 20,000 positions. */
  pathMm: float32s,
  violations: z.array(
    z.object({
      text: z.string(),
      targetMm: positionSchema,
      device: z.string(),
      /** Points recorded before this move. */
      afterPointCount: z.number().int(),
    }),
  ),
  violationCount: z.number().int(),
  /** Targets that are refused, x and y in turn, mm; thinned to at most 20,000 of them. */
  refusedMm: float32s,
  /** What of the plan will not be measured as it was asked for, in sentences. */
  notes: z.array(z.string()),
});
export type DryRunResult = z.infer<typeof dryRunSchema>;

/** What a scan has measured: its runs, and the extremes of one quantity. */
export const scanOutcomeSchema = z.object({
  session: z.string(),
  runs: z.array(
    z.object({
      uid: z.string(),
      scanId: z.number().int(),
      planName: z.string(),
      points: z.number().int(),
      exitStatus: z.enum(['success', 'abort', 'fail']).nullable(),
      reason: z.string(),
    }),
  ),
  points: z.number().int(),
  /** Of the quantity over all points, in `unit`; null without points. */
  minV: z.number().nullable(),
  maxV: z.number().nullable(),
  /** Unit of the quantity, and what its column is called. */
  unit: z.string(),
  label: z.string(),
  /** Where the largest value was read. */
  maxAtMm: z.object({x: z.number(), y: z.number()}).nullable(),
  /** Real time. */
  seconds: z.number(),
});
export type ScanOutcome = z.infer<typeof scanOutcomeSchema>;

/** Scans: read a plan, walk it dry, start it, ask what it measured. */
export const scan = {
  dryRun: reading('/scan/dry-run', 'Walk a scan dry: limits, path, time')
    .input(scanRequestSchema)
    .output(dryRunSchema),
  start: acting('/scan/start', 'Start a scan on the open bench', 'start-scan')
    .input(scanRequestSchema)
    .output(z.object({id: z.string()})),
  /** The plan that a name, a JSON object or a file (YAML or JSON, on the host's computer) stands for; `fields` laid over it. */
  readPlan: reading('/scan/read-plan', 'Read a plan')
    .input(
      z.object({
        text: z.string().min(1).max(100_000),
        fields: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .output(planSpecSchema),
  /** What a scan has measured, once it is over. One of the latest, by the id that its start gave. */
  outcome: reading('/scan/outcome', 'What a scan has measured')
    .input(z.object({id: z.string(), quantity: quantitySchema.default('')}))
    .output(scanOutcomeSchema),
  /** The points of a run as the content of a file. */
  pointsFile: reading('/scan/points-file', 'Points of a run as .csv, or its plane as .npy')
    .input(
      z.object({
        runUid: z.string(),
        format: z.enum(['csv', 'npy']),
        quantity: quantitySchema.default(''),
      }),
    )
    .output(
      z.object({
        content: bytes,
        /** Of an .npy of a run that did not end well: a text that says so, to be kept beside it. */
        head: z.string().nullable(),
      }),
    ),
};
