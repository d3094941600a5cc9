import {z} from 'zod';
import {
  correctionComparisonSchema,
  correctionStateSchema,
  displacementSchema,
  plateMoveSchema,
} from '../correction.ts';
import {alignmentResultSchema} from '../alignment.ts';
import {wireErrorSchema} from './bench-status.ts';
import {alignChoices} from './align-computations.ts';
import {acting, reading} from './procedure.ts';
import {isAttendedSchema, onSettingsSchema} from './scan.ts';

/** Corrections by the mounts of the open bench: planned, made, measured again, kept or undone. */

export const correctionPlanSchema = z.object({
  moves: z.array(plateMoveSchema),
  /** What is left as it is and why, in sentences. */
  leftOut: z.array(z.string()),
  /** What has no motor, in words as seen from the source. */
  manualSteps: z.array(z.string()),
  /** Why it may not be made; ''. */
  refusal: z.string(),
  /** The same as an error; null where nothing refuses it. */
  problem: wireErrorSchema.nullable(),
  /** The refusal is that the alignment is doubtful, and somebody may follow it all the same. */
  isDoubtOnly: z.boolean(),
  /** Real time of all ways, s; null where a mount does not tell its speed. */
  seconds: z.number().nullable(),
});
export type CorrectionPlanView = z.infer<typeof correctionPlanSchema>;

/** A correction by the mounts: what was moved, and how well the bench agreed before and after. */
export const correctionSchema = z.object({
  uid: z.string(),
  timeS: z.number(),
  alignmentUid: z.string().nullable(),
  by: z.string(),
  moves: z.array(plateMoveSchema),
  leftOut: z.array(z.string()),
  manualSteps: z.array(z.string()),
  state: correctionStateSchema,
  /** How it came to that, in a sentence. */
  text: z.string(),
  /** The planes that were measured again; null before. */
  check: z
    .object({
      sessionUid: z.string(),
      /** Their alignment; null until it is there. */
      alignmentUid: z.string().nullable(),
      verdict: z.enum(['trusted', 'doubtful', 'failed']).nullable(),
      comparison: correctionComparisonSchema,
      before: displacementSchema,
      after: displacementSchema.nullable(),
    })
    .nullable(),
  /** Why it cannot be kept or undone now; ''. */
  keepRefusal: z.string(),
  undoRefusal: z.string(),
});
export type CorrectionView = z.infer<typeof correctionSchema>;

const uidInput = z.object({uid: z.string()});
const started = z.object({id: z.string()});

/** Corrections that the mounts make: planned, carried out, measured again, kept or undone. */
export const correction = {
  /** What the mounts would do; their positions are read, nothing moves. Throws `bench/closed` without a bench. */
  plan: reading('/correction/plan', 'What the mounts would do for an alignment')
    .input(z.object({alignmentUid: z.string(), allowDoubtful: z.boolean().default(false)}))
    .output(correctionPlanSchema),
  /** Starts the moves as a job of the bench. Refused whole, before anything moves, when the plan is no longer `shown`. */
  apply: acting('/correction/apply', 'Move the mounted plates as an alignment says', 'apply-correction')
    .input(
      z.object({
        alignmentUid: z.string(),
        allowDoubtful: z.boolean().default(false),
        /** The moves that a person has agreed to. */
        shown: z.array(plateMoveSchema).min(1).max(99),
      }),
    )
    .output(started),
  /** Corrections from an alignment, newest first. */
  list: reading('/correction/list', 'Corrections that were made from an alignment')
    .input(z.object({alignmentUid: z.string()}))
    .output(z.object({corrections: z.array(correctionSchema)})),
  /** Starts a campaign of the same planes; their alignment follows by itself. */
  measureAgain: acting(
    '/correction/measure-again',
    'Measure the same planes again after a correction',
    'measure-again',
  )
    .input(uidInput)
    .output(started),
  /**
   * The unattended correction, as one job of the bench: moves the mounted plates as an alignment says, measures the same
   * planes again, aligns them, and keeps the correction unless they agree less with the design than before; then the
   * plates are moved back. Refused as `plan` is.
   */
  correctAndCheck: acting(
    '/correction/correct-and-check',
    'Move the mounted plates, measure again, and keep or undo by what it did',
    'apply-correction',
  )
    .input(
      z.object({
        alignmentUid: z.string(),
        allowDoubtful: z.boolean().default(false),
        operator: z.string().max(100).optional(),
        onSettings: onSettingsSchema,
        isAttended: isAttendedSchema,
        /** How the planes are aligned afterwards. */
        ...alignChoices,
      }),
    )
    .output(started),
  /** What `correctAndCheck` has done, once it is over. One of the latest, by the id that its start gave. */
  outcome: reading('/correction/outcome', 'What an unattended correction has done')
    .input(z.object({id: z.string()}))
    .output(
      z.object({
        report: z.object({
          uid: z.string(),
          state: correctionStateSchema,
          moves: z.array(plateMoveSchema),
          leftOut: z.array(z.string()),
          manualSteps: z.array(z.string()),
          before: z.object({session: z.string(), calibration: z.string(), displacement: displacementSchema}),
          after: z.object({
            session: z.string(),
            calibration: z.string().nullable(),
            displacement: displacementSchema,
          }),
          comparison: correctionComparisonSchema,
          /** Whether it was kept, and why, in a sentence. */
          text: z.string(),
        }),
        /** Of the planes afterwards. */
        result: alignmentResultSchema,
      }),
    ),
  /** Keeps it, and accepts the placement that was found afterwards where there is one that may be accepted. */
  keep: acting('/correction/keep', 'Keep a correction', 'keep-correction')
    .input(uidInput)
    .output(z.object({acceptedUid: z.string().nullable()})),
  /** Starts moving the plates back to where they stood, as a job of the bench. */
  undo: acting('/correction/undo', 'Move the plates back', 'undo-correction').input(uidInput).output(started),
};
