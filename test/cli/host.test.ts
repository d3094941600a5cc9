import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {hostAddressFrom} from '../../src/cli/host-options.ts';
import {createRouter} from '../../src/host/api/router.ts';
import {startHttpTransport, type HttpTransport} from '../../src/host/api/transport/http.ts';
import {startHost, until, type TestHost} from '../host/bench-service/bench-fixture.ts';
import {createSmallDesign, type SmallDesign} from '../virtual/small-design.ts';
import {createTestFolder, errorOf, jsonOf, startHere, type CliResult, type TestFolder} from './run-cli.ts';

const tokens = {
  read: 'read-token-0123456789',
  operate: 'operate-token-0123456789',
  admin: 'admin-token-0123456789',
};
let host: TestHost;
let http: HttpTransport;
let folder: TestFolder;
let small: SmallDesign;
beforeAll(async () => {
  folder = createTestFolder();
  small = await createSmallDesign();
  host = await startHost();
  const router = createRouter(host.services, {links: () => [], openApiPath: '/openapi.json'});
  http = await startHttpTransport({services: host.services, router, tokens, port: 0});
  await host.api.bench.open({
    kind: 'virtual',
    seed: 3,
    speed: 100,
    isNoisy: false,
    plateModel: 'thin',
    designFolder: small.folder,
  });
});
afterAll(async () => {
  await http?.close();
  await host?.[Symbol.asyncDispose]();
  small?.[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const url = (): string => `http://127.0.0.1:${http.port}`;
/** Runs a command on the running host, and not on its own data folder. */
const onHost = (args: readonly string[], token: string = tokens.admin): Promise<CliResult> =>
  startHere([...args, '--host', url(), '--token', token], folder.file('unused')).finished;
const alone = (args: readonly string[]): Promise<CliResult> => startHere(args, folder.file('own')).finished;
/** Options with which a command opens the same bench as the host has. */
const sameBench = (): string[] => [
  ...['--seed', '3', '--speed', '100', '--noise', 'off'],
  ...['--design', small.folder, '--plate-model', 'thin'],
];
const stateNow = async () => host.api.bench.status({});

describe('a command on a running host', () => {
  it('gives the same list of drivers as one on its own', async () => {
    const [remote, own] = await Promise.all([
      onHost(['instrument', 'list', '--json']),
      alone(['instrument', 'list', '--json']),
    ]);
    expect(jsonOf(remote)).toEqual(jsonOf(own));
    expect(remote.stderr).toBe(own.stderr);
  });

  it('walks a scan dry on the open bench as on one of its own', async () => {
    const args = [
      'scan',
      '--plan',
      'grid',
      '--width-mm',
      '4',
      '--height-mm',
      '2',
      '--step-mm',
      '1',
      '--dry-run',
    ];
    const remote = await onHost([...args, '--json']);
    const own = await alone([...args, '--json', ...sameBench()]);
    expect(remote.code, remote.stderr).toBe(0);
    const [first, second] = [jsonOf(remote), jsonOf(own)] as {seconds: number}[];
    // The time depends on where the stage stands.
    expect({...first, seconds: 0}).toEqual({...second, seconds: 0});
    expect(remote.stderr).toContain('in use as it is open in the running program');
  });

  it('measures a scan into the data of the host and leaves its bench open', async () => {
    const args = [
      'scan',
      '--plan',
      'line',
      '--axis',
      'x',
      '--start-mm',
      '-2',
      '--stop-mm',
      '2',
      '--step-mm',
      '1',
    ];
    const out = folder.file('line.csv');
    const remote = jsonOf(await onHost([...args, '--json', '--out', out])) as Record<string, unknown>;
    const own = jsonOf(await alone([...args, '--json', ...sameBench()])) as Record<string, unknown>;
    expect(Object.keys(remote)).toEqual(Object.keys(own));
    const told = ({points, plan, quantity}: Record<string, unknown>) => ({points, plan, quantity});
    expect(told(remote)).toEqual(told(own));
    expect(remote).toMatchObject({out, runs: [{planName: 'line', points: 5, exitStatus: 'success'}]});
    expect(remote['maxV']).toBeCloseTo(own['maxV'] as number, 4);
    expect(host.services.store.getSession(String(remote['session'])).title).toContain('line scan');
    expect((await stateNow()).bench).toMatchObject({state: 'open', seed: 3});
  });

  it('moves the stage of the open bench and says where it is', async () => {
    const moved = jsonOf(await onHost(['stage', 'move', '--x-mm', '3', '--json']));
    expect(jsonOf(await onHost(['stage', 'where', '--json']))).toEqual(moved);
    expect((moved as {positionMm: {x: number}}).positionMm.x).toBeCloseTo(3, 2);
    const got = await onHost(['instrument', 'get', '--role', 'lockin', 'timeConstantS']);
    expect(got.stdout).toBe('timeConstantS = 0.03 s\n');
  });

  it('is stopped by Ctrl-C with its points kept; the host goes on', async () => {
    const plan = JSON.stringify({plan: 'grid', widthMm: 40, heightMm: 40, stepMm: 1});
    const running = startHere(
      ['scan', '--plan', plan, '--json', '--host', url(), '--token', tokens.admin],
      '',
    );
    await until(async () => ((await stateNow()).run?.pointCount ?? 0) > 5);
    running.interrupt();
    const result = await running.finished;
    expect(result.code).toBe(130);
    expect(errorOf(result)).toMatchObject({
      code: 'plan/aborted',
      message: expect.stringMatching(/^Stopped by Ctrl-C\..* points are kept in session/) as string,
    });
    expect(await stateNow()).toMatchObject({
      bench: {state: 'open'},
      run: {state: 'ended', exitStatus: 'abort', reason: 'stopped by Ctrl-C'},
    });
  });

  it('may do what its token may, and is refused with the reason otherwise', async () => {
    const home = await onHost(['stage', 'home'], tokens.read);
    expect(errorOf(home)).toMatchObject({
      code: 'api/denied',
      message: expect.stringContaining('Nothing was done') as string,
    });
    const wrong = await onHost(['instrument', 'list'], 'wrong-token-0123456789');
    expect(errorOf(wrong)).toMatchObject({code: 'api/unauthorised'});
    expect(wrong.code).toBe(1);
  });

  it('that has another bench open is refused before anything is sent', async () => {
    const other = await onHost(['scan', '--bench', 'other.yaml', '--plan', 'beam-find']);
    expect(errorOf(other)).toMatchObject({code: 'bench/busy'});
  });
});

describe('the address of a host', () => {
  it('that does not answer is told, and what to do', async () => {
    const {finished} = startHere(['instrument', 'list', '--host', 'http://127.0.0.1:1', '--token', 'x'], '');
    expect(errorOf(await finished)).toMatchObject({
      code: 'api/disconnected',
      message: expect.stringContaining('http://127.0.0.1:1') as string,
    });
  });

  it('comes with its token from options, environment or the link of the About page', () => {
    const known = {url: 'http://127.0.0.1:7', token: 'abc'};
    expect(hostAddressFrom({}, {})).toBeUndefined();
    expect(hostAddressFrom({host: 'http://127.0.0.1:7/#token=abc'}, {})).toEqual(known);
    expect(hostAddressFrom({host: 'http://127.0.0.1:7', token: 'abc'}, {D2NN_BENCH_TOKEN: 'other'})).toEqual(
      known,
    );
    expect(hostAddressFrom({}, {D2NN_BENCH_HOST: 'http://127.0.0.1:7', D2NN_BENCH_TOKEN: 'abc'})).toEqual(
      known,
    );
  });

  it.each([['nonsense'], ['ftp://127.0.0.1:7'], ['http://127.0.0.1:7']])(
    '"%s" alone is refused',
    async (text) => {
      const {finished} = startHere(['instrument', 'list', '--host', text], '');
      const result = await finished;
      expect(result.code).toBe(2);
      expect(errorOf(result)).toMatchObject({code: 'cli/usage'});
    },
  );
});
