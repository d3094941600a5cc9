import {expect, it} from 'vitest';
import {alignBench} from '../../../src/twin/alignment/align.ts';
import {createParameter} from '../../../src/twin/alignment/parameters.ts';
import {
  covarianceOf,
  expectPlane,
  heightVarianceOf,
  weighPlane,
  withHeights,
  type PlaneInformation,
} from '../../../src/twin/alignment/plane-information.ts';
import {chooseObjects, predictSigma} from '../../../src/twin/alignment/probe-choice.ts';
import {createEngine, createMask, createSettings, designed, measurePlanes, grid} from './small-bench.ts';

const noise = {additiveRatio: 0.003, multiplicativeRatio: 0.005};
const parameters = [0, 1].flatMap((plate) =>
  (['dx', 'dy', 'dz', 'rotation'] as const).map((quantity) =>
    createParameter({part: 'plate', plate, quantity}),
  ),
);
type Setting = ReturnType<typeof createSettings>[number];

async function informationOf(
  settings: readonly Setting[],
  unexplainedRatio: number,
): Promise<PlaneInformation[]> {
  const engine = createEngine(settings);
  return await Promise.all(
    settings.map(async (setting, plane) => {
      const [values] = await engine.evaluate([{state: designed, parameters, plane, grain: 'fine'}]);
      const weighed = weighPlane(expectPlane(setting, values, noise), values, parameters, unexplainedRatio);
      const [pulled] = await engine.vjpHeights([{state: designed, plane, weights: weighed.weights}]);
      return withHeights(weighed, pulled);
    }),
  );
}

it('asks for the objects that tell most first, and what each adds is never a loss', async () => {
  const [first] = createSettings(1);
  const pinhole = {...createMask(0), re: new Float64Array(100)};
  pinhole.re[45] = 1;
  // The same mask twice tells less than another.
  const planes = await informationOf([...createSettings(3), first, {...first, object: pinhole}], 0.05);
  const choice = {count: 5, known: [], heightVarianceMm2: heightVarianceOf(planes)};
  const {order, sigmas} = chooseObjects(planes, parameters, choice);
  expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
  const twins = [order.indexOf(0), order.indexOf(3)].sort();
  expect(twins[1]).toBeGreaterThan(2);
  for (let k = 2; k < sigmas.length; k++)
    expect(sigmas[k].lateralMm).toBeLessThan(1.05 * sigmas[k - 1].lateralMm);
  expect(sigmas[0].lateralMm).toBeNaN();
});

it('counts an object that was measured already', async () => {
  const planes = await informationOf([...createSettings(2), createSettings(1)[0]], 0.05);
  const heightVarianceMm2 = heightVarianceOf(planes);
  const {order, sigmas} = chooseObjects(planes.slice(1), parameters, {
    count: 2,
    known: [planes[0]],
    heightVarianceMm2,
  });
  // The first of the candidates is another mask, the second the known one again.
  expect(order).toEqual([0, 1]);
  expect(sigmas[0]).toEqual(predictSigma([planes[0]], parameters, heightVarianceMm2));
});

it('does not average away what the model lacks behind the same object, as it does noise', async () => {
  const ratioOf = async (unexplainedRatio: number): Promise<number> => {
    const [plane] = await informationOf(createSettings(1), unexplainedRatio);
    const variance = heightVarianceOf([plane]);
    const one = predictSigma([plane], parameters, variance).lateralMm;
    return predictSigma([plane, plane, plane, plane], parameters, variance).lateralMm / one;
  };
  expect(await ratioOf(0)).toBeCloseTo(0.5, 2);
  expect(await ratioOf(0.05)).toBeGreaterThan(0.95);
});

it.each([0, 0.3])('foretells the error bars of a fit, model error %f', async (part) => {
  const settings = createSettings(3);
  const planes = measurePlanes(settings, designed, 6).map((plane, i) => ({
    ...plane,
    values: plane.values.map((value, k) => value * (1 + part * Math.sin(7 * k + i))),
  }));
  const design = {contentHash: '', grid, frequencyHz: 4e11, layers: [], detector: {zMm: 30, regions: []}};
  const {result} = await alignBench(createEngine(settings), {planes, parameters, start: designed}, design, {
    orientation: 'never',
  });
  const {unexplainedRatio} = result.after;
  const foretold = await informationOf(settings, unexplainedRatio);
  const covariance = covarianceOf(foretold, parameters, (result.heightErrorMm ?? 0) ** 2);
  result.parameters.forEach(({name, sigma}, i) => {
    const own = Math.sqrt(covariance?.[i * parameters.length + i] ?? NaN) * parameters[i].scale;
    // The fit weighs what it measured, the plan what it expects; gradients are folded.
    expect(own / (sigma ?? NaN), name).toBeGreaterThan(0.75);
    expect(own / (sigma ?? NaN), name).toBeLessThan(1.33);
  });
  if (part > 0)
    expect(Math.sqrt(heightVarianceOf(foretold)) / (result.heightErrorMm ?? NaN)).toBeCloseTo(1, 0);
});
