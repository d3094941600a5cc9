import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import type {Probe} from '../../../src/contract/illumination.ts';
import {thickPlates, thinPlates, type PlateOptics} from '../../../src/contract/plate-optics.ts';
import {createEvaluator} from '../../../src/twin/alignment/evaluator.ts';
import {listParameters, moveState, type Parameter} from '../../../src/twin/alignment/parameters.ts';
import {illuminationFrom} from '../../../src/twin/alignment/state.ts';
import {sampleProbe} from '../../../src/twin/layers/probe.ts';
import {createOpticalSystem} from '../../../src/twin/layers/system.ts';
import {
  createMask,
  createSettings,
  designed,
  displaced,
  grid,
  outputZMm,
  plates,
  probe,
  specOf,
  wavelengthMm,
  xMm,
  yMm,
} from './small-bench.ts';

const relative = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [difference, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(difference / size);
};
const mode: Probe = {kind: 'mode', mode: 'te10', widthMm: 0.56, heightMm: 0.28};
const displacedState = displaced(3);
/** One plate is tilted, the other one stands upright. */
const state = {
  ...displacedState,
  plates: displacedState.plates.map((plate, i) => ({
    ...plate,
    ...(i === 0 && {tiltXDeg: 1.2, tiltYDeg: -0.8}),
  })),
  object: {dxMm: 0.1, dyMm: -0.15, rotationDeg: 0.3},
  frame: {dxMm: 0.3, dyMm: -0.2, dzMm: 0.15, rotationDeg: 0.4, scale: 1.002, squarenessDeg: 0.3},
};

