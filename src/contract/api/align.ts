import {z} from 'zod';
import {alignmentResultSchema, alignmentSensitivitySchema} from '../alignment.ts';
import {predictedSigmaSchema, probePlanSchema} from '../probe-plan.ts';
import {alignChoices, alignComputations} from './align-computations.ts';
import {acting, reading} from './procedure.ts';
import {wireErrorSchema} from './bench-status.ts';
import {feedHead, feedInput, float32s, planeSchema} from './feed.ts';

/** Amplitudes of a mask, rows from the smallest y as everywhere; `count` is 0 where none is stored. */
const maskSchema = z.object({count: z.number().int(), pitchMm: z.number(), amplitude: float32s});

/** A session whose planes an alignment can use, or why it cannot. */
export const alignSourceSchema = z.object({
  sessionUid: z.string(),
  title: z.string(),
  benchName: z.string(),
  designHash: z.string(),
  designName: z.string(),
  createdAt: z.string(),
  /** Finished grid runs of known objects. */
  planeCount: z.number().int(),
  pointCount: z.number().int(),
  /** Newest alignment that was made from this session; null without one. */
  alignmentUid: z.string().nullable(),
  /** Whether an alignment can start from it is; why not in `problem`. */
  isUsable: z.boolean(),
  problem: z.string(),
});
export type AlignSource = z.infer<typeof alignSourceSchema>;

/** One measured plane that can be chosen. */
export const alignSourcePlaneSchema = z.object({
  runUid: z.string(),
  scanId: z.number().int(),
  /** Class of the digit, and its sample as people named it. */
  label: z.string(),
  sample: z.string(),
  timeS: z.number(),
  pointCount: z.number().int(),
  mask: maskSchema,
  /** Whether it is taken when no planes are named. */
  isChosenByDefault: z.boolean(),
  isUsable: z.boolean(),
  /** Why it is not usable, or not taken by default; '' otherwise. */
  problem: z.string(),
});
export type AlignSourcePlane = z.infer<typeof alignSourcePlaneSchema>;

/** A number of the bench that can be left free. */
export const alignParameterChoiceSchema = z.object({
  /** `plate3.dx`, `plates.n`, `beam.centerX`, `frame.scale`. */
  name: z.string(),
  unit: z.enum(['mm', 'deg', '1', '1/mm', '1/mm^2']),
  isFreeByDefault: z.boolean(),
  /** What is known of it beforehand, one standard deviation; null when only the planes decide. */
  priorSigma: z.number().nullable(),
});

/** What an alignment under way is doing; the words for a person are in `text`. */
export const alignStageSchema = z.enum([
  'reading',
  'search',
  'orientation',
  'fit',
  'error-bars',
  'prints',
  'storing',
  'ended',
]);

const convergenceSchema = z.array(z.object({iteration: z.number().int(), unexplainedRatio: z.number()}));

/** An alignment under way, or the last one that ended. */
export const alignJobSchema = z.object({
  /** Changes with every start. */
  id: z.string(),
  sessionUid: z.string(),
  title: z.string(),
  state: z.enum(['running', 'stopping', 'done', 'stopped', 'failed']),
  stage: alignStageSchema,
  /** What is going on, in words. */
  text: z.string(),
  /** Part of the whole that is done, 0..1; an estimate. */
  doneRatio: z.number(),
  /** Part of the field that the fit lacks (ratio of powers), step by step: the convergence curve. */
  convergence: convergenceSchema,
  planeCount: z.number().int(),
  startedUtc: z.string(),
  endedUtc: z.string().nullable(),
  elapsedS: z.number(),
  /** Null while it cannot be estimated. */
  timeLeftS: z.number().nullable(),
  /** Of a job that is done: what to ask `align.result` for. */
  alignmentUid: z.string().nullable(),
  /** Why it failed or was stopped. */
  problem: wireErrorSchema.nullable(),
});
export type AlignJob = z.infer<typeof alignJobSchema>;

/** How an alignment stands in the ledger. */
export const alignStatusSchema = z.enum([
  /** Found, and nobody has accepted it. */
  'proposed',
  /** Its placement is what as-aligned predictions use now. */
  'active',
  /** Accepted once; another placement took its place, or it was revoked. */
  'replaced',
  'revoked',
  /** Accepted, and no longer used: too old, or the bench has changed since. */
  'expired',
  'bench-changed',
]);
export type AlignStatus = z.infer<typeof alignStatusSchema>;

/** A stored alignment as a list shows it; times in s since 1970. */
export const alignSummarySchema = z.object({
  uid: z.string(),
  timeS: z.number(),
  sessionUid: z.string(),
  sessionTitle: z.string(),
  /** Of other sessions whose planes are among them. */
  otherSessionTitles: z.array(z.string()),
  benchName: z.string(),
  designHash: z.string(),
  designName: z.string(),
  planeCount: z.number().int(),
  verdict: z.enum(['trusted', 'doubtful', 'failed']),
  correlationBefore: z.number(),
  correlationAfter: z.number(),
  unexplainedRatio: z.number(),
  seconds: z.number(),
  status: alignStatusSchema,
  /** The status in a sentence: since when, until when, why no longer. */
  statusText: z.string(),
  validUntilS: z.number().nullable(),
  /** Of its newest acceptance that was not revoked; null without one. */
  placementUid: z.string().nullable(),
});
export type AlignSummary = z.infer<typeof alignSummarySchema>;

