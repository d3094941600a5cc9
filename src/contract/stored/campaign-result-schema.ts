import {z} from 'zod';
import type {VerdictCause} from '../campaign-result.ts';
import {rateSchema as rate} from '../rate.ts';
import {figure, frameRegistrationSchema} from './fields.ts';

/** The schema of `CampaignResult` (contract/campaign-result.ts), where each field is described. */

const numbers = z.array(figure);
const maybe = z.number().nullable();

const simulated = z.object({
  winner: z.string().nullable(),
  shares: numbers.nullable(),
  pearson: maybe,
  nrmse: maybe,
  shareError: maybe,
  strayRatio: maybe,
});

const marginError = z.object({
  sigma: z.number(),
  parts: z.object({
    noise: maybe,
    source: maybe,
    drift: maybe,
    dark: maybe,
    undersampling: maybe,
    registration: maybe,
  } satisfies Record<VerdictCause, z.ZodType>),
});

const measured = z.object({
  winner: z.string().nullable(),
  runnerUp: z.string().nullable(),
  shares: numbers.nullable(),
  sharesSigma: numbers.nullable(),
  margin: maybe,
  marginSigma: maybe,
  marginError: marginError.exactOptional(),
  verdict: z.enum(['decided', 'undecided']),
  strayRatio: maybe,
  problem: z.string(),
});

const calibrated = z.object({
  winner: z.string().nullable(),
  runnerUp: z.string().nullable(),
  margin: maybe,
  marginSigma: maybe,
  verdict: z.enum(['decided', 'undecided']),
  isLearned: z.boolean(),
});

const treatment = z.object({
  unit: z.string().exactOptional(),
  darkXV: figure,
  darkYV: figure,
  darkReadingCount: z.number(),
  signalPhaseDeg: figure.exactOptional(),
  noiseV: figure,
  isDriftCorrected: z.boolean(),
  driftNote: z.string(),
  driftSpanRatio: maybe,
  isLinearised: z.boolean(),
  sourceNoiseRatio: maybe.exactOptional(),
});

const digit = z.object({
  label: z.string(),
  sample: z.string(),
  runUid: z.string(),
  pointCount: z.number(),
  measured,
  nominal: simulated,
  registered: simulated,
  aligned: simulated.exactOptional(),
  calibrated: calibrated.exactOptional(),
  treatment,
  further: z.array(z.object({frequencyHz: z.number(), runUid: z.string(), treatment})).exactOptional(),
});

const excluded = z.object({
  index: z.number(),
  label: z.string(),
  sample: z.string(),
  runUid: z.string().nullable(),
  reason: z.string(),
  author: z.string(),
  timeS: z.number(),
});

const matrices = z.object({
  counts: z.array(z.array(z.number())),
  undecided: z.array(z.number()),
  meanShares: z.array(numbers.nullable()),
});

/** `CampaignResult` as it is stored. */
export const campaignResultSchema = z.object({
  labels: z.array(z.string()),
  regionLabels: z.array(z.string()).exactOptional(),
  frequenciesHz: z.array(z.number()).exactOptional(),
  decisionLevelSigma: z.number(),
  registration: frameRegistrationSchema,
  digits: z.array(digit),
  excluded: z.array(excluded),
  matchNominal: rate,
  matchRegistered: rate,
  accuracyMeasured: rate,
  accuracyNominal: rate,
  accuracyRegistered: rate,
  undecidedCount: z.number(),
  winners: z
    .object({
      matchNominal: rate,
      matchRegistered: rate,
      matchAligned: rate.exactOptional(),
      accuracyMeasured: rate,
    })
    .exactOptional(),
  matrices: z.object({
    measured: matrices,
    nominal: matrices,
    registered: matrices,
    aligned: matrices.exactOptional(),
  }),
  alignment: z
    .object({
      placementUid: z.string(),
      alignmentUid: z.string(),
      alignedAtS: z.number(),
      matchAligned: rate,
      accuracyAligned: rate,
      fittedRunUids: z.array(z.string()).exactOptional(),
      matchFitted: rate.exactOptional(),
      matchOthers: rate.exactOptional(),
    })
    .exactOptional(),
  ownAlignment: z
    .object({
      alignmentUid: z.string().nullable(),
      verdict: z.enum(['trusted', 'doubtful', 'failed']),
      reasons: z.array(z.string()),
      runUids: z.array(z.string()),
      operator: z.string(),
      timeS: z.number(),
      isRevoked: z.boolean(),
    })
    .exactOptional(),
  readOutCalibration: z
    .object({
      calibrationUid: z.string(),
      timeS: z.number(),
      learnedCount: z.number(),
      accuracyRaw: rate,
      accuracyCalibrated: rate,
      winnersRaw: rate,
      winnersCalibrated: rate,
      matrix: matrices,
    })
    .exactOptional(),
  pointCount: z.number(),
});
