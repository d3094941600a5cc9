import {z} from 'zod';
import {quantity} from './quantity.ts';

/** No part of a bench stands a metre off or turned by more than once around. */
const shift = quantity(-1000, 1000, 'mm').default(0);

/**
 * Where a part really stands, relative to where the design puts it. Applied in this order: flips in the part's
 * own frame, quarter turns, rotation about z (both positive from x to y), then the shift. All in the bench frame.
 */
export const placementSchema = z
  .object({
    dxMm: shift,
    dyMm: shift,
    dzMm: shift,
    rotationDeg: quantity(-360, 360, 'deg').default(0),
    /** Mirrored left-right (x to -x) / top-bottom (y to -y) in its own frame. */
    flipX: z.boolean().default(false),
    flipY: z.boolean().default(false),
    /** Put in by so many quarter turns wrong; none without it. */
    quarterTurns: z.number().int().min(0).max(3).optional(),
  })
  .strict();

/** As `placementSchema` gives it: mm and degrees. */
export type Placement = Omit<z.infer<typeof placementSchema>, 'quarterTurns'> & {
  readonly quarterTurns?: number | undefined;
};

/** A part that stands as designed. */
export const noPlacement: Placement = {dxMm: 0, dyMm: 0, dzMm: 0, rotationDeg: 0, flipX: false, flipY: false};

const tilt = quantity(-10, 10, 'deg').optional();

/**
 * A place for a plate, and which plate of the design (from 1) stands in it: its own unless given. Tilts are about x and y
 * through the plate's middle, before its rotation; none unless given.
 */
const layerPlacementSchema = placementSchema.extend({
  plate: z.number().int().min(1).optional(),
  tiltXDeg: tilt,
  tiltYDeg: tilt,
});
/** Tilt of a plate out of the plane across the beam, about its x and y axes; 0 unless given. */
export interface PlateTilt {
  readonly tiltXDeg?: number | undefined;
  readonly tiltYDeg?: number | undefined;
}
/** Placement of a place for a plate, and which plate stands in it. */
export interface LayerPlacement extends Placement, PlateTilt {
  readonly plate?: number | undefined;
}

/**
 * The scan's frame; `scale` is millimetres in the bench for one of the stage, 1 unless given; `squarenessDeg` by how
 * much the angle from the stage's x axis to its y axis exceeds 90 degrees, 0 unless given.
 */
const framePlacementSchema = placementSchema.extend({
  scale: quantity(0.1, 10, '').optional(),
  squarenessDeg: quantity(-45, 45, 'deg').optional(),
});
/** Placement of the scan's frame, with its scale and squareness. */
export interface FramePlacement extends Placement {
  readonly scale?: number | undefined;
  readonly squarenessDeg?: number | undefined;
}

/** Placements of all parts of a bench; what is not named stands as designed. `layers[i]` belongs to place i. */
export const benchPlacementSchema = z
  .object({
    layers: z.array(layerPlacementSchema).max(64).optional(),
    object: placementSchema.optional(),
    source: placementSchema.optional(),
    output: framePlacementSchema.optional(),
  })
  .strict();

export type BenchPlacementData = z.infer<typeof benchPlacementSchema>;

/** Placements of all parts, of which any may be left out: those stand as designed. */
export interface BenchPlacement {
  readonly layers?: readonly Partial<LayerPlacement>[] | undefined;
  readonly object?: Partial<Placement> | undefined;
  readonly source?: Partial<Placement> | undefined;
  readonly output?: Partial<FramePlacement> | undefined;
}
