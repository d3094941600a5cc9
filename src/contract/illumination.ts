import {z} from 'zod';
import {positiveQuantity, quantity} from './quantity.ts';

const tilt = quantity(-89, 89, 'deg');
const place = quantity(-10_000, 10_000, 'mm');
/** Sides of what gathers the light. */
const side = positiveQuantity(1000, 'mm');

/** What lights the object plane. */
export const illuminationSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('plane-wave'),
      /** Direction of travel against the z axis, towards +x and +y. */
      tiltXDeg: tilt.default(0),
      tiltYDeg: tilt.default(0),
    })
    .strict(),
  z
    .object({
      kind: z.literal('gaussian-beam'),
      /** Radius at the object plane where the amplitude is 1/e of the axis. */
      radiusMm: positiveQuantity(1e6, 'mm'),
      centerXMm: place.default(0),
      centerYMm: place.default(0),
      /** Radius of curvature of the wavefront at the object plane; positive diverges; null is flat. */
      curvatureRadiusMm: z
        .number()
        .refine((radius) => radius !== 0, 'a wavefront of radius 0 is a point; null is flat')
        .nullable()
        .default(null),
      tiltXDeg: tilt.default(0),
      tiltYDeg: tilt.default(0),
    })
    .strict(),
]);
export type Illumination = z.infer<typeof illuminationSchema>;

/** How the detector turns a field into a reading; see twin/layers/probe.ts for the formulas. */
export const probeSchema = z.discriminatedUnion('kind', [
  z.object({kind: z.literal('point')}).strict(),
  z
    .object({
      kind: z.literal('aperture'),
      shape: z.enum(['rectangle', 'disc']).default('rectangle'),
      widthMm: side,
      heightMm: side,
    })
    .strict(),
  z
    .object({
      kind: z.literal('mode'),
      /** te10: open waveguide, cosine along its width; gaussian: horn, amplitude 1/e radii are half the sizes. */
      mode: z.enum(['te10', 'gaussian']).default('te10'),
      widthMm: side,
      heightMm: side,
    })
    .strict(),
]);
export type Probe = z.infer<typeof probeSchema>;
