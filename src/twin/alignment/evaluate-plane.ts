import type {Probe} from '../../contract/illumination.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {radFromDeg} from '../../contract/units.ts';
import type {KernelPlane} from '../propagation/convolver.ts';
import {vjpHeights} from './height-gradient.ts';
import {inAxes, perDegree, rigidMotions, type Motion} from './motion.ts';
import {fillLightChange} from './light-change.ts';
import {vjpParameters} from './parameter-gradient.ts';
import type {Parameter} from './parameters.ts';
import {createFieldReader, type FieldReader, type FieldView} from './sampling.ts';
import {sidePositions, type Stack} from './stack.ts';
import {frameAxes, type BenchState} from './state.ts';

/** What one scan shows: an object, where the points are in the scan's frame, which plates stood in the bench. */
export interface PlaneSetting {
  readonly object: ComplexPlane | null;
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
  readonly present?: readonly boolean[] | undefined;
}

export interface PlaneValues {
  /** Power at each point; a plane wave of amplitude 1 reads 1. */
  readonly power: Float64Array;
  /** d power / d parameter i at each point, in the parameter's unit. */
  readonly derivatives: readonly Float64Array[];
}

/**
 * Power that a detector reads behind a stack and how it changes with each parameter: tangents of the propagation
 * itself, not differences. A part that moves by d sees the field in front of it moved by +d and hands on what leaves
 * it moved by -d: dU(part) = (d . grad) U, and behind it P t (d . grad) U - (d . grad) P t U, where the second term
 * is the gradient of the field that falls on the next part and is known already.
 */
export interface PlaneEvaluator {
  evaluate(state: BenchState, setting: PlaneSetting, parameters: readonly Parameter[]): PlaneValues;
  /** How weighted sums of the powers change with the height of every pixel (height-gradient.ts). */
  vjpHeights(state: BenchState, setting: PlaneSetting, weights: readonly Float64Array[]): Float32Array[];
  /** How one weighted sum of the powers changes with each parameter: all of them for one way back. */
  vjpParameters(
    state: BenchState,
    setting: PlaneSetting,
    parameters: readonly Parameter[],
    weights: Float64Array,
  ): Float64Array;
}

