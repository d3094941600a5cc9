import {once} from 'node:events';
import {readFile, writeFile} from 'node:fs/promises';
import {createServer, type AddressInfo} from 'node:net';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {grid, startHost, storedRun, until, type TestHost} from './bench-fixture.ts';

const speed = 30;
let at: TestHost;

beforeAll(async () => {
  at = await startHost({timeoutScale: 1, smallPlates: 3});
});
afterAll(() => at[Symbol.asyncDispose]());

const status = () => at.api.bench.status({});
const instrument = async (role: string) =>
  (await status()).instruments.find((candidate) => candidate.role === role);

describe('states of the bench', () => {
  it('says calmly that nothing is open, and refuses what needs a bench', async () => {
    expect((await status()).bench).toMatchObject({state: 'closed', problem: null});
    expect(await at.api.app.halt({})).toMatchObject({
      sentence: 'No bench is open: there is nothing to stop.',
      problems: [],
    });
    await expect(at.api.stage.home()).rejects.toMatchObject({data: {code: 'bench/closed'}});
    await expect(at.api.scan.dryRun({plan: grid(2)})).rejects.toMatchObject({data: {code: 'bench/closed'}});
    expect(await at.api.source.interlocks()).toMatchObject([{name: 'bench-open', isHolding: false}]);
    expect(await at.api.bench.close()).toEqual({problems: []});
  });

  it('tells why a bench file cannot be opened, and stays usable', async () => {
    const path = join(at.folder, 'broken.yaml');
    await writeFile(path, 'format: d2nn-bench/bench\nversion: 1\n');
    expect(await at.api.bench.checkFile({path})).toMatchObject({
      name: '',
      problem: expect.stringContaining(path) as string,
    });
    await expect(at.api.bench.open({kind: 'file', path})).rejects.toMatchObject({
      data: {code: 'file/invalid'},
    });
    expect((await status()).bench).toMatchObject({state: 'failed', path, problem: {code: 'file/invalid'}});
    const log = await at.api.app.log({});
    expect(log.entries.at(-1)).toMatchObject({level: 'error', source: 'bench', code: 'file/invalid'});
  });

  it('names role, driver and port of the instrument that keeps a bench from being opened', async () => {
    // A port that was free a moment ago: nobody answers there.
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const {port} = server.address() as AddressInfo;
    server.close();
    const path = join(at.folder, 'nobody.yaml');
    const example = await readFile(new URL('../../../benches/example.yaml', import.meta.url), 'utf8');
    await writeFile(path, example.replace('192.168.1.20', '127.0.0.1').replace('5025', String(port)));
    await expect(at.api.bench.open({kind: 'file', path})).rejects.toThrow(
      `The source (scpi-source at 127.0.0.1:${port}) could not be connected: `,
    );
    expect((await status()).bench).toMatchObject({
      state: 'failed',
      path,
      problem: {details: {role: 'source', driver: 'scpi-source', port: `127.0.0.1:${port}`}},
    });
    await writeFile(path, example.replace('driver: sr830', 'driver: sr831'));
    const {problem} = await at.api.bench.checkFile({path});
    expect(problem).toContain('sr831');
  });

  it('breaks the opening off when it is stopped', async () => {
    const opening = at.api.bench.open({kind: 'virtual', speed});
    const refused = expect(opening).rejects.toMatchObject({data: {code: 'plan/aborted'}});
    await until(async () => (await status()).bench.state === 'opening');
    await expect(at.api.bench.open({kind: 'virtual'})).rejects.toMatchObject({data: {code: 'bench/busy'}});
    expect((await at.api.app.halt({})).sentence).toContain('broken off');
    await refused;
    expect((await status()).bench.state).toBe('closed');
  });

  it('opens, shows each instrument with a light and a word, and closes again', async () => {
    await at.api.bench.open({kind: 'virtual', speed, seed: 7});
    expect((await status()).bench).toMatchObject({state: 'open', kind: 'virtual', seed: 7, speed});
    await until(async () => (await instrument('lockin'))?.label === 'no reference');
    // Nothing drives the reference before RF is on, and GRBL is locked until it is homed.
    expect(await instrument('lockin')).toMatchObject({light: 'off', model: 'SR830'});
    expect(await instrument('stage')).toMatchObject({light: 'attention', label: 'not homed'});
    expect(await instrument('source')).toMatchObject({light: 'off', label: 'RF off'});
    expect((await at.api.app.settings()).lastBench).toMatchObject({kind: 'virtual', seed: 7, speed});
    await at.api.stage.home();
    await until(async () => (await instrument('stage'))?.label === 'idle');
    await at.api.source.turnOn({});
    await until(async () => (await instrument('lockin'))?.label === 'ok');
    await at.api.instruments.set({role: 'lockin', name: 'sensitivityV', value: 1e-5});
    await at.api.stage.moveTo({targetMm: {x: 0, y: 0}});
    await until(async () => (await instrument('lockin'))?.label === 'overload');
    expect((await status()).lockin).toMatchObject({isValid: false, reading: null});
    expect(await at.api.bench.close()).toEqual({problems: []});
    expect((await status()).bench.state).toBe('closed');
    expect((await status()).instruments).toEqual([]);
  });

  it('says that an instrument is gone, ends the run by the engine, and the others go on', async () => {
    await at.api.bench.open({kind: 'virtual', speed});
    await at.api.scan.start({plan: grid(20)});
    await until(async () => ((await status()).run?.pointCount ?? 0) > 5);
    await at.virtual().unplug('sr830');
    const run = await until(async () => {
      const {run: found} = await status();
      return found?.state === 'ended' && found;
    });
    expect(run).toMatchObject({exitStatus: 'fail', reason: expect.stringContaining('closed') as string});
    expect(storedRun(at, run.runUid)).toMatchObject({
      exitStatus: 'fail',
      pointCount: run.pointCount,
    });
    expect(await instrument('lockin')).toMatchObject({
      light: 'fault',
      label: 'not connected',
      problem: expect.stringMatching(/lockin|SR830|port/i) as string,
    });
    const log = await at.api.app.log({});
    expect(
      log.entries.some(
        ({level, source, text}) => level === 'error' && source === 'lockin' && text.includes('gone'),
      ),
    ).toBe(true);
    // The stage is still there.
    await at.api.stage.moveTo({targetMm: {x: 3, y: 3}});
    await at.virtual().unplug('grbl');
    await until(async () => (await instrument('stage'))?.light === 'fault');
    const halt = await at.api.app.halt({});
    expect(halt.problems.join(' ')).toContain('emergency stop');
    expect((await at.virtual().readState()).isOutputOn).toBe(false);
  });

  it('ends everything safely when the program ends', async () => {
    const problems = await at.host.shutDown('enough');
    expect(problems.filter((problem) => !/port|closed/i.test(problem))).toEqual([]);
    expect(await at.host.ended).toEqual(problems);
    expect(() => at.services.store.listSessions()).toThrow();
  });
});
