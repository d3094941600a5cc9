import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {measurementModelSchema} from '../../../src/contract/measurement.ts';
import {
  tradeOffProblems,
  tradeOffSettingsSchema,
  type TradeOffSettings,
  type TradeOffStudy,
} from '../../../src/contract/trade-off.ts';
import {trainingSettingsSchema} from '../../../src/contract/training.ts';
import {openDesign} from '../../../src/host/designs/design-folder.ts';
import {trainDesign} from '../../../src/host/designs/train-design.ts';
import {parametersOf, trainingOf} from '../../../src/host/designs/trained-plates.ts';
import {neuronModelOf} from '../../../src/twin/training/trained-optics.ts';
import {studyTradeOff, type TradeOffOptions} from '../../../src/host/twin/trade-off.ts';

const training = trainingSettingsSchema.parse({
  epochs: 1,
  count: 24,
  layerCount: 1,
  gapMm: 10,
  regionMm: 1.2,
  scanStepMm: 1.2,
  objectSideMm: 8,
  trainingCount: 160,
  validationCount: 40,
  levels: 8,
});

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trade-off-'));
  await trainDesign(training, {folder, command: 'test', workerCount: 1});
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

const study = (
  settings: Partial<TradeOffSettings>,
  options: TradeOffOptions = {},
  designFolder = folder,
): Promise<TradeOffStudy> =>
  studyTradeOff(
    {
      designFolder,
      settings: tradeOffSettingsSchema.parse({
        values: [0, 1],
        steps: 15,
        learningRate: 0.1,
        marginImages: 0,
        ...settings,
      }),
      data: null,
      model: measurementModelSchema.parse({}),
      workerCount: 1,
    },
    options,
  );

test('a larger weight of light leads more light into the regions, and the same seed gives the same study', async () => {
  const found = await study({weight: 'efficiency', values: [0, 3]});
  const [none, much] = found.points;
  expect(found.points.map(({value}) => value)).toEqual([0, 3]);
  expect(much.efficiency).toBeGreaterThan(1.1 * none.efficiency);
  expect(found.ownValue).toBe(training.loss.efficiencyWeight);
  expect(found.imageCount).toBe(40);
  expect(found.before).toMatchObject({value: null, marginSigma: null});
  const short: Partial<TradeOffSettings> = {weight: 'efficiency', values: [0, 3], steps: 4};
  const once = await study(short);
  expect(await study(short)).toEqual(once);
  const others = await study({...short, seed: 2});
  expect(others.points[0].efficiency).not.toBe(once.points[0].efficiency);
  // Each value begins with the same plates: it does not matter which stands before it.
  const turned = await study({...short, values: [3, 0]});
  expect(turned.points).toEqual(once.points.toReversed());
});

test('a weight of even light lets the places of the scan change less, whatever the other weights are judged by', async () => {
  const {before, points} = await study({weight: 'smoothness', values: [0, 3]});
  const [none, much] = points;
  expect(before.scanChange).toBeGreaterThan(0.005);
  expect(much.scanChange).toBeLessThan(0.8 * (none.scanChange ?? 0));
});

test('the plates before are judged as they were after their training, and margins against drawn benches', async () => {
  const {before, marginImageCount} = await study({
    weight: 'scale',
    values: [10, 40],
    steps: 1,
    marginImages: 4,
    benchCount: 2,
  });
  const record = JSON.parse(readFileSync(join(folder, 'training.json'), 'utf8')) as {
    curve: {validationAccuracy: number; efficiency: number; meanMargin: number}[];
  };
  const [epoch] = record.curve;
  expect(before.accuracy).toBe(epoch.validationAccuracy);
  expect(before.efficiency).toBeCloseTo(epoch.efficiency, 6);
  expect(before.meanMargin).toBeCloseTo(epoch.meanMargin, 6);
  expect(marginImageCount).toBe(4);
  expect(before.marginSigma).toBeGreaterThan(0);
  expect(before.marginSigma).toBeLessThan(1);
});

