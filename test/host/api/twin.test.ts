import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {encodeNpy} from '../../../src/base/npy.ts';
import type {Computation} from '../../../src/contract/api/index.ts';
import {trainingSettingsSchema} from '../../../src/contract/training.ts';
import {testDigitsById} from '../../../src/host/campaign/digits.ts';
import {readTestImages} from '../../../src/host/data/mnist.ts';
import {openDesign} from '../../../src/host/designs/design-folder.ts';
import {trainDesign} from '../../../src/host/designs/train-design.ts';
import {classify} from '../../../src/host/twin/classify.ts';
import {createDesignSystem} from '../../../src/host/twin/predict.ts';
import {intensityOf} from '../../../src/twin/layers/system.ts';
import {createSmallDesign, smallObject, type SmallDesign} from '../../virtual/small-design.ts';
import {createHost} from './api-fixture.ts';
import {clientOf, follow, type TestedHost} from './computations.ts';
import {smallTraining} from '../designs/small-training.ts';

const denied = {data: {code: 'api/denied'}};

describe('a prediction', () => {
  let host: TestedHost;
  let small: SmallDesign;
  let digits: SmallDesign;
  let mask: string;
  beforeAll(async () => {
    host = await createHost();
    small = await createSmallDesign();
    digits = await createSmallDesign(28);
    mask = join(small.folder, 'mask.npy');
    const {count} = small.design.file.grid;
    const re = Float64Array.from({length: count * count}, (_, i) => (i % 7 < 3 ? 1 : 0));
    writeFileSync(mask, encodeNpy({shape: [count, count], dtype: '<f8', re}));
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    small[Symbol.dispose]();
    digits[Symbol.dispose]();
  });
  beforeEach(() => void host.lines.splice(0));

  test('of a digit is what the twin computes, and a placement changes it', async () => {
    const client = clientOf(host, 'read');
    const request = {designFolder: digits.folder, object: {kind: 'digit', id: 'mnist:5:5654'}} as const;
    const {count, pitchMm, intensity, designHash} = await client.twin.predict(request);
    const {design} = digits;
    expect({count, pitchMm, designHash}).toEqual({...design.file.grid, designHash: design.file.contentHash});
    const [{object}] = testDigitsById(['mnist:5:5654'], design.file);
    const expected = intensityOf(createDesignSystem(design, {}, {method: 'asm'}).propagate(object));
    expect(intensity).toEqual(expected);
    const moved = await client.twin.predict({
      ...request,
      bench: {
        placement: {layers: [{dxMm: 0.4, dyMm: 0, dzMm: 0, rotationDeg: 0, flipX: false, flipY: false}]},
      },
    });
    expect(moved.intensity).not.toEqual(intensity);
    expect(host.lines).toEqual([]);
  });

  test('of a file is made for an administrator; to others no file of the computer is shown', async () => {
    const object = {kind: 'file', path: mask} as const;
    const admin = clientOf(host, 'admin');
    const {intensity} = await admin.twin.predict({designFolder: small.folder, object});
    expect(intensity).toHaveLength(1600);
    expect(Math.max(...intensity)).toBeGreaterThan(0);
    for (const scope of ['read', 'operate'] as const) {
      const client = clientOf(host, scope);
      await expect(client.twin.predict({designFolder: small.folder, object})).rejects.toMatchObject(denied);
      const secret = {kind: 'file', path: '/no/such/file'} as const;
      // Whether a file is there is not told either.
      await expect(client.twin.predict({designFolder: small.folder, object: secret})).rejects.toMatchObject(
        denied,
      );
    }
    expect(host.lines.map(({action}) => action)).toEqual(
      Array.from({length: 4}, () => 'twin.predict-denied'),
    );
    const relative = {kind: 'file', path: 'mask.npy'} as const;
    await expect(admin.twin.predict({designFolder: small.folder, object: relative})).rejects.toMatchObject({
      data: {code: 'file/invalid', message: expect.stringContaining('no whole path') as string},
    });
  });

  test('is refused where it cannot be, and given up with its caller', async () => {
    const client = clientOf(host, 'admin');
    const object = {kind: 'file', path: mask} as const;
    const predict = (change: object) => client.twin.predict({designFolder: small.folder, object, ...change});
    await expect(predict({designFolder: join(small.folder, 'none')})).rejects.toMatchObject({
      data: {code: 'file/not-found'},
    });
    await expect(predict({oversample: 16, pad: 16})).rejects.toMatchObject({
      data: {code: 'twin/invalid', message: expect.stringContaining('10240 samples') as string},
    });
    const wide = smallObject.amplitude;
    const odd = join(small.folder, 'odd.npy');
    writeFileSync(odd, encodeNpy({shape: [8, 8], dtype: '<f8', re: wide}));
    await expect(predict({object: {...object, path: odd}})).rejects.toMatchObject({
      data: {code: 'file/invalid'},
    });
    const controller = new AbortController();
    const long = client.twin.predict(
      {designFolder: small.folder, object, method: 'rs', oversample: 16},
      {signal: controller.signal},
    );
    controller.abort();
    await expect(long).rejects.toThrow();
  });
});

