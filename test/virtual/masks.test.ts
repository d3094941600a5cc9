import {expect, it} from 'vitest';
import {createRandom} from '../../src/base/random.ts';
import {measurementModelSchema} from '../../src/contract/measurement.ts';
import {noPlacement} from '../../src/contract/placement.ts';
import type {Design} from '../../src/twin/design/load.ts';
import {createOpticalSystem} from '../../src/twin/layers/system.ts';
import {facesTransmission} from '../../src/twin/layers/slice-screens.ts';
import {createMeasuredBench} from '../../src/twin/measurement/measured-bench.ts';
import {OpticalChain, type ChainPlate} from '../../src/virtual/optics-chain.ts';
import {OpticsModel} from '../../src/virtual/optics-model.ts';
import {defaultSceneSettings} from '../../src/virtual/scene-settings.ts';
import {revealScene} from '../../src/virtual/scene-truth.ts';
import {chainModel, randomRelief, relativeDifference, resin, wavelengthMm} from './chain-fixture.ts';
import {createSmallDesign, smallObject} from './small-design.ts';

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

const isInner = (pixel: number): boolean => pixel >= 7 && pixel < 33;

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
  'lets a foil on the flat face shade a thick plate whose relief faces the %s as it shades a thin one',
  (reliefFaces) => {
    // Without relief and base there is no depth, and both are the same but for the faces' losses.
    const flat = {grid, values: new Float64Array(1600)};
    // The foil is closed towards the plate's outline, which samples see together with the foil of a thin plate, and apart from
    // it in a thick one.
    const inner = {
      grid,
      values: mask.values.map((open, i) => (isInner(i % 40) && isInner(Math.floor(i / 40)) ? open : 0)),
    };
    const plate = plateOf(1, {relief: flat, mask: inner, baseMm: 0, reliefFaces});
    const thin = new OpticalChain(chainModel([plate])).propagate(null);
    const thick = new OpticalChain(chainModel([plate], {sliceMm: 0.1})).propagate(null);
    const loss = facesTransmission(plate.refractiveIndex);
    const weakened = {...thin, re: thin.re.map((v) => v * loss), im: thin.im.map((v) => v * loss)};
    expect(relativeDifference(thick, weakened)).toBeLessThan(1e-5);
    // With relief what the foil closes is dark, however deep the plate is.
    const closed = {grid, values: new Float64Array(1600)};
    const dark = new OpticalChain(
      chainModel([plateOf(1, {mask: closed, reliefFaces})], {sliceMm: 0.1}),
    ).propagate(null);
    expect(Math.max(...dark.re.map(Math.abs))).toBe(0);
  },
);

it('of amplitude neurons are not rough as prints are, on the virtual bench and on drawn benches', async () => {
  using small = await createSmallDesign();
  const {file, layers} = small.design;
  const design: Design = {
    file: {
      ...file,
      layers: file.layers.map((layer) => ({...layer, neurons: 'amplitude' as const, baseMm: 0})),
    },
    layers: layers.map(() => ({grid, values: new Float64Array(1600)})),
    masks: layers.map(() => mask),
  };
  const calm = {rmsMm: 0, correlationMm: 0.5};
  const rough = {rmsMm: 0.1, correlationMm: 0.5};
  const planeWith = (shown: Design, heightNoise: typeof rough): ArrayLike<number> =>
    new OpticsModel(
      shown,
      revealScene(3, {settings: {...defaultSceneSettings, heightNoise}, layerCount: 3}),
    ).detectorPlane(smallObject).field.re;
  expect(planeWith(design, rough)).toEqual(planeWith(design, calm));
  expect(planeWith(small.design, rough)).not.toEqual(planeWith(small.design, calm));

  const object = {
    grid: smallObject.grid,
    re: Float64Array.from(smallObject.amplitude),
    im: new Float64Array(64),
  };
  const energiesOf = (shown: Design, heightNoise: typeof rough): Float64Array =>
    createMeasuredBench(shown, measurementModelSchema.parse({heightNoise, indexError: 0}), {
      causes: ['print'],
      seed: '1',
    }).read(object).energies;
  expect(energiesOf(design, rough)).toEqual(energiesOf(design, calm));
  expect(energiesOf(small.design, rough)).not.toEqual(energiesOf(small.design, calm));
});
