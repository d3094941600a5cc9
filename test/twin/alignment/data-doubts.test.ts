import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import type {AlignmentResult} from '../../../src/contract/alignment.ts';
import {thinPlates} from '../../../src/contract/plate-optics.ts';
import {alignBench} from '../../../src/twin/alignment/align.ts';
import {chooseParameters} from '../../../src/twin/alignment/defaults.ts';
import {createEvaluator} from '../../../src/twin/alignment/evaluator.ts';
import type {MeasuredPlane} from '../../../src/twin/alignment/measured-plane.ts';
import {limitSearch, SearchLimitReached} from '../../../src/twin/alignment/search-limit.ts';
import {
  createEngine,
  createSettings,
  designed,
  displaced,
  measurePlanes,
  specOf,
  grid,
} from './small-bench.ts';

const settings = createSettings(3);
const detector = {zMm: 30, regions: []};
const held = ['-beam.centerX', '-beam.centerY', '-beam.narrowness', '-beam.curvature', '-plates.n'];
const truth = displaced(11);
const measured = measurePlanes(settings, truth, 11);

const align = async (planes: readonly MeasuredPlane[], orientation: 'auto' | 'never' = 'never') => {
  const parameters = chooseParameters(held, designed, [true, true]);
  const problem = {planes, parameters, start: designed};
  const design = {contentHash: 'none', grid, detector, frequencyHz: 4e11, layers: []};
  const {result} = await alignBench(createEngine(settings), problem, design, {
    orientation,
    plateOptics: thinPlates,
  });
  return result;
};
/** Whether a result says in so many words that it is not to be relied on. */
const doubtOf = ({verdict, reasons}: AlignmentResult): string => {
  expect(verdict).not.toBe('trusted');
  return reasons.join(' ');
};

describe('planes that do not belong together as they are', () => {
  it.each([2.5, 0.15])('names the plane that was scanned in another frame, %d mm beside', async (dxMm) => {
    const moved = {...truth, frame: {...truth.frame, dxMm: truth.frame.dxMm + dxMm}};
    const beside = measurePlanes(settings, moved, 11)[2];
    const text = doubtOf(await align(measured.with(2, beside)));
    expect(text).toMatch(/Plane "mask 2" lies -?\d\.\d\d mm along x .* scanned in another frame/);
    expect(text).not.toMatch(/Plane "mask [01]"/);
  });

  it('says that values look like squares of powers', async () => {
    const squared = measured.map((plane) => {
      const values = plane.values.map((value) => value * Math.abs(value));
      const top = Math.max(...values);
      return {...plane, values, sigma: values.map(() => 0.003 * top)};
    });
    expect(doubtOf(await align(squared))).toContain('look like squares of powers');
  });

  it('says nothing of the kind of planes in one frame', async () => {
    const result = await align(measured);
    expect(result).toMatchObject({verdict: 'trusted', reasons: []});
  });

  it('does not take powers that the model explains but roughly for amplitudes', async () => {
    const random = createRandom('speckle that no parameter has');
    const rough = measured.map((plane) => {
      const top = Math.max(...plane.values);
      const values = plane.values.map((value) => value + 0.05 * top * random.normal());
      return {...plane, values, sigma: values.map(() => 1e-4 * top)};
    });
    expect((await align(rough)).reasons.join(' ')).not.toContain('look like');
  });

  it('says that planes are of another design', async () => {
    const random = createRandom('other');
    const {stack, settings: own} = specOf(settings);
    const plates = stack.plates.map((plate) => ({
      ...plate,
      relief: {...plate.relief, values: plate.relief.values.map(() => 0.065 * random.integer(16))},
    }));
    const other = createEvaluator({stack: {...stack, plates}, settings: own});
    const planes = measured.map((plane, i) => {
      const {power} = other.evaluate({state: truth, parameters: [], plane: i, grain: 'fine'});
      const top = Math.max(...power);
      return {...plane, values: power, sigma: power.map(() => 0.003 * top)};
    });
    expect(doubtOf(await align(planes))).toMatch(/as planes of another design do/);
  });
});

describe('a search', () => {
  it('is ended when it has computed as much as it may', async () => {
    const {engine, searchedPlanes, isAtLimit} = limitSearch(createEngine(settings), 5);
    const request = {state: designed, parameters: [], plane: 0, grain: 'coarse'} as const;
    await engine.evaluate([request, request, request]);
    expect(isAtLimit()).toBe(false);
    await engine.evaluate([request, request]);
    expect([searchedPlanes(), isAtLimit()]).toEqual([5, true]);
    expect(() => engine.evaluate([request])).toThrow(SearchLimitReached);
  });
});
