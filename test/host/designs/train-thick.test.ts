import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {readTrainingSets} from '../../../src/host/data/training-sets.ts';
import {openDesign} from '../../../src/host/designs/design-folder.ts';
import {trainDesign} from '../../../src/host/designs/train-design.ts';
import {classify} from '../../../src/host/twin/classify.ts';
import {modelFrom, withPlateOptics} from '../../../src/twin/design/load.ts';
import {pickImages} from '../../../src/twin/training/batch.ts';
import {tinyTraining as tiny} from './tiny-training.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thick-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

test('a network is trained for thick plates, its design says so, and is classified as it was validated', async () => {
  const plateOptics = {kind: 'thick' as const, sliceCount: 2};
  const curve = await trainDesign(
    {...tiny, plateOptics, reliefFaces: 'source'},
    {folder, command: 'test', workerCount: 1},
  );
  const design = await openDesign(folder);
  expect(design.file.plateOptics).toEqual(plateOptics);
  expect(design.file.layers.map(({reliefFaces}) => reliefFaces)).toEqual(['source', 'source']);
  // What predicts a design follows it.
  expect(modelFrom(design)).toMatchObject({plateOptics, plates: [{reliefFaces: 'source'}, {}]});

  const {images, validationIndices} = await readTrainingSets(tiny);
  const kept = pickImages(images, validationIndices);
  const options = {isIdeal: false, workerCount: 1};
  const judged = await classify(design, kept, options);
  expect(judged.accuracy).toBe(curve[1].validationAccuracy);
  // Slices end at the highest place of a plate here, at the highest level of a turn in the training.
  expect(Math.abs(judged.efficiency / curve[1].efficiency - 1)).toBeLessThan(0.1);
  const thin = await classify(withPlateOptics(design, {kind: 'thin'}), kept, options);
  expect(thin.efficiency / judged.efficiency).toBeGreaterThan(1.2);
});
