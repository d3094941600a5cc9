import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {findRipple} from '../../../src/twin/metrics/ripple-fit.ts';

const halfWaveMm = 0.375;
const zMm = Array.from({length: 31}, (_, i) => (i - 15) * 0.05);

/** Light that falls off and bends along the beam, with a ripple. */
const lightAt = (z: number, ratio: number, periodMm: number): number =>
  2e-3 * (1 - 0.05 * z + 0.02 * z * z + ratio * Math.cos((2 * Math.PI * z) / periodMm + 0.7));

describe('a ripple along the beam', () => {
  it.each([
    [0.02, 0.375],
    [0.2, 0.36],
    [0.05, 0.42],
  ])('of %f with a period of %f mm is found', (ratio, periodMm) => {
    const found = findRipple(
      zMm,
      zMm.map((z) => lightAt(z, ratio, periodMm)),
      halfWaveMm,
    );
    // Of the mean light of the way, which bends a little.
    expect((found?.amplitudeRatio ?? NaN) / ratio).toBeCloseTo(1, 2);
    expect(found?.periodMm).toBeCloseTo(periodMm, 4);
    expect(found?.phaseDeg).toBeCloseTo((0.7 * 180) / Math.PI, 1);
    expect(found?.residualRatio).toBeLessThan(1e-6);
  });

  it('has errors that are those of many scans', () => {
    const random = createRandom('ripples');
    const scans = Array.from({length: 150}, () =>
      findRipple(
        zMm,
        zMm.map((z) => lightAt(z, 0.02, halfWaveMm) + 1e-5 * random.normal()),
        halfWaveMm,
      ),
    );
    const rms = (pulls: readonly number[]): number =>
      Math.sqrt(pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length);
    const ofAmplitude = rms(
      scans.map((found) => ((found?.amplitudeRatio ?? NaN) - 0.02) / (found?.amplitudeErrorRatio ?? NaN)),
    );
    const ofPeriod = rms(
      scans.map((found) => ((found?.periodMm ?? NaN) - halfWaveMm) / (found?.periodErrorMm ?? NaN)),
    );
    for (const pull of [ofAmplitude, ofPeriod]) {
      expect(pull).toBeGreaterThan(0.8);
      expect(pull).toBeLessThan(1.25);
    }
  });

  it('is not found in the dark, over less than a period, or with too few points', () => {
    const flat = zMm.map(() => 0);
    expect(findRipple(zMm, flat, halfWaveMm)).toBeUndefined();
    const light = (z: number): number => lightAt(z, 0.1, halfWaveMm);
    const short = zMm.filter((z) => Math.abs(z) < 0.17);
    expect(findRipple(short, short.map(light), halfWaveMm)).toBeUndefined();
    const few = zMm.filter((_, i) => i % 5 === 0);
    expect(findRipple(few, few.map(light), halfWaveMm)).toBeUndefined();
  });
});
