import {z} from 'zod';
import {suspendersSchema} from '../suspender.ts';
import {planSpecSchema} from '../plan-spec.ts';
import {defaultSignificance, resumeCheckSchema} from '../resume-check.ts';
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
  /** What suspends the run until it is well again, instead of what the bench file says; none for an empty list. */
  suspenders: suspendersSchema.optional(),
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

/** Which run is to go on, and what may have changed at the bench meanwhile. */
export const resumeRequestSchema = z.object({
  runUid: z.string(),
  /** Probability of a refusal when nothing has changed, of all tests together. */
  significance: z.number().min(1e-3).max(0.5).default(defaultSignificance),
  /**
   * What a reading may differ by without being another one, as a part of it; what the plan leaves of a step when it reads
   * (`residualRatio`), unless given.
   */
  allowedRatio: z.number().min(0).max(1).optional(),
  /** Homes the stage first, also where the bench file does not ask for it. */
  isHomedFirst: z.boolean().default(false),
  operator: z.string().max(100).optional(),
  /** A point beyond the detector's range chooses the range anew instead of asking. */
  isDetectorSetUp: z.boolean().default(false),
  suspenders: suspendersSchema.optional(),
  onSettings: onSettingsSchema,
  isAttended: isAttendedSchema,
});

/** What going on with a run that was cut off would take; nothing moves. */
export const resumePlanSchema = z.object({
  isAllowed: z.boolean(),
  /** Why it cannot go on; ''. */
  refusal: z.string(),
  refusalCode: z.string(),
  /** The segment with which it goes on; the run that was asked for where it cannot. */
  runUid: z.string(),
  scanId: z.number().int(),
  /** Points of all segments that count. */
  storedCount: z.number().int(),
  /** `point_index` of the first point that is left. */
  firstIndex: z.number().int(),
  pointsLeft: z.number().int(),
  /** Points that are measured again first, how often, and why so many. */
  overlapCount: z.number().int(),
  passCount: z.number().int(),
  countReason: z.string(),
  allowedRatio: z.number(),
  /** Real time of all of it, s; 0 where no bench is open. */
  seconds: z.number(),
});
export type ResumePlan = z.infer<typeof resumePlanSchema>;

/** Scans: read a plan, walk it dry, start it, ask what it measured. */
export const scan = {
  dryRun: reading('/scan/dry-run', 'Walk a scan dry: limits, path, time')
    .input(scanRequestSchema)
    .output(dryRunSchema),
  start: acting('/scan/start', 'Start a scan on the open bench', 'start-scan')
    .input(scanRequestSchema)
    .output(z.object({id: z.string()})),
  resumePlan: reading('/scan/resume-plan', 'What going on with a run that was cut off takes')
    .input(
      resumeRequestSchema.pick({runUid: true, significance: true, allowedRatio: true, isHomedFirst: true}),
    )
    .output(resumePlanSchema),
  /**
   * Measures points of a run that was cut off again and goes on with it where they read as they did, as a run that continues
   * it; else the job ends with `device/changed` and says why. Whichever of its segments is named, it goes on with the last.
   */
  resume: acting('/scan/resume', 'Go on with a run that was cut off', 'resume-scan')
    .input(resumeRequestSchema)
    .output(z.object({id: z.string()})),
  /** What tests of overlaps have said of a run, oldest first: of those that were to go on with it, or with one of its segments. */
  resumeChecks: reading('/scan/resume-checks', 'What was found when a run was to go on')
    .input(z.object({runUid: z.string()}))
    .output(z.array(resumeCheckSchema)),
  /** The plan of a run once more, from its first point, as it was: plan, sample, purpose, whether the detector was set up. */
  again: acting('/scan/again', 'Run again with the plan of a run', 'run-again')
    .input(
      z.object({
        runUid: z.string(),
        sessionUid: z.string().optional(),
        operator: z.string().max(100).optional(),
        suspenders: suspendersSchema.optional(),
        onSettings: onSettingsSchema,
        isAttended: isAttendedSchema,
      }),
    )
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
