import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {geometryProblems} from '../../../src/contract/training-checks.ts';
import {trainingSettingsSchema, type TrainingSettingsData} from '../../../src/contract/training.ts';
import {readTrainingSets} from '../../../src/host/data/training-sets.ts';
import {openDesign} from '../../../src/host/designs/design-folder.ts';
import {trainDesign} from '../../../src/host/designs/train-design.ts';
import {classify} from '../../../src/host/twin/classify.ts';
import {pickImages} from '../../../src/twin/training/batch.ts';
import {tinyTraining as tiny} from './tiny-training.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masks-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const train = (settings: Partial<TrainingSettingsData>, name: string) =>
  trainDesign({...tiny, ...settings}, {folder: join(folder, name), command: 'test', workerCount: 1});

test('masks are trained, written beside the heights, read back and classified as they are made', async () => {
  const curve = await train({neurons: 'amplitude', learningRate: 0.4}, 'amplitude');
  const path = join(folder, 'amplitude');
  const {file, layers, masks} = await openDesign(path);
  expect(file.layers[1]).toMatchObject({
    neurons: 'amplitude',
    baseMm: 0,
    levels: null,
    mask: {levels: 2},
  });
  expect(new Set(layers[1].values)).toEqual(new Set([0]));
  expect(new Set(masks?.[1]?.values)).toEqual(new Set([0, 1]));
  const record = JSON.parse(readFileSync(join(path, 'training.json'), 'utf8')) as {settings: object};
  expect(record.settings).toMatchObject({neurons: 'amplitude', maskLevels: 2});
  // Only the maps that the last design names are left of two epochs.
  const maps = readdirSync(path).filter((name) => name.endsWith('.npy'));
  expect(maps.sort()).toEqual(
    file.layers.flatMap(({heightMap, mask}) => [heightMap, mask?.transmissionMap ?? '']).sort(),
  );

  // What the twin makes of the masks of the design is what the training validated.
  const {images, validationIndices} = await readTrainingSets(tiny);
  const design = await openDesign(path);
  const kept = pickImages(images, validationIndices);
  const options = {isIdeal: false, workerCount: 1};
  const judged = await classify(design, kept, options);
  expect(judged.count).toBe(20);
  expect(judged.accuracy).toBe(curve[1].validationAccuracy);
  expect(judged.efficiency / curve[1].efficiency).toBeCloseTo(1, 5);
  const opened = await classify({...design, masks: [null, null]}, kept, options);
  expect(Math.abs(opened.efficiency / judged.efficiency - 1)).toBeGreaterThan(0.01);
});

test('complex neurons begin with a relief that was trained before, other kinds do not become each other', async () => {
  await train({}, 'phase');
  const phase = await openDesign(join(folder, 'phase'));
  expect(phase.masks).toBeUndefined();
  expect(phase.file.layers[0]).not.toHaveProperty('neurons');
  const from = join(folder, 'phase');
  await train({neurons: 'complex', startFrom: from, learningRate: 1e-9, finalLearningRate: 0}, 'complex');
  const complex = await openDesign(join(folder, 'complex'));
  expect(complex.layers.map(({values}) => values)).toEqual(phase.layers.map(({values}) => values));
  // 0.75 is nearest to open.
  expect(new Set(complex.masks?.[0]?.values)).toEqual(new Set([1]));
  expect(complex.file.layers[0]).toMatchObject({neurons: 'complex', baseMm: 0.5, mask: {levels: 2}});
  await expect(train({neurons: 'amplitude', startFrom: from}, 'other')).rejects.toThrow(
    /holds plates of phase neurons, which plates of amplitude neurons cannot begin with/,
  );
  await expect(
    train({neurons: 'complex', layerCount: 3, startFrom: join(folder, 'complex')}, 'other'),
  ).rejects.toThrow(/holds 2 plates of 16 x 16 samples; this training has 3/);
  expect(existsSync(join(folder, 'other', 'design.json'))).toBe(false);
});

test('masks that metal cannot be are refused before anything is computed', async () => {
  const fine = {...tiny, neurons: 'amplitude' as const, pitchMm: 0.3, regionMm: 0.4, objectSideMm: 4};
  expect(geometryProblems(fine)).toEqual([
    'The pitch of 0.3 mm is below half a wavelength (0.3747 mm): openings of one pixel in metal are cut off and pass much less light than their area. Take a pitch of at least 0.375 mm, or phase neurons.',
  ]);
  expect(geometryProblems({...fine, maskLevels: 0})).toEqual([]);
  // The longest wavelength that the plates are read at counts.
  const coarse = {...fine, pitchMm: 0.4, furtherFrequenciesHz: [350e9]};
  expect(geometryProblems(coarse).join(' ')).toMatch(/half a wavelength \(0\.4283 mm\)/);
  await expect(train(fine, 'fine')).rejects.toThrow(/openings of one pixel in metal are cut off/);
  const lens = {...tiny.imaging, startLensMm: 3};
  expect(
    geometryProblems({...tiny, neurons: 'amplitude', task: 'imaging', imaging: lens}).join(' '),
  ).toContain('Masks have no relief that could begin as lenses');
  expect(
    trainingSettingsSchema.safeParse({neurons: 'complex', maskLevels: 1}).error?.issues[0].message,
  ).toContain('one level alone is no mask');
});
