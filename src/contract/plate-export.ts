import {z} from 'zod';
import {positiveQuantity, quantity} from './quantity.ts';

/**
 * What a printer can do. Slices and dots unless given: those of the polymer-jet printer of the 2018 network (Objet30
 * Pro: 28 um, 600 dpi), its resin 1.18 g/cm3.
 */
export const printerSchema = z
  .object({
    /** Thickness of a slice; every height becomes a whole number of them. */
    sliceMm: positiveQuantity(10, 'mm').default(0.028),
    /** Dots an inch across the build plate. */
    lateralDpi: positiveQuantity(100_000, 'dpi').default(600),
    /** Thinnest place of a plate that comes off the build plate whole; ten slices of this printer. */
    thinnestMm: positiveQuantity(100, 'mm').default(0.28),
    densityGPerCm3: positiveQuantity(30, 'g/cm3').default(1.18),
  })
  .strict();
/** What a printer can do. */
export type Printer = z.infer<typeof printerSchema>;

/** What surrounds the relief of a plate, and how the plate stands in the holder. */
export const plateFrameSchema = z
  .object({
    /**
     * `square-pixels`: each pixel is flat, as the design is simulated; `sampled-surface`: flat triangles between the
     * pixels' middles, for a printer that tears at steps.
     */
    relief: z.enum(['square-pixels', 'sampled-surface']).default('square-pixels'),
    /** Around the relief on each side; the holder grips its outer half. */
    rimMm: quantity(6, 100, 'mm').default(8),
    /** Thickness of the rim; that of the base where it is thicker. */
    rimThicknessMm: positiveQuantity(100, 'mm').default(2),
    /** Play of a plate in its slot, over all. */
    clearanceMm: quantity(0, 5, 'mm').default(0.2),
    /** Least that is left standing between two slots. */
    wallMm: positiveQuantity(100, 'mm').default(0.8),
    /** Width of the bridges that hold the islands of a foil (inside of a 0); 0 for none. */
    bridgeMm: quantity(0, 100, 'mm').default(0.4),
    foilMm: positiveQuantity(10, 'mm').default(0.1),
  })
  .strict();
/** What surrounds the relief of a plate. */
export type PlateFrame = z.infer<typeof plateFrameSchema>;

/** What rounding to whole slices does to a plate. */
export const roundingSchema = z.object({
  /** About the mean: a plate that is thicker everywhere does the same to the light. */
  rmsMm: z.number(),
  rmsRad: z.number(),
  largestMm: z.number(),
  meanMm: z.number(),
});
/** What rounding to whole slices does to a plate. */
export type Rounding = z.infer<typeof roundingSchema>;

/** What a printer would make of a design, before anything is made. */
export const printCheckSchema = z.object({
  /** Why it cannot be made, and what to do; '' where it can. */
  problem: z.string(),
  /** What comes out worse than designed. */
  warnings: z.array(z.string()).readonly(),
  /** Square of a plate with its rim, and thickness of the thinnest and thickest place of the reliefs. */
  sideMm: z.number(),
  lowestMm: z.number(),
  highestMm: z.number(),
  /** Of the plate that rounding to whole slices costs most. */
  rounding: roundingSchema,
});
/** What a printer would make of a design. */
export type PrintCheck = z.infer<typeof printCheckSchema>;

/** What was written of a design for the workshop. */
export const plateExportResultSchema = z.object({
  folder: z.string(),
  files: z.array(z.object({name: z.string(), bytes: z.number().int()})),
  plates: z.array(
    z.object({
      plate: z.number().int(),
      rounding: roundingSchema,
      volumeMm3: z.number(),
      massG: z.number(),
      triangleCount: z.number().int(),
    }),
  ),
  warnings: z.array(z.string()),
});
/** What was written of a design for the workshop. */
export type PlateExportResult = z.infer<typeof plateExportResultSchema>;
