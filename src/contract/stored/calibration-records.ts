import {z} from 'zod';
import {alignmentResultSchema} from '../alignment.ts';
import {illuminationSchema} from '../illumination.ts';
import {calibrateKinds} from './calibrate-records.ts';
import {benchFields, figure, frameRegistrationSchema} from './fields.ts';
import {plateKinds} from './plate-records.ts';
import {defineRecord, renameFields, type RecordKind, type RecordValues} from './record.ts';

/** Values of the table `calibrations`, by the kind of their row. */

/** Where the scan's frame stands in the output plane, with the light. */
const registration = defineRecord({
  name: 'calibration registration',
  version: 1,
  schema: z.object({
    frame: frameRegistrationSchema,
    illumination: illuminationSchema,
    sigma: z.record(z.string(), figure),
  }),
});

/** The mean of the readings without light, with the detector as it is for the scans. */
const darkLevel = defineRecord({
  name: 'calibration dark-level',
  version: 1,
  schema: z.object({
    /** Unit of the signal where it is not V: the numbers are in it then. */
    unit: z.string().optional(),
    /** Real and imaginary part; the latter is 0 for a signal without a phase. */
    xV: z.number(),
    yV: z.number(),
    /** Scatter of one reading of one channel; null for a single one. */
    readingSigmaV: z.number().nullable(),
    readingCount: z.number(),
  }),
});

const lockInPhase = defineRecord({
  name: 'calibration lock-in-phase',
  version: 1,
  schema: z.object({
    /** As the instrument was set. */
    referencePhaseDeg: z.number(),
    /** What is left of the signal's phase against X at the reference point, deg; small after an auto-phase. */
    signalPhaseDeg: z.number(),
  }),
});

/** What the reference point reads behind a known mask, dark taken off. */
const sourcePower = defineRecord({
  name: 'calibration source-power',
  version: 1,
  schema: z.object({
    /** Unit of the signal where it is not V: the reference and its sigma are in it then. */
    unit: z.string().optional(),
    referenceV: z.number(),
    sigmaV: z.number().nullable(),
    xMm: z.number(),
    yMm: z.number(),
    /** What the source was set to, as far as it says; null else. */
    powerDbm: z.number().nullable(),
  }),
});

/** Millimetres in the bench for one of the stage, and by how much the angle of its axes exceeds 90 degrees. */
const axisScale = defineRecord({
  name: 'calibration axis-scale',
  version: 1,
  schema: z.object({
    alignmentUid: z.string(),
    /** Null, as the others, where it was not looked for. */
    scale: z.number().nullable(),
    sigma: z.number().nullable(),
    squarenessDeg: z.number().nullable(),
    squarenessSigmaDeg: z.number().nullable(),
  }),
});

/** Light of the empty bench, from a guided alignment; see `BeamProfile` and `KnownShape` of the twin. */
const beamProfile = defineRecord({
  name: 'calibration beam-profile',
  version: 1,
  schema: z.object({
    centerXMm: z.number(),
    centerYMm: z.number(),
    radiusMm: z.number(),
    peak: z.number(),
    centerSigmaMm: figure,
    radiusSigmaMm: figure,
    residualRatio: figure,
    distanceMm: z.number(),
    atObject: z.object({
      narrownessPerMm2: z.number(),
      curvaturePerMm: z.number(),
      narrownessSigmaPerMm2: figure,
      curvatureSigmaPerMm: figure,
    }),
  }),
});

/** Everything of a bench that an alignment can turn, as the twin's `BenchState`. */
export const benchStateSchema = z.object({
  plates: z
    .array(
      z.object({
        dxMm: z.number(),
        dyMm: z.number(),
        dzMm: z.number(),
        rotationDeg: z.number(),
        tiltXDeg: z.number().optional(),
        tiltYDeg: z.number().optional(),
        refractiveIndex: z.number(),
        extinction: z.number(),
      }),
    )
    .readonly(),
  object: z.object({dxMm: z.number(), dyMm: z.number(), rotationDeg: z.number()}),
  beam: z.object({
    centerXMm: z.number(),
    centerYMm: z.number(),
    narrownessPerMm2: z.number(),
    curvaturePerMm: z.number(),
    tiltXDeg: z.number(),
    tiltYDeg: z.number(),
  }),
  frame: z.object({
    dxMm: z.number(),
    dyMm: z.number(),
    dzMm: z.number(),
    rotationDeg: z.number(),
    scale: z.number(),
    squarenessDeg: z.number().optional(),
  }),
});