export function createPlaneEvaluator(stack: Stack, probe: Probe): PlaneEvaluator {
  const {convolver, filter, grid, plateCount} = stack;
  const work = convolver.createPlane();
  // Slopes of the field at a part and at the part behind it.
  const slots = [0, 1].map(() => ({x: convolver.createPlane(), y: convolver.createPlane()}));
  const side = sidePositions(grid);
  const {count} = grid;
  const viewOf = (plane: KernelPlane): FieldView => convolver.view(plane) as FieldView;

  // Planes of one scan grid are read at the same points while nothing moves.
  const prepared = new WeakMap<ArrayLike<number>, PreparedReader>();
  const prepareReader = (setting: PlaneSetting): PreparedReader => {
    const {frame, plates} = stack.state;
    const key = JSON.stringify([frame, plates.at(-1)]);
    const known = prepared.get(setting.xMm);
    if (known && known.key === key && known.points.scan.yMm === setting.yMm) return known;
    const points = scanPoints(stack, setting);
    const reader = createFieldReader(grid, convolver.stride, probe, points.output);
    const own = {key, points, reader};
    prepared.set(setting.xMm, own);
    return own;
  };

  const fillSlopes = (part: number): void => {
    const {x, y} = slots[part % 2];
    const field = stack.incident[part];
    for (const half of ['re', 'im'] as const) {
      filter.derivativeX(field[half], x[half]);
      filter.derivativeY(field[half], y[half]);
    }
  };
  /** work (+)= factor times the change of the field at a part under a motion. */
  const addMotion = (part: number, {x, y, z, turnRad, aboutXMm, aboutYMm}: Motion, factor: number): void => {
    const [gx, gy] = [viewOf(slots[part % 2].x), viewOf(slots[part % 2].y)];
    const gz = viewOf(stack.incidentZ[part]);
    const to = viewOf(work);
    const perMm = factor / grid.pitchMm;
    for (let row = 0; row < count; row++) {
      const ax = (x - turnRad * (side[row] - aboutYMm)) * perMm;
      const line = row * count;
      for (let column = 0; column < count; column++) {
        const ay = (y + turnRad * (side[column] - aboutXMm)) * perMm;
        const at = line + column;
        to.re[at] += ax * gx.re[at] + ay * gy.re[at];
        to.im[at] += ax * gx.im[at] + ay * gy.im[at];
      }
    }
    if (z === 0) return;
    for (let at = 0; at < to.re.length; at++) {
      to.re[at] += factor * z * gz.re[at];
      to.im[at] += factor * z * gz.im[at];
    }
  };
  const clearWork = (): void => {
    const {re, im} = viewOf(work);
    re.fill(0);
    im.fill(0);
  };
  const carryOn = (fromPart: number): void => {
    for (let gap = fromPart; gap <= plateCount; gap++) stack.carry(gap, work, true);
  };
  /** work += (2 pi / lambda) h U at a plate times i (index) or -1 (extinction). */
  const addThickness = (plate: number, quantity: 'n' | 'k', waveNumber: number): void => {
    const heights = stack.heights[plate];
    const from = viewOf(stack.incident[plate + 1]);
    const to = viewOf(work);
    for (let i = 0; i < heights.length; i++) {
      const factor = waveNumber * heights[i];
      if (quantity === 'n') {
        to.re[i] -= factor * from.im[i];
        to.im[i] += factor * from.re[i];
      } else {
        to.re[i] -= factor * from.re[i];
        to.im[i] -= factor * from.im[i];
      }
    }
  };

  return {
    evaluate(state, setting, parameters) {
      stack.setState(state, {withSlopes: needsSlopesAlongZ(parameters), present: setting.present});
      stack.propagate(setting.object);
      const {points, reader} = prepareReader(setting);
      const power = reader.readPower(viewOf(stack.incident[plateCount + 1]));
      const derivatives: Float64Array[] = [];
      const read = (index: number, factor: number): Float64Array =>
        (derivatives[index] = scaled(reader.readChange(viewOf(work)), factor));

      if (parameters.length > 0) {
        const slopes = reader.readSlopes();
        readFrame(parameters, points, slopes, reader, derivatives);
        const motions = rigidMotions(parameters);
        for (let part = plateCount; part >= 0; part--) {
          const here = motions.filter((motion) => motion.part === part);
          const isWanted = here.length > 0 || motions.some((motion) => motion.part === part - 1);
          if (isWanted && part > 0) fillSlopes(part);
          if (part === 0 && here.length > 0) fillSlopes(0);
          for (const {index, own, factor} of here) {
            if (part > 0 && !stack.isPresent(part - 1)) {
              derivatives[index] = new Float64Array(power.length);
              continue;
            }
            const motion = inAxes(state, part, part, own);
            clearWork();
            addMotion(part, motion, 1);
            stack.carry(part, work, true);
            const behind = inAxes(state, part, part + 1, own);
            if (part < plateCount) {
              addMotion(part + 1, behind, -1);
              carryOn(part + 1);
              read(index, factor);
            } else {
              const change = read(index, factor);
              subtractOutput(change, behind, factor, points, slopes, () =>
                reader.readChange(viewOf(stack.incidentZ[plateCount + 1])),
              );
            }
          }
        }
        fillMaterials(parameters, read);
        fillBeam(parameters, read);
      }
      return {power, derivatives};
    },
    vjpHeights(state, setting, weights) {
      stack.setState(state, {withSlopes: false, present: setting.present});
      stack.propagate(setting.object);
      const {reader} = prepareReader(setting);
      reader.readPower(viewOf(stack.incident[plateCount + 1]));
      return weights.map((own) => {
        clearWork();
        reader.adjoint(own, viewOf(work));
        return vjpHeights(stack, work);
      });
    },
    vjpParameters(state, setting, parameters, weights) {
      stack.setState(state, {withSlopes: needsSlopesAlongZ(parameters), present: setting.present});
      stack.propagate(setting.object);
      const {points, reader} = prepareReader(setting);
      reader.readPower(viewOf(stack.incident[plateCount + 1]));
      const frame: Float64Array[] = [];
      readFrame(parameters, points, reader.readSlopes(), reader, frame);
      clearWork();
      reader.adjoint(weights, viewOf(work));
      const slopesAt = (part: number): {x: FieldView; y: FieldView} => {
        fillSlopes(part);
        const {x, y} = slots[part % 2];
        return {x: viewOf(x), y: viewOf(y)};
      };
      const gradient = vjpParameters(stack, parameters, work, slopesAt, viewOf(slots[1].x));
      frame.forEach((column, index) => {
        for (let i = 0; i < column.length; i++) gradient[index] += weights[i] * column[i];
      });
      return gradient;
    },
  };

  /** Derivatives with respect to the scan's frame, which need no propagation. */
  function readFrame(
    parameters: readonly Parameter[],
    points: ScanPoints,
    slopes: Slopes,
    reader: FieldReader,
    derivatives: Float64Array[],
  ): void {
    fillFrame(stack, parameters, points, slopes, derivatives);
    parameters.forEach(({target}, index) => {
      if (target.part === 'frame' && target.quantity === 'dz')
        derivatives[index] = reader.readChange(viewOf(stack.incidentZ[plateCount + 1]));
    });
  }

  function fillMaterials(
    parameters: readonly Parameter[],
    read: (index: number, factor: number) => Float64Array,
  ): void {
    const waveNumber = (2 * Math.PI) / stack.wavelengthMm;
    parameters.forEach(({target}, index) => {
      const isBatch = target.part === 'plates';
      const isOne = target.part === 'plate' && (target.quantity === 'n' || target.quantity === 'k');
      if (!isBatch && !isOne) return;
      clearWork();
      const quantity = target.quantity as 'n' | 'k';
      for (let plate = isOne ? target.plate : 0; plate < plateCount; plate++) {
        if ((isBatch || plate === (target as {plate: number}).plate) && stack.isPresent(plate))
          addThickness(plate, quantity, waveNumber);
        stack.carry(plate + 1, work, true);
      }
      read(index, 1);
    });
  }

  function fillBeam(
    parameters: readonly Parameter[],
    read: (index: number, factor: number) => Float64Array,
  ): void {
    parameters.forEach((parameter, index) => {
      if (parameter.target.part !== 'beam') return;
      fillLightChange(stack, parameter.target.quantity, viewOf(work));
      carryOn(0);
      read(index, 1);
    });
  }
}

