import type {Grid} from '../../contract/optics.ts';
import {modeResponse} from '../layers/probe.ts';
import {stepsTransfer} from '../layers/thick-medium.ts';
import {angularSpectrumTransfer, transformFrequency} from '../propagation/transfer-function.ts';
import type {NetworkSpec} from './network-spec.ts';
import {waysBesideGaps} from './thick-layers.ts';

/** Lateral shift and axial error of each plate for one batch, mm. */
export interface PlateErrors {
  readonly dxMm: ArrayLike<number>;
  readonly dyMm: ArrayLike<number>;
  readonly dzMm: ArrayLike<number>;
}

/** How far the part behind a gap is off against the part in front of it, mm. */
export interface GapErrors {
  readonly dxMm: number;
  readonly dyMm: number;
  readonly dzMm: number;
}

/** What the errors of the plates do to each gap; object and output plane stand where they belong. */
export function gapErrorsOf(errors: PlateErrors | null, layerCount: number): GapErrors[] {
  const at = (values: ArrayLike<number> | undefined, part: number): number =>
    part === 0 || part > layerCount ? 0 : (values?.[part - 1] ?? 0);
  return Array.from({length: layerCount + 1}, (_, gap) => {
    const step = (values: ArrayLike<number> | undefined): number => at(values, gap + 1) - at(values, gap);
    return {dxMm: step(errors?.dxMm), dyMm: step(errors?.dyMm), dzMm: step(errors?.dzMm)};
  });
}

/**
 * Transfer functions of the gaps without lateral shifts, with the ways between them and the screens of thick plates, with axial errors rounded to a step so that few have to be
 * computed.
 */
export function createSpectra(spec: NetworkSpec, length: number): (gap: number, dzMm: number) => GapSpectrum {
  const stepMm = 0.1;
  const known = new Map<string, GapSpectrum>();
  const pixels =
    spec.pixel === 'square' && !spec.thick ? responseOf(spec.grid, length, pixelResponse(spec.grid)) : null;
  const {probe} = spec;
  const seen =
    probe.kind === 'mode'
      ? responseOf(spec.grid, length, (fx, fy) => modeResponse(probe, fx, fy, spec.wavelengthMm))
      : null;
  const ways = waysBesideGaps(spec);
  return (gap, dzMm) => {
    const distanceMm = spec.gapsMm[gap] + Math.round(dzMm / stepMm) * stepMm;
    const isLast = gap === spec.gapsMm.length - 1;
    const key = [distanceMm.toFixed(3), isLast, JSON.stringify(ways[gap])].join(' ');
    let spectrum = known.get(key);
    if (!spectrum) {
      const {grid, wavelengthMm} = spec;
      spectrum = {key, ...angularSpectrumTransfer({grid, wavelengthMm, distanceMm}, length)};
      if (ways[gap].length > 0) multiply(spectrum, stepsTransfer(ways[gap], spec, length));
      for (const response of [pixels, isLast ? seen : null]) if (response) weaken(spectrum, response);
      known.set(key, spectrum);
    }
    return spectrum;
  };
}

/** Transfer function of a gap, row-major in transform order; gaps of the same key have the same one. */
export interface GapSpectrum {
  readonly key: string;
  readonly re: Float64Array;
  readonly im: Float64Array;
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

function multiply(
  {re, im}: {re: Float64Array; im: Float64Array},
  by: {readonly re: Float64Array; readonly im: Float64Array},
): void {
  for (let i = 0; i < re.length; i++)
    [re[i], im[i]] = [re[i] * by.re[i] - im[i] * by.im[i], re[i] * by.im[i] + im[i] * by.re[i]];
}

function weaken({re, im}: {re: Float64Array; im: Float64Array}, response: Float64Array): void {
  for (let i = 0; i < response.length; i++) {
    re[i] *= response[i];
    im[i] *= response[i];
  }
}
