import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {duplexPair} from 'node:stream';
import type {Duplex} from 'node:stream';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createClock} from '../../../src/base/clock.ts';
import {benchFileSchema} from '../../../src/contract/bench-file.ts';
import {createRegistry} from '../../../src/host/devices/registry.ts';
import type {Registry} from '../../../src/host/devices/registry.ts';
import {createPortLocks} from '../../../src/host/serial/port-lock.ts';
import {FakeGrbl} from '../../drivers/fake-grbl.ts';
import {openTestPty} from '../serial/pty.ts';

let folder: string;
let registry: Registry;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-test-'));
  registry = createRegistry({clock: createClock(50), locks: createPortLocks(folder)});
});
afterEach(() => rmSync(folder, {recursive: true}));

/** Answers lines from a table; what is not in it stays silent. Returns what was received. */
function answering(stream: Duplex, table: Readonly<Record<string, string>>, terminator: string): string[] {
  const received: string[] = [];
  let rest = '';
  stream.on('data', (bytes: Buffer) => {
    const lines = (rest + bytes.toString()).split(/[\r\n]/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      received.push(line);
      const answers = line.split(';').flatMap((part) => table[part] ?? []);
      if (answers.length > 0) stream.write(answers.map((answer) => answer + terminator).join(''));
    }
  });
  return received;
}

const lockInAnswers: Record<string, string> = {
  '*IDN?': 'Stanford_Research_Systems,SR830,s/n1,ver1.07',
  'LIAS?': '0',
  'SNAP?1,2,3,4': '0.3,0.4,0.5,53.1301',
  ...Object.fromEntries(
    'PHAS FMOD RSLP HARM ISRC IGND ICPL ILIN SENS RMOD OFSL OFLT SYNC SRAT SEND TSTR SPTS LOCL KCLK ALRM'
      .split(' ')
      .map((name) => [`${name}?`, '1']),
  ),
  'FREQ?': '1000',
  'SLVL?': '1',
  ...Object.fromEntries(
    [1, 2, 3, 4].flatMap((i) => [
      [`DDEF? ${i}`, '0,0'],
      [`FPOP? ${i}`, '0'],
      [`OEXP? ${i}`, '0,0'],
      [`AUXV? ${i}`, '0'],
      [`OAUX? ${i}`, '0'],
    ]),
  ),
};
const sourceAnswers: Record<string, string> = {
  '*IDN?': 'Hittite,HMC-T2220,000123,1.2',
  'OUTP?': '0',
  'SYST:ERR?': '0,"No error"',
  'FREQ?': '1e10',
  'POW?': '-20',
};
const benchFile = benchFileSchema.parse({
  format: 'd2nn-bench/bench',
  version: 1,
  name: 'test',
  stage: {
    driver: 'grbl',
    link: {port: 'a'},
    axes: {x: {machineAxis: 'x', limitsMm: [-50, 50]}},
    homeAtStart: false,
  },
  lockin: {driver: 'sr830', link: {port: 'b'}},
  source: {
    driver: 'scpi-source',
    link: {host: 'c'},
    multiplier: 36,
    outputFrequencyHz: 4e11,
    powerDbm: -3,
    maxPowerDbm: 0,
  },
});

describe('registry', () => {
  it('lists its drivers with all that a window needs', () => {
    expect(registry.drivers.map(({name}) => name)).toEqual([
      'sr830',
      'keithley-2000',
      'grbl',
      'scpi-source',
      'zaber',
    ]);
    expect(JSON.parse(JSON.stringify(registry.drivers))).toEqual(registry.drivers);
  });

  it('connects a bench over streams, source first, and turns RF off when it ends', async () => {
    const [stage, stageDevice] = duplexPair();
    const [lockin, lockinDevice] = duplexPair();
    const [source, sourceDevice] = duplexPair();
    const fake = new FakeGrbl(stageDevice);
    answering(lockinDevice, lockInAnswers, '\r');
    const received = answering(sourceDevice, sourceAnswers, '\n');
    const bench = await registry.connectBench(benchFile, {streams: {stage, detector: lockin, source}});
    expect([bench.stage.role, bench.detector.role, bench.source.role]).toEqual(['stage', 'lockin', 'source']);
    expect(await bench.stage.moveTo({x: 1})).toEqual({x: 1});
    expect((await bench.detector.read()).rV).toBe(0.5);
    await bench[Symbol.asyncDispose]();
    expect(received.slice(-2)).toEqual(['OUTP OFF', 'OUTP?']);
    fake.dispose();
  });

  it('closes what it had opened when the next instrument fails', async () => {
    const [source, sourceDevice] = duplexPair();
    const received = answering(sourceDevice, sourceAnswers, '\n');
    await expect(registry.connectBench(benchFile, {streams: {source}})).rejects.toMatchObject({
      code: 'port/not-found',
    });
    expect(received.filter((line) => line === 'OUTP OFF')).toHaveLength(2);
    expect(source.destroyed).toBe(true);
  });

  it('refuses a driver that does not exist or is for something else', async () => {
    await expect(registry.connectByPort('sr844', {port: 'x'})).rejects.toMatchObject({
      code: 'device/unknown',
    });
    await expect(registry.connectStage({...benchFile.stage, driver: 'sr830'})).rejects.toMatchObject({
      code: 'file/invalid',
    });
  });

  it('says in one line that an instrument is silent, what was tried and what it may be', async () => {
    const [stream, device] = duplexPair();
    device.resume();
    await expect(registry.connectByPort('sr830', {port: 'x'}, {stream})).rejects.toMatchObject({
      code: 'port/timeout',
      message: expect.stringMatching(/^No SR830 answered.*likely causes.*baud rate[^\n]*$/) as string,
    });
  });

  it('says what stands where a stage was named', async () => {
    const [stream, device] = duplexPair();
    answering(device, lockInAnswers, '\r');
    await expect(registry.connectByPort('grbl', {port: 'x'}, {stream})).rejects.toMatchObject({
      code: 'device/wrong-instrument',
      message: expect.stringContaining('SR830') as string,
    });
  });

  const pty = openTestPty();
  const hasPty = pty !== undefined;
  pty?.unplug();

  it.skipIf(!hasPty)('probes through a real path and leaves it free', async () => {
    using device = openTestPty();
    if (device === undefined) return;
    answering(device.device, lockInAnswers, '\r');
    for (let time = 0; time < 2; time++) {
      const probed = await registry.probe('sr830', {port: device.path});
      expect(probed).toMatchObject({
        port: device.path,
        identity: {model: 'SR830'},
        settings: {timeConstantS: 3e-5, slopeDbPerOctave: 12},
        reading: {rV: 0.5},
        readingError: null,
      });
    }
  });

  it.skipIf(!hasPty)('finds a stage where a lock-in was named', async () => {
    using device = openTestPty();
    if (device === undefined) return;
    const fake = new FakeGrbl(device.device);
    await expect(registry.probe('sr830', {port: device.path})).rejects.toMatchObject({
      code: 'device/wrong-instrument',
      message: expect.stringMatching(/answered "(error|<Idle)/) as string,
    });
    fake.dispose();
  });

  it('keeps a source without a bench file below 0 dBm', async () => {
    const [stream, device] = duplexPair();
    answering(device, sourceAnswers, '\n');
    const source = await registry.connectByPort('scpi-source', {host: 'x'}, {stream});
    await expect(source.set('powerDbm', 1)).rejects.toMatchObject({code: 'source/limit'});
    await source[Symbol.asyncDispose]();
  });
});