const needsSlopesAlongZ = (parameters: readonly Parameter[]): boolean =>
  parameters.some(
    ({target}) => (target.part === 'plate' || target.part === 'frame') && target.quantity === 'dz',
  );

interface PreparedReader {
  readonly key: string;
  readonly points: ScanPoints;
  readonly reader: FieldReader;
}

interface ScanPoints {
  readonly scan: {readonly xMm: ArrayLike<number>; readonly yMm: ArrayLike<number>};
  /** In the axes of the last plate, where the output field is. */
  readonly output: {readonly xMm: Float64Array; readonly yMm: Float64Array};
}

function scanPoints(stack: Stack, {xMm, yMm}: PlaneSetting): ScanPoints {
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

type Slopes = ReturnType<FieldReader['readSlopes']>;

/** Derivatives with respect to the scan's frame: the points move over a field that stays. */
function fillFrame(
  stack: Stack,
  parameters: readonly Parameter[],
  {scan, output}: ScanPoints,
  slopes: Slopes,
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
function subtractOutput(
  change: Float64Array,
  {x, y, z, turnRad, aboutXMm, aboutYMm}: Motion,
  factor: number,
  {output}: ScanPoints,
  slopes: Slopes,
  alongZ: () => Float64Array,
): void {
  for (let i = 0; i < change.length; i++) {
    const mx = x - turnRad * (output.yMm[i] - aboutYMm);
    const my = y + turnRad * (output.xMm[i] - aboutXMm);
    change[i] -= factor * (slopes.x[i] * mx + slopes.y[i] * my);
  }
  if (z === 0) return;
  const perMm = alongZ();
  for (let i = 0; i < change.length; i++) change[i] -= factor * z * perMm[i];
}

function scaled(values: Float64Array, factor: number): Float64Array {
  if (factor !== 1) for (let i = 0; i < values.length; i++) values[i] *= factor;
  return values;
}
