import {fork, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {hostEnvironment, readFromHost} from '../../../src/contract/host-process.ts';
import {guardReportRecord, type GuardReport} from '../../../src/contract/stored/guard-records.ts';
import {startVirtualBench, type VirtualBench} from '../../../src/virtual/spawn.ts';
import {openStore} from '../../../src/host/store/open-store.ts';
import {createSmallDesign, dimScene, type SmallDesign} from '../../virtual/small-design.ts';
import {benchFileOf, createTestFolder, storedRuns, type TestFolder} from '../../cli/run-cli.ts';

const token = 'admin-token-0123456789';
let folder: TestFolder;
let bench: VirtualBench;
let small: SmallDesign;
let children: ChildProcess[];

beforeEach(async () => {
  children = [];
  folder = createTestFolder();
  small = await createSmallDesign();
});
/** Owned by the test: it goes on when the host is gone. `speed`: how much faster its stage is than a real one. */
async function startBench(speed: number): Promise<void> {
  bench = await startVirtualBench({speed, noise: false, designFolder: small.folder, settings: dimScene});
  writeFileSync(join(folder.path, 'bench.json'), benchFileOf(bench));
}
afterEach(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  await expect.poll(guardsOnDuty).toEqual([]);
  await bench[Symbol.asyncDispose]();
  small[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const guardFiles = (): string[] => {
  try {
    return readdirSync(join(folder.path, 'guard'));
  } catch {
    return [];
  }
};
const guardsOnDuty = (): string[] => guardFiles().filter((name) => name.startsWith('on-duty-'));
const reports = (): GuardReport[] =>
  guardFiles()
    .filter((name) => /^report-.*json$/.test(name))
    .flatMap(
      (name) =>
        guardReportRecord.readText(readFileSync(join(folder.path, 'guard', name), 'utf8')).value ?? [],
    );

interface StartedHost {
  readonly child: ChildProcess;
  readonly ask: (path: string, body?: unknown) => Promise<Record<string, unknown>>;
}

/** A host with the bench file open, as the launcher starts it. */
async function startHost(env: NodeJS.ProcessEnv = {}): Promise<StartedHost> {
  const child = fork(
    new URL('../../../src/host/index.ts', import.meta.url),
    ['--http-port', '0', '--bench', join(folder.path, 'bench.json')],
    {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {
        ...process.env,
        [hostEnvironment.data]: folder.path,
        [hostEnvironment.tokens]: JSON.stringify({admin: token, operate: `${token}o`, read: `${token}r`}),
        D2NN_BENCH_GUARD: 'on',
        ...env,
      },
    },
  );
  children.push(child);
  const port = await new Promise<number | undefined>((resolve, reject) => {
    child.on('message', (message) => {
      const known = readFromHost(message);
      if (known?.type === 'ready') resolve(known.port);
      if (known?.type === 'fatal') reject(new Error(known.message));
    });
  });
  const ask = async (path: string, body: unknown = {}): Promise<Record<string, unknown>> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
      method: 'POST',
      headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json'},
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  await expect
    .poll(async () => ((await ask('/bench/status'))['bench'] as {state: string}).state)
    .toBe('open');
  return {child, ask};
}

/** A host in the midst of a scan: RF is on, points come. */
async function startScanning(env: NodeJS.ProcessEnv = {}): Promise<StartedHost> {
  const host = await startHost(env);
  await host.ask('/stage/home');
  const started = await host.ask('/scan/start', {
    plan: {plan: 'grid', widthMm: 40, heightMm: 40, stepMm: 1},
  });
  expect(started, JSON.stringify(started)).toHaveProperty('id');
  const pointCount = async (): Promise<number> =>
    ((await host.ask('/bench/status'))['run'] as {pointCount: number}).pointCount;
  await expect.poll(pointCount).toBeGreaterThan(3);
  expect((await bench.readState()).isOutputOn).toBe(true);
  return host;
}

async function expectSafe(): Promise<void> {
  const {isOutputOn, isMoving, probeMm} = await bench.readState();
  expect({isOutputOn, isMoving}, JSON.stringify(reports())).toEqual({isOutputOn: false, isMoving: false});
  await delay(300);
  expect((await bench.readState()).probeMm).toEqual(probeMm);
}

describe('a host that is gone', () => {
  it('killed in mid-scan: RF is off and the stage stands; the next start says so with the run, and its normal end needs no guard', async () => {
    await startBench(10);
    const {child} = await startScanning();
    child.kill('SIGKILL');
    await expect.poll(reports).toHaveLength(1);
    await expectSafe();
    const [report] = reports();
    expect(report).toMatchObject({cause: 'died', host: {pid: child.pid}, isReported: false});
    expect(report.instruments.find(({kind}) => kind === 'source')).toMatchObject({
      outcome: 'safe',
      text: 'RF of the source is off, as it answers.',
    });
    const [run] = storedRuns(folder.path);
    expect(report.run).toEqual({uid: run.uid, title: `run ${run.scanId} (grid)`});

    const next = await startScanning();
    expect(guardsOnDuty()).toHaveLength(1);
    const log = JSON.stringify(await next.ask('/log', {after: 0}));
    expect(log).toContain(`(process ${child.pid}) died`);
    expect(log).toContain('while run 1 (grid) was under way');
    next.child.kill('SIGTERM');
    await once(next.child, 'exit');
    using store = openStore(join(folder.path, 'bench.sqlite'), {readOnly: true});
    const notes = store.listNotes(run.sessionUid).filter(({author}) => author === 'guard process');
    expect(notes).toMatchObject([{runUid: run.uid}]);
    expect(notes[0].text).toContain('RF of the source is off');
    // Told once; its guard ended with the second host, in mid-scan too, and has done nothing.
    await expect.poll(guardsOnDuty).toEqual([]);
    expect(reports()).toMatchObject([{isReported: true}]);
    expect((await bench.readState()).isOutputOn).toBe(false);
  });

  it('suspended in mid-scan: it goes on and says so; for longer than is stated, it is ended and the bench made safe', async () => {
    await startBench(10);
    const {child, ask} = await startScanning({D2NN_BENCH_HANG_S: '9'});
    const ended = once(child, 'exit');
    child.kill('SIGSTOP');
    await delay(5000);
    child.kill('SIGCONT');
    const log = async (): Promise<string> => JSON.stringify(await ask('/log', {after: 0}));
    await expect.poll(log).toContain('This program stood still for');
    expect(reports()).toEqual([]);
    expect(((await ask('/bench/status'))['run'] as {state: string}).state).toBe('running');

    child.kill('SIGSTOP');
    await expect.poll(reports).toHaveLength(1);
    expect(await ended).toEqual([null, 'SIGKILL']);
    await expectSafe();
    const [report] = reports();
    expect(report).toMatchObject({cause: 'hung', isHostEnded: true});
    expect(report.silentS).toBeGreaterThan(9);
    expect(report.instruments.every(({outcome}) => outcome === 'safe')).toBe(true);
    using store = openStore(join(folder.path, 'bench.sqlite'), {readOnly: true});
    const [run] = storedRuns(folder.path);
    expect(
      store
        .listNotes(run.sessionUid)
        .map(({text}) => text)
        .join(' '),
    ).toContain('stood still');
  });

  it('killed while the stage is jogged: it does not run on to its limit', async () => {
    await startBench(1);
    const {child, ask} = await startHost();
    await ask('/stage/home');
    const [beforeMm] = (await bench.readState()).probeMm;
    const hold = ask('/stage/jog-hold', {
      pressId: 'p',
      direction: {x: beforeMm > 0 ? -1 : 1},
      speedMmPerS: 5,
      holdMs: 1000,
    }).catch(() => undefined);
    await expect.poll(async () => (await bench.readState()).isMoving).toBe(true);
    child.kill('SIGKILL');
    await hold;
    await expect.poll(reports).toHaveLength(1);
    await expectSafe();
    expect(reports()[0].instruments).toMatchObject([{kind: 'stage', outcome: 'safe'}]);
  });
});
