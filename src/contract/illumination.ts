import {z} from 'zod';

/** What lights the object plane. */
export const illuminationSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('plane-wave'),
      /** Direction of travel against the z axis, towards +x and +y. */
      tiltXDeg: z.number().finite().default(0),
      tiltYDeg: z.number().finite().default(0),
    })
    .strict(),
  z
    .object({
      kind: z.literal('gaussian-beam'),
      /** Radius at the object plane where the amplitude is 1/e of the axis. */
      radiusMm: z.number().gt(0),
      centerXMm: z.number().finite().default(0),
      centerYMm: z.number().finite().default(0),
      /** Radius of curvature of the wavefront at the object plane; positive diverges; null is flat. */
      curvatureRadiusMm: z.number().nullable().default(null),
      tiltXDeg: z.number().finite().default(0),
      tiltYDeg: z.number().finite().default(0),
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
      widthMm: z.number().gt(0),
      heightMm: z.number().gt(0),
    })
    .strict(),
  z
    .object({
      kind: z.literal('mode'),
      /** te10: open waveguide, cosine along its width; gaussian: horn, amplitude 1/e radii are half the sizes. */
      mode: z.enum(['te10', 'gaussian']).default('te10'),
      widthMm: z.number().gt(0),
      heightMm: z.number().gt(0),
    })
    .strict(),
]);
export type Probe = z.infer<typeof probeSchema>;