const orientation = z.number().int().min(0).max(7);

/** What an alignment found, and what predictions and pictures need beside it. */
const alignment = defineRecord({
  name: 'calibration alignment',
  version: 2,
  migrations: [renameFields({lackRatio: 'unexplainedRatio'})],
  schema: z.object({
    result: alignmentResultSchema,
    state: benchStateSchema,
    /** Which plate stands in each place and how; the twin's `Arrangement`. */
    arrangement: z.object({
      plates: z.array(z.object({plate: z.number().int().min(0), orientation})).readonly(),
      object: orientation,
      scan: orientation,
    }),
    method: z.enum(['rs', 'asm']),
    /** In the order of `result.parameters`, row-major. */
    covariance: z.array(figure).readonly().nullable(),
    ...benchFields,
    designHash: z.string(),
    designName: z.string(),
    planes: z.array(z.object({runUid: z.string(), label: z.string(), artifactUid: z.string()})).readonly(),
    /** Height errors of the prints; null or absent where they were not looked for. */
    prints: z.object({artifactUid: z.string(), rmsMm: z.number()}).nullable().exactOptional(),
    /** Artifacts of the measured heights that it began with, beside which it found `prints`; absent where there were none. */
    measuredHeights: z.array(z.string()).readonly().exactOptional(),
    /** Part of the field that the fit lacked, step by step; absent in records of earlier versions of the program. */
    convergence: z
      .array(z.object({iteration: z.number(), unexplainedRatio: z.number()}))
      .readonly()
      .exactOptional(),
    programVersion: z.string(),
  }),
});

/** An alignment was accepted: its placement is what predictions as aligned use. */
const placement = defineRecord({
  name: 'calibration placement',
  version: 1,
  schema: z.object({
    alignmentUid: z.string(),
    acceptedBy: z.string(),
    ...benchFields,
    designHash: z.string(),
  }),
});

const placementTakenBack = defineRecord({
  name: 'calibration placement-taken-back',
  version: 1,
  schema: z.object({placementUid: z.string()}),
});

/** Whether what a later campaign measured is still what a placement predicts. */
const placementCheck = defineRecord({
  name: 'calibration placement-check',
  version: 1,
  schema: z.object({
    placementUid: z.string(),
    /** Of the plane that was measured with the one predicted; what the alignment's own planes had. */
    correlation: z.number(),
    expected: z.number(),
    isHolding: z.boolean(),
  }),
});

/**
 * What a campaign did with the alignment of its own planes, which nobody accepted. A trusted one is used for the
 * predictions of this campaign alone; its uid stands in them as that of a placement.
 */
const campaignAlignment = defineRecord({
  name: 'calibration campaign-alignment',
  version: 1,
  schema: z.object({
    /** Null when nothing was found. */
    alignmentUid: z.string().nullable(),
    verdict: z.enum(['trusted', 'doubtful', 'failed']),
    reasons: z.array(z.string()).readonly(),
    /** The campaign's runs that it was fitted on. */
    runUids: z.array(z.string()).readonly(),
    /** Who had the campaign measured. */
    operator: z.string(),
    programVersion: z.string(),
  }),
});

/** By the column `kind`. */
const kinds = {
  ...plateKinds,
  ...calibrateKinds,
  registration,
  'dark-level': darkLevel,
  'lock-in-phase': lockInPhase,
  'source-power': sourcePower,
  'axis-scale': axisScale,
  'beam-profile': beamProfile,
  alignment,
  placement,
  'placement-taken-back': placementTakenBack,
  'placement-check': placementCheck,
  'campaign-alignment': campaignAlignment,
} as const;

/** Values of the table `calibrations`, by kind. */
export type CalibrationValues = RecordValues<typeof kinds>;
/** Kinds of calibrations and of other results in the ledger. */
export type CalibrationKind = keyof CalibrationValues;
/** Declaration of the value of each kind of calibration. */
export const calibrationRecords: {
  readonly [Kind in CalibrationKind]: RecordKind<CalibrationValues[Kind]>;
} = kinds;

/** What a calibration builds on: uids of others, in the column `depends_on`. */
export const calibrationBases = defineRecord({
  name: 'bases of a calibration',
  version: 1,
  schema: z.array(z.string()),
});