/** A training of some seconds at most. */
const tiny = {
  name: 'Tiny digits',
  epochs: 2,
  ...smallTraining,
  trainingCount: 32,
};

describe('a training that has come to its end', () => {
  let host: TestedHost;
  let client: ReturnType<typeof clientOf>;
  let id: string;
  let folder: string;
  let done: Computation;
  beforeAll(async () => {
    host = await createHost();
    client = clientOf(host, 'operate');
    ({id, folder} = await client.twin.train({settings: tiny, workerCount: 1}));
    done = await follow(host, id);
  });
  afterAll(() => host[Symbol.asyncDispose]());

  test('has written the design that the settings decide, goes on from its checkpoint, and classifies digits', async () => {
    expect(folder).toBe(join(host.folder, 'designs', 'tiny-digits'));
    expect(done).toMatchObject({
      kind: 'train',
      state: 'done',
      progress: {done: 4, total: 4, unit: 'steps'},
      problem: null,
      timeLeftS: null,
    });
    expect(done.notes).toEqual([
      expect.stringMatching(/^optimiser and loss on TensorFlow\.js/),
      expect.stringMatching(/^epoch 1: validation [\d.]+ % as printed, margin -?[\d.]+, efficiency/),
      expect.stringMatching(/^epoch 2: validation/),
    ]);
    const result = await client.computations.result({id});
    if (result.kind !== 'train') throw new Error(`A training has come to ${result.kind}.`);
    expect(result.curve.map(({epoch}) => epoch)).toEqual([1, 2]);

    // The same settings give the same plates, wherever they are computed.
    const other = join(host.folder, 'other');
    const settings = trainingSettingsSchema.parse(tiny);
    const curve = await trainDesign(settings, {folder: other, command: 'test', workerCount: 1});
    const [design, same] = await Promise.all([openDesign(folder), openDesign(other)]);
    expect(design.layers[0]?.values).toEqual(same.layers[0]?.values);
    expect(result.curve.map(({trainingLoss}) => trainingLoss)).toEqual(
      curve.map(({trainingLoss}) => trainingLoss),
    );
    expect((await client.design.list()).map(({name}) => name)).toContain('Tiny digits');

    // Nothing is left to be trained; other settings would lose what there is.
    const again = await client.twin.train({settings: tiny, workerCount: 1});
    await follow(host, again.id);
    expect(await client.computations.result({id: again.id})).toMatchObject({curve: result.curve});
    await expect(client.twin.train({settings: {...tiny, seed: 2}})).rejects.toThrow(
      /holds the checkpoint of a training with other settings \(seed\)/,
    );

    const classifying = await client.twin.classify({designFolder: folder, limit: 70, workerCount: 1});
    expect((await follow(host, classifying.id)).progress).toEqual({done: 70, total: 70, unit: 'images'});
    const options = {isIdeal: false, limit: 70, workerCount: 1};
    expect(await client.computations.result({id: classifying.id})).toEqual({
      kind: 'classify',
      designName: 'Tiny digits',
      asBuilt: null,
      classification: await classify(design, readTestImages(), options),
    });
    const {computations} = await client.computations.status({});
    expect(computations.map(({kind}) => kind)).toEqual(['classify', 'train', 'train']);
    expect(host.lines.map(({action}) => action)).toContain('start-training');
  });

  test('has told report by report, with a margin and planes after each epoch, and stays', async () => {
    const told = await client.twin.training({id});
    expect(told).toMatchObject({folder, lostCount: 0, settings: {name: 'Tiny digits', epochs: 2}});
    expect(told.entries.map(({kind}) => kind)).toEqual([
      'place',
      'report',
      'epoch',
      'planes',
      'report',
      'epoch',
      'planes',
    ]);
    const [place, report] = told.entries;
    expect(place).toMatchObject({gpu: null, text: 'computed on the processors of the host'});
    expect(report).toMatchObject({kind: 'report', step: 2, stepCount: 4, epoch: 1});
    const epochs = told.entries.flatMap((entry) => (entry.kind === 'epoch' ? [entry.point] : []));
    for (const {meanMargin} of epochs) expect(Math.abs(meanMargin ?? 2)).toBeLessThan(1);
    const {curve} = JSON.parse(readFileSync(join(folder, 'training.json'), 'utf8')) as {curve: unknown};
    expect(epochs).toEqual(curve);
    expect(told.planes?.step).toBe(4);
    expect(told.planes?.samples).toHaveLength(4);
    for (const {label, winner, intensity} of told.planes?.samples ?? []) {
      expect(label).toMatch(/^\d$/);
      expect(winner).toMatch(/^\d$/);
      expect(intensity).toMatchObject({rows: 16, columns: 16});
      expect(Math.max(...intensity.values)).toBeGreaterThan(0);
    }
    // Whoever has everything is not sent the planes again.
    expect(await client.twin.training({id, after: told.last})).toMatchObject({entries: [], planes: null});
    await expect(client.twin.training({id: 'none'})).rejects.toMatchObject({data: {code: 'store/not-found'}});
  });
});

