import type {DesignFile} from '../../contract/design-file.ts';
import type {Illumination, Probe} from '../../contract/illumination.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {modeResponse} from './probe.ts';

/** What decides how fine the speckle of an output plane is. */
export interface SpeckleOptics {
  readonly wavelengthMm: number;
  /** From the last plate to the plane, and from the object to the last plate. */
  readonly distanceMm: number;
  readonly lightPathMm: number;
  /** Side of the last plate and of its square pixels. */
  readonly plateSideMm: number;
  readonly pixelMm: number;
  readonly illumination: Illumination;
  readonly probe: Probe;
}

/**
 * Correlation of the readings at two points, by their distance along x and along y: rho = rho_x(dx) rho_y(dy), 1 for
 * none. Tables in steps of `stepMm`; beyond their end it is 0.
 */
export interface SpeckleCorrelation {
  readonly stepMm: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** The same of a design in a bench's light, read by its probe. */
export function computeDesignSpeckle(
  {frequencyHz, grid, layers, detector}: DesignFile,
  bench: Pick<SpeckleOptics, 'illumination' | 'probe'>,
): SpeckleCorrelation {
  const last = layers.reduce((a, b) => (b.zMm > a.zMm ? b : a));
  return computeSpeckleCorrelation({
    ...bench,
    wavelengthMm: wavelengthMmFromHz(frequencyHz),
    distanceMm: detector.zMm - last.zMm,
    lightPathMm: last.zMm,
    plateSideMm: grid.count * grid.pitchMm,
    pixelMm: last.pitchMm,
  });
}

const frequencyCount = 96;
const tableStepMm = 0.02;
/** Several grains of the coarsest speckle that a scan of a plane can show. */
const reachWavelengths = 8;

/**
 * How far speckle is correlated in the output plane. By the van Cittert-Zernike theorem (Goodman, Speckle Phenomena in
 * Optics, section 5.6) the correlation of the field is the Fourier transform of the brightness B(f) with which the last plate lights
 * the plane, f = sin(theta) / wavelength; that of the intensity is its square, whose spectrum is B * B. For a plate
 * at distance L whose light falls off as cos(theta) / r, equal areas d2u = L^2 wavelength^2 / cos^4(theta) d2f bring
 * equal B, so B is what the plate lets through: the beam's profile, times sinc^2(f pitch) of its square pixels, times
 * the probe's response to a plane wave, up to the direction of the plate's edge. An opening that gathers power
 * averages the intensity over itself. x and y are taken apart.
 *
 * The light that the plates have gathered on the middle makes grains coarser than this; so the estimate errs on the
 * side of fine speckle, and undersampling is rather estimated too large.
 */
export function computeSpeckleCorrelation(optics: SpeckleOptics): SpeckleCorrelation {
  return {stepMm: tableStepMm, x: correlationAlong(optics, 'x'), y: correlationAlong(optics, 'y')};
}

function correlationAlong(optics: SpeckleOptics, axis: 'x' | 'y'): Float64Array {
  const {wavelengthMm, distanceMm, plateSideMm, probe} = optics;
  const highest = Math.sin(Math.atan(plateSideMm / 2 / distanceMm)) / wavelengthMm;
  const stepPerMm = (2 * highest) / frequencyCount;
  const brightness = Float64Array.from({length: frequencyCount}, (_, i) =>
    brightnessAt(optics, axis, (i + 0.5) * stepPerMm - highest),
  );
  // B * B, at multiples of the step from 0 on.
  const openingMm = probe.kind === 'aperture' ? (axis === 'x' ? probe.widthMm : probe.heightMm) : 0;
  const power = Float64Array.from({length: frequencyCount}, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < frequencyCount; i++) sum += brightness[i] * brightness[i - lag];
    return sum * sinc(lag * stepPerMm * openingMm) ** 2;
  });
  const length = Math.ceil((reachWavelengths * wavelengthMm) / tableStepMm);
  const table = Float64Array.from({length}, (_, at) => {
    let sum = power[0];
    for (let lag = 1; lag < frequencyCount; lag++)
      sum += 2 * power[lag] * Math.cos(2 * Math.PI * lag * stepPerMm * at * tableStepMm);
    return sum;
  });
  return table.map((value) => value / table[0]);
}

/** Brightness of the last plate in the direction of a spatial frequency along one axis, seen from the plane's centre. */
function brightnessAt(optics: SpeckleOptics, axis: 'x' | 'y', frequencyPerMm: number): number {
  const {wavelengthMm, distanceMm, pixelMm, probe} = optics;
  const sine = frequencyPerMm * wavelengthMm;
  const placeMm = (distanceMm * sine) / Math.sqrt(1 - sine * sine);
  const beam = Math.exp(-2 * (placeMm / beamRadiusMm(optics)) ** 2);
  const [fx, fy] = axis === 'x' ? [frequencyPerMm, 0] : [0, frequencyPerMm];
  const seen = probe.kind === 'mode' ? modeResponse(probe, fx, fy, wavelengthMm) : 1;
  return beam * (sinc(frequencyPerMm * pixelMm) * seen) ** 2;
}

/** Radius of the beam where the last plate stands, amplitude 1/e (Siegman, Lasers, ch. 17); infinite for a plane wave. */
function beamRadiusMm({illumination, lightPathMm, wavelengthMm}: SpeckleOptics): number {
  if (illumination.kind === 'plane-wave') return Infinity;
  const {radiusMm, curvatureRadiusMm} = illumination;
  const spread = curvatureRadiusMm === null ? 1 : 1 + lightPathMm / curvatureRadiusMm;
  return Math.hypot(radiusMm * spread, (lightPathMm * wavelengthMm) / (Math.PI * radiusMm));
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
