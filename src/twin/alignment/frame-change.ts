import type {Probe} from '../../contract/illumination.ts';
import {radFromDeg} from '../../contract/units.ts';
import {perDegree, type Motion} from './motion.ts';
import type {Parameter} from './parameters.ts';
import {createFieldReader, type FieldReader, type FieldView} from './sampling.ts';
import type {Stack} from './stack.ts';
import {frameAxes} from './state.ts';

/** The scan at the output plane: where its points lie, how they are read, and what moves them. */

/** Points of a scan in its own frame. */
export interface Scan {
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
}

/** Points of a scan, mm: as the stage gave them, and where they lie in the output field. */
export interface ScanPoints {
  readonly scan: Scan;
  /** In the axes of the last plate, where the output field is. */
  readonly output: {readonly xMm: Float64Array; readonly yMm: Float64Array};
}

function scanPoints(stack: Stack, {xMm, yMm}: Scan): ScanPoints {
  const {dxMm, dyMm} = stack.state.frame;
  const {xx, xy, yx, yy} = frameAxes(stack.state.frame);
  const output = {xMm: new Float64Array(xMm.length), yMm: new Float64Array(xMm.length)};
  for (let i = 0; i < xMm.length; i++) {
    const [x, y] = stack.toOutputAxes(xx * xMm[i] + yx * yMm[i] + dxMm, xy * xMm[i] + yy * yMm[i] + dyMm);
    output.xMm[i] = x;
    output.yMm[i] = y;
  }
  return {scan: {xMm, yMm}, output};
}

/** A scan and the reader that interpolates the output field at its points. */
export interface ScanReader {
  readonly points: ScanPoints;
  readonly reader: FieldReader;
}

/** A scan whose light was read, and how its power changes when the points move. */
export interface LitScan extends ScanReader {
  readonly slopes: ReturnType<FieldReader['readSlopes']>;
}

/** d/dz of the field at the output plane. */
export const outputSlopesZ = ({convolver, incidentZ, plateCount}: Stack): FieldView =>
  convolver.view(incidentZ[plateCount + 1]) as FieldView;

/** Readers by scan grid: planes of one grid are read at the same points while nothing moves. */
export function createScanReaders(stack: Stack, probe: Probe): {readerOf(scan: Scan): ScanReader} {
  const prepared = new WeakMap<ArrayLike<number>, ScanReader & {readonly key: string}>();
  return {
    readerOf(scan) {
      const {frame, plates} = stack.state;
      const key = JSON.stringify([frame, plates.at(-1)]);
      const known = prepared.get(scan.xMm);
      if (known && known.key === key && known.points.scan.yMm === scan.yMm) return known;
      const points = scanPoints(stack, scan);
      const reader = createFieldReader(stack.grid, stack.convolver.stride, probe, points.output);
      const own = {key, points, reader};
      prepared.set(scan.xMm, own);
      return own;
    },
  };
}

/** Derivatives with respect to the scan's frame, which need no propagation. */
export function readFrame(
  stack: Stack,
  parameters: readonly Parameter[],
  scan: LitScan,
  derivatives: Float64Array[],
): void {
  fillFrame(stack, parameters, scan, derivatives);
  parameters.forEach(({target}, index) => {
    if (target.part === 'frame' && target.quantity === 'dz')
      derivatives[index] = scan.reader.readChange(outputSlopesZ(stack));
  });
}

/** Derivatives with respect to the scan's frame: the points move over a field that stays. */
function fillFrame(
  stack: Stack,
  parameters: readonly Parameter[],
  {points: {scan, output}, slopes}: LitScan,
  derivatives: Float64Array[],
): void {
  const {frame} = stack.state;
  const last = stack.state.plates[stack.plateCount - 1];
  // Directions of the scan's axes in the axes of the output field.
  const {xx, xy, yx, yy} = frameAxes({...frame, rotationDeg: frame.rotationDeg - last.rotationDeg});
  const plateAngle = radFromDeg(last.rotationDeg);
  parameters.forEach(({target}, index) => {
    if (target.part !== 'frame' || target.quantity === 'dz') return;
    const out = new Float64Array(output.xMm.length);
    for (let i = 0; i < out.length; i++) {
      const [x, y] = [scan.xMm[i], scan.yMm[i]];
      let [mx, my] = [0, 0];
      switch (target.quantity) {
        case 'dx':
          [mx, my] = [Math.cos(plateAngle), -Math.sin(plateAngle)];
          break;
        case 'dy':
          [mx, my] = [Math.sin(plateAngle), Math.cos(plateAngle)];
          break;
        case 'scale':
          [mx, my] = [(xx * x + yx * y) / frame.scale, (xy * x + yy * y) / frame.scale];
          break;
        case 'rotation':
          [mx, my] = [-perDegree * (xy * x + yy * y), perDegree * (xx * x + yx * y)];
          break;
        case 'squareness':
          [mx, my] = [-perDegree * yy * y, perDegree * yx * y];
      }
      out[i] = slopes.x[i] * mx + slopes.y[i] * my;
    }
    derivatives[index] = out;
  });
}

/** The last plate moves and the plane behind it is looked at from its axes: the points stay in the bench. */
export function subtractOutput(
  change: Float64Array,
  {x, y, z, turnRad, aboutXMm, aboutYMm}: Motion,
  factor: number,
  {scan, stack}: {readonly scan: LitScan; readonly stack: Stack},
): void {
  const {slopes, reader} = scan;
  const {output} = scan.points;
  for (let i = 0; i < change.length; i++) {
    const mx = x - turnRad * (output.yMm[i] - aboutYMm);
    const my = y + turnRad * (output.xMm[i] - aboutXMm);
    change[i] -= factor * (slopes.x[i] * mx + slopes.y[i] * my);
  }
  if (z === 0) return;
  const perMm = reader.readChange(outputSlopesZ(stack));
  for (let i = 0; i < change.length; i++) change[i] -= factor * z * perMm[i];
}
