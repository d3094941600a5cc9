import {z} from 'zod';
import {alignmentResultSchema} from '../alignment.ts';
import {wireErrorSchema} from './bench-status.ts';
import {feedHead, feedInput, planeSchema} from './feed.ts';
import {acting, reading} from './procedure.ts';
import {isAttendedSchema, onSettingsSchema} from './scan.ts';

/**
 * The guided alignment: steps in their order, each with what to do, what it measures, what is expected beside what is
 * seen, and a decision by numbers that are stated (docs/alignment.md, "Guided procedure").
 */

export const guideStepKindSchema = z.enum(['reference', 'beam', 'plates', 'stack']);

/** How far a step of a guided alignment is. */
export const guideStepStateSchema = z.enum([
  /** Not measured yet. */
  'waiting',
  'running',
  /** Measured and every criterion met; nobody has accepted it. */
  'passed',
  /** Measured, or broken off by what it found. */
  'failed',
  /** Stopped, or the host ended in the middle; nothing of it counts. */
  'interrupted',
  'accepted',
  /** Accepted although it failed, with a note that says why. */
  'overridden',
  'skipped',
]);

/** One number that decides. */
export const guideCriterionSchema = z.object({
  /** `unexplained part of the light`. */
  name: z.string(),
  /** Null where it could not be measured; such a criterion is not met. */
  value: z.number().nullable(),
  relation: z.enum(['at-most', 'at-least']),
  limit: z.number(),
  /** '' for a ratio. */
  unit: z.string(),
  isMet: z.boolean(),
  /** Where the limit comes from, in a sentence. */
  source: z.string(),
});
export type GuideCriterion = z.infer<typeof guideCriterionSchema>;

/** A number expected beside the one that was seen. */
export const guideNumberSchema = z.object({
  name: z.string(),
  unit: z.string(),
  expected: z.number().nullable(),
  expectedSigma: z.number().nullable(),
  seen: z.number().nullable(),
  seenSigma: z.number().nullable(),
});
export type GuideNumber = z.infer<typeof guideNumberSchema>;

const intervalSchema = z.object({value: z.number(), low: z.number(), high: z.number()}).nullable();

/** How well simulation and bench agree, with 95 % intervals; null where it cannot be said. */
export const guideAgreementSchema = z.object({
  /** `correlation`, `share error`, `match`. */
  name: z.string(),
  /** Plates where the design has them, scan and light registered: at the try before this one, and now. */
  designedBefore: intervalSchema,
  designed: intervalSchema,
  /** Everything where it was found. */
  aligned: intervalSchema,
});
export type GuideAgreement = z.infer<typeof guideAgreementSchema>;

/** How a guided alignment is carried out, chosen when it begins. */
export const guideOptionsSchema = z.object({
  /** Objects of the last step, the whole stack. */
  objectCount: z.number().int().min(1).max(50).default(5),
  /** Chooses the objects. */
  seed: z.number().int().min(0).default(1),
  /** Whether plates can be taken out: the beam of the empty bench, and plates added one at a time. */
  hasSinglePlates: z.boolean().default(true),
  /** Objects of the steps with a part of the plates. */
  singleObjectCount: z.number().int().min(1).max(3).default(2),
  /** How far a plate may stand from its place in its holder, mm and degrees. */
  holderLateralMm: z.number().gt(0).max(10).default(3),
  holderRotationDeg: z.number().gt(0).max(20).default(4),
  /** Steps of the scans: empty bench, a part of the plates, whole stack. */
  beamStepMm: z.number().min(0.5).max(8).default(4),
  singleStepMm: z.number().min(0.5).max(4).default(2),
  stackStepMm: z.number().min(0.2).max(4).default(1),
});
export type GuideOptions = z.output<typeof guideOptionsSchema>;

/** Planes of a step that can be looked at. */
export const guidePlaneRefSchema = z.object({
  artifactUid: z.string(),
  /** The mask that stood there; `open frame`. */
  label: z.string(),
});

/** One step of a guided alignment: what is measured, what was found, what was decided. */
export const guideStepSchema = z.object({
  /** `reference`, `beam`, `plates-2`, `stack`. */
  id: z.string(),
  kind: guideStepKindSchema,
  title: z.string(),
  /** What the operator does before it is started. */
  instruction: z.string(),
  /** What is measured, and what for. */
  purpose: z.string(),
  /** Plates that stand during it, from 1; null: as they are. */
  plates: z.array(z.number().int()).nullable(),
  isOptional: z.boolean(),
  state: guideStepStateSchema,
  /** The state in a sentence. */
  stateText: z.string(),
  attemptCount: z.number().int(),
  criteria: z.array(guideCriterionSchema),
  numbers: z.array(guideNumberSchema),
  /** Of the whole stack only. */
  agreement: z.array(guideAgreementSchema),
  /** What to look for where it failed; what is worth knowing where it did not. */
  advice: z.array(z.string()),
  /** What to turn at the plates, in words; empty where nothing has to be done. */
  corrections: z.array(z.string()),
  problem: wireErrorSchema.nullable(),
  planes: z.array(guidePlaneRefSchema),
  /** Of an override. */
  note: z.string(),
  decidedBy: z.string(),
  /** Of the whole stack: what `align.result` shows, and the campaign that measured it. */
  alignmentUid: z.string().nullable(),
  campaignUid: z.string().nullable(),
  startedUtc: z.string().nullable(),
  endedUtc: z.string().nullable(),
});
export type GuideStep = z.infer<typeof guideStepSchema>;

