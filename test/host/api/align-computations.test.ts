import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createRouterClient} from '@orpc/server';
import {createCallerContext} from '../../../src/host/api/clients.ts';
import {pageFeatures} from '../../../src/host/api/router.ts';
import {parseParameter, readParameter} from '../../../src/twin/alignment/parameters.ts';
import {createPlanesFolder, smallBenchFree, type PlanesFolder} from '../alignment/planes-folder.ts';
import {startHost} from '../bench-service/bench-fixture.ts';
import {createSmallDesign} from '../../virtual/small-design.ts';
import {createHost} from './api-fixture.ts';
import {clientOf, follow} from './computations.ts';

describe('an alignment of planes in files', () => {
  let folder: PlanesFolder;
  beforeAll(async () => {
    folder = await createPlanesFolder();
  });
  afterAll(() => folder[Symbol.dispose]());

  test('finds where the plates stand, tells its steps, and stores nothing', async () => {
    await using host = await createHost();
    const client = clientOf(host, 'admin');
    const {id} = await client.align.data({
      folder: folder.write('planes', {}, folder.measured),
      free: smallBenchFree,
    });
    const done = await follow(host, id);
    expect(done).toMatchObject({kind: 'align-data', state: 'done', timeLeftS: null});
    expect(done.notes.some((note) => /^fit: .* % of the light unexplained$/.test(note))).toBe(true);
    const result = await client.computations.result({id});
    if (result.kind !== 'align-data') throw new Error(`An alignment has come to ${result.kind}.`);
    const {verdict, parameters} = result.alignment;
    expect(verdict).toBe('trusted');
    for (const {name, value, sigma} of parameters) {
      const error = value - readParameter(folder.truth, parseParameter(name, 2));
      expect(Math.abs(error) / (sigma ?? NaN), name).toBeLessThan(4.5);
    }
    expect((await client.align.results({})).alignments).toEqual([]);
  });

  test('can be stopped, and says what is wrong with its files', async () => {
    await using host = await createHost();
    const client = clientOf(host, 'admin');
    const planes = folder.write('stopped', {}, folder.measured);
    const {id} = await client.align.data({folder: planes});
    expect(await client.computations.stop({id})).toEqual({hasStopped: true});
    expect(await follow(host, id)).toMatchObject({state: 'stopped', problem: {code: 'plan/stopped'}});
    await expect(client.computations.result({id})).rejects.toMatchObject({data: {code: 'plan/invalid'}});
    rmSync(join(planes, 'object-1.npy'));
    const missing = await client.align.data({folder: planes});
    const failed = await follow(host, missing.id);
    expect(failed).toMatchObject({state: 'failed', problem: {code: 'file/not-found'}});
    expect(failed.text).toContain('object-1.npy');
  });

  test('is for an administrator: it reads what a path names', async () => {
    await using host = await createHost();
    for (const scope of ['read', 'operate'] as const)
      await expect(clientOf(host, scope).align.data({folder: '/etc'})).rejects.toMatchObject({
        data: {code: 'api/denied'},
      });
    await expect(clientOf(host, 'admin').align.data({folder: 'planes'})).rejects.toMatchObject({
      data: {code: 'file/invalid'},
    });
    expect(host.lines.map(({action}) => action)).toContain('start-alignment-denied');
  });
});

test('what to measure first is planned on the open bench, whose scans are timed and whose stage does not move', async () => {
  using small = await createSmallDesign(28);
  await using at = await startHost();
  const context = createCallerContext(at.services, {scope: 'operate', client: 'test'});
  const client = createRouterClient(pageFeatures(at.services), {context});
  const request = {designFolder: small.folder, digits: ['5', '3'], objectCount: 1};
  await expect(client.align.plan(request)).rejects.toMatchObject({data: {code: 'bench/closed'}});
  await at.api.bench.open({kind: 'virtual', speed: 100, isNoisy: false, designFolder: small.folder});
  const before = (await at.api.bench.status({})).stage?.positionMm;

  const {id} = await client.align.plan(request);
  expect(await follow({client}, id)).toMatchObject({kind: 'plan-probes', problem: null, state: 'done'});
  const result = await client.computations.result({id});
  if (result.kind !== 'plan-probes') throw new Error(`A plan has come to ${result.kind}.`);
  const {objects, scans, designHash} = result.plan;
  expect(designHash).toBe(small.design.file.contentHash);
  expect(objects).toHaveLength(1);
  expect(request.digits).toContain(objects[0]?.label);
  // A raster of fewer points takes less of the bench's time.
  const [own, coarser] = scans
    .slice(0, 2)
    .map(({pointCount, after: [one]}) => ({pointCount, s: one?.seconds ?? NaN}));
  expect(coarser.pointCount).toBeLessThan(own.pointCount);
  expect(coarser.s).toBeGreaterThan(0);
  expect(coarser.s).toBeLessThan(own.s);
  const after = await at.api.bench.status({});
  expect(after.stage?.positionMm).toEqual(before);
  expect(after.source?.isOutputOn).toBe(false);

  const wrong = await client.align.plan({...request, digits: ['eleven']});
  expect(await follow({client}, wrong.id)).toMatchObject({state: 'failed', problem: {code: 'plan/invalid'}});
});
