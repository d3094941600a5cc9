import {expect, test} from 'vitest';
import {measurementCauses, measurementModelSchema} from '../../../src/contract/measurement.ts';
import {toleranceErrors, toleranceSettingsSchema} from '../../../src/contract/tolerance.ts';
import {createObject} from '../../../src/twin/field/object.ts';
import {predictedCauses} from '../../../src/twin/measurement/losses.ts';
import {createMeasuredBench, createSharedBench} from '../../../src/twin/measurement/measured-bench.ts';
import {
  benchWith,
  errorSizesOf,
  noErrors,
  studiedErrors,
} from '../../../src/twin/measurement/tolerance-errors.ts';
import {jobsOf, planTolerances, studiedImageCount} from '../../../src/twin/measurement/tolerance-plan.ts';
import {twoDigitsDown} from '../../../src/twin/measurement/tolerance-study.ts';
import {createSmallDesign} from '../../virtual/small-design.ts';

const model = measurementModelSchema.parse({samplesPerPixel: 1});
const image = {rows: 8, columns: 8, bytes: Uint8Array.from({length: 64}, (_, i) => (i % 3 === 0 ? 255 : 0))};

test('a bench with the errors of its model is the model; without any it is what is predicted', () => {
  const all = benchWith(model, errorSizesOf(model), 'a');
  expect(all.causes).toEqual(measurementCauses);
  expect({...all.model, indexError: Math.abs(all.model.indexError)}).toEqual(model);
  expect(benchWith(model, noErrors, 'a').causes).toEqual(predictedCauses);
  const signs = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(
    (seed) => benchWith(model, errorSizesOf(model), seed).model.indexError,
  );
  expect(new Set(signs)).toEqual(new Set([model.indexError, -model.indexError]));
});

test('each error alone changes what is read, twice as large about twice as much, in the same direction', async () => {
  using small = await createSmallDesign();
  const {file} = small.design;
  const object = createObject(image, file.grid, file.object);
  const read = (sizes: typeof noErrors): Float64Array => {
    const {model: own, ...draw} = benchWith(model, sizes, 'one');
    return createMeasuredBench(small.design, own, draw).read(object).energies;
  };
  const nominal = read(noErrors);
  // A scan step is no displacement: it has no direction.
  for (const error of toleranceErrors.filter((one) => one !== 'scanStep')) {
    const size = errorSizesOf(model)[error] / 20;
    const [once, twice] = [size, 2 * size].map((own) =>
      read({...noErrors, [error]: own}).map((energy, k) => energy - nominal[k]),
    );
    const dot = once.reduce((sum, change, k) => sum + change * twice[k], 0);
    const square = once.reduce((sum, change) => sum + change ** 2, 0);
    expect(square, error).toBeGreaterThan(0);
    expect(dot / square, error).toBeGreaterThan(1.6);
    expect(dot / square, error).toBeLessThan(2.4);
  }
  expect(read({...noErrors, scanStep: 1})).not.toEqual(nominal);
});

test('a plane that is read in several ways gives what benches of their own would read', async () => {
  using small = await createSmallDesign();
  const {file} = small.design;
  const object = createObject(image, file.grid, file.object);
  const predicted = benchWith(model, noErrors, 'x');
  const scanned = benchWith(model, {...noErrors, scanStep: 1, noise: 0.01}, 'x');
  const {energies, inputPower} = createSharedBench(small.design, predicted, [predicted, scanned]).read(
    object,
  );
  for (const [i, {model: own, ...draw}] of [predicted, scanned].entries())
    expect(createMeasuredBench(small.design, own, draw).read(object)).toEqual({
      energies: energies[i],
      inputPower,
    });
});

test('what a bench does not have is not studied, what a design cannot bear is not tried or refused', async () => {
  using small = await createSmallDesign();
  const {file} = small.design;
  const plain = measurementModelSchema.parse({
    illumination: {kind: 'plane-wave'},
    plates: {lateralMm: 0, axialMm: 3},
  });
  const studied = studiedErrors(plain, file);
  const names = studied.map(({error}) => error);
  expect(names).not.toContain('plateLateral');
  expect(names).not.toContain('lightOffCenter');
  // Gaps of 30 mm: 5 mm at most. Regions of 4 mm.
  expect(studied.find(({error}) => error === 'plateAxial')?.scales).toEqual([0.5, 1]);
  expect(studied.find(({error}) => error === 'scanStep')?.scales).toEqual([0.5, 1, 2, 4]);
  expect(() => studiedErrors(measurementModelSchema.parse({plates: {axialMm: 6}}), file)).toThrow(
    /plates: axial.*6 mm.*5 mm/,
  );
});

test('a plan draws the same benches for every size, and predicts each image once', async () => {
  using small = await createSmallDesign();
  const settings = toleranceSettingsSchema.parse({benchCount: 6, digitsPerBench: 5});
  const imageCount = studiedImageCount(settings, 1000);
  expect(imageCount).toBe(30);
  const input = {
    model,
    fullSamples: 2,
    studied: studiedErrors(model, small.design.file),
    settings,
    imageCount,
  };
  const plan = planTolerances(input);
  expect(plan.prediction.flatMap(({indices}) => indices)).toEqual(
    Array.from({length: imageCount}, (_, i) => i),
  );
  expect(plan.together.map(({indices}) => indices.length)).toEqual([5, 5, 5, 5, 5, 5]);
  expect(plan.fine).toHaveLength(1);
  expect(new Set(plan.curves.map(({error}) => error))).toEqual(new Set(toleranceErrors));
  const lateral = plan.curves.filter(({error}) => error === 'plateLateral');
  expect(lateral.map(({scale}) => scale)).toEqual([0.5, 1, 2, 4]);
  const seeds = lateral.map(({jobs}) => jobs.map(({optics}) => optics.seed));
  expect(new Set(seeds.map(String)).size).toBe(1);
  // Scan and noise are read from the predicted planes: no plane is computed for them.
  const own = plan.curves.filter(({jobs}) => jobs !== plan.prediction).flatMap(({jobs}) => jobs).length;
  expect(jobsOf(plan)).toHaveLength(1 + plan.prediction.length + 6 + own);
});

test('sizes are rounded down to two digits', () => {
  expect([0.1279, 0.3, 29.99, 0.000123456, 0].map(twoDigitsDown)).toEqual([0.12, 0.3, 29, 0.00012, 0]);
});
