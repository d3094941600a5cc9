import type {DesignFile} from '../../contract/design-file.ts';
import type {PlateFrame, Printer} from '../../contract/plate-export.ts';
import {glyphRectangles, type Rectangle} from './glyphs.ts';
import {toSlices} from './printed-heights.ts';

/** A place in a plane, mm. */
export type Point = readonly [xMm: number, yMm: number];

/** A round hole, mm. */
export interface RoundHole {
  readonly centre: Point;
  readonly diameterMm: number;
}

/**
 * What every plate, mask frame and foil of a design have in common, seen from the detector: a square with the relief's
 * window in its middle, a handle at the top left that carries the marks, and the top right corner cut off by more along x
 * than along y. A part that is turned over or turned by quarters has handle or corner elsewhere; one that was mirrored
 * before it was made has its L the wrong way round, however it is held.
 */
export interface PlateShape {
  /** Side of the relief. */
  readonly windowMm: number;
  /** Half the side of the square. */
  readonly halfMm: number;
  /** Counter-clockwise as seen from the detector. */
  readonly outline: readonly Point[];
  /** Room for the marks on the handle. */
  readonly handle: Rectangle;
  /** Three corners carry a hole for pins that hold foil and mask frame together; the fourth is the one cut off. */
  readonly registrationHoles: readonly RoundHole[];
  readonly rimThicknessMm: number;
}

const largestHandleMm = 30;
const handleHeightMm = 12;
const pinDiameterMm = 2.2;
/** Height of the marks above the rim: enough to be felt, and to come off the printer. */
const markHeightMm = 0.5;

/** Shape of the parts of a design around a window of `windowMm`; the rim is as thick as asked for or as the base is. */
export function plateShapeOf(
  windowMm: number,
  baseMm: number,
  {frame, printer}: {readonly frame: PlateFrame; readonly printer: Printer},
): PlateShape {
  const halfMm = windowMm / 2 + frame.rimMm;
  const [cutX, cutY] = [Math.min(1.25 * frame.rimMm, halfMm), 0.625 * frame.rimMm];
  const handleMm = Math.min(largestHandleMm, halfMm);
  const topMm = halfMm + handleHeightMm;
  const pinMm = windowMm / 2 + frame.rimMm / 4;
  const corners: Point[] = [
    [-pinMm, -pinMm],
    [pinMm, -pinMm],
    [-pinMm, pinMm],
  ];
  return {
    windowMm,
    halfMm,
    outline: [
      [-halfMm, -halfMm],
      [halfMm, -halfMm],
      [halfMm, halfMm - cutY],
      [halfMm - cutX, halfMm],
      ...(cutX + handleMm < 2 * halfMm - 1e-9 ? [[handleMm - halfMm, halfMm] as const] : []),
      [handleMm - halfMm, topMm],
      [-halfMm, topMm],
    ],
    handle: {minX: -halfMm, maxX: handleMm - halfMm, minY: halfMm, maxY: topMm},
    registrationHoles: corners.map((centre) => ({centre, diameterMm: pinDiameterMm})),
    rimThicknessMm: toSlices(Math.max(frame.rimThicknessMm, baseMm), printer.sliceMm),
  };
}

/** Side of the relief of a plate, mm. */
export const windowMmOf = ({grid}: DesignFile): number => grid.count * grid.pitchMm;

/** A polygon as it lies when x is turned to -x, still counter-clockwise. */
export const turnedPolygon = (polygon: readonly Point[]): readonly Point[] =>
  polygon.map(([x, y]): Point => [-x, y]).reverse();

/** The window as a hole: clockwise. */
export function windowPolygon({windowMm}: PlateShape): readonly Point[] {
  const half = windowMm / 2;
  return [
    [-half, -half],
    [-half, half],
    [half, half],
    [half, -half],
  ];
}

/** Height of the marks above the rim, whole slices. */
export const markHeightOf = ({sliceMm}: Pick<Printer, 'sliceMm'>): number =>
  toSlices(Math.max(markHeightMm, 2 * sliceMm), sliceMm);

/**
 * `L` and the plate's number in the handle, as they read when one looks at the face that carries them; `isTurned` when
 * that is the face towards the source, for which x goes to the left.
 */
export function marksOf({handle}: PlateShape, text: string, isTurned: boolean): readonly Rectangle[] {
  const place = isTurned ? {...handle, minX: -handle.maxX, maxX: -handle.minX} : handle;
  return glyphRectangles(`L${text}`, place);
}
