import {z} from 'zod';

/**
 * Where a part really stands, relative to where the design puts it. Applied in this order: flips in the part's
 * own frame, rotation about z (positive from x to y), then the shift. All in the bench frame.
 */
export const placementSchema = z
  .object({
    dxMm: z.number().finite().default(0),
    dyMm: z.number().finite().default(0),
    dzMm: z.number().finite().default(0),
    rotationDeg: z.number().finite().default(0),
    /** Mirrored left-right (x to -x) / top-bottom (y to -y) in its own frame. */
    flipX: z.boolean().default(false),
    flipY: z.boolean().default(false),
  })
  .strict();

export type Placement = z.infer<typeof placementSchema>;

export const noPlacement: Placement = {dxMm: 0, dyMm: 0, dzMm: 0, rotationDeg: 0, flipX: false, flipY: false};

/** Placements of all parts of a bench; what is not named stands as designed. `layers[i]` belongs to plate i. */
export const benchPlacementSchema = z
  .object({
    layers: z.array(placementSchema).optional(),
    object: placementSchema.optional(),
    source: placementSchema.optional(),
    output: placementSchema.optional(),
  })
  .strict();

export interface BenchPlacement {
  readonly layers?: readonly Partial<Placement>[] | undefined;
  readonly object?: Partial<Placement> | undefined;
  readonly source?: Partial<Placement> | undefined;
  readonly output?: Partial<Placement> | undefined;
}
