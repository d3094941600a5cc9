import {z} from 'zod';
import {measurementModelSchema} from './measurement.ts';
import {count, positiveQuantity} from './quantity.ts';
import {tradeOffDefaults, tradeOffWeights, type TradeOffWeight} from './trade-off-defaults.ts';
import type {TrainingSettingsData} from './training.ts';

/** Each weight: the setting of a training's loss that it is, and what it is called. */
export const tradeOffLosses: Readonly<
  Record<TradeOffWeight, {readonly field: keyof TrainingSettingsData['loss']; readonly label: string}>
> = {
  efficiency: {field: 'efficiencyWeight', label: 'weight of light'},
  margin: {field: 'marginWeight', label: 'weight of the margin'},
  smoothness: {field: 'smoothnessWeight', label: 'weight of even light under the scan'},
  scale: {field: 'logitScale', label: 'logit scale'},
};

const largestValue = 1000;
const largestCount = 20;

/** How a trade-off study is made; `tradeOffProblems` says which values it cannot be made with. */
export const tradeOffSettingsSchema = z.object({
  weight: z.enum(tradeOffWeights).default('efficiency'),
  /** Values of the weight, each of which is trained with. */
  values: z.array(z.number()).max(1000),
  /** Steps of training for each value, all of them from the same plates. */
  steps: count(1, 100_000).default(tradeOffDefaults.steps),
  /** Adam's rate at the first step, falling to a twentieth along half a cosine, rad. */
  learningRate: positiveQuantity(10, 'rad').default(tradeOffDefaults.learningRate),
  /** Decides batches, errors and light of every step, and what validation draws: the same for every value. */
  seed: z.number().int().min(0).default(tradeOffDefaults.seed),
  /** Images that are measured on drawn benches for the error of a margin; 0 leaves it out. */
  marginImages: count(0, 10_000).default(tradeOffDefaults.marginImages),
  /** Benches over which they are spread. */
  benchCount: count(1, 1000).default(tradeOffDefaults.benchCount),
});
export type TradeOffSettings = z.output<typeof tradeOffSettingsSchema>;

/** Why no study can be made with these values, a sentence each that says what to change; empty where one can. */
export function tradeOffProblems({weight, values}: Pick<TradeOffSettings, 'weight' | 'values'>): string[] {
  const {label} = tradeOffLosses[weight];
  const problems: string[] = [];
  if (values.length < 2)
    problems.push(`A trade-off needs at least two values of the ${label}; give them as 0, 0.05, 0.1.`);
  if (values.length > largestCount)
    problems.push(`There are ${values.length} values of the ${label}; give at most ${largestCount}.`);
  const repeated = values.find((value, i) => values.indexOf(value) !== i);
  if (repeated !== undefined) problems.push(`The value ${repeated} stands more than once; give each once.`);
  const isPossible = (value: number): boolean =>
    value <= largestValue && (weight === 'scale' ? value > 0 : value >= 0);
  const odd = values.find((value) => !isPossible(value));
  if (odd !== undefined)
    problems.push(
      `${odd} cannot be a ${label}: it lies ${weight === 'scale' ? 'above 0, at most' : 'from 0 to'} ${largestValue}.`,
    );
  return problems;
}

/** What kept images say of plates. */
const tradeOffPointSchema = z.object({
  /** Value of the weight that the plates were trained with; null for those that every value began with. */
  value: z.number().nullable(),
  /** Part of the kept images that are right, as printed and read at every sample. */
  accuracy: z.number(),
  /** Mean of the score of the true class minus the largest other one: shares of single regions. */
  meanMargin: z.number(),
  /** Mean part of the input power that reaches the regions. */
  efficiency: z.number(),
  /** RMS difference between a region's share at the points of a scan and at every sample; null without a scan. */
  scanChange: z.number().nullable(),
  /** RMS difference between the margin on drawn benches and that predicted for them; null where none was measured. */
  marginSigma: z.number().nullable(),
});
export type TradeOffPoint = z.infer<typeof tradeOffPointSchema>;

/** What a trade-off study comes to. */
export const tradeOffStudySchema = z.object({
  designName: z.string(),
  contentHash: z.string(),
  settings: tradeOffSettingsSchema,
  /** Value of the weight that the design was trained with. */
  ownValue: z.number(),
  /** Images a step. */
  batchSize: z.number().int(),
  /** Kept images that every point is judged by. */
  imageCount: z.number().int(),
  /** Images that were measured on drawn benches. */
  marginImageCount: z.number().int(),
  /** How benches were drawn. */
  model: measurementModelSchema,
  /** The plates that every value began with. */
  before: tradeOffPointSchema,
  /** In the order in which the values were given. */
  points: z.array(tradeOffPointSchema),
});
export type TradeOffStudy = z.infer<typeof tradeOffStudySchema>;

/** Mean margin in units of the measurement's own error; null where that was not measured. */
export const marginInSigmas = ({meanMargin, marginSigma}: TradeOffPoint): number | null =>
  marginSigma === null || marginSigma === 0 ? null : meanMargin / marginSigma;
