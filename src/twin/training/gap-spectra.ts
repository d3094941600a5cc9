import type {Grid} from '../../contract/optics.ts';
import {modeResponse} from '../layers/probe.ts';
import {
  angularSpectrumTransfer,
  shiftTransfer,
  transformFrequency,
} from '../propagation/transfer-function.ts';
import type {NetworkSpec} from './network-spec.ts';

/** Transfer functions of the gaps, with axial errors rounded to a step so that few have to be computed. */
export function createSpectra(spec: NetworkSpec, length: number) {
  const stepMm = 0.1;
  const known = new Map<string, {re: Float64Array; im: Float64Array}>();
  const re = new Float32Array(length * length);
  const im = new Float32Array(length * length);
  const pixels = spec.pixel === 'square' ? responseOf(spec.grid, length, pixelResponse(spec.grid)) : null;
  const {probe} = spec;
  const seen =
    probe.kind === 'mode'
      ? responseOf(spec.grid, length, (fx, fy) => modeResponse(probe, fx, fy, spec.wavelengthMm))
      : null;
  const base = (distanceMm: number, isLast: boolean): {re: Float64Array; im: Float64Array} => {
    const key = `${distanceMm.toFixed(3)} ${isLast}`;
    let spectrum = known.get(key);
    if (!spectrum) {
      spectrum = angularSpectrumTransfer(
        {grid: spec.grid, wavelengthMm: spec.wavelengthMm, distanceMm},
        length,
      );
      for (const response of [pixels, isLast ? seen : null]) if (response) weaken(spectrum, response);
      known.set(key, spectrum);
    }
    return spectrum;
  };
  return {
    shifted(gap: number, dzMm: number, dxMm: number, dyMm: number): {re: Float32Array; im: Float32Array} {
      const distanceMm = spec.gapsMm[gap] + Math.round(dzMm / stepMm) * stepMm;
      const spectrum = base(distanceMm, gap === spec.gapsMm.length - 1);
      const {pitchMm} = spec.grid;
      shiftTransfer(spectrum, {re, im}, length, [dxMm / pitchMm, dyMm / pitchMm]);
      return {re, im};
    },
  };
}

/** Spectrum of a square of one pitch over its value for a wave along z. */
function pixelResponse({pitchMm}: Grid): (fx: number, fy: number) => number {
  const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
  return (fx, fy) => sinc(fx * pitchMm) * sinc(fy * pitchMm);
}

/** A real response over the frequencies (1/mm) of a transform, row-major, in transform order. */
function responseOf(
  {pitchMm}: Grid,
  length: number,
  response: (fx: number, fy: number) => number,
): Float64Array {
  const values = new Float64Array(length * length);
  for (let row = 0; row < length; row++) {
    const fy = transformFrequency(row, length) / pitchMm;
    for (let column = 0; column < length; column++)
      values[row * length + column] = response(transformFrequency(column, length) / pitchMm, fy);
  }
  return values;
}

function weaken({re, im}: {re: Float64Array; im: Float64Array}, response: Float64Array): void {
  for (let i = 0; i < response.length; i++) {
    re[i] *= response[i];
    im[i] *= response[i];
  }
}