describe('planes of a displaced stack', () => {
  it.each<[string, Probe, PlateOptics]>([
    ['point', {kind: 'point'}, thinPlates],
    ['aperture', probe, thinPlates],
    ['disc', {kind: 'aperture', shape: 'disc', widthMm: 0.6, heightMm: 0.6}, thinPlates],
    ['mode', mode, thinPlates],
    ['aperture behind thick plates', probe, thickPlates],
  ])('are those of the optical system, read by a %s', (_, own, plateOptics) => {
    const {power} = createEvaluator(specOf(createSettings(1), own)).evaluate({
      plateOptics,
      state,
      parameters: [],
      plane: 0,
      grain: 'fine',
    });
    const system = createOpticalSystem(
      {
        wavelengthMm,
        grid,
        illumination: illuminationFrom(state.beam),
        plates: plates.map((plate, i) => ({...plate, placement: state.plates[i]})),
        plateOptics,
        outputZMm,
        placement: {object: state.object, output: {dzMm: state.frame.dzMm}},
      },
      {oversample: 2, method: 'rs'},
    );
    const angle = (state.frame.rotationDeg * Math.PI) / 180;
    // The y axis of a stage that is out of square.
    const across = ((state.frame.rotationDeg + state.frame.squarenessDeg) * Math.PI) / 180;
    const {scale, dxMm, dyMm} = state.frame;
    const points = {
      xMm: xMm.map((x, i) => scale * (Math.cos(angle) * x - Math.sin(across) * yMm[i]) + dxMm),
      yMm: xMm.map((x, i) => scale * (Math.sin(angle) * x + Math.cos(across) * yMm[i]) + dyMm),
    };
    const want = sampleProbe(system.propagate(createMask(0)), wavelengthMm, own, points);
    // What the two ways of turning a field differ by at the edges of so small a plate.
    expect(relative(power, want)).toBeLessThan(1.2e-2);
  });

  it.each<[string, Probe, PlateOptics]>([
    ['aperture', probe, thinPlates],
    ['mode', mode, thinPlates],
    ['thick plates', mode, {kind: 'thick', sliceCount: 2}],
  ])('change with every parameter as their derivatives say (%s)', (_, own, plateOptics) => {
    const evaluator = createEvaluator(specOf(createSettings(1), own, plateOptics));
    const parameters = listParameters(2);
    const {derivatives} = evaluator.evaluate({state, parameters, plane: 0, grain: 'fine'});
    const powerAt = (parameter: Parameter, change: number): Float64Array =>
      evaluator.evaluate({
        state: moveState(state, [parameter], [change]),
        parameters: [],
        plane: 0,
        grain: 'fine',
      }).power;
    parameters.forEach((parameter, i) => {
      const step = 0.05 * parameter.scale;
      const [more, less] = [powerAt(parameter, step), powerAt(parameter, -step)];
      const difference = more.map((value, k) => (value - less[k]) / (2 * step));
      expect(relative(derivatives[i], difference), parameter.name).toBeLessThan(6e-3);
    });
  });

  it.each<[string, Probe, readonly boolean[], PlateOptics]>([
    ['aperture', probe, [true, true], thinPlates],
    ['mode', mode, [true, true], thinPlates],
    ['a plate taken out', mode, [false, true], thinPlates],
    ['thick plates', probe, [true, true], thickPlates],
    ['thick plates, one taken out', mode, [true, false], thickPlates],
  ])('change as a sum with every parameter as one way back says (%s)', (_, own, present, plateOptics) => {
    const settings = createSettings(1).map((setting) => ({...setting, present}));
    const evaluator = createEvaluator(specOf(settings, own, plateOptics));
    const parameters = listParameters(2);
    const weights = xMm.map((_, i) => Math.sin(1 + i) + 0.3);
    const request = {state, parameters, plane: 0, grain: 'fine'} as const;
    const {derivatives} = evaluator.evaluate(request);
    const sums = evaluator.vjpParameters({...request, weights});
    parameters.forEach(({name}, i) => {
      const want = derivatives[i].reduce((sum, value, k) => sum + weights[k] * value, 0);
      const size = Math.sqrt(derivatives[i].reduce((sum, value, k) => sum + (weights[k] * value) ** 2, 0));
      expect(Math.abs(sums[i] - want), name).toBeLessThanOrEqual(5e-3 * size);
    });
  });

  it.each([
    ['thin', thinPlates],
    ['thick', thickPlates],
  ] as const)('change with heights as the adjoint says (%s)', (_, plateOptics) => {
    const weights = xMm.map((__, i) => Math.sin(1 + i));
    const spec = specOf(createSettings(1), probe, plateOptics);
    const [gradient] = createEvaluator(spec).vjpHeights({state, plane: 0, weights: [weights]});
    const step = 1e-3;
    for (const plate of [0, 1]) {
      const pixel = 40 * 17 + 22 + plate;
      const sumAt = (change: number): number => {
        const changed = plates.map((own, i) => {
          const values = Float64Array.from(own.relief.values);
          if (i === plate) for (let k = 0; k < 6; k++) values[pixel + 40 * k] += change;
          return {...own, relief: {grid, values}, extent: {lowestMm: 0, highestMm: 0.975}};
        });
        const {power} = createEvaluator({...spec, stack: {...spec.stack, plates: changed}}).evaluate({
          state,
          parameters: [],
          plane: 0,
          grain: 'fine',
        });
        return power.reduce((sum, value, i) => sum + weights[i] * value, 0);
      };
      let want = 0;
      for (let k = 0; k < 6; k++) want += gradient[plate * 1600 + pixel + 40 * k];
      const difference = (sumAt(step) - sumAt(-step)) / (2 * step);
      expect(Math.abs(want / difference - 1)).toBeLessThan(0.02);
    }
  });

  it('are those of the twin behind masks, and say nothing of the heights of a foil', () => {
    const random = createRandom('foil');
    const mask = {grid, values: Float64Array.from({length: 1600}, () => (random.uniform() < 0.7 ? 1 : 0))};
    const flat = {grid, values: new Float64Array(1600)};
    const masked = [
      {...plates[0], relief: flat, baseMm: 0, mask, isFoil: true},
      {...plates[1], mask},
    ];
    const [setting] = createSettings(1);
    const spec = specOf([setting]);
    const evaluator = createEvaluator({...spec, stack: {...spec.stack, plates: masked}});
    const {power} = evaluator.evaluate({state: designed, parameters: [], plane: 0, grain: 'fine'});
    const field = createOpticalSystem(
      {wavelengthMm, grid, illumination: illuminationFrom(designed.beam), plates: masked, outputZMm},
      {method: 'rs', oversample: 2},
    ).propagate(setting.object);
    expect(relative(power, sampleProbe(field, wavelengthMm, probe, {xMm, yMm}))).toBeLessThan(1e-2);
    const [gradient] = evaluator.vjpHeights({
      state: designed,
      plane: 0,
      weights: [xMm.map((_, i) => Math.sin(1 + i))],
    });
    expect(squareSum(gradient.subarray(0, 1600))).toBe(0);
    expect(squareSum(gradient.subarray(1600))).toBeGreaterThan(0);
  });

  it('say nothing of plates that are absent', () => {
    const [setting] = createSettings(1);
    const evaluator = createEvaluator(specOf([{...setting, present: [true, false]}]));
    const parameters = listParameters(2).filter(({name}) => /^plate2\.(dx|dy|rotation|n)$/.test(name));
    const {derivatives, power} = evaluator.evaluate({state, parameters, plane: 0, grain: 'fine'});
    const largest = Math.max(...power);
    for (const column of derivatives) expect(Math.max(...column.map(Math.abs))).toBeLessThan(1e-9 * largest);
  });
});

const squareSum = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value * value, 0);
