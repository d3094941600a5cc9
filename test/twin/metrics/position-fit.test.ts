import {describe, expect, it} from 'vitest';
import {createRandom, type Random} from '../../../src/base/random.ts';
import {patchPlaces, type PatchReading} from '../../../src/contract/scan-monitors.ts';
import {judgePosition} from '../../../src/twin/metrics/position-fit.ts';
import {createSpeckle} from './speckle.ts';

const distanceMm = 0.2;
/** Grains of 1 mm, as behind a probe that averages finer ones. */
const light = createSpeckle(createRandom('light at a reference'), 1);
const phase = {re: Math.cos(0.6), im: Math.sin(0.6)};

interface Place {
  readonly xMm: number;
  readonly yMm: number;
}

/** A place on a flank: steep, and bright. */
const flank: Place = steepest(createRandom('places'));

function steepest(random: Random): Place {
  const places = Array.from({length: 400}, () => ({
    xMm: 10 * random.uniform() - 5,
    yMm: 10 * random.uniform() - 5,
  }));
  const steepness = ({xMm, yMm}: Place): number =>
    Math.min(
      Math.abs(light(xMm + 0.1, yMm) - light(xMm - 0.1, yMm)),
      Math.abs(light(xMm, yMm + 0.1) - light(xMm, yMm - 0.1)),
    );
  return places.reduce((best, place) => (steepness(place) > steepness(best) ? place : best));
}

function patch(
  {xMm, yMm}: Place,
  {gain = 1, noise = 0, random = createRandom('none'), of = light} = {},
): PatchReading {
  const places = patchPlaces.map(([x, y]) => of(xMm + x * distanceMm, yMm + y * distanceMm) * gain);
  const read = (part: number): number[] => places.map((value) => value * part + noise * random.normal());
  return {real: read(phase.re), imaginary: read(phase.im)};
}

const shifted = (xMm: number, yMm: number): Place => ({xMm: flank.xMm + xMm, yMm: flank.yMm + yMm});

describe('the position at a reference point', () => {
  const first = [patch(flank), patch(flank), patch(flank)];

  it.each([
    [0.05, 0],
    [0, -0.05],
    [-0.08, 0.06],
  ])('is found where the probe stands %f mm and %f mm off, whatever the gain', (xMm, yMm) => {
    const fit = judgePosition(first, patch(shifted(xMm, yMm), {gain: 0.9}), distanceMm);
    const off = Math.hypot((fit?.shiftXMm ?? NaN) - xMm, (fit?.shiftYMm ?? NaN) - yMm);
    expect(off).toBeLessThan(0.003 + 0.1 * Math.hypot(xMm, yMm));
    expect(fit?.gainRatio).toBeCloseTo(0.9, 1);
  });

  it('has an error that holds for shifts that are not small against the places', () => {
    for (const xMm of [0.1, 0.15, 0.2]) {
      const fit = judgePosition(first, patch(shifted(xMm, 0)), distanceMm);
      const {shiftXMm = NaN, shiftXErrorMm = NaN} = fit ?? {};
      expect(Math.abs(shiftXMm - xMm)).toBeLessThan(4 * shiftXErrorMm);
      expect(Math.abs(shiftXMm)).toBeGreaterThan(4 * shiftXErrorMm);
    }
  });

  it('has not moved where only gain and phase have', () => {
    const turned = patch(flank, {gain: 0.7});
    const [cos, sin] = [Math.cos(0.1), Math.sin(0.1)];
    const now = {
      real: turned.real.map((re, i) => cos * re - sin * turned.imaginary[i]),
      imaginary: turned.imaginary.map((im, i) => cos * im + sin * turned.real[i]),
    };
    const fit = judgePosition(first, now, distanceMm);
    expect(fit?.shiftXMm).toBeCloseTo(0, 6);
    expect(fit?.shiftYMm).toBeCloseTo(0, 6);
    expect(fit?.gainRatio).toBeCloseTo(0.7, 6);
    expect(fit?.phaseDeg).toBeCloseTo((0.1 * 180) / Math.PI, 6);
    expect(fit?.misfit).toBeLessThan(1);
  });

  it('has errors that are those of many visits, and a real signal has them as well', () => {
    const random = createRandom('visits');
    const noise = 0.01 * light(flank.xMm, flank.yMm);
    for (const isReal of [false, true]) {
      const visit = (): PatchReading => {
        const read = patch(flank, {noise, random});
        return isReal ? {real: read.real, imaginary: read.real.map(() => 0)} : read;
      };
      const pulls = Array.from({length: 300}, () => {
        const fit = judgePosition([visit(), visit(), visit()], visit(), distanceMm);
        return (fit?.shiftXMm ?? NaN) / (fit?.shiftXErrorMm ?? NaN);
      });
      const rms = Math.sqrt(pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length);
      // The noise is known from ten or twenty differences only.
      expect(rms).toBeGreaterThan(0.8);
      expect(rms).toBeLessThan(1.3);
    }
  });

  it('is told as not explained where the light itself is another', () => {
    const other = createSpeckle(createRandom('another light'), 1);
    const fit = judgePosition(first, patch(flank, {of: other}), distanceMm);
    const told =
      (fit?.misfit ?? 0) > 30 || Math.abs(fit?.shiftXMm ?? 0) > 0.1 || Math.abs(fit?.shiftYMm ?? 0) > 0.1;
    expect(told).toBe(true);
  });

  it('is not told without light or slope', () => {
    const dark = {real: patchPlaces.map(() => 0), imaginary: patchPlaces.map(() => 0)};
    expect(judgePosition([dark, dark, dark], dark, distanceMm)).toBeUndefined();
    const flat = {real: patchPlaces.map(() => 1), imaginary: patchPlaces.map(() => 0)};
    expect(judgePosition([flat, flat, flat], flat, distanceMm)).toBeUndefined();
  });
});
