import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {createLineShift} from '../../../src/twin/metrics/line-shift.ts';
import {createSpeckle} from './speckle.ts';

interface Raster {
  readonly seed: string;
  readonly stepMm: number;
  /** Where backward lines are read against forward ones. */
  readonly shiftMm: number;
  readonly noise?: number;
  readonly lineCount?: number;
}

function shiftOf({seed, stepMm, shiftMm, noise = 0, lineCount = 41}: Raster) {
  const light = createSpeckle(createRandom(seed), 1.5);
  const random = createRandom(`${seed} noise`);
  const monitor = createLineShift(stepMm);
  for (let row = 0; row < lineCount; row++) {
    const isBackward = row % 2 === 1;
    const yMm = (row - (lineCount - 1) / 2) * stepMm;
    const line = Float64Array.from({length: 41}, (_, i) => {
      const xMm = (i - 20) * stepMm + (isBackward ? shiftMm / 2 : -shiftMm / 2);
      return light(xMm, yMm) + noise * random.normal();
    });
    monitor.addLine(line, isBackward);
  }
  return monitor.estimate();
}

describe('the shift of backward lines', () => {
  it.each([0, 0.03, -0.03, 0.12])('is found as %f mm, within its error', (shiftMm) => {
    const found = shiftOf({seed: 'lines', stepMm: 0.4, shiftMm, noise: 0.01});
    expect(found?.lineCount).toBe(39);
    const {errorMm = NaN} = found ?? {};
    expect(errorMm).toBeLessThan(0.02);
    expect(Math.abs((found?.shiftMm ?? NaN) - shiftMm)).toBeLessThan(3 * errorMm + 0.03 * Math.abs(shiftMm));
  });

  it('has errors that are those of many rasters', () => {
    const pulls = Array.from({length: 100}, (_, seed) => {
      const found = shiftOf({seed: String(seed), stepMm: 0.4, shiftMm: 0, noise: 0.05, lineCount: 21});
      return (found?.shiftMm ?? NaN) / (found?.errorMm ?? NaN);
    });
    const rms = Math.sqrt(pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length);
    expect(rms).toBeGreaterThan(0.5);
    expect(rms).toBeLessThan(1.4);
  });

  it('is not told of lines that all go the same way, of too few, and without light', () => {
    const monitor = createLineShift(0.4);
    const line = Float64Array.from({length: 20}, (_, i) => Math.sin(i));
    for (let row = 0; row < 10; row++) monitor.addLine(line, false);
    expect(monitor.estimate()).toBeUndefined();
    expect(shiftOf({seed: 'few', stepMm: 0.4, shiftMm: 0.1, lineCount: 4})).toBeUndefined();
    const dark = createLineShift(0.4);
    for (let row = 0; row < 10; row++) dark.addLine(new Float64Array(20), row % 2 === 1);
    expect(dark.estimate()).toBeUndefined();
  });

  it('leaves out points that were not measured', () => {
    const monitor = createLineShift(0.4);
    const light = createSpeckle(createRandom('holes'), 1.5);
    for (let row = 0; row < 21; row++) {
      const isBackward = row % 2 === 1;
      monitor.addLine(
        Float64Array.from({length: 41}, (_, i) =>
          (i * row) % 17 === 3 ? NaN : light((i - 20) * 0.4 + (isBackward ? 0.1 : 0), (row - 10) * 0.4),
        ),
        isBackward,
      );
    }
    expect(monitor.estimate()?.shiftMm).toBeGreaterThan(0.07);
    expect(monitor.estimate()?.shiftMm).toBeLessThan(0.13);
  });
});
