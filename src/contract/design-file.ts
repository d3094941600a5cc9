import {z} from 'zod';
import {illuminationSchema} from './illumination.ts';
import {imageWindowSchema} from './imaging.ts';
import {plateOpticsSchema} from './plate-optics.ts';
import {count, positiveQuantity, quantity} from './quantity.ts';
import {readOutSchema} from './read-out.ts';
import {neuronKinds} from './neuron-kinds.ts';
import {frequencyHzSchema, materialPointSchema} from './spectrum.ts';

/** `design.json`: a network as it is printed. One `.npy` height map (mm, relief above the base) per layer beside it. */
const text = z.string().min(1).max(200);
export type {NeuronKind} from './neuron-kinds.ts';

/** Along and across the beam: ten metres. */
const place = quantity(-10_000, 10_000, 'mm');
const side = positiveQuantity(10_000, 'mm');
const pitch = positiveQuantity(100, 'mm');

/** Amplitude transmission of a plate's pixels, 0 (closed) to 1 (open), as a `.npy` map in the frame of the heights. */
const maskSchema = z
  .object({
    transmissionMap: text,
    /** SHA-256 of the .npy file, hex. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** Transmissions lie on so many equal steps from 0 to 1: 2 is open or closed, as metal can be; null: any. */
    levels: count(2, 65_536).nullable(),
  })
  .strict();

/** A plate of a design; lengths in mm. */
export const layerSchema = z
  .object({
    heightMap: text,
    /** SHA-256 of the .npy file, hex. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** Reference plane of the plate (where the thin element acts), from the object plane along the beam. */
    zMm: place,
    baseMm: quantity(0, 100, 'mm'),
    pitchMm: pitch,
    refractiveIndex: quantity(0.1, 20, ''),
    extinction: quantity(0, 20, ''),
    /** The material at other frequencies than the design's own (`materialAt`); absent: the same at all. */
    dispersion: z.array(materialPointSchema).min(1).max(1000).exactOptional(),
    /** The face that carries the relief. */
    reliefFaces: z.enum(['source', 'detector']),
    /** Relief heights lie on `count` equal steps from 0 to `maximumMm`; null when they are not quantised. */
    levels: z
      .object({count: count(2, 65_536), maximumMm: positiveQuantity(100, 'mm')})
      .strict()
      .nullable(),
    /** Absent: phase. Plates of amplitude neurons have no relief: their heights are 0. */
    neurons: z.enum(neuronKinds).exactOptional(),
    /** Of plates of amplitude and complex neurons. */
    mask: maskSchema.exactOptional(),
  })
  .strict()
  .refine(({neurons, mask}) => (neurons === undefined || neurons === 'phase') === (mask === undefined), {
    path: ['mask'],
    message: 'plates of amplitude and complex neurons have a mask, those of phase neurons have none',
  });

/** A detector region at the output plane: centre and sides, mm in the design's frame. */
export const regionSchema = z
  .object({
    label: text,
    centerXMm: place,
    centerYMm: place,
    widthMm: side,
    heightMm: side,
  })
  .strict();

/** design.json: geometry, plates, light, objects and regions of a network. */
export const designSchema = z
  .object({
    format: z.literal('d2nn-bench/design'),
    version: z.literal(1),
    name: text,
    /** `sha256:` of the canonical JSON of this file without this key; covers the plates through their hashes. */
    contentHash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    /** Behind the chain. */
    frequencyHz: frequencyHzSchema,
    grid: z.object({count: count(2, 4096), pitchMm: pitch}).strict(),
    illumination: illuminationSchema,
    object: z
      .object({
        kind: z.enum(['binary-mask', 'grey-amplitude', 'phase']),
        /** Pixels and physical side of a test image at the object plane. */
        imageCount: count(1, 4096),
        sideMm: side,
        interpolation: z.enum(['nearest', 'bilinear']),
        /** Grey value (0..1) from which a mask is open. */
        threshold: z.number().gt(0).lt(1),
        /** Phase of a phase object where its image is white, in turns; 1 where absent. */
        phaseTurns: quantity(0.01, 4, '').exactOptional(),
      })
      .strict(),
    layers: z.array(layerSchema).min(1).max(64),
    /** How the plates acted on light when the design was trained, and do when it is predicted; absent: thin. */
    plateOptics: plateOpticsSchema.exactOptional(),
    detector: z
      .object({
        zMm: place,
        /** None where the design images its objects, else at least two. */
        regions: z.array(regionSchema).max(256),
        /** Where classes are read at several frequencies of the source, the design's own first: a plane at each. */
        frequenciesHz: z.array(frequencyHzSchema).min(2).max(16).exactOptional(),
        /** Absent: each region is a class, and the most energy wins (of several planes the largest mean share). */
        readOut: readOutSchema.exactOptional(),
        /** Of a design that images its objects: such a design tells no classes. */
        image: imageWindowSchema.exactOptional(),
      })
      .strict()
      .refine(({regions, image}) => image !== undefined || regions.length >= 2, {
        path: ['regions'],
        message: 'a design has at least two regions, or a window of an image',
      })
      .refine(
        ({regions, readOut, frequenciesHz, image}) =>
          image === undefined || (regions.length === 0 && !readOut && !frequenciesHz),
        {
          path: ['image'],
          message:
            'a design that images its objects has neither regions, a read-out of them nor further frequencies',
        },
      ),
    training: z.record(z.string(), z.unknown()).optional(),
  })
  .strict();

export type DesignFile = z.infer<typeof designSchema>;
export type DesignLayer = z.infer<typeof layerSchema>;
/** Whether a plate has a relief that is printed, and not a mask alone. */
export const hasRelief = ({neurons}: Pick<DesignLayer, 'neurons'>): boolean => neurons !== 'amplitude';
export type DetectorRegion = z.infer<typeof regionSchema>;
/** Detector regions and how classes are read from them. */
export type ReadDetector = Pick<DesignFile['detector'], 'regions' | 'readOut' | 'frequenciesHz'>;
