import {z} from 'zod';
import type {PlateAxis, PlateOffset} from '../devices.ts';

/** Fields that stored records of several kinds have in common. */

/** A number that may be not-a-number, for which JSON writes null; infinity comes back as not-a-number as well. */
export const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);

export const plateOffset: z.ZodType<PlateOffset> = z.object({
  dxMm: z.number().exactOptional(),
  dyMm: z.number().exactOptional(),
  dzMm: z.number().exactOptional(),
  rotationDeg: z.number().exactOptional(),
} satisfies Record<PlateAxis, z.ZodType>);

/** The bench that a record is of: name, and seed of a virtual one, null for a real one. */
export const benchFields = {benchName: z.string(), benchSeed: z.number().nullable()};
