import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {fitPrints} from '../../../src/twin/alignment/fit-prints.ts';
import {minimise} from '../../../src/twin/alignment/lbfgs.ts';
import {createPrintHeights} from '../../../src/twin/alignment/print-heights.ts';
import {createEvaluator} from '../../../src/twin/alignment/evaluator.ts';
import {noiseSigma, type MeasuredPlane} from '../../../src/twin/alignment/measured-plane.ts';
import {createEngine, createSettings, designed, specOf} from './small-bench.ts';

describe('limited-memory BFGS', () => {
  it('finds the bottom of the valley of Rosenbrock', async () => {
    const found = await minimise(
      ([x, y]) =>
        Promise.resolve({
          cost: 1 + (1 - x) ** 2 + 100 * (y - x * x) ** 2,
          gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
        }),
      Float64Array.of(-1.2, 1),
      {maximumIterations: 200, relativeTolerance: 0, firstScale: 1e-3},
    );
    expect(found.at[0]).toBeCloseTo(1, 3);
    expect(found.at[1]).toBeCloseTo(1, 3);
  });

  it('ends at an abort with the reason', async () => {
    const abort = new AbortController();
    await expect(
      minimise(
        ([x]) => {
          abort.abort(new Error('enough'));
          return Promise.resolve({cost: x * x, gradient: Float64Array.of(2 * x)});
        },
        Float64Array.of(5),
        {maximumIterations: 50, relativeTolerance: 0, firstScale: 0.1, signal: abort.signal},
      ),
    ).rejects.toThrow('enough');
  });
});

describe('heights of the prints', () => {
  const settings = createSettings(6);
  const random = createRandom('height errors');
  const truth = createPrintHeights(Float64Array.from({length: 2 * 1600}, () => 0.02 * random.normal()));
  const request = {state: designed, parameters: [], grain: 'fine'} as const;
  const rough = createEvaluator(specOf(settings));
  const planes = settings.map((setting, plane): MeasuredPlane => {
    const {power} = rough.evaluate({...request, plane, prints: truth});
    const maximum = Math.max(...power);
    const values = power.map((value) => value + 0.002 * maximum * random.normal());
    return {...setting, label: `mask ${plane}`, values, sigma: noiseSigma(values, 0.002, 0)};
  });
  const learnt = planes.slice(0, 5);
  const unexplained = (prints: typeof truth | undefined): number => {
    const {power} = createEvaluator(specOf(settings)).evaluate({...request, plane: 5, prints});
    const {values} = planes[5];
    let [up, down, all] = [0, 0, 0];
    for (let i = 0; i < power.length; i++) {
      up += values[i] * power[i];
      down += power[i] ** 2;
      all += values[i] ** 2;
    }
    return 1 - up ** 2 / (down * all);
  };

  it('predict an object that they were not learnt from better than the design does', async () => {
    const engine = createEngine(settings);
    const values = await engine.evaluate(learnt.map((_, plane) => ({...request, plane})));
    const {prints, rmsMm} = await fitPrints(
      engine,
      learnt,
      {state: designed, values, gains: learnt.map(() => 1)},
      {sigmaMm: 0.02},
    );
    expect(unexplained(prints)).toBeLessThan(0.7 * unexplained(undefined));
    // Few planes show a part of the heights only.
    expect(rmsMm).toBeGreaterThan(0.001);
    expect(rmsMm).toBeLessThan(0.02);
  });
});
