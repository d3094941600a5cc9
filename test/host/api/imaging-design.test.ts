import type {FoundBench} from '../../../src/host/twin/predict.ts';
import {imageApart} from '../../../src/host/twin/twin-threads.ts';
import {cpSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createRouterClient} from '@orpc/server';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createCallerContext} from '../../../src/host/api/clients.ts';
import {createRouter} from '../../../src/host/api/router.ts';
import {openDesign, saveDesign, savedLayersOf} from '../../../src/host/designs/design-folder.ts';
import {grid, startHost, type TestHost} from '../bench-service/bench-fixture.ts';
import {createSmallDesign} from '../../virtual/small-design.ts';
import {follow} from './computations.ts';

const clientFor = ({services}: TestHost) =>
  createRouterClient(createRouter(services, {links: () => [], openApiPath: '/openapi.json'}), {
    context: createCallerContext(services, {scope: 'admin', client: 'test'}),
  });

let at: TestHost;
let client: ReturnType<typeof clientFor>;
let designFolder: string;
let classesFolder: string;
const folder = mkdtempSync(join(tmpdir(), 'd2nn-imaging-design-'));

beforeAll(async () => {
  using small = await createSmallDesign(28);
  classesFolder = join(folder, 'classes');
  cpSync(small.folder, classesFolder, {recursive: true});
  designFolder = join(folder, 'lens');
  const {detector, ...file} = small.design.file;
  await saveDesign(
    designFolder,
    {
      ...file,
      name: 'small lens',
      detector: {zMm: detector.zMm, regions: [], image: {widthMm: 12, magnification: 1, shows: 'object'}},
    },
    savedLayersOf(small.design),
  );
  at = await startHost({smallPlates: 3});
  client = clientFor(at);
  await client.bench.open({kind: 'virtual', speed: 50, isNoisy: false, hasMounts: false});
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  rmSync(folder, {recursive: true});
});

const refusal = /The design small lens images its objects: it has no detector regions and tells no classes/;

test('what needs classes refuses a design that images its objects before anything moves or is stored', async () => {
  const sessions = at.services.store.listSessions();
  const before = await client.bench.status({});
  await expect(client.campaign.plan({designFolder})).rejects.toThrow(refusal);
  await expect(client.campaign.start({designFolder, digitCount: 1})).rejects.toThrow(refusal);
  const regions = {plan: 'regions', pointsPerSide: 3} as const;
  await expect(client.scan.start({plan: regions, designFolder})).rejects.toThrow(refusal);
  await expect(client.align.measure({designFolder, digits: []})).rejects.toThrow(refusal);
  await expect(client.alignGuide.begin({designFolder})).rejects.toThrow(refusal);
  await expect(client.twin.tolerance({designFolder})).rejects.toThrow(refusal);
  expect(at.services.store.listSessions()).toEqual(sessions);
  const after = await client.bench.status({});
  expect([after.session, after.run]).toEqual([before.session, before.run]);
});

test('computations that need classes end with that sentence', async () => {
  const starts = [
    () => client.twin.classify({designFolder, limit: 2}),
    () => client.twin.measure({designFolder, limit: 2}),
    () => client.twin.sensitivity({designFolder, objectCount: 1}),
    () => client.twin.readOut({designFolder, folder: join(folder, 'read-out')}),
  ];
  for (const start of starts) {
    const {id} = await start();
    const {problem} = await follow({client}, id);
    expect(problem?.message).toMatch(refusal);
  }
});

test('what needs no classes works: planes of it, light in it, a scan of a grid', async () => {
  const {intensity, count} = await client.twin.predict({
    designFolder,
    object: {kind: 'digit', id: 'mnist:5:5654'},
  });
  expect(intensity).toHaveLength(count * count);
  const fields = await client.design.fields({folder: designFolder, digitId: 'mnist:5:5654', zMm: [0, 120]});
  expect([fields.shares, fields.winner, fields.planes.length]).toEqual([[], null, 2]);
  const dryRun = await client.scan.dryRun({plan: grid(4), designFolder});
  expect(dryRun).toMatchObject({isAllowed: true});
});

test('its images are compared with ideal ones, as printed and on drawn benches', async () => {
  const {id} = await client.twin.image({
    designFolder,
    bench: {kind: 'virtual'},
    limit: 2,
    benchCount: 2,
    workerCount: 1,
  });
  const done = await follow({client}, id);
  expect(done).toMatchObject({state: 'done', kind: 'image', progress: {done: 4, total: 4}});
  const result = await client.computations.result({id});
  if (result.kind !== 'image') throw new Error(result.kind);
  // The plates are random: of the digits nothing is left, and nothing is made up.
  expect(result).toMatchObject({
    designName: 'small lens',
    printed: {count: 2, pixelCount: 30, pixelMm: 0.4},
    measured: {count: 2, pixelCount: 12, pixelMm: 1},
  });
  expect(result.printed.ssim).toBeLessThan(0.6);
  expect(result.printed.efficiency).toBeGreaterThan(0);
  expect(result.printed.efficiency).toBeLessThan(1);
  expect(result.printed.bars.map(({lineMm}) => lineMm)).toEqual([0.8, 0.4]);
  await expect(client.twin.image({designFolder: classesFolder})).rejects.toThrow(
    /three small plates tells classes and images nothing/,
  );
});

test('its images are compared with ideal ones on a bench as it was found', async () => {
  const ask = (found: FoundBench) =>
    imageApart({
      ...{designFolder, found, model: null, limit: 2, benchCount: 1, seed: 1, workerCount: 1},
      images: {kind: 'test-digits'},
    });
  const [asDesigned, moved] = [await ask({}), await ask({placement: {layers: [{dxMm: 3}]}})];
  expect(asDesigned.built).toMatchObject({count: 2, pixelCount: 30, pixelMm: 0.4});
  expect(moved.printed).toEqual(asDesigned.printed);
  // Where nothing is off, the light is that of the design.
  const [{efficiency: built = NaN} = {}, {efficiency: off = NaN} = {}] = [
    asDesigned.built ?? undefined,
    moved.built ?? undefined,
  ];
  expect(Math.abs(built / asDesigned.printed.efficiency - 1)).toBeLessThan(0.2);
  expect(off).not.toBeCloseTo(built, 6);
});

test('a design file has regions or a window of an image, and the window lies in the plane', async () => {
  const {file} = await openDesign(designFolder);
  const {parseDesign} = await import('../../../src/twin/design/load.ts');
  const parse = (detector: object) => parseDesign(JSON.stringify({...file, detector}));
  expect(() => parse({zMm: 120, regions: []})).toThrow(/at least two regions, or a window/);
  const region = {label: 'a', centerXMm: 0, centerYMm: 0, widthMm: 1, heightMm: 1};
  expect(() => parse({...file.detector, regions: [region, region]})).toThrow(
    /neither regions, a read-out of them nor/,
  );
  expect(() => parse({...file.detector, image: {...file.detector.image, widthMm: 17}})).toThrow(
    /window of 17 mm is wider than the plane of 16 mm/,
  );
});
