import {z} from 'zod';
import {acting, administering, reading} from './procedure.ts';
import {benchChoiceSchema} from './bench-choice.ts';
import {statusSchema} from './bench-status.ts';
import {feedHead, feedInput, float32s, float64s} from './feed.ts';

/** What went over the wire of an instrument; `nowMs` on the clock of the bench. */
export const wireEntrySchema = z.object({
  id: z.number().int(),
  utc: z.string(),
  nowMs: z.number(),
  role: z.string(),
  port: z.string(),
  direction: z.enum(['sent', 'received', 'note']),
  /** Bytes as text with escapes, or the note. */
  text: z.string(),
});
export type WireEntry = z.infer<typeof wireEntrySchema>;

/** A serial port of the computer of the host. */
export const portSchema = z.object({
  path: z.string(),
  description: z.string(),
  /** Stable identity of the adapter where the system knows one (VID:PID, serial number, by-id name). */
  identity: z.string(),
  /** Role of the open bench that uses it, or the process that holds it, or ''. */
  usedBy: z.string(),
  /** What answered here when it was last asked. */
  remembered: z.object({driver: z.string(), identity: z.string(), utc: z.string()}).nullable(),
});

/** What answered at a port, and the driver that knows it. */
export const foundInstrumentSchema = z.object({
  path: z.string(),
  driver: z.string(),
  model: z.string(),
  identity: z.string(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  reading: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullable(),
  readingError: z.string().nullable(),
});

/** The bench that is open: opening, closing, its status, its ports, readings and wires, and answers to its prompts. */
export const bench = {
  /** The state of everything, as one picture; the feed's newest entry only. */
  status: reading('/bench/status', 'Feed: state of bench, instruments, run')
    .input(feedInput)
    .output(statusSchema),
  open: administering('/bench/open', 'Open a bench: the virtual one or a bench file', 'open-bench')
    .input(benchChoiceSchema)
    .output(z.object({name: z.string()})),
  close: administering('/bench/close', 'Make the bench safe and let its ports go', 'close-bench').output(
    z.object({problems: z.array(z.string())}),
  ),
  /** Reads a bench file without opening anything. */
  checkFile: reading('/bench/check-file', 'Check a bench file without opening anything')
    .input(z.object({path: z.string().min(1)}))
    .output(z.object({name: z.string(), text: z.string(), problem: z.string()})),
  /** Readings of all columns, a row each; times are seconds since the epoch, UTC. */
  readings: reading('/bench/readings', 'Feed: live readings')
    .input(feedInput)
    .output(
      z.object({
        ...feedHead,
        timeS: float64s,
        columns: z.array(
          z.object({
            /** Role and column: `lockin.rV`, `stage.xMm`. */
            name: z.string(),
            label: z.string(),
            unit: z.string(),
            values: float32s,
          }),
        ),
      }),
    ),
  wire: reading('/bench/wire', 'Feed: every exchange with an instrument')
    .input(feedInput)
    .output(z.object({...feedHead, entries: z.array(wireEntrySchema)})),
  ports: reading('/bench/ports', 'What is plugged in').output(z.array(portSchema)),
  /** Asks one port what stands there, driver after driver unless one is named. RF stays off and nothing moves. */
  identify: acting('/bench/identify', 'Ask a port what stands there', 'identify-port')
    .input(z.object({path: z.string().min(1), driver: z.string().optional()}))
    .output(
      z.object({
        found: foundInstrumentSchema.nullable(),
        tried: z.array(z.object({driver: z.string(), text: z.string()})),
      }),
    ),
  answerPrompt: acting('/bench/answer-prompt', 'Answer what a run asked a person to do', 'answer-prompt')
    .input(
      z.object({
        id: z.string(),
        /** refused: it cannot be done; the run ends and keeps its points. */
        answer: z.enum(['done', 'refused']),
        /** With `done` where the prompt has choices: the id of one. */
        choice: z.string().max(50).optional(),
        reason: z.string().max(500).default(''),
      }),
    )
    .output(z.object({})),
};
