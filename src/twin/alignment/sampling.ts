import type {Grid} from '../../contract/optics.ts';
import type {Probe} from '../../contract/illumination.ts';
import {interpolationWeights, tapCount} from './line-filter.ts';

/** Complex field in the kernel's memory: rows of `stride` samples. */
export interface FieldView {
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** Positions in the axes of the field's grid, mm. */
export interface FieldPoints {
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
}

/**
 * Reads a field at scan points. `point` reads |E|^2 (also for a mode, whose filter is part of the way to the plane);
 * `aperture` the mean of |E|^2 over the opening, by Gauss-Legendre nodes.
 */
export interface FieldReader {
  /** Power at each point. */
  readPower(field: FieldView): Float64Array;
  /** Change of the power when `change` is added to the field that was read last by readPower. */
  readChange(change: FieldView): Float64Array;
  /** Change of the power, per mm, when the points move along x and along y. */
  readSlopes(): {readonly x: Float64Array; readonly y: Float64Array};
  /** Adds dL/d(conj U) to a plane for L = sum of weights[i] times the power at point i of the field read last. */
  adjoint(weights: Float64Array, to: FieldView): void;
}

type Aperture = Extract<Probe, {kind: 'aperture'}>;

interface Taps {
  /** First sample along a side, for each point; -1 where it has not all samples. */
  readonly first: Int32Array;
  /** Samples that a point takes in along the side. */
  readonly taps: number;
  readonly weights: Float64Array;
  /** Slopes of the weights when the points move, per mm; computed when they are asked for. */
  slopes(): Float64Array;
}

/**
 * Reader of fields on `grid` (row-major, `stride` samples a row, row 0 = smallest y) at fixed points. A `mode` probe
 * is read like a point: its filter is applied on the way to the plane.
 */
export function createFieldReader(
  grid: Grid,
  stride: number,
  probe: Probe,
  {xMm, yMm}: FieldPoints,
): FieldReader {
  return probe.kind === 'aperture'
    ? createApertureReader(grid, stride, probe, {xMm, yMm})
    : createPointReader(grid, stride, {xMm, yMm});
}

function createPointReader(grid: Grid, stride: number, {xMm, yMm}: FieldPoints): FieldReader {
  const x = createTaps(grid, xMm);
  const y = createTaps(grid, yMm);
  const total = xMm.length;
  const interpolate = (field: FieldView, wx: Float64Array, wy: Float64Array): FieldAtPoints =>
    interpolateField(field, stride, [x.first, wx], [y.first, wy]);
  let last: FieldView | undefined;
  let at: FieldAtPoints = {re: new Float64Array(total), im: new Float64Array(total)};
  return {
    readPower(field) {
      last = field;
      at = interpolate(field, x.weights, y.weights);
      return at.re.map((re, i) => re ** 2 + at.im[i] ** 2);
    },
    readChange: (change) => powerChange(at, interpolate(change, x.weights, y.weights)),
    readSlopes() {
      if (!last) return {x: new Float64Array(total), y: new Float64Array(total)};
      return {
        x: powerChange(at, interpolate(last, x.slopes(), y.weights)),
        y: powerChange(at, interpolate(last, x.weights, y.slopes())),
      };
    },
    adjoint(weights, to) {
      for (let i = 0; i < total; i++) {
        if (x.first[i] < 0 || y.first[i] < 0) continue;
        const base = i * tapCount;
        const [a, b] = [weights[i] * at.re[i], weights[i] * at.im[i]];
        for (let v = 0; v < tapCount; v++) {
          const line = (y.first[i] + v) * stride + x.first[i];
          const wy = y.weights[base + v];
          for (let u = 0; u < tapCount; u++) {
            const weight = wy * x.weights[base + u];
            to.re[line + u] += weight * a;
            to.im[line + u] += weight * b;
          }
        }
      }
    },
  };
}

interface FieldAtPoints {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** First sample and weights along one side, for every point (see Taps). */
type WeightedSamples = readonly [first: Int32Array, weights: Float64Array];

/** Separable interpolation at every point; 0 where a point has not all samples. */
function interpolateField(
  field: FieldView,
  stride: number,
  [firstX, wx]: WeightedSamples,
  [firstY, wy]: WeightedSamples,
): FieldAtPoints {
  const re = new Float64Array(firstX.length);
  const im = new Float64Array(firstX.length);
  for (let i = 0; i < firstX.length; i++) {
    if (firstX[i] < 0 || firstY[i] < 0) continue;
    const base = i * tapCount;
    let [sumRe, sumIm] = [0, 0];
    for (let v = 0; v < tapCount; v++) {
      let [lineRe, lineIm] = [0, 0];
      const line = (firstY[i] + v) * stride + firstX[i];
      for (let u = 0; u < tapCount; u++) {
        lineRe += wx[base + u] * field.re[line + u];
        lineIm += wx[base + u] * field.im[line + u];
      }
      sumRe += wy[base + v] * lineRe;
      sumIm += wy[base + v] * lineIm;
    }
    re[i] = sumRe;
    im[i] = sumIm;
  }
  return {re, im};
}

/** First-order change of |E|^2 when E changes by `change`. */
const powerChange = ({re, im}: FieldAtPoints, change: FieldAtPoints): Float64Array =>
  re.map((value, i) => 2 * (value * change.re[i] + im[i] * change.im[i]));

const nodes = [-0.906179845938664, -0.538469310105683, 0, 0.538469310105683, 0.906179845938664];
const nodeWeights = [
  0.236926885056189, 0.478628670499366, 0.568888888888889, 0.478628670499366, 0.236926885056189,
];

/**
 * Works on |E|^2 at the field's samples: one separable sum per point. Where the opening is wide enough to be asked
 * for, what |E|^2 has beyond the grid's highest frequency is averaged away by it.
 */
function createApertureReader(
  grid: Grid,
  stride: number,
  probe: Aperture,
  {xMm, yMm}: FieldPoints,
): FieldReader {
  const total = xMm.length;
  const strips = stripsOf(grid, probe, {xMm, yMm});
  const power = new Float32Array(stride * stride);
  const fillPower = ({re, im}: FieldView): void => {
    for (let i = 0; i < power.length; i++) power[i] = re[i] ** 2 + im[i] ** 2;
  };
  const average = (kind: 'value' | 'x' | 'y'): Float64Array => averageOver(power, stride, strips, kind);
  let last: FieldView | undefined;
  return {
    readPower(field) {
      last = field;
      fillPower(field);
      return average('value');
    },
    readChange(change) {
      if (!last) return new Float64Array(total);
      for (let i = 0; i < power.length; i++)
        power[i] = 2 * (last.re[i] * change.re[i] + last.im[i] * change.im[i]);
      return average('value');
    },
    readSlopes() {
      if (last) fillPower(last);
      return {x: average('x'), y: average('y')};
    },
    adjoint(weights, to) {
      if (!last) return;
      power.fill(0);
      for (const {x, y, weight} of strips)
        for (let i = 0; i < total; i++) {
          if (x.first[i] < 0 || y.first[i] < 0) continue;
          for (let v = 0; v < y.taps; v++) {
            const from = (y.first[i] + v) * stride + x.first[i];
            const line = weight * weights[i] * y.weights[i * y.taps + v];
            for (let u = 0; u < x.taps; u++) power[from + u] += line * x.weights[i * x.taps + u];
          }
        }
      for (let i = 0; i < power.length; i++) {
        to.re[i] += power[i] * last.re[i];
        to.im[i] += power[i] * last.im[i];
      }
    },
  };
}

/** A part of an opening over which a separable mean is taken; the weights of all strips sum to 1. */
interface Strip {
  readonly x: Taps;
  readonly y: Taps;
  readonly weight: number;
}

/** A disc is swept by strips whose width follows the circle; a rectangle is one strip. */
function stripsOf(grid: Grid, {shape, widthMm, heightMm}: Aperture, {xMm, yMm}: FieldPoints): Strip[] {
  const strips =
    shape === 'disc'
      ? nodes.map((node, i) => {
          const chord = Math.sqrt(1 - node ** 2);
          return {
            offsetMm: (node * heightMm) / 2,
            width: chord * widthMm,
            height: 0,
            weight: nodeWeights[i] * chord,
          };
        })
      : [{offsetMm: 0, width: widthMm, height: heightMm, weight: 1}];
  const weightSum = strips.reduce((sum, {weight}) => sum + weight, 0);
  return strips.map(({offsetMm, width, height, weight}) => ({
    x: createTaps(grid, xMm, width),
    y: createTaps(
      grid,
      yMm.map((value) => value + offsetMm),
      height,
    ),
    weight: weight / weightSum,
  }));
}

/** Mean of `power` over the opening at each point (0 where it has not all samples), or its slope along x or y per mm. */
function averageOver(
  power: Float32Array,
  stride: number,
  strips: readonly Strip[],
  kind: 'value' | 'x' | 'y',
): Float64Array {
  const out = new Float64Array(strips[0].x.first.length);
  for (const {x, y, weight} of strips) {
    const wx = kind === 'x' ? x.slopes() : x.weights;
    const wy = kind === 'y' ? y.slopes() : y.weights;
    for (let i = 0; i < out.length; i++) {
      if (x.first[i] < 0 || y.first[i] < 0) continue;
      const [atX, atY] = [i * x.taps, i * y.taps];
      let sum = 0;
      for (let v = 0; v < y.taps; v++) {
        let line = 0;
        const from = (y.first[i] + v) * stride + x.first[i];
        for (let u = 0; u < x.taps; u++) line += wx[atX + u] * power[from + u];
        sum += wy[atY + v] * line;
      }
      out[i] += weight * sum;
    }
  }
  return out;
}

/** Weights along one side; with a width, of the mean over it around each position. */
function createTaps({count, pitchMm}: Grid, positionsMm: Float64Array, widthMm = 0): Taps {
  const total = positionsMm.length;
  const reach = Math.ceil(widthMm / (2 * pitchMm));
  const taps = tapCount + 2 * reach;
  const first = new Int32Array(total);
  const places = new Float64Array(total);
  for (let i = 0; i < total; i++) {
    places[i] = positionsMm[i] / pitchMm + (count - 1) / 2;
    const start = Math.floor(places[i]) - (tapCount / 2 - 1) - reach;
    first[i] = start >= 0 && start + taps <= count ? start : -1;
  }
  const side: TapSide = {first, taps, places, widthSamples: widthMm / pitchMm};
  const step = 1e-3;
  let slopes: Float64Array | undefined;
  const createSlopes = (): Float64Array => {
    const made = new Float64Array(total * taps);
    addWeights(made, side, step, 1 / (2 * step * pitchMm));
    addWeights(made, side, -step, -1 / (2 * step * pitchMm));
    return made;
  };
  const weights = new Float64Array(total * taps);
  addWeights(weights, side, 0, 1);
  // Most fields are read without their slopes.
  return {first, taps, weights, slopes: () => (slopes ??= createSlopes())};
}

/** Where points lie along one side: see Taps; positions and width in samples. */
interface TapSide {
  readonly first: Int32Array;
  readonly taps: number;
  readonly places: Float64Array;
  readonly widthSamples: number;
}

/** Adds `factor` times the weights of every point, `shift` samples beside its place. */
function addWeights(
  to: Float64Array,
  {first, taps, places, widthSamples}: TapSide,
  shift: number,
  factor: number,
): void {
  const part = new Float64Array(tapCount);
  const nodeCount = widthSamples === 0 ? 1 : nodes.length;
  for (let i = 0; i < places.length; i++) {
    if (first[i] < 0) continue;
    for (let n = 0; n < nodeCount; n++) {
      const place = places[i] + shift + (widthSamples === 0 ? 0 : (nodes[n] * widthSamples) / 2);
      const whole = Math.floor(place);
      interpolationWeights(place - whole, part);
      const begin = whole - (tapCount / 2 - 1) - first[i];
      const weight = factor * (widthSamples === 0 ? 1 : nodeWeights[n] / 2);
      for (let tap = 0; tap < tapCount; tap++) {
        // A step across a sample's edge may reach one sample beyond; the outermost weights are next to nothing.
        const slot = begin + tap;
        if (slot >= 0 && slot < taps) to[i * taps + slot] += weight * part[tap];
      }
    }
  }
}