/** A measured plane beside what the bench as aligned predicts for it, on the grid of the scan. */
export const alignPictureSchema = z.object({
  runUid: z.string(),
  scanId: z.number().int(),
  label: z.string(),
  sample: z.string(),
  mask: maskSchema,
  /** Both in the measured unit, gain and background applied to the prediction: they share one scale. */
  measured: planeSchema,
  aligned: planeSchema,
  /** Measured minus predicted over its standard deviation (noise of the reading and what the model lacks). */
  residual: planeSchema,
});
export type AlignPicture = z.infer<typeof alignPictureSchema>;

/** One standard deviation of a pair of shifts, as an ellipse: half axes in mm, the major one turned by `angleDeg` from x to y. */
export const alignEllipseSchema = z.object({
  /** `plate3`, `object`, `frame`. */
  part: z.string(),
  majorMm: z.number(),
  minorMm: z.number(),
  angleDeg: z.number(),
});

/** A stored alignment with its planes: all that the Align page draws. */
export const alignDetailSchema = z.object({
  summary: alignSummarySchema,
  result: alignmentResultSchema,
  ellipses: z.array(alignEllipseSchema),
  /** Part of the field that the fit lacked, step by step; empty where it was not kept. */
  convergence: convergenceSchema,
  pictures: z.array(alignPictureSchema),
  /** In the design's frame, for boxes on the planes; the frame places them on the scan: p = scale R(rotation) s + shift. */
  regions: z.array(
    z.object({
      label: z.string(),
      centerXMm: z.number(),
      centerYMm: z.number(),
      widthMm: z.number(),
      heightMm: z.number(),
    }),
  ),
  frame: z.object({dxMm: z.number(), dyMm: z.number(), rotationDeg: z.number(), scale: z.number()}),
  /** Geometry for a drawing to scale: where the design has the plates, mm along the beam from the object. */
  stack: z.object({
    plates: z.array(z.object({zMm: z.number(), sideMm: z.number()})),
    detectorZMm: z.number(),
  }),
});
export type AlignDetail = z.infer<typeof alignDetailSchema>;

/** What a person would do to one freedom of one part. */
export const alignCorrectionSchema = z.object({
  /** `plate 3`. */
  part: z.string(),
  /** From 0. */
  plateIndex: z.number().int(),
  quantity: z.enum(['dx', 'dy', 'dz', 'rotation', 'flip']),
  /** How far to move it along the axis of the bench (turn it from x to y): minus what was found. 0 for a flip. */
  change: z.number(),
  sigma: z.number().nullable(),
  unit: z.enum(['mm', 'deg', '1']),
  /** `move plate 3 by 0.31 +- 0.02 mm to the left, towards +x`. */
  text: z.string(),
  isNeeded: z.boolean(),
  /** Why nothing has to be done, or ''. */
  reason: z.string(),
  /** What the displacement takes from correlation and verdicts, as parts and in words; null where nothing tells it. */
  cost: z.object({correlation: z.number(), match: z.number(), text: z.string()}).nullable(),
});
export type AlignCorrection = z.infer<typeof alignCorrectionSchema>;

/** Planes of a session, the one that tells most first. */
export const planeOrderSchema = z.object({
  planes: z.array(
    z.object({
      runUid: z.string(),
      /** With this plane and those before it. */
      sigma: predictedSigmaSchema,
    }),
  ),
  /** Part of the field that the model was taken to lack. */
  unexplainedRatio: z.number(),
});
export type PlaneOrder = z.infer<typeof planeOrderSchema>;

/** What is aligned, and how. */
export const alignStartSchema = z.object({
  sessionUid: z.string(),
  /** Planes of these sessions of the same bench too, those taken by default; the newest session keeps the result. */
  otherSessionUids: z.array(z.string()).max(50).default([]),
  /** Of one session: the planes of every object that it measured, as after `measure`, instead of the first few. */
  takesAllPlanes: z.boolean().default(false),
  /** The planes to use, also of other sessions of the same bench; those taken by default without any. */
  runUids: z.array(z.string()).max(50).default([]),
  ...alignChoices,
});

