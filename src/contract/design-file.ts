import {z} from 'zod';
import {illuminationSchema} from './illumination.ts';

/** `design.json`: a network as it is printed. One `.npy` height map (mm, relief above the base) per layer beside it. */
const positive = z.number().finite().gt(0);

export const layerSchema = z
  .object({
    heightMap: z.string().min(1),
    /** SHA-256 of the .npy file, hex. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** Reference plane of the plate (where the thin element acts), from the object plane along the beam. */
    zMm: z.number().finite(),
    baseMm: z.number().finite().min(0),
    pitchMm: positive,
    refractiveIndex: positive,
    extinction: z.number().finite().min(0),
    /** The face that carries the relief. */
    reliefFaces: z.enum(['source', 'detector']),
    /** Relief heights lie on `count` equal steps from 0 to `maximumMm`; null when they are not quantised. */
    levels: z
      .object({count: z.number().int().min(2), maximumMm: positive})
      .strict()
      .nullable(),
  })
  .strict();

export const regionSchema = z
  .object({
    label: z.string().min(1),
    centerXMm: z.number().finite(),
    centerYMm: z.number().finite(),
    widthMm: positive,
    heightMm: positive,
  })
  .strict();

export const designSchema = z
  .object({
    format: z.literal('d2nn-bench/design'),
    version: z.literal(1),
    name: z.string().min(1),
    /** `sha256:` of the canonical JSON of this file without this key; covers the plates through their hashes. */
    contentHash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    frequencyHz: positive,
    grid: z.object({count: z.number().int().min(2).max(4096), pitchMm: positive}).strict(),
    illumination: illuminationSchema,
    object: z
      .object({
        kind: z.enum(['binary-mask', 'grey-amplitude', 'phase']),
        /** Pixels and physical side of a test image at the object plane. */
        imageCount: z.number().int().min(1),
        sideMm: positive,
        interpolation: z.enum(['nearest', 'bilinear']),
        /** Grey value (0..1) from which a mask is open. */
        threshold: z.number().gt(0).lt(1),
      })
      .strict(),
    layers: z.array(layerSchema).min(1),
    detector: z.object({zMm: z.number().finite(), regions: z.array(regionSchema).min(2)}).strict(),
    training: z.record(z.string(), z.unknown()).optional(),
  })
  .strict();

export type DesignFile = z.infer<typeof designSchema>;
export type LayerFile = z.infer<typeof layerSchema>;
export type DetectorRegion = z.infer<typeof regionSchema>;
