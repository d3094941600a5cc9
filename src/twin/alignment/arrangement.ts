import type {ComplexPlane, RealArray, RealPlane} from '../../contract/optics.ts';
import type {PlateModel} from '../layers/plate.ts';
import {otherFace} from '../layers/relief.ts';

/**
 * One of the eight ways in which a square can be put into its holder: bit 0 mirrored left-right (x to -x), bit 1
 * mirrored top-bottom (y to -y), bit 2 x and y exchanged before that. 0 is as designed, 3 is a half turn.
 */
export type Orientation = number;
/** Number of orientations of a square: four turns, each with and without mirroring. */
export const orientationCount = 8;

/** In the order of bits; as seen along the beam, from the source. */
const orientationTexts = [
  'as designed',
  'mirrored left-right',
  'mirrored top-bottom',
  'turned by 180 degrees',
  'mirrored at the diagonal',
  'turned by 90 degrees (x to y)',
  'turned by 270 degrees (x to y)',
  'mirrored at the other diagonal',
] as const;

/** Text of an orientation for a person, as seen along the beam from the source, such as `mirrored left-right`. */
export const describeOrientation = (orientation: Orientation): string => orientationTexts[orientation];

/** Which plate stands in each place and how, and how object and scan are seen. */
export interface Arrangement {
  readonly plates: readonly {readonly plate: number; readonly orientation: Orientation}[];
  readonly object: Orientation;
  /** Of the scan's axes against the output plane. */
  readonly scan: Orientation;
}

/** Whether a plate that stands so shows its other face to the source: it is mirrored, and not only turned about the beam. */
const isTurnedOver = (orientation: Orientation): boolean =>
  ((orientation & 1) + ((orientation >> 1) & 1) + ((orientation >> 2) & 1)) % 2 === 1;

/** Arrangement in which each of `plateCount` plates stands in its own place and nothing is mirrored or turned. */
export const asDesigned = (plateCount: number): Arrangement => ({
  plates: Array.from({length: plateCount}, (_, plate) => ({plate, orientation: 0})),
  object: 0,
  scan: 0,
});

/** Whether every plate is in its own place and no plate, object or scan is mirrored or turned. */
export const isAsDesigned = ({plates, object, scan}: Arrangement): boolean =>
  object === 0 && scan === 0 && plates.every(({plate, orientation}, i) => plate === i && orientation === 0);

/** Values of a square, row-major plane that is put in differently: out(x, y) = in(where that sample comes from). */
export function orientValues<Values extends RealArray>(
  values: Values,
  count: number,
  orientation: Orientation,
): Values {
  if (orientation === 0) return values;
  const out = values.slice() as Values;
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++) {
      let u = orientation & 1 ? count - 1 - column : column;
      let v = orientation & 2 ? count - 1 - row : row;
      if (orientation & 4) [u, v] = [v, u];
      out[row * count + column] = values[v * count + u];
    }
  return out;
}

/** Where a point lies for a scan whose axes are seen so. */
export function orientPoint(x: number, y: number, orientation: Orientation): readonly [number, number] {
  const [u, v] = [orientation & 1 ? -x : x, orientation & 2 ? -y : y];
  return orientation & 4 ? [v, u] : [u, v];
}

/**
 * Plates in the order in which they stand: place i keeps its designed z (mm) and gets the plate and the orientation
 * that the arrangement names for it. Reliefs and masks are copied only where they are reoriented; they stay row-major, row 0 =
 * smallest y. A plate that is turned over has its relief towards the other side.
 */
export function arrangePlates(plates: readonly PlateModel[], {plates: places}: Arrangement): PlateModel[] {
  return places.map(({plate, orientation}, place) => {
    const {relief, mask, reliefFaces = 'detector'} = plates[plate];
    const oriented = ({grid, values}: RealPlane): RealPlane => ({
      grid,
      values: orientValues(values, grid.count, orientation),
    });
    return {
      ...plates[plate],
      zMm: plates[place].zMm,
      relief: oriented(relief),
      reliefFaces: isTurnedOver(orientation) ? otherFace(reliefFaces) : reliefFaces,
      ...(mask && {mask: oriented(mask)}),
    };
  });
}

/**
 * The object plane in the orientation of an arrangement (row-major, row 0 = smallest y); null, no object, stays null.
 */
export const arrangeObject = (
  object: ComplexPlane | null,
  {object: orientation}: Arrangement,
): ComplexPlane | null =>
  object === null || orientation === 0
    ? object
    : {
        grid: object.grid,
        re: orientValues(object.re, object.grid.count, orientation),
        im: orientValues(object.im, object.grid.count, orientation),
      };

/** One assembly error at a time: a plate put in otherwise, two plates exchanged, the mask or the scan seen otherwise. */
export function singleAssemblyErrors(
  plateCount: number,
): {readonly text: string; readonly arrangement: Arrangement}[] {
  const right = asDesigned(plateCount);
  const out: {text: string; arrangement: Arrangement}[] = [];
  for (let orientation = 1; orientation < orientationCount; orientation++) {
    const how = describeOrientation(orientation);
    for (let place = 0; place < plateCount; place++)
      out.push({
        text: `plate ${place + 1} is ${how}`,
        arrangement: {
          ...right,
          plates: right.plates.map((own, i) => (i === place ? {plate: i, orientation} : own)),
        },
      });
    out.push({text: `the mask is ${how}`, arrangement: {...right, object: orientation}});
    out.push({text: `the scan's axes are ${how}`, arrangement: {...right, scan: orientation}});
  }
  for (let a = 0; a < plateCount; a++)
    for (let b = a + 1; b < plateCount; b++)
      out.push({
        text: `plates ${a + 1} and ${b + 1} are exchanged`,
        arrangement: {
          ...right,
          plates: right.plates.map((own, i) =>
            i === a ? {plate: b, orientation: 0} : i === b ? {plate: a, orientation: 0} : own,
          ),
        },
      });
  return out;
}
