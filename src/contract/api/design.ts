import {z} from 'zod';
import {designSchema} from '../design-file.ts';
import {reading} from './procedure.ts';
import {float32s, planeSchema} from './feed.ts';

/** Designs at hand: their plates, fields along the beam and regions. */
export const design = {
  list: reading('/designs', 'Designs that are at hand').output(
    z.array(
      z.object({
        folder: z.string(),
        name: z.string(),
        contentHash: z.string(),
        layerCount: z.number().int(),
        frequencyHz: z.number(),
        problem: z.string(),
      }),
    ),
  ),
  get: reading('/designs/get', 'A design')
    .input(z.object({folder: z.string().optional()}))
    .output(
      z.object({
        folder: z.string(),
        file: designSchema,
        wavelengthMm: z.number(),
        /** Loss by epoch where the design keeps it. */
        training: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
  /** Relief above the base, mm, and the phase delay that it causes, rad in -pi..pi. */
  plate: reading('/designs/plate', 'Height and phase map of a plate')
    .input(z.object({folder: z.string().optional(), index: z.number().int().min(0)}))
    .output(
      z.object({
        heightMm: planeSchema,
        phaseRad: planeSchema,
        minMm: z.number(),
        maxMm: z.number(),
        meanMm: z.number(),
        histogram: z.object({edgesMm: z.array(z.number()), counts: z.array(z.number().int())}),
      }),
    ),
  /** What the twin predicts for a digit: intensity and phase of the field at planes along the beam. */
  fields: reading('/designs/fields', 'Field of a digit at planes along the beam')
    .input(
      z.object({
        folder: z.string().optional(),
        digitId: z.string(),
        zMm: z.array(z.number()).min(1).max(60),
        placement: z.literal('nominal').default('nominal'),
      }),
    )
    .output(
      z.object({
        label: z.string(),
        sample: z.string(),
        planes: z.array(
          z.object({zMm: z.number(), intensity: planeSchema, phaseRad: planeSchema, powerRatio: z.number()}),
        ),
        shares: z.array(z.number()),
        winner: z.string(),
        mask: z.object({count: z.number().int(), pitchMm: z.number(), amplitude: float32s}),
      }),
    ),
};
