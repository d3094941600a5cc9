import {expect, test} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {measurementModelSchema} from '../../../src/contract/measurement.ts';
import {drawPlacement} from '../../../src/twin/measurement/measured-bench.ts';
import {withNamedErrors} from '../../../src/twin/measurement/named-errors.ts';
import {modelFrom} from '../../../src/twin/design/load.ts';
import {smallDesign} from '../../host/print/small-design.ts';

const model = measurementModelSchema.parse({});

test('errors that are named replace the bench’s own, beside the others or alone', () => {
  const sizes = {'plates.lateralMm': 0.231, scanStepMm: 0.5};
  expect(withNamedErrors(model, {sizes, areOnlyOnes: false})).toEqual({
    ...model,
    plates: {...model.plates, lateralMm: 0.231},
    scanStepMm: 0.5,
  });
  expect(withNamedErrors(model, {sizes, areOnlyOnes: true, distribution: 'uniform'})).toEqual({
    ...model,
    distribution: 'uniform',
    plates: {lateralMm: 0.231, axialMm: 0, rotationDeg: 0},
    objectLateralMm: 0,
    lightOffCenterMm: 0,
    heightNoise: {rmsMm: 0, correlationMm: 0.5},
    indexError: 0,
    scanStepMm: 0.5,
  });
});

test('an error that cannot be is refused by its name', () => {
  expect(() => withNamedErrors(model, {sizes: {'plates.lateralMm': -1}, areOnlyOnes: false})).toThrow(
    /plates\.lateralMm.*Nothing was computed/,
  );
});

test.each([
  ['normal', 3, Infinity],
  ['uniform', 1.7, Math.sqrt(3)],
] as const)(
  'places that are drawn %s have the standard deviation that was named',
  (distribution, least, most) => {
    const own = withNamedErrors(model, {sizes: {'plates.lateralMm': 2}, areOnlyOnes: true, distribution});
    const optics = modelFrom(smallDesign());
    const places = Array.from({length: 1000}, (_, i) => drawPlacement(optics, own, createRandom(`${i}`)))
      .flatMap(({plates}) => plates)
      .flatMap(({dxMm, dyMm}) => [dxMm / 2, dyMm / 2]);
    const largest = Math.max(...places.map(Math.abs));
    expect(Math.sqrt(places.reduce((sum, place) => sum + place ** 2, 0) / places.length)).toBeCloseTo(1, 1);
    expect(largest).toBeGreaterThan(least);
    expect(largest).toBeLessThanOrEqual(most);
  },
);
