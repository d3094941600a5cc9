import {existsSync} from 'node:fs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {encodeNpy} from '../../src/base/npy.ts';
import {createRouter} from '../../src/host/api/router.ts';
import {startHttpTransport, type HttpTransport} from '../../src/host/api/transport/http.ts';
import {startVirtualBench} from '../../src/virtual/spawn.ts';
import {startHostOn, until, type HostOnBench} from '../host/bench-service/bench-fixture.ts';
import {createSmallDesign, type SmallDesign} from '../virtual/small-design.ts';
import {createTestFolder, errorOf, startHere, type RunningHere, type TestFolder} from './run-cli.ts';

const token = 'admin-token-0123456789';
const tokens = {read: 'read-token-0123456789', operate: 'operate-token-0123456789', admin: token};

let host: HostOnBench;
let http: HttpTransport;
let folder: TestFolder;
let small: SmallDesign;
/** The virtual bench starts when this resolves. */
const mayOpen = Promise.withResolvers<void>();
beforeAll(async () => {
  folder = createTestFolder();
  small = await createSmallDesign(28);
  host = await startHostOn(async (request) => {
    await mayOpen.promise;
    return startVirtualBench({...request, designFolder: small.folder});
  }, 10);
  http = await openTransport();
});
afterAll(async () => {
  await http?.close();
  await host?.[Symbol.asyncDispose]();
  small?.[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const openTransport = (): Promise<HttpTransport> =>
  startHttpTransport({
    services: host.services,
    router: createRouter(host.services, {links: () => [], openApiPath: '/openapi.json'}),
    tokens,
    port: 0,
  });
const onHost = (args: readonly string[], terminal = {isTTY: false}): RunningHere =>
  startHere(
    [...args, '--host', `http://127.0.0.1:${http.port}`, '--token', token],
    folder.file('unused'),
    {},
    terminal,
  );
const wideGrid = JSON.stringify({plan: 'grid', widthMm: 40, heightMm: 40, stepMm: 1});
const measure = ['campaign', '--digits', '1', '--align', 'off', '--design'];
const stateNow = () => host.api.bench.status({});
const isMeasuring = async (): Promise<boolean> => {
  const {run} = await stateNow();
  return run?.state === 'running' && run.pointCount > 3;
};

test('a command waits for a bench that is being opened on the host', async () => {
  const opening = host.api.bench.open({kind: 'virtual', seed: 3, speed: 600, isNoisy: false});
  await until(async () => (await stateNow()).bench.state === 'opening');
  const command = onHost(['scan', '--plan', 'beam-find', '--dry-run']);
  await until(() => command.stderr().includes('Waiting for that'));
  mayOpen.resolve();
  await opening;
  const done = await command.finished;
  expect(done.code, done.stderr).toBe(0);
  expect(done.stdout).toContain('all moves are allowed');
});

test('Ctrl-C stops a campaign on a host, which says what was proven safe and where the report is', async () => {
  const running = onHost([...measure, small.folder]);
  await until(isMeasuring);
  running.interrupt();
  const ended = await running.finished;
  expect(ended.code).toBe(130);
  expect(ended.stderr).toMatch(/RF is proven off/);
  const session = /kept in session (\S+)\.$/.exec(errorOf(ended).message)?.[1] ?? 'none';
  expect(ended.stdout).toContain(`(on the host's machine, http://127.0.0.1:${http.port})`);
  expect(ended.stdout).toContain(`sessions export ${session} --format report-html`);
  expect(await stateNow()).toMatchObject({
    bench: {state: 'open'},
    run: {state: 'ended', exitStatus: 'abort'},
  });
});

test('a design that a host has imported is said to be on the machine of the host', async () => {
  const re = new Float64Array(28 * 28).fill(0.3);
  const map = folder.file('map.npy', encodeNpy({shape: [28, 28], dtype: '<f4', re}));
  const meaning = ['--as', 'height', '--unit', 'mm', '--first-row', 'top', '--seen-from', 'detector'];
  const geometry = ['--pitch-mm', '0.5', '--count', '28', '--plate-pitch-mm', '0.5', '--gap-mm', '5'];
  const regions = ['--region-mm', '1', '--object-side-mm', '6', '--out', folder.file('made')];
  const done = await onHost(['design', 'import', map, ...meaning, ...geometry, ...regions]).finished;
  expect(done.code, done.stderr).toBe(0);
  expect(done.stderr).toContain(`${folder.file('made')} (on the host's machine, `);
});

test('at a terminal p pauses a scan, too, and lets it go on; Ctrl-C stops it', async () => {
  const running = onHost(['scan', '--plan', wideGrid], {isTTY: true});
  await until(isMeasuring);
  // The host measures before the command has heard of it, and before that the key means nothing.
  await until(() => {
    if (running.stderr().includes('paused; p goes on')) return true;
    if (!running.stderr().includes('pausing at the next point')) running.press('p');
    return false;
  }, 200);
  expect((await stateNow()).run).toMatchObject({state: 'paused'});
  running.press('p');
  await until(async () => (await stateNow()).run?.state === 'running');
  expect(running.stderr()).toContain('going on');
  running.interrupt();
  expect((await running.finished).code).toBe(130);
});

test('a connection that breaks is told with what becomes of the run, and nothing is written by half', async () => {
  const out = folder.file('lost.csv');
  const running = onHost(['scan', '--plan', wideGrid, '--trace', '--out', out]);
  await until(isMeasuring);
  await http.close();
  const ended = await running.finished;
  expect(ended.code).toBe(1);
  expect(errorOf(ended)).toMatchObject({
    code: 'api/disconnected',
    message: expect.stringMatching(
      /is gone, or the connection.*goes on with what it was doing.*halt --host/,
    ) as string,
  });
  expect(existsSync(out)).toBe(false);
  expect((await stateNow()).run).toMatchObject({state: 'running'});
  http = await openTransport();
  const halted = await onHost(['halt', '--reason', 'the test']).finished;
  expect(halted).toMatchObject({code: 0, stdout: expect.stringContaining('RF is proven off') as string});
});