test('plates are gone on from as their checkpoint has them, else as they are made', async () => {
  const design = await openDesign(folder);
  const model = neuronModelOf(await trainingOf({folder, design}));
  const kept = await parametersOf({folder, design}, model);
  const {values} = design.layers[0];
  const rounded = Float32Array.from(values, (heightMm) => heightMm / model.mmPerRad);
  expect(kept[0]).not.toEqual(rounded);
  const other = design.layers.map(({grid}) => ({grid, values: values.map((height) => height / 2)}));
  const halved = await parametersOf({folder, design: {...design, layers: other}}, model);
  expect(halved[0][5]).toBeCloseTo(rounded[5] / 2, 6);
});

test('a study that is stopped ends between two steps and leaves the design as it was', async () => {
  const before = readdirSync(folder, {recursive: true}).sort();
  const design = readFileSync(join(folder, 'design.json'), 'utf8');
  const abort = new AbortController();
  const onNews: TradeOffOptions['onNews'] = ({text}) => {
    if (text.includes('step 25 of')) abort.abort(new Error('stopped'));
  };
  const stopped = study({steps: 5000}, {signal: abort.signal, onNews});
  await expect(stopped).rejects.toThrow('stopped');
  expect(readdirSync(folder, {recursive: true}).sort()).toEqual(before);
  expect(readFileSync(join(folder, 'design.json'), 'utf8')).toBe(design);
});

test('progress reaches all of the work', async () => {
  const done: number[] = [];
  await study(
    {steps: 3, marginImages: 2, benchCount: 1},
    {onNews: (news) => void (news.kind === 'progress' && done.push(news.done / news.total))},
  );
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(done.at(-1)).toBeCloseTo(1, 9);
});

test('values that no study can be made with are refused in words', async () => {
  expect(tradeOffProblems({weight: 'margin', values: [0, 0.1]})).toEqual([]);
  expect(tradeOffProblems({weight: 'margin', values: [0.1]})).toEqual([
    'A trade-off needs at least two values of the weight of the margin; give them as 0, 0.05, 0.1.',
  ]);
  await expect(study({values: [0, 0.1, 0.1]})).rejects.toThrow(
    'The value 0.1 stands more than once; give each once. Nothing was computed.',
  );
  await expect(study({values: [0, -0.1]})).rejects.toThrow(
    '-0.1 cannot be a weight of light: it lies from 0 to 1000.',
  );
  await expect(study({weight: 'scale', values: [0, 10]})).rejects.toThrow(
    '0 cannot be a logit scale: it lies above 0, at most 1000.',
  );
});

test('a design without the record of its training, or with that of another network, is refused', async () => {
  const untold = mkdtempSync(join(tmpdir(), 'untold-'));
  try {
    for (const name of ['design.json', 'layer-1.npy'])
      writeFileSync(join(untold, name), readFileSync(join(folder, name)));
    await expect(study({}, {}, untold)).rejects.toThrow(/keeps no record of a training/);
    const record = (settings: object): void =>
      writeFileSync(join(untold, 'training.json'), JSON.stringify({settings}));
    record({...training, layerCount: 3, pitchMm: 0.3});
    await expect(study({}, {}, untold)).rejects.toThrow(
      /plates 3 instead of 1, pitch in mm 0\.3 instead of 0\.4/,
    );
    record({...training, scanStepMm: null});
    await expect(study({weight: 'smoothness'}, {}, untold)).rejects.toThrow(/there is no scan/);
    const {points} = await study({steps: 1}, {}, untold);
    expect(points[0].scanChange).toBeNull();
    await expect(study({}, {}, 'designs/lens')).rejects.toThrow(/images its objects.*Nothing was computed/);
  } finally {
    rmSync(untold, {recursive: true, force: true});
  }
});
