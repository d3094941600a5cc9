import {describe, expect, it} from 'vitest';
import {alignBench, type AlignOptions} from '../../../src/twin/alignment/align.ts';
import {chooseParameters} from '../../../src/twin/alignment/defaults.ts';
import type {MeasuredPlane} from '../../../src/twin/alignment/measured-plane.ts';
import {parseParameter, readParameter} from '../../../src/twin/alignment/parameters.ts';
import {finelySlicedPlates, thinPlates} from '../../../src/contract/plate-optics.ts';
import type {AlignmentResult} from '../../../src/contract/alignment.ts';
import type {BenchState} from '../../../src/twin/alignment/state.ts';
import {createEngine, createSettings, designed, displaced, measurePlanes, grid} from './small-bench.ts';

const settings = createSettings(3);
const regions = [-3, 3].map((centerXMm, i) => ({
  label: `${i}`,
  centerXMm,
  centerYMm: 0,
  widthMm: 4,
  heightMm: 4,
}));
const design = {contentHash: 'sha256:0', grid, frequencyHz: 4e11, layers: [], detector: {zMm: 30, regions}};
const align = async (
  planes: readonly MeasuredPlane[],
  free: readonly string[] = [],
  options: AlignOptions = {},
): Promise<AlignmentResult> => {
  const parameters = chooseParameters(free, designed, [true, true]);
  return (await alignBench(createEngine(settings), {planes, parameters, start: designed}, design, options))
    .result;
};
/** How far each value is off, in its own standard deviations. */
const pulls = (result: AlignmentResult, truth: BenchState): number[] =>
  result.parameters.map(
    ({name, value, sigma}) => (value - readParameter(truth, parseParameter(name, 2))) / (sigma ?? NaN),
  );
const rms = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
const unlit = ['-beam.centerX', '-beam.centerY', '-beam.narrowness', '-beam.curvature', '-plates.n'];

describe('alignment', () => {
  it('finds displaced plates to what the noise allows, with error bars that hold', async () => {
    const all: number[] = [];
    for (const seed of [1, 2, 3, 4]) {
      const truth = displaced(seed);
      const result = await align(measurePlanes(settings, truth, seed), unlit);
      expect(result.verdict, result.reasons.join(' ')).toBe('trusted');
      expect(result.after.correlation).toBeGreaterThan(0.995);
      expect(result.after.correlation).toBeGreaterThan(result.before.correlation);
      expect(result.heightErrorMm).toBeNull();
      all.push(...pulls(result, truth));
    }
    expect(all).toHaveLength(4 * 12);
    // 48 pulls of a standard normal have an rms of 1 +- 0.11, somewhat more as they are correlated.
    expect(rms(all)).toBeGreaterThan(0.6);
    expect(rms(all)).toBeLessThan(1.5);
  });

  it('finds out whether plates are thin or thick, and says how it takes them', async () => {
    const truth = displaced(2, 0.6);
    // Finer slices than those of the fit.
    const planes = measurePlanes(settings, truth, 2, [0.003, 0.005], {kind: 'thick', sliceCount: 12});
    const result = await align(planes, unlit);
    expect(result.verdict, result.reasons.join(' ')).toBe('trusted');
    expect(result.plateOptics).toEqual(finelySlicedPlates);
    expect(result.notes?.join(' ')).toMatch(
      /^The plates are taken as thick with 8 slices: .* thin (all|\d+.*%), thick with 8 slices \d.*%/u,
    );
    result.parameters.forEach(({name, value}) => {
      const error = value - readParameter(truth, parseParameter(name, 2));
      if (/^plate.*d[xy]$/.test(name)) expect(Math.abs(error), name).toBeLessThan(0.02);
    });
    const asked = await align(planes, unlit, {plateOptics: {kind: 'thick', sliceCount: 4}});
    expect(asked.plateOptics).toEqual({kind: 'thick', sliceCount: 4});
    expect(asked.notes).toEqual(['The plates are taken as thick with 4 slices.']);
    const thin = await align(measurePlanes(settings, truth, 2), unlit);
    expect(thin.plateOptics).toEqual(thinPlates);
    expect(thin.notes).toEqual([]);
  });

  it('names what no plane can tell', async () => {
    const free = ['plate1.dx', 'plate2.dx', 'object.dx', 'beam.centerX', 'frame.dx', 'frame.dy'];
    const result = await align(measurePlanes(settings, displaced(5, 0.3), 5), free);
    expect(result.degeneracies[0]).toMatchObject({sigma: null});
    expect(result.degeneracies[0].text).toContain('common shift of everything along x');
    const known = result.parameters.filter(({identifiable}) => identifiable).map(({name}) => name);
    expect(known).toEqual(['frame.dy']);
  });

  it('makes error bars wider when the model lacks something, and says what', async () => {
    const truth = displaced(6, 0.5);
    const [quiet, rough] = await Promise.all(
      [0, 0.3].map((part) => {
        const planes = measurePlanes(settings, truth, 6).map((plane, i) => ({
          ...plane,
          values: plane.values.map((value, k) => value * (1 + part * Math.sin(7 * k + i))),
        }));
        return align(planes, unlit);
      }),
    );
    expect(rough.after.unexplainedRatio).toBeGreaterThan(0.005);
    expect(rough.heightErrorMm).toBeGreaterThan(0.005);
    rough.parameters.forEach(({sigma, name}, i) =>
      expect(sigma, name).toBeGreaterThan(2 * (quiet.parameters[i].sigma ?? NaN)),
    );
  });

  it('leaves out a line that was not measured, and says which', async () => {
    const truth = displaced(7, 0.5);
    const planes = measurePlanes(settings, truth, 7);
    const line = planes[1].values.map((value, i) => (planes[1].yMm[i] === 2 ? 0 : value));
    const result = await align(
      planes.map((plane, i) => (i === 1 ? {...plane, values: line} : plane)),
      unlit,
    );
    expect(result.verdict, result.reasons.join(' ')).toBe('trusted');
    expect(result.notes?.join(' ')).toContain('line at y = 2.00 mm');
    expect(result.planes[1].excludedCount).toBe(15);
    expect(rms(pulls(result, truth))).toBeLessThan(2);
  });

  it('keeps a line that differs by less than a filter may leave of a step, however exact the others are', async () => {
    const planes = measurePlanes(settings, displaced(7, 0.5), 7, [1e-5, 1e-5]);
    const [slightly, clearly] = await Promise.all(
      [1.01, 1.2].map((factor) => {
        const values = planes[1].values.map((value, i) => (planes[1].yMm[i] === 2 ? factor * value : value));
        return align(
          planes.map((plane, k) => (k === 1 ? {...plane, values} : plane)),
          unlit,
        );
      }),
    );
    expect(slightly.planes[1].excludedCount).toBe(0);
    expect(clearly.planes[1].excludedCount).toBe(15);
  });

  it('says that planes of something else are not explained', async () => {
    const planes = measurePlanes(settings, displaced(8), 8);
    const mixed = planes.map((plane, i) => ({...plane, values: planes[(i + 1) % 3].values}));
    const result = await align(mixed, unlit, {orientation: 'never'});
    expect(result.verdict).toBe('failed');
    expect(result.reasons[0]).toContain('No placement explains these planes');
  });

  it('stops when it is told to', async () => {
    const planes = measurePlanes(settings, displaced(9), 9);
    const stop = new AbortController();
    const running = align(planes, [], {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('stopped by the operator')),
    });
    await expect(running).rejects.toThrow('stopped by the operator');
  });
});
