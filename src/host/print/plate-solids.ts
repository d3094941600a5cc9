import type {PlateFrame, Printer} from '../../contract/plate-export.ts';
import type {Grid} from '../../contract/optics.ts';
import {heightBlock} from '../../twin/print/height-block.ts';
import type {HolderParts} from '../../twin/print/holder.ts';
import type {Rectangle} from '../../twin/print/glyphs.ts';
import {
  markHeightOf,
  marksOf,
  turnedPolygon,
  windowPolygon,
  type PlateShape,
  type Point,
} from '../../twin/print/plate-shape.ts';
import type {PrintedHeights} from '../../twin/print/printed-heights.ts';
import type {TriangleMesh} from '../../twin/print/triangle-mesh.ts';
import type {SolidKernel} from './solid-kernel.ts';

/** A plate as it is put together. */
export interface PlateSolidOrder {
  readonly grid: Grid;
  readonly printed: PrintedHeights;
  readonly shape: PlateShape;
  /** Written on the handle behind the L. */
  readonly mark: string;
  /** The face that carries the relief; it lies on top in the print. */
  readonly reliefFaces: 'source' | 'detector';
  readonly relief: PlateFrame['relief'];
  readonly printer: Printer;
  /** Whether a foil is pinned to its flat face. */
  readonly hasFoil: boolean;
}

/**
 * A plate as it lies on the build plate, floor at z = 0, relief and marks on top: x and y as seen from the detector for
 * one whose relief faces the detector; x to the left (turned about the y axis, never mirrored) for one that faces the
 * source.
 */
export function plateSolid(kernel: SolidKernel, order: PlateSolidOrder): TriangleMesh {
  const {grid, printed, shape, reliefFaces, relief, printer} = order;
  const isTurned = reliefFaces === 'source';
  const outline = isTurned ? turnedPolygon(shape.outline) : shape.outline;
  const holes = order.hasFoil ? pinHoles(shape) : [];
  const pins = isTurned ? holes.map((hole) => [...turnedPolygon(hole)]) : holes;
  const rim = kernel.extrude([outline, windowPolygon(shape), ...pins], shape.rimThicknessMm);
  const block = kernel.ofMesh(heightBlock(grid, printed.surfaceMm, {relief, isTurned}));
  const marks = marksOf(shape, order.mark, isTurned).map((mark) =>
    kernel.box(markBox(mark, shape.rimThicknessMm, markHeightOf(printer))),
  );
  return kernel.meshOf(kernel.union([rim, block, ...marks]));
}

/** The frame that carries a mask's foil on the face towards the detector; pins go through its holes. `mark`: 0 for objects. */
export function maskFrameSolid(
  kernel: SolidKernel,
  shape: PlateShape,
  printer: Printer,
  mark = '0',
): TriangleMesh {
  const frame = kernel.extrude(
    [shape.outline, windowPolygon(shape), ...pinHoles(shape)],
    shape.rimThicknessMm,
  );
  const marks = marksOf(shape, mark, false).map((mark) =>
    kernel.box(markBox(mark, shape.rimThicknessMm, markHeightOf(printer))),
  );
  return kernel.meshOf(kernel.union([frame, ...marks]));
}

/** The holder as it lies on the build plate. */
export function holderSolid(kernel: SolidKernel, {added, cut}: HolderParts): TriangleMesh {
  const whole = kernel.union(added.map((box) => kernel.box(box)));
  return kernel.meshOf(
    kernel.subtract(
      whole,
      cut.map((box) => kernel.box(box)),
    ),
  );
}

/** From half a rim's depth, so that the strokes overlap it. */
const markBox = ({minX, maxX, minY, maxY}: Rectangle, rimMm: number, heightMm: number) =>
  ({min: [minX, minY, rimMm / 2], max: [maxX, maxY, rimMm + heightMm]}) as const;

/** The holes for the pins, clockwise. */
const pinHoles = ({registrationHoles}: PlateShape): readonly (readonly Point[])[] =>
  registrationHoles.map(({centre, diameterMm}) => circle(centre, diameterMm).reverse());

const circleSides = 48;

function circle([x, y]: Point, diameterMm: number): Point[] {
  return Array.from({length: circleSides}, (_, i): Point => {
    const angle = (2 * Math.PI * i) / circleSides;
    return [x + (diameterMm / 2) * Math.cos(angle), y + (diameterMm / 2) * Math.sin(angle)];
  });
}
