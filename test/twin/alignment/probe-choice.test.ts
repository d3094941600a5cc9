import {expect, it} from 'vitest';
import {defaultParameters} from '../../../src/twin/alignment/defaults.ts';
import {createEvaluator} from '../../../src/twin/alignment/evaluator.ts';
import {chooseObjects, choosePoints} from '../../../src/twin/alignment/probe-choice.ts';
import {createMask, createSettings, designed, specOf} from './small-bench.ts';

const noise = {additiveRatio: 0.003, multiplicativeRatio: 0.005, modelErrorRatio: 0.02};
const parameters = defaultParameters(designed, [true, true]).filter(({name}) => name.startsWith('plate'));
const valuesOf = (settings: ReturnType<typeof createSettings>) => {
  const evaluator = createEvaluator(specOf(settings));
  return settings.map((_, plane) => evaluator.evaluate({state: designed, parameters, plane, grain: 'fine'}));
};

it('asks for the objects that tell most first, and tells what they will give', () => {
  const [first] = createSettings(1);
  const pinhole = {...createMask(0), re: new Float64Array(100)};
  pinhole.re[44] = 1;
  // The same mask twice tells less than another; a single hole hardly lights the plates.
  const settings = [...createSettings(3), first, {...first, object: pinhole}];
  const {order, sigmas} = chooseObjects(valuesOf(settings), parameters, noise, 5);
  expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
  expect(order.indexOf(4)).toBeGreaterThan(2);
  for (let k = 1; k < sigmas.length; k++)
    sigmas[k].forEach((sigma, i) => expect(sigma).toBeLessThanOrEqual(sigmas[k - 1][i] * (1 + 1e-9)));
});

it('chooses points that tell more than as many taken evenly', () => {
  const values = valuesOf(createSettings(2));
  const {points, sigmas} = choosePoints(values, parameters, noise, 90);
  expect(points[0].length + points[1].length).toBe(90);
  const evenly = values.map(({power, derivatives}) => ({
    power: power.filter((_, i) => i % 5 === 0),
    derivatives: derivatives.map((column) => column.filter((_, i) => i % 5 === 0)),
  }));
  const plain = chooseObjects(evenly, parameters, noise, 2).sigmas[1];
  const better = sigmas.filter((sigma, i) => sigma < plain[i]).length;
  expect(better).toBeGreaterThan(0.8 * sigmas.length);
});
