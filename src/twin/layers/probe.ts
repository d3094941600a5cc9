import type {Probe} from '../../contract/illumination.ts';
import type {ComplexPlane, Grid} from '../../contract/optics.ts';
import {interpolateField} from '../field/interpolation.ts';
import {fastLength} from '../kernel/plan.ts';
import {createConvolver} from '../propagation/convolver.ts';
import {transformFrequency} from '../propagation/transfer-function.ts';

/** Positions in the frame of the plane that is read, mm; both lists have the same length. */
export interface Points {
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
}

/**
 * Power that a probe reads at points of a plane, in the plane's own frame; equal to |E|^2 where the field is a plane
 * wave along z, for every probe, so that probes can be compared.
 *   point     |E|^2
 *   aperture  mean of |E|^2 over the opening (a power detector)
 *   mode      |sum E m|^2 / |sum m|^2 over the opening (a coherent receiver), with the Huygens factor
 *             (1 + cos theta) / 2 on every plane wave of the spectrum (Balanis, Antenna Theory, ch. 12)
 */
export function sampleProbe(
  field: ComplexPlane,
  wavelengthMm: number,
  probe: Probe,
  points: Points,
): Float64Array {
  return createProbeReader(field, wavelengthMm, probe)(points);
}

/** As sampleProbe, for one field and many sets of points: what a mode sees of the field is worked out once. */
export function createProbeReader(
  field: ComplexPlane,
  wavelengthMm: number,
  probe: Probe,
): (points: Points) => Float64Array {
  switch (probe.kind) {
    case 'point':
      return ({xMm, yMm}) => squared(interpolateField(field, xMm, yMm));
    case 'aperture':
      return (points) => sampleAperture(field, probe, points);
    case 'mode': {
      const seen = filterByMode(field, wavelengthMm, probe);
      return ({xMm, yMm}) => squared(interpolateField(seen, xMm, yMm));
    }
  }
}

function squared({re, im}: {re: Float64Array; im: Float64Array}): Float64Array {
  return re.map((value, i) => value * value + im[i] * im[i]);
}

// Gauss-Legendre nodes on -1..1 (five): exact to the ninth power, far finer than a field's grain in an opening.
const nodes = [-0.906179845938664, -0.538469310105683, 0, 0.538469310105683, 0.906179845938664];
const nodeWeights = [
  0.236926885056189, 0.478628670499366, 0.568888888888889, 0.478628670499366, 0.236926885056189,
];

/** Mean of |E|^2 over an opening at each point, in the plane's own frame. */
export function sampleAperture(
  field: ComplexPlane,
  {widthMm, heightMm, shape}: Extract<Probe, {kind: 'aperture'}>,
  {xMm, yMm}: Points,
): Float64Array {
  const total = xMm.length;
  const sum = new Float64Array(total);
  let weightSum = 0;
  const x = new Float64Array(total);
  const y = new Float64Array(total);
  for (let j = 0; j < nodes.length; j++) {
    for (let i = 0; i < nodes.length; i++) {
      // A disc is swept by rows whose width follows the circle.
      const chord = shape === 'disc' ? Math.sqrt(1 - nodes[j] ** 2) : 1;
      const weight = nodeWeights[i] * nodeWeights[j] * chord;
      weightSum += weight;
      for (let p = 0; p < total; p++) {
        x[p] = xMm[p] + (nodes[i] * chord * widthMm) / 2;
        y[p] = yMm[p] + (nodes[j] * heightMm) / 2;
      }
      const power = squared(interpolateField(field, x, y));
      for (let p = 0; p < total; p++) sum[p] += weight * power[p];
    }
  }
  return sum.map((value) => value / weightSum);
}

type Mode = Extract<Probe, {kind: 'mode'}>;

/** The filter that was used last: a bench has one receiver, and to make its filter costs more than to use it. */
let lastFilter: {readonly key: string; readonly filter: (field: ComplexPlane) => ComplexPlane} | undefined;

/**
 * Overlap of a field with a receiver's mode centred on each sample: a product in the spectrum. The modes are even,
 * so overlap and convolution are the same.
 */
export function filterByMode(field: ComplexPlane, wavelengthMm: number, probe: Mode): ComplexPlane {
  const {grid} = field;
  const key = JSON.stringify([grid.count, grid.pitchMm, wavelengthMm, probe]);
  if (lastFilter?.key !== key) lastFilter = {key, filter: createModeFilter(grid, wavelengthMm, probe)};
  return lastFilter.filter(field);
}

function createModeFilter(
  grid: Grid,
  wavelengthMm: number,
  probe: Mode,
): (field: ComplexPlane) => ComplexPlane {
  const {widthMm, heightMm} = probe;
  const length = fastLength(grid.count + 2 * Math.ceil(Math.max(widthMm, heightMm) / grid.pitchMm) + 16);
  const convolver = createConvolver(grid.count, length, 'double');
  const response = new Float64Array(length * length);
  for (let row = 0; row < length; row++) {
    const fy = transformFrequency(row, length) / grid.pitchMm;
    for (let column = 0; column < length; column++) {
      const fx = transformFrequency(column, length) / grid.pitchMm;
      response[row * length + column] = modeResponse(probe, fx, fy, wavelengthMm);
    }
  }
  const transfer = convolver.createTransfer();
  convolver.writeTransfer(transfer, response, new Float64Array(length * length));
  // What lies beyond the samples of the field stays dark: nothing else is ever written there.
  const [from, to] = [convolver.createPlane(), convolver.createPlane()];
  return ({grid: own, re, im}) => {
    convolver.write(from, re, im);
    convolver.apply(transfer, from, to);
    return {grid: own, ...convolver.read(to)};
  };
}

/**
 * Share of a plane wave of spatial frequency fx, fy (1/mm) that a receiver's mode takes in; 1 for a wave along z.
 * Open waveguide, TE10: cosine across the width, constant along the height.
 */
export function modeResponse(
  {mode, widthMm, heightMm}: Mode,
  fx: number,
  fy: number,
  wavelengthMm: number,
): number {
  const cosSquared = 1 - (fx * fx + fy * fy) * wavelengthMm ** 2;
  const huygens = (1 + Math.sqrt(Math.max(cosSquared, 0))) / 2;
  if (mode === 'gaussian')
    return huygens * Math.exp(-((Math.PI * fx * widthMm) ** 2 + (Math.PI * fy * heightMm) ** 2) / 4);
  return huygens * cosineSpectrum(fx * widthMm) * sinc(fy * heightMm);
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Spectrum of cos(pi x / w) on -w/2..w/2 over its value at 0: cos(pi f w) / (1 - (2 f w)^2). */
function cosineSpectrum(x: number): number {
  const under = 1 - (2 * x) ** 2;
  return Math.abs(under) < 1e-9 ? Math.PI / 4 : Math.cos(Math.PI * x) / under;
}
