import {z} from 'zod';
import {neuronKinds} from '../neuron-kinds.ts';
import {cornerSchema} from '../map-import.ts';
import {roundingSchema} from '../plate-export.ts';
import {planeSchema} from './feed.ts';

const histogram = z.object({edges: z.array(z.number()), counts: z.array(z.number().int())});

/** An array of a file, before anything is made of it. */
export const mapArrayFactsSchema = z.object({
  file: z.string(),
  /** '' where the file names none. */
  name: z.string(),
  shape: z.array(z.number().int()),
  dtype: z.string(),
  /** The largest and smallest of the numbers that are any; null where none is, as with the mean. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
  /** Of them no numbers, and infinite ones. */
  missingCount: z.number().int(),
  infiniteCount: z.number().int(),
  /** Of a complex array: of its sizes. */
  histogram,
});
/** An array of a file, before anything is made of it. */
export type MapArrayFacts = z.infer<typeof mapArrayFactsSchema>;

/** A plate as a map makes it. */
export const mapPlateSchema = z.object({
  plate: z.number().int(),
  /** Of its relief, else of its mask: `maps.npz: layers.0.phase`. */
  from: z.string(),
  /** As seen from the detector: x right, y up. */
  heightMm: planeSchema,
  minMm: z.number(),
  maxMm: z.number(),
  meanMm: z.number(),
  histogram,
  /** Where the file's first number and the last one of its first row come to lie. */
  firstNumberAt: cornerSchema,
  firstRowEndsAt: cornerSchema,
  /** Different heights, as the design has them and as the printer makes them. */
  heightCount: z.number().int(),
  printedHeightCount: z.number().int().nullable(),
  rounding: roundingSchema.nullable(),
  /** Missing values of a measured map: the design's heights stand there. */
  missingCount: z.number().int(),
  /** What its pixels do to the light; plates of amplitude neurons have no relief. */
  neurons: z.enum(neuronKinds),
  /** Null where the plate has none. */
  mask: z
    .object({
      from: z.string(),
      /** Amplitude transmission 0..1, as seen from the detector. */
      transmission: planeSchema,
      min: z.number(),
      max: z.number(),
      mean: z.number(),
      /** Part of evenly spread power that passes. */
      passedRatio: z.number(),
      histogram,
      /** Steps from 0 to 1 on which all of it lies; 2 is open or closed, null any. */
      levels: z.number().int().nullable(),
    })
    .nullable(),
});
/** A plate as a map makes it. */
export type MapPlate = z.infer<typeof mapPlateSchema>;

/** What files hold and what would be made of them. */
export const mapPreviewSchema = z.object({
  arrays: z.array(mapArrayFactsSchema),
  /** What is to be known of the files. */
  notes: z.array(z.string()),
  /** Empty as long as nobody has said what the numbers mean, and where a problem is in the way. */
  plates: z.array(mapPlateSchema),
  /** Why an import would be refused; '' where it would not. */
  problem: z.string(),
  /** What a printer would make of it worse than designed. */
  warnings: z.array(z.string()),
});
/** What files hold and what would be made of them. */
export type MapPreview = z.infer<typeof mapPreviewSchema>;

/** What a measured height map says of a plate. */
export const measuredPlateSchema = z.object({
  plate: z.number().int(),
  /** Measured minus designed, mm. */
  errorMm: planeSchema,
  rmsMm: z.number(),
  largestMm: z.number(),
  meanMm: z.number(),
  /** Of the measured and designed heights; null where one of them is flat. */
  correlation: z.number().nullable(),
  /** Samples without a measured height. */
  missingCount: z.number().int(),
});
/** What a measured height map says of a plate. */
export type MeasuredPlate = z.infer<typeof measuredPlateSchema>;
