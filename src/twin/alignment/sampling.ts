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

interface Taps {
  /** First sample along a side, for each point; -1 where it has not all samples. */
  readonly first: Int32Array;
  /** Samples that a point takes in along the side. */
  readonly taps: number;
  readonly weights: Float64Array;
  readonly slopes: Float64Array;
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
  const re = new Float64Array(total);
  const im = new Float64Array(total);
  let last: FieldView | undefined;
  const sums = {re: 0, im: 0};
  const sum = (field: FieldView, i: number, wx: Float64Array, wy: Float64Array): void => {
    sums.re = 0;
    sums.im = 0;
    if (x.first[i] < 0 || y.first[i] < 0) return;
    const base = i * tapCount;
    for (let v = 0; v < tapCount; v++) {
      let [lineRe, lineIm] = [0, 0];
      const line = (y.first[i] + v) * stride + x.first[i];
      for (let u = 0; u < tapCount; u++) {
        lineRe += wx[base + u] * field.re[line + u];
        lineIm += wx[base + u] * field.im[line + u];
      }
      sums.re += wy[base + v] * lineRe;
      sums.im += wy[base + v] * lineIm;
    }
  };
  return {
    readPower(field) {
      last = field;
      const power = new Float64Array(total);
      for (let i = 0; i < total; i++) {
        sum(field, i, x.weights, y.weights);
        re[i] = sums.re;
        im[i] = sums.im;
        power[i] = sums.re ** 2 + sums.im ** 2;
      }
      return power;
    },
    readChange(change) {
      const out = new Float64Array(total);
      for (let i = 0; i < total; i++) {
        sum(change, i, x.weights, y.weights);
        out[i] = 2 * (re[i] * sums.re + im[i] * sums.im);
      }
      return out;
    },
    readSlopes() {
      const out = {x: new Float64Array(total), y: new Float64Array(total)};
      if (!last) return out;
      for (let i = 0; i < total; i++) {
        sum(last, i, x.slopes, y.weights);
        out.x[i] = 2 * (re[i] * sums.re + im[i] * sums.im);
        sum(last, i, x.weights, y.slopes);
        out.y[i] = 2 * (re[i] * sums.re + im[i] * sums.im);
      }
      return out;
    },
    adjoint(weights, to) {
      for (let i = 0; i < total; i++) {
        if (x.first[i] < 0 || y.first[i] < 0) continue;
        const base = i * tapCount;
        const [a, b] = [weights[i] * re[i], weights[i] * im[i]];
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
  {shape, widthMm, heightMm}: Extract<Probe, {kind: 'aperture'}>,
  {xMm, yMm}: FieldPoints,
): FieldReader {
  const total = xMm.length;
  // A disc is swept by strips whose width follows the circle; a rectangle is one strip.
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
  const parts = strips.map(({offsetMm, width, height, weight}) => ({
    x: createTaps(grid, xMm, width),
    y: createTaps(
      grid,
      yMm.map((value) => value + offsetMm),
      height,
    ),
    weight: weight / weightSum,
  }));
  const power = new Float32Array(stride * stride);
  let last: FieldView | undefined;
  const gather = (kind: 'value' | 'x' | 'y'): Float64Array => {
    const out = new Float64Array(total);
    for (const {x, y, weight} of parts) {
      const wx = kind === 'x' ? x.slopes : x.weights;
      const wy = kind === 'y' ? y.slopes : y.weights;
      for (let i = 0; i < total; i++) {
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
  };
  return {
    readPower(field) {
      last = field;
      for (let i = 0; i < power.length; i++) power[i] = field.re[i] ** 2 + field.im[i] ** 2;
      return gather('value');
    },
    readChange(change) {
      if (!last) return new Float64Array(total);
      for (let i = 0; i < power.length; i++)
        power[i] = 2 * (last.re[i] * change.re[i] + last.im[i] * change.im[i]);
      return gather('value');
    },
    readSlopes() {
      if (last) for (let i = 0; i < power.length; i++) power[i] = last.re[i] ** 2 + last.im[i] ** 2;
      return {x: gather('x'), y: gather('y')};
    },
    adjoint(weights, to) {
      if (!last) return;
      power.fill(0);
      for (const {x, y, weight} of parts)
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

/** Weights along one side; with a width, of the mean over it around each position. */
function createTaps({count, pitchMm}: Grid, positionsMm: Float64Array, widthMm = 0): Taps {
  const total = positionsMm.length;
  const reach = Math.ceil(widthMm / (2 * pitchMm));
  const taps = tapCount + 2 * reach;
  const first = new Int32Array(total);
  const weights = new Float64Array(total * taps);
  const slopes = new Float64Array(total * taps);
  const part = new Float64Array(tapCount);
  const step = 1e-3;
  const places = widthMm === 0 ? [0] : nodes.map((node) => (node * widthMm) / (2 * pitchMm));
  const add = (
    to: Float64Array,
    at: number,
    {place, start}: {readonly place: number; readonly start: number},
    factor: number,
  ): void => {
    places.forEach((offset, n) => {
      const whole = Math.floor(place + offset);
      interpolationWeights(place + offset - whole, part);
      const begin = whole - (tapCount / 2 - 1) - start;
      const weight = factor * (widthMm === 0 ? 1 : nodeWeights[n] / 2);
      for (let tap = 0; tap < tapCount; tap++) {
        // A step across a sample's edge may reach one sample beyond; the outermost weights are next to nothing.
        const slot = begin + tap;
        if (slot >= 0 && slot < taps) to[at + slot] += weight * part[tap];
      }
    });
  };
  for (let i = 0; i < total; i++) {
    const place = positionsMm[i] / pitchMm + (count - 1) / 2;
    const start = Math.floor(place) - (tapCount / 2 - 1) - reach;
    if (!(start >= 0 && start + taps <= count)) {
      first[i] = -1;
      continue;
    }
    first[i] = start;
    add(weights, i * taps, {place, start}, 1);
    add(slopes, i * taps, {place: place + step, start}, 1 / (2 * step * pitchMm));
    add(slopes, i * taps, {place: place - step, start}, -1 / (2 * step * pitchMm));
  }
  return {first, taps, weights, slopes};
}
