import {standingFace, reliefExtentOf} from './relief.ts';
import type {PlateModel} from './plate.ts';

/** A way through one medium, along the beam; backwards where it is negative. */
export interface Step {
  readonly index: number;
  readonly distanceMm: number;
}

/** A place along the beam where a field is multiplied: a slice of the relief, numbered from the base on, or a foil. */
export type ScreenPlace = {readonly kind: 'slice'; readonly slice: number} | {readonly kind: 'foil'};

/**
 * A plate along the beam, from its reference plane back to its reference plane: ways[0], screens[0], ways[1], ..., last way.
 */
export interface PlateLayout {
  readonly ways: readonly (readonly Step[])[];
  readonly screens: readonly ScreenPlace[];
  readonly sliceCount: number;
  readonly sliceMm: number;
  /** Lowest place of the relief above the base. */
  readonly lowestMm: number;
  /** Whole slab below the relief: the base up to the lowest place, mm. */
  readonly slabMm: number;
  /** Index that the slab's way is computed with. */
  readonly slabIndex: number;
  /** Index of the medium through which light travels between the slices. */
  readonly referenceIndex: number;
}

/**
 * Index of the medium that stands for the relief between its slices: its permittivity is the mean of air and material,
 * as half of a relief whose heights are spread evenly is filled.
 */
const referenceIndexOf = (refractiveIndex: number): number => Math.sqrt((1 + refractiveIndex ** 2) / 2);

/**
 * Where light meets what of a plate. The middle of the relief, half-way between its lowest and its highest place, stands
 * in the plate's reference plane (docs/printing.md); a foil lies on the flat face. Screens stand in the middle of slices.
 */
export function layOutPlate(plate: PlateModel, sliceCount: number): PlateLayout {
  const {lowestMm, highestMm} = reliefExtentOf(plate);
  const depthMm = highestMm - lowestMm;
  const sliceMm = depthMm / sliceCount;
  const slabMm = plate.baseMm + lowestMm;
  const index = referenceIndexOf(plate.refractiveIndex);
  const slices: ScreenPlace[] = Array.from({length: sliceCount}, (_, slice) => ({kind: 'slice', slice}));
  const toFlatFace: Step = {index: 1, distanceMm: -(depthMm / 2 + slabMm)};
  const slab: Step = {index: plate.refractiveIndex, distanceMm: slabMm};
  const half: Step = {index, distanceMm: sliceMm / 2};
  const toReliefFace: Step = {index: 1, distanceMm: -depthMm / 2};
  const between: (readonly Step[])[] = slices.slice(1).map(() => [{index, distanceMm: sliceMm}]);
  const foil: ScreenPlace[] = plate.mask ? [{kind: 'foil'}] : [];
  const flat: (readonly Step[])[] = plate.mask ? [[toFlatFace], [slab, half]] : [[toFlatFace, slab, half]];
  const towardsDetector = {
    ways: [...flat, ...between, [half, toReliefFace]],
    screens: [...foil, ...slices],
  };
  return {
    sliceCount,
    sliceMm,
    lowestMm,
    slabMm,
    slabIndex: plate.refractiveIndex,
    referenceIndex: index,
    ...(standingFace(plate) === 'detector'
      ? towardsDetector
      : {ways: towardsDetector.ways.toReversed(), screens: towardsDetector.screens.toReversed()}),
  };
}

/**
 * Material that light meets in a slice at a height above the base, mm: what of the height lies in it. The first slice also
 * has the slab below the relief; heights that leave the extent belong to the outermost slices.
 */
export function materialMm(
  {sliceCount, sliceMm, lowestMm, slabMm}: PlateLayout,
  slice: number,
  heightMm: number,
): number {
  let material = heightMm - lowestMm - slice * sliceMm;
  if (slice > 0 && material < 0) material = 0;
  if (slice < sliceCount - 1 && material > sliceMm) material = sliceMm;
  return slice === 0 ? material + slabMm : material;
}

/** The slice in which a height ends: the one whose material a small change of the height changes. */
export function topSliceOf({sliceCount, sliceMm, lowestMm}: PlateLayout, heightMm: number): number {
  if (sliceMm === 0) return 0;
  return Math.min(sliceCount - 1, Math.max(0, Math.ceil((heightMm - lowestMm) / sliceMm) - 1));
}
