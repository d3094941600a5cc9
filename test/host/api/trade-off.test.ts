import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {trainingSettingsSchema} from '../../../src/contract/training.ts';
import {trainDesign} from '../../../src/host/designs/train-design.ts';
import {createHost} from './api-fixture.ts';
import {clientOf, follow} from './computations.ts';
import {smallTraining} from '../designs/small-training.ts';

const training = trainingSettingsSchema.parse({
  epochs: 1,
  ...smallTraining,
  trainingCount: 16,
});

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trade-off-'));
  await trainDesign(training, {folder, command: 'test', workerCount: 1});
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

test('a trade-off study is followed like any computation, and its result has a point a value and the drawing', async () => {
  await using host = await createHost();
  const client = clientOf(host, 'operate');
  const weight = 'margin' as const;
  const settings = {weight, values: [0.1, 0], steps: 2, marginImages: 2, benchCount: 1};
  const {id} = await client.twin.tradeOff({designFolder: folder, settings, workerCount: 1});
  const {state, kind, progress} = await follow(host, id);
  expect([kind, state, progress?.done]).toEqual(['trade-off', 'done', 100]);
  const result = await client.computations.result({id});
  if (result.kind !== 'trade-off') throw new Error(`a study, not ${result.kind}`);
  const {study, drawing} = result;
  expect(study).toMatchObject({designName: 'digits', imageCount: 20, marginImageCount: 2});
  expect(study.points.map(({value}) => value)).toEqual([0.1, 0]);
  expect(drawing).toMatch(/^<\?xml.*\n<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  // A point a value in each of the three charts, and in each the plates of the start.
  expect(drawing.match(/class="point"/g)).toHaveLength(6);
  expect(drawing.match(/class="before"/g)).toHaveLength(3);
});

test('a study is stopped, and what cannot be studied is refused before it is a computation', async () => {
  await using host = await createHost();
  const client = clientOf(host, 'admin');
  const settings = {values: [0, 1], steps: 10_000, marginImages: 0};
  const {id} = await client.twin.tradeOff({designFolder: folder, settings, workerCount: 1});
  await follow(host, id, ({notes}) => notes.length > 0);
  expect(await client.computations.stop({id})).toEqual({hasStopped: true});

  const before = (await client.computations.status({after: 0, waitMs: 0})).computations.length;
  const study = (input: object) => client.twin.tradeOff({designFolder: folder, settings, ...input});
  const refusal = (code: string, message: string) => ({
    data: {code, message: expect.stringContaining(message) as string},
  });
  await expect(study({settings: {values: [0, 0]}})).rejects.toMatchObject(
    refusal('plan/invalid', 'The value 0 stands more than once'),
  );
  await expect(study({designFolder: 'designs/lens'})).rejects.toMatchObject(
    refusal('plan/invalid', 'images its objects'),
  );
  const missing = {images: join(folder, 'images'), labels: join(folder, 'labels')};
  await expect(study({data: missing})).rejects.toMatchObject(refusal('file/not-found', 'images'));
  await expect(clientOf(host, 'operate').twin.tradeOff({settings, data: missing})).rejects.toMatchObject({
    data: {code: 'api/denied'},
  });
  expect((await client.computations.status({after: 0, waitMs: 0})).computations).toHaveLength(before);
});