describe('a training', () => {
  test('that is stopped keeps its last epoch whole, is listed, and goes on from there with the epochs behind it first', async () => {
    await using host = await createHost();
    const client = clientOf(host, 'operate');
    const settings = {...tiny, epochs: 5000};
    const {id, folder} = await client.twin.train({settings, workerCount: 1});
    await expect(client.twin.train({settings: tiny})).rejects.toMatchObject({data: {code: 'bench/busy'}});
    await expect(client.computations.result({id})).rejects.toMatchObject({data: {code: 'plan/invalid'}});
    const running = await follow(host, id, ({noteCount, timeLeftS}) => noteCount > 2 && timeLeftS !== null);
    expect(running.timeLeftS).toBeGreaterThan(0);
    expect(await client.computations.stop({id})).toEqual({hasStopped: true});
    expect(await client.computations.stop({id})).toEqual({hasStopped: false});
    const ended = await follow(host, id);
    expect(ended).toMatchObject({state: 'stopped', problem: {code: 'plan/stopped'}});
    expect(ended.text).toContain('goes on from there');
    expect((await openDesign(folder)).file.name).toBe('Tiny digits');
    const {curve} = JSON.parse(readFileSync(join(folder, 'training.json'), 'utf8')) as {curve: unknown[]};
    expect(curve.length).toBeGreaterThan(0);
    const [stopped] = await client.twin.trainings();
    expect(stopped).toMatchObject({folder, name: 'Tiny digits', isDone: false, problem: ''});
    expect(stopped?.curve).toHaveLength(curve.length);

    const again = await client.twin.resume({folder, workerCount: 1});
    const resumed = await follow(host, again.id, ({progress}) => progress !== null);
    expect(resumed.progress?.done).toBeGreaterThan(2 * curve.length);
    await client.computations.stop({id: again.id});
    const {entries} = await client.twin.training({id: again.id});
    const epochs = entries.flatMap((entry) => (entry.kind === 'epoch' ? [entry.point.epoch] : []));
    expect(epochs.slice(0, curve.length + 1)).toEqual(
      Array.from({length: Math.min(curve.length + 1, epochs.length)}, (_, i) => i + 1),
    );
    const firstReport = entries.find((entry) => entry.kind === 'report');
    expect(firstReport?.step).toBeGreaterThanOrEqual(stopped?.step ?? Infinity);

    // The same settings in the same folder are the same training.
    const byItsSettings = await client.twin.train({settings, workerCount: 1});
    const {progress} = await follow(host, byItsSettings.id, (computation) => computation.progress !== null);
    expect(progress?.done).toBeGreaterThan(2 * curve.length);
    await client.computations.stop({id: byItsSettings.id});
    await expect(client.twin.resume({folder: '/etc'})).rejects.toMatchObject(denied);
    await expect(client.twin.resume({folder: join(host.folder, 'designs', 'none')})).rejects.toMatchObject({
      data: {code: 'file/not-found'},
    });
  });

  test('has a key that older checkpoints fit: the order of its settings', () => {
    expect(JSON.stringify(trainingSettingsSchema.parse({}))).toBe(
      '{"name":"digits","seed":1,"epochs":25,"batchSize":16,"learningRate":0.03,"finalLearningRate":0.002,' +
        '"averageDecay":0,"augmentation":{"shiftPixels":1.5,"rotationDeg":10,"scaleRatio":0.1,"shearRatio":0.1,' +
        '"elasticPixels":0.35,"thresholdChange":0.12},"lateralErrorMm":0.2,"axialErrorMm":0.2,"beamShare":0,' +
        '"illumination":{"kind":"gaussian-beam","radiusMm":30,"centerXMm":0,"centerYMm":0,"curvatureRadiusMm":600,' +
        '"tiltXDeg":0,"tiltYDeg":0},"loss":{"logitScale":20,"efficiencyWeight":0.3,"referenceEfficiency":0.03,' +
        '"logits":"share","smoothnessWeight":0,"marginWeight":0},"frequencyHz":400000000000,"count":200,"pitchMm":0.4,' +
        '"layerCount":5,"gapMm":30,"regionMm":8,"objectSideMm":44.8,"objectKind":"binary-mask",' +
        '"refractiveIndex":1.7227,"extinction":0.031,"baseMm":0.5,"levels":16,"parametrisation":"phase",' +
        '"validationCount":1000,"trainingCount":0,"startFrom":null,"illuminationErrors":{"radiusRatio":0.1,' +
        '"centerMm":2,"curvatureRatio":0.15},"scanStepMm":1,"probe":{"kind":"mode","mode":"te10","widthMm":0.56,' +
        '"heightMm":0.28},"pixel":"square","startPhaseRad":1.2,"levelsFromRatio":0.5,"data":null,"stopAfterEpochs":0,' +
        '"detection":"single","task":"digits","classCount":10,"pad":2,' +
        '"outputGapMm":null,"imaging":{"windowMm":42,"magnification":1,"objective":"mse","images":null,"targets":null,' +
        '"imageCount":140,"patternRatio":0.5,"startLensMm":null,"behindWeight":0},"phaseTurns":1,' +
        '"neurons":"phase","maskLevels":2,"furtherFrequenciesHz":[],"dispersion":[],"readOut":{"hiddenCounts":[64],"regionsPerClass":2,' +
        '"learningRate":0.001},"plateOptics":{"kind":"thin"},"reliefFaces":"detector"}',
    );
  });
});