/** Where every part of a bench stands, from measured planes: start, results, acceptance, corrections, what to measure next. */
export const align = {
  sources: reading('/align/sources', 'Sessions whose planes an alignment can use, newest first')
    .input(
      z.object({
        designHash: z.string().optional(),
        limit: z.number().int().min(1).max(1000).default(100),
      }),
    )
    .output(z.object({sources: z.array(alignSourceSchema)})),
  planes: reading(
    '/align/planes',
    'Planes of a session that can be chosen, and numbers that can be left free',
  )
    .input(z.object({sessionUid: z.string()}))
    .output(
      z.object({
        source: alignSourceSchema,
        planes: z.array(alignSourcePlaneSchema),
        parameters: z.array(alignParameterChoiceSchema),
      }),
    ),
  /** One at a time; it uses no instrument and may run beside a measurement. */
  start: acting('/align/start', 'Find where everything stands from measured planes', 'start-alignment')
    .input(alignStartSchema)
    .output(z.object({id: z.string()})),
  /** The job under way or the last one; null before the first. The feed's newest entry only. */
  status: reading('/align/status', 'Feed: how the alignment under way stands')
    .input(feedInput)
    .output(z.object({...feedHead, job: alignJobSchema.nullable()})),
  ...alignComputations,
  stop: acting(
    '/align/stop',
    'Stop the alignment under way; nothing of it is stored',
    'stop-alignment',
  ).output(z.object({hasStopped: z.boolean()})),
  /** What an alignment has found, also one of which nothing was stored. One of the latest, by the id that its start gave. */
  outcome: reading('/align/outcome', 'What an alignment has found')
    .input(z.object({id: z.string()}))
    .output(
      z.object({
        sessionUid: z.string(),
        /** Null where nothing was stored. */
        alignmentUid: z.string().nullable(),
        result: alignmentResultSchema,
      }),
    ),
  /** By the beginning of its uid. Refused with `store/not-found` when there is none, or more than one. */
  find: reading('/align/find', 'The alignment whose uid begins so')
    .input(z.object({start: z.string().min(1).max(100)}))
    .output(
      z.object({
        uid: z.string(),
        benchName: z.string(),
        /** Of the virtual bench that was measured; null for a real one. */
        benchSeed: z.number().nullable(),
      }),
    ),
  results: reading('/align/results', 'Alignments that were made, newest first')
    .input(z.object({sessionUid: z.string().optional(), designHash: z.string().optional()}))
    .output(z.object({alignments: z.array(alignSummarySchema)})),
  result: reading('/align/result', 'An alignment with its planes')
    .input(z.object({uid: z.string()}))
    .output(alignDetailSchema),
  /**
   * Makes the placement active for the bench and design that it was measured on: as-aligned predictions use it until
   * it is revoked, another one is accepted, its time is over or the bench has changed. Refused for one that failed.
   */
  accept: acting('/align/accept', 'Use this placement for as-aligned predictions', 'accept-alignment')
    .input(
      z.object({
        uid: z.string(),
        /** The setting for placements without one. */
        validForH: z
          .number()
          .gt(0)
          .max(24 * 366)
          .optional(),
      }),
    )
    .output(alignSummarySchema),
  /** Revokes an accepted placement: what was active before it is active again, if it still holds. */
  undo: acting('/align/undo', 'Revoke an accepted placement', 'undo-alignment')
    .input(z.object({uid: z.string()}))
    .output(alignSummarySchema),
  /**
   * What each degree of freedom does to a design, before anything is measured: seen by the light and the probe of its
   * newest campaign. Computed once, which takes about a second a digit, and kept.
   */
  sensitivity: reading('/align/sensitivity', 'What each degree of freedom does to a design')
    .input(
      z.object({
        designHash: z.string(),
        /** Test digits that it is computed for. */
        objectCount: z.number().int().min(1).max(200).default(20),
      }),
    )
    .output(z.object({designName: z.string(), sensitivity: alignmentSensitivitySchema})),
  /** Which object tells most after an alignment. Computed once, which takes about half a minute, and kept. */
  nextProbe: reading('/align/next-probe', 'What to measure next, and what it would tell')
    .input(z.object({uid: z.string(), objectCount: z.number().int().min(1).max(5).default(3)}))
    .output(probePlanSchema),
  /**
   * Starts a campaign of further objects on the open bench, scanned as those of the alignment were. When it is done,
   * its planes and those of the alignment are aligned together, which takes the place of an alignment of either.
   */
  measureNext: acting(
    '/align/measure-next',
    'Measure further objects and align them together with those of an alignment',
    'start-campaign',
  )
    .input(
      z.object({
        uid: z.string(),
        /** `mnist:5:5654`, as `nextProbe` names them. */
        objects: z.array(z.string().max(40)).min(1).max(10),
      }),
    )
    .output(z.object({id: z.string()})),
  /** Computed once for the planes that there are, about a second a plane, and kept. */
  planeOrder: reading('/align/plane-order', 'Which planes of a session are most informative')
    .input(z.object({sessionUid: z.string()}))
    .output(planeOrderSchema),
  corrections: reading('/align/corrections', 'What to do to each plate, in words')
    .input(z.object({uid: z.string()}))
    .output(
      z.object({
        /** From where one looks, for all the sentences. */
        viewpoint: z.string(),
        /** One sentence on the whole: what has to be done, or that nothing has. */
        text: z.string(),
        /** By what it was judged which displacements matter. */
        basis: z.string(),
        /** False until the table of the design is computed, which this question begins: ask again. */
        isByDesign: z.boolean(),
        items: z.array(alignCorrectionSchema),
      }),
    ),
};
