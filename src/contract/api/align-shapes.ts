import {z} from 'zod';
import {alignmentResultSchema} from '../alignment.ts';
import {predictedSigmaSchema} from '../probe-plan.ts';
import {alignChoices} from './align-computations.ts';
import {wireErrorSchema} from './bench-status.ts';
import {float32s, planeSchema} from './feed.ts';

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
  quantity: z.enum(['dx', 'dy', 'dz', 'rotation', 'tiltX', 'tiltY', 'flip']),
  /** How far to move it along the axis of the bench (turn it from x to y, tilt it about its axis): minus what was found. 0 for a flip. */
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