describe('a training that cannot be', () => {
  let host: TestedHost;
  beforeAll(async () => void (host = await createHost()));
  afterAll(() => host[Symbol.asyncDispose]());

  test('is refused with settings that cannot be, over another design, and elsewhere than among the designs', async () => {
    const client = clientOf(host, 'operate');
    await expect(client.twin.train({settings: {...tiny, count: 18}})).rejects.toThrow(/validation/i);
    await expect(client.twin.train({settings: {...tiny, name: '***'}})).rejects.toMatchObject({
      data: {code: 'plan/invalid'},
    });
    const outside = join(host.folder, 'designs', '..', 'outside');
    await expect(client.twin.train({settings: tiny, folder: outside})).rejects.toMatchObject(denied);
    await expect(client.twin.train({settings: {...tiny, startFrom: '/etc'}})).rejects.toMatchObject(denied);
    const data = {images: '/etc/passwd', labels: '/etc/passwd'};
    await expect(client.twin.train({settings: {...tiny, data}})).rejects.toMatchObject(denied);
    await expect(client.twin.train({settings: tiny, benchPath: '/etc/passwd'})).rejects.toMatchObject(denied);
    expect(existsSync(outside)).toBe(false);
    using small = await createSmallDesign();
    await expect(
      clientOf(host, 'admin').twin.train({settings: tiny, folder: small.folder}),
    ).rejects.toMatchObject({data: {code: 'file/invalid'}});
    const missing = await client.twin.train({
      settings: {...tiny, startFrom: join(host.folder, 'designs', 'none')},
    });
    expect(await follow(host, missing.id)).toMatchObject({
      state: 'failed',
      problem: {code: 'file/not-found'},
    });
  });

  test('on files that do not fit is refused before there is a training or a folder', async () => {
    const client = clientOf(host, 'admin');
    const before = await client.computations.status({});
    const idx = (name: string, shape: readonly number[]): string => {
      const path = join(host.folder, name);
      const size = shape.reduce((product, n) => product * n, 1);
      const head = [0, 0, 8, shape.length, ...shape.flatMap((n) => [0, 0, n >> 8, n & 255])];
      writeFileSync(path, Uint8Array.from([...head, ...new Uint8Array(size)]));
      return path;
    };
    const images = idx('images', [40, 28, 28]);
    for (const [data, text] of [
      [{images, labels: idx('few', [30])}, /it holds 30 labels, but .* holds 40 images/],
      [{images: idx('wide', [40, 28, 20]), labels: idx('labels', [40])}, /its images have 28 x 20 pixels/],
      [{images: idx('turned', [40]), labels: images}, /it holds labels; give it as the labels/],
      [{images: join(host.folder, 'nothing'), labels: images}, /nothing/],
    ] as const)
      await expect(client.twin.train({settings: {...tiny, name: 'unfit', data}})).rejects.toThrow(text);
    expect(existsSync(join(host.folder, 'designs', 'unfit'))).toBe(false);
    expect((await client.computations.status({})).computations).toEqual(before.computations);
  });

  test('begins only for geometry that can be built; what cannot is refused in words before anything is written', async () => {
    const client = clientOf(host, 'operate');
    const impossible = [
      [{regionMm: 1.5}, /regions overlap/],
      [{regionMm: 3.2}, /leave the plane/],
      [{pitchMm: 0.8}, /pitch of 0.8 mm is above the wavelength of 0.7495 mm/],
      [{gapMm: 1.2}, /plates touch/],
      [{objectSideMm: 20}, /object is 20 mm wide/],
      [{scanStepMm: 2}, /scan's step/],
    ] as const;
    for (const [change, words] of impossible)
      await expect(
        client.twin.train({settings: {...tiny, name: 'impossible', ...change}}),
      ).rejects.toMatchObject({
        data: {code: 'plan/invalid', message: expect.stringMatching(words) as string},
      });
    expect(existsSync(join(host.folder, 'designs', 'impossible'))).toBe(false);
  });
});

describe('a classification', () => {
  test('of files is for an administrator, and says what is wrong with them', async () => {
    await using host = await createHost();
    using small = await createSmallDesign();
    const images = {kind: 'files', imagesPath: '/no/images', labelsPath: '/no/labels'} as const;
    const request = {designFolder: small.folder, images, workerCount: 1};
    await expect(clientOf(host, 'operate').twin.classify(request)).rejects.toMatchObject(denied);
    const {id} = await clientOf(host, 'admin').twin.classify(request);
    expect(await follow(host, id)).toMatchObject({
      state: 'failed',
      problem: {code: 'file/not-found', message: expect.stringContaining('/no/images') as string},
    });
    // Its images have 8 x 8 pixels, digits 28 x 28.
    const digits = await clientOf(host, 'operate').twin.classify({designFolder: small.folder});
    expect((await follow(host, digits.id)).state).toBe('failed');
  });
});