/** A guided alignment with all its steps, in the order in which they are made. */
export const guideSchema = z.object({
  sessionUid: z.string(),
  title: z.string(),
  benchName: z.string(),
  designName: z.string(),
  designHash: z.string(),
  createdAt: z.string(),
  options: guideOptionsSchema,
  steps: z.array(guideStepSchema),
  /** The first step that is not decided; null when all are. */
  currentStepId: z.string().nullable(),
  /** What goes on now; null while nothing does. */
  progress: z
    .object({
      stepId: z.string(),
      text: z.string(),
      /** Null while it cannot be estimated. */
      doneRatio: z.number().nullable(),
      timeLeftS: z.number().nullable(),
    })
    .nullable(),
});
export type Guide = z.infer<typeof guideSchema>;

/** A guided alignment as a list shows it. */
export const guideSummarySchema = z.object({
  sessionUid: z.string(),
  title: z.string(),
  benchName: z.string(),
  designName: z.string(),
  createdAt: z.string(),
  /** Steps that are decided, of how many. */
  decidedCount: z.number().int(),
  stepCount: z.number().int(),
  isRunning: z.boolean(),
});
export type GuideSummary = z.infer<typeof guideSummarySchema>;

const stepInput = z.object({sessionUid: z.string(), stepId: z.string()});
/** Who measures; who is named in the settings unless given. */
const operator = z.string().max(100).optional();

/** The guided alignment: from the empty bench to a whole stack, one plate at a time. One runs at a time. */
export const alignGuide = {
  list: reading('/align-guide/list', 'Guided alignments, newest first').output(
    z.object({guides: z.array(guideSummarySchema)}),
  ),
  begin: acting('/align-guide/begin', 'Begin a guided alignment on the open bench', 'begin-guided-alignment')
    .input(
      guideOptionsSchema.extend({
        designFolder: z.string().optional(),
        title: z.string().default(''),
        operator,
      }),
    )
    .output(z.object({sessionUid: z.string()})),
  /** The feed's newest entry only: waits while nothing has changed since `after`. */
  state: reading('/align-guide/state', 'Feed: how a guided alignment stands')
    .input(feedInput.extend({sessionUid: z.string()}))
    .output(z.object({...feedHead, guide: guideSchema})),
  /**
   * Measures a step on the open bench: the one that is next, or one that was decided before, which is then undecided
   * again. Stopped as any run is.
   */
  run: acting('/align-guide/run', 'Measure a step of a guided alignment', 'run-guided-step')
    .input(stepInput.extend({operator, onSettings: onSettingsSchema, isAttended: isAttendedSchema}))
    .output(z.object({id: z.string()})),
  /**
   * Moves mounted plates by what the last try of the whole stack has found, as a job of the bench; the step has to be
   * measured again then. What is left for the hand is told in the notes of the run.
   */
  correct: acting(
    '/align-guide/correct',
    'Move the mounted plates as the whole stack of a guided alignment says',
    'apply-correction',
  )
    .input(z.object({sessionUid: z.string(), operator}))
    .output(z.object({id: z.string()})),
  /** Accepting needs every criterion met, an override a note, skipping a step that is optional. */
  decide: acting('/align-guide/decide', 'Accept, override or skip a step', 'decide-guided-step')
    .input(
      stepInput.extend({
        decision: z.enum(['accept', 'override', 'skip']),
        note: z.string().max(2000).default(''),
        operator,
      }),
    )
    .output(guideSchema),
  planes: reading('/align-guide/planes', 'A plane of a step: expected, seen, as found')
    .input(z.object({artifactUid: z.string()}))
    .output(
      z.object({
        label: z.string(),
        /** All in the unit of what was seen, so that they share one scale. */
        expected: planeSchema,
        seen: planeSchema,
        found: planeSchema,
      }),
    ),
};

/** What the command line prints as its last line. */
export const guideReportSchema = z.object({
  session: z.string(),
  steps: z.array(
    guideStepSchema.pick({
      id: true,
      state: true,
      attemptCount: true,
      criteria: true,
      numbers: true,
      agreement: true,
      corrections: true,
      advice: true,
      note: true,
    }),
  ),
  /** Of the whole stack; null where it was not reached. */
  result: alignmentResultSchema.nullable(),
  placement: z.string().nullable(),
  seconds: z.number(),
});
export type GuideReport = z.infer<typeof guideReportSchema>;
