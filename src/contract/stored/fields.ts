import {z} from 'zod';
import type {FrameRegistrationRecord} from '../campaign-result.ts';
import type {PlateAxis, PlateOffset} from '../devices.ts';

/** Fields that stored records of several kinds have in common. */

/** A number that may be not-a-number, for which JSON writes null; infinity comes back as not-a-number as well. */
export const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);

/** `PlateOffset` as it is stored. */
export const plateOffset: z.ZodType<PlateOffset> = z.strictObject({
  dxMm: z.number().exactOptional(),
  dyMm: z.number().exactOptional(),
  dzMm: z.number().exactOptional(),
  rotationDeg: z.number().exactOptional(),
} satisfies Record<PlateAxis, z.ZodType>);

/** The bench that a record is of: name, and seed of a virtual one, null for a real one. */
export const benchFields = {benchName: z.string(), benchSeed: z.number().nullable()};

/** Where the scan's frame stands in the output plane. */
export const frameRegistrationSchema: z.ZodType<FrameRegistrationRecord> = z.object({
  dxMm: z.number(),
  dyMm: z.number(),
  rotationDeg: z.number(),
  fit: z
    .object({
      sigma: z.object({dxMm: figure, dyMm: figure, rotationDeg: figure}),
      gain: figure,
      offset: figure,
      pearsonBefore: figure,
      pearsonAfter: figure,
      pearsonSecond: z.number().nullable(),
      isAmbiguous: z.boolean(),
      isAtBound: z.boolean(),
      pointCount: z.number(),
    })
    .exactOptional(),
});
