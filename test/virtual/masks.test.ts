import {expect, it} from 'vitest';
import {createRandom} from '../../src/base/random.ts';
import {noPlacement} from '../../src/contract/placement.ts';
import {createOpticalSystem} from '../../src/twin/layers/system.ts';
import {OpticalChain, type ChainPlate} from '../../src/virtual/optics-chain.ts';
import {chainModel, randomRelief, relativeDifference, resin, wavelengthMm} from './chain-fixture.ts';

const grid = {count: 40, pitchMm: 0.4};
const random = createRandom('masks');
const mask = {grid, values: Float64Array.from({length: 1600}, () => (random.uniform() > 0.4 ? 1 : 0))};
const plateOf = (place: number, more: Partial<ChainPlate>): ChainPlate => ({
  ...resin,
  relief: randomRelief(grid, `mask ${place}`),
  mask,
  zMm: 30 * place,
  ...more,
});

it('agrees with the twin on masks of plates that stand shifted, turned over and turned', () => {
  const placement = {...noPlacement, dxMm: 0.3, dyMm: -0.1, flipX: true};
  const plates = [
    plateOf(1, {placement}),
    plateOf(2, {placement: {...noPlacement, flipY: true, rotationDeg: 0.8}}),
  ];
  const model = chainModel(plates);
  const chain = new OpticalChain(model);
  const twin = createOpticalSystem(
    {wavelengthMm, grid, illumination: model.illumination, plates, outputZMm: model.outputZMm},
    {method: 'rs', oversample: 2},
  );
  expect(relativeDifference(chain.propagate(null), twin.propagate(null))).toBeLessThan(0.01);
});

it.each(['detector', 'source'] as const)(
  'lets a foil on the flat face shade a sliced plate whose relief faces the %s as it shades a thin one',
  (reliefFaces) => {
    // Without relief there is no depth, and both are the same thin plate.
    const flat = {grid, values: new Float64Array(1600)};
    const plate = plateOf(1, {relief: flat, reliefFaces});
    const thin = new OpticalChain(chainModel([plate])).propagate(null);
    const sliced = new OpticalChain(chainModel([plate], {sliceMm: 0.1})).propagate(null);
    expect(relativeDifference(sliced, thin)).toBeLessThan(1e-6);
    // With relief what the foil closes is dark, however deep the plate is.
    const closed = {grid, values: new Float64Array(1600)};
    const dark = new OpticalChain(
      chainModel([plateOf(1, {mask: closed, reliefFaces})], {sliceMm: 0.1}),
    ).propagate(null);
    expect(Math.max(...dark.re.map(Math.abs))).toBe(0);
  },
);
