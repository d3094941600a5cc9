import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {bestEpochOf, isTrained} from '../../../src/contract/training-checks.ts';
import {
  trainingSettingsSchema,
  type TrainingCurvePoint,
  type TrainingSettingsData,
} from '../../../src/contract/training.ts';
import {openDesign} from '../../../src/host/designs/design-folder.ts';
import {trainDesign, type TrainDesignOptions} from '../../../src/host/designs/train-design.ts';

const tiny: TrainingSettingsData = trainingSettingsSchema.parse({
  epochs: 3,
  count: 16,
  layerCount: 1,
  gapMm: 10,
  regionMm: 0.8,
  scanStepMm: null,
  objectSideMm: 5,
  trainingCount: 32,
  validationCount: 20,
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'train-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const train = (settings = tiny, options: Partial<TrainDesignOptions> = {}) =>
  trainDesign(settings, {folder, command: 'test', workerCount: 1, ...options});

interface State {
  key: string;
  step: number;
  curve: unknown[];
}
const statePath = () => join(folder, 'checkpoint', 'state.json');
const stateOf = () => JSON.parse(readFileSync(statePath(), 'utf8')) as State;

describe('a write that fails in mid-training', () => {
  test('of the design leaves the design and the checkpoint of the epoch before whole, and is gone on from', async () => {
    // The second epoch writes its plates under this name.
    mkdirSync(join(folder, 'layer-1-b.npy'));
    await expect(train()).rejects.toThrow(/layer-1-b\.npy/);
    const kept = await openDesign(folder);
    expect(kept.file.training).toMatchObject({epochs: 1});
    expect(stateOf()).toMatchObject({step: 2, curve: [{epoch: 1}]});

    rmSync(join(folder, 'layer-1-b.npy'), {recursive: true});
    const curve = await train();
    expect(curve.map(({epoch}) => epoch)).toEqual([1, 2, 3]);
    const unbroken = join(folder, 'unbroken');
    await train(tiny, {folder: unbroken});
    expect((await openDesign(folder)).layers[0]?.values).toEqual(
      (await openDesign(unbroken)).layers[0]?.values,
    );
  });

  test('of the checkpoint leaves the one before, also when it is tried again', async () => {
    // The first write goes to generation 1, the second to generation 0.
    mkdirSync(join(folder, 'checkpoint', 'firstMoments-0.npy'), {recursive: true});
    await expect(train()).rejects.toThrow(/firstMoments-0\.npy/);
    await expect(train()).rejects.toThrow(/firstMoments-0\.npy/);
    expect(stateOf()).toMatchObject({step: 2, curve: [{epoch: 1}]});
    rmSync(join(folder, 'checkpoint', 'firstMoments-0.npy'), {recursive: true});
    expect(await train()).toHaveLength(3);
  });
});

describe('a checkpoint', () => {
  test('of other settings is refused with their names, one of an earlier version is gone on from', async () => {
    const older = JSON.stringify(tiny).replace(',"stopAfterEpochs":0', '');
    expect(older).not.toContain('stopAfterEpochs');
    await train();
    await expect(train({...tiny, seed: 2, layerCount: 2})).rejects.toThrow(
      /other settings \(seed, layerCount\)/,
    );
    const state = stateOf();
    writeFileSync(statePath(), JSON.stringify({...state, key: older}));
    expect(await train()).toHaveLength(3);
    // Nor does a setting matter that nothing asks for, such as the rate of a read-out that is not trained.
    const unread = {...tiny.readOut, learningRate: 0.02};
    writeFileSync(statePath(), JSON.stringify({...state, key: JSON.stringify({...tiny, readOut: unread})}));
    expect(await train({...tiny, phaseTurns: 0.5, maskLevels: 0})).toHaveLength(3);
    await expect(train({...tiny, objectKind: 'phase', phaseTurns: 0.5})).rejects.toThrow(
      /other settings \(objectKind, phaseTurns\)/,
    );
    writeFileSync(statePath(), JSON.stringify({...state, key: 'no settings'}));
    await expect(train()).rejects.toThrow(/other settings/);
  });

  test('whose arrays are damaged, or whose plates are others, is refused with what to do', async () => {
    await train();
    const other = join(folder, 'other');
    await expect(train({...tiny, layerCount: 2, startFrom: folder}, {folder: other})).rejects.toThrow(
      /holds 1 plates of 16 x 16 samples; this training has 2/,
    );
    writeFileSync(join(folder, 'checkpoint', 'averages-1.npy'), 'damaged');
    writeFileSync(join(folder, 'checkpoint', 'averages-0.npy'), 'damaged');
    await expect(train()).rejects.toThrow(/averages-[01]\.npy cannot be used/);
  });
});

describe('a training that ends early', () => {
  test('keeps the plates of its best epoch and has nothing left to do', async () => {
    const settings = {...tiny, epochs: 400, stopAfterEpochs: 2};
    const best: TrainingCurvePoint[] = [];
    const curve = await train(settings, {onEpoch: (point, isBest) => void (isBest && best.push(point))});
    expect(curve.length).toBeLessThan(400);
    const last = bestEpochOf(curve);
    expect(best.at(-1)).toEqual(last);
    expect(curve.length - (last?.epoch ?? 0)).toBe(2);
    const design = await openDesign(folder);
    expect(design.file.training).toMatchObject({
      epochs: last?.epoch,
      validationAccuracy: last?.validationAccuracy,
    });
    // The plates are those of a training that has as many epochs behind it, not the last ones.
    expect(await train(settings)).toEqual(curve);
    expect((await openDesign(folder)).file.contentHash).toBe(design.file.contentHash);
  });

  test('counts from the best epoch: highest accuracy, then margin, then the earlier', () => {
    const point = (epoch: number, validationAccuracy: number, meanMargin?: number): TrainingCurvePoint => ({
      epoch,
      trainingLoss: 1,
      trainingAccuracy: 0.5,
      validationAccuracy,
      efficiency: 0.1,
      seconds: 1,
      ...(meanMargin === undefined ? {} : {meanMargin}),
    });
    const curve = [point(1, 0.8), point(2, 0.9, 0.1), point(3, 0.9, 0.2), point(4, 0.9, 0.2), point(5, 0.7)];
    expect(bestEpochOf(curve)?.epoch).toBe(3);
    expect(bestEpochOf([])).toBeUndefined();
    expect(isTrained(curve, {epochs: 9, stopAfterEpochs: 2})).toBe(true);
    expect(isTrained(curve, {epochs: 9, stopAfterEpochs: 3})).toBe(false);
    expect(isTrained(curve, {epochs: 9, stopAfterEpochs: 0})).toBe(false);
    expect(isTrained(curve, {epochs: 5, stopAfterEpochs: 0})).toBe(true);
  });
});

describe('a training on pictures', () => {
  const lens: TrainingSettingsData = trainingSettingsSchema.parse({
    task: 'imaging',
    epochs: 2,
    count: 32,
    layerCount: 1,
    gapMm: 10,
    outputGapMm: 12,
    scanStepMm: null,
    objectKind: 'grey-amplitude',
    objectSideMm: 6,
    imaging: {windowMm: 8, imageCount: 16},
    trainingCount: 16,
    validationCount: 4,
    batchSize: 4,
  });

  test('writes a design with a window instead of regions, and its curve tells how alike pictures are', async () => {
    const curve = await train(lens);
    expect(curve.map(({epoch}) => epoch)).toEqual([1, 2]);
    for (const {validationAccuracy, pearson, psnrDb} of curve) {
      expect(Math.abs(validationAccuracy)).toBeLessThan(1);
      expect(Math.abs(pearson ?? 2)).toBeLessThan(1);
      expect(psnrDb).toBeGreaterThan(0);
    }
    const {file} = await openDesign(folder);
    expect(file.detector).toEqual({
      zMm: 22,
      regions: [],
      image: {widthMm: 8, magnification: 1, shows: 'object'},
    });
    expect(file.training).toMatchObject({validationSsim: curve.at(-1)?.validationAccuracy});
  });

  test('that shows its objects one way only tells what it shows from behind, and shows less of it', async () => {
    const long = {...lens, epochs: 12, learningRate: 0.2};
    const both = await train(long);
    expect(both.at(-1)).not.toHaveProperty('behindPearson');
    const seenBehind = async (behindWeight: number): Promise<number> => {
      const oneWay = {...long, imaging: {...long.imaging, behindWeight}};
      const curve = await train(oneWay, {folder: join(folder, String(behindWeight))});
      return curve.at(-1)?.behindPearson ?? NaN;
    };
    expect(await seenBehind(10)).toBeLessThan((await seenBehind(1e-6)) - 0.02);
    const wrong = {...long, imaging: {...long.imaging, behindWeight: 1, magnification: 1.2}};
    await expect(train(wrong)).rejects.toThrow(/images one way only/);
  });

  test('is refused with every reason before anything is computed', async () => {
    const wrong = {
      ...lens,
      scanStepMm: 1,
      objectSideMm: 9,
      imaging: {...lens.imaging, startLensMm: 3, magnification: -1},
    };
    await expect(train(wrong)).rejects.toThrow(
      /9 mm wide and the window 8 mm.*Set it to 0.*Set the magnification to 1/,
    );
    const pictures = {...lens.imaging, targets: 'pictures'};
    await expect(train({...lens, imaging: pictures})).rejects.toThrow(/Name the file of the images too/);
    await expect(train({...tiny, imaging: pictures})).rejects.toThrow(/belong to the task imaging/);
    await expect(train({...lens, imaging: {...lens.imaging, startLensMm: 3}})).rejects.toThrow(
      /at least three/,
    );
  });
});

test('a training goes on from one that was stopped within its first epoch, and its record says so', async () => {
  const stopped = join(folder, 'stopped');
  const abort = new AbortController();
  // Stopped at its first report, within the first of its epochs.
  const long = {...tiny, trainingCount: 640};
  const onProgress = () => abort.abort(new Error('stopped'));
  await expect(train(long, {folder: stopped, signal: abort.signal, onProgress})).rejects.toThrow('stopped');
  expect(existsSync(join(stopped, 'training.json'))).toBe(false);
  await train({...tiny, epochs: 1, startFrom: stopped});
  const record = JSON.parse(readFileSync(join(folder, 'training.json'), 'utf8')) as {startedFrom: unknown};
  expect(record.startedFrom).toMatchObject({steps: 25, curve: [], settings: {trainingCount: 640}});
});
