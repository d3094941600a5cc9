import {Duplex} from 'node:stream';
import fc from 'fast-check';
import {describe, expect, it, onTestFinished} from 'vitest';
import {createClock} from '../../src/base/clock.ts';
import {detectorSchema, mountSchema, sourceSchema, stageSchema} from '../../src/contract/bench-file.ts';
import {
  createDeviceConnection,
  type DeviceConnection,
} from '../../src/host/bench-service/device-connection.ts';
import {createRegistry, type ConnectOptions, type DriverDevice} from '../../src/host/devices/registry.ts';
import type {PortInfo} from '../../src/host/serial/list-ports.ts';
import {createBench} from '../../src/virtual/bench.ts';
import type {VirtualInstrument} from '../../src/virtual/byte-line.ts';
import {Zaber} from '../../src/virtual/instruments/zaber.ts';
import {createDuplex} from '../../src/virtual/port.ts';
import {Middle, plugIn, type Plug} from './middle.ts';
import {until} from '../host/bench-service/bench-fixture.ts';

/** A port that comes back: nothing but the question who is there before it is proven to be the same instrument. */

const speed = 20;
const registry = createRegistry({clock: createClock(speed)});
/** Ended after the test, the last one first. */
type Keep = (one: () => Promise<void>) => void;

const bench = (keep: Keep) => {
  const own = createBench({speed, profile: 'bench'});
  keep(() => own.dispose());
  const axis = {unitPerStep: 0.000047625, travel: 12.7, start: 6.35};
  const zaber = new Zaber({time: own.time, devices: [[axis], [axis]]});
  keep(async () => zaber.dispose());
  return {...own.instruments, zaber} as const;
};
type Instruments = ReturnType<typeof bench>;

const linear = {axis: 1, mmPerStep: 0.000047625, limitsMm: [-3, 3]};
const link = {port: 'given as a stream'};
const kinds = {
  sr830: {
    connect: (call: ConnectOptions) =>
      registry.connectDetector(detectorSchema.parse({driver: 'sr830', link, settings: {}}), call),
    question: /^(?:\*IDN\?\r)+$/,
    disguise: (reply: string) => reply.replace(/s\/n\d+/i, 's/n99999'),
  },
  'keithley-2000': {
    connect: (call: ConnectOptions) =>
      registry.connectDetector(detectorSchema.parse({driver: 'keithley-2000', link, settings: {}}), call),
    question: /^(?:\*IDN\?\n)+$/,
    disguise: (reply: string) => reply.replace('1234567', '7654321'),
  },
  'scpi-source': {
    connect: (call: ConnectOptions) =>
      registry.connectSource(
        sourceSchema.parse({
          driver: 'scpi-source',
          link,
          multiplier: 36,
          outputFrequencyHz: 4e11,
          powerDbm: 10,
          maxPowerDbm: 13,
        }),
        call,
      ),
    question: /^(?:\*IDN\?\n)+$/,
    disguise: (reply: string) => reply.replace('MY00000001', 'MY00000002'),
  },
  grbl: {
    connect: (call: ConnectOptions) => {
      const axis = (machineAxis: string) => ({machineAxis, limitsMm: [-50, 50]});
      return registry.connectStage(
        stageSchema.parse({driver: 'grbl', link, axes: {x: axis('x'), y: axis('y')}, homeAtStart: false}),
        call,
      );
    },
    question: /^(?:\$I\n)+$/,
    // It has no serial number; a name given by `$I=` stands in its place.
    disguise: (reply: string) => reply.replace(/^(\[VER:[^:]*:)\]/, '$1the other stage]'),
  },
  zaber: {
    connect: (call: ConnectOptions) =>
      registry.connectMount(
        mountSchema.parse({
          driver: 'zaber',
          link,
          plates: [1, 2].map((address) => ({plate: address, address, axes: {x: linear}})),
        }),
        call,
      ),
    question:
      /^(?:\/\d+ \d+ \d+ get (?:version|device\.id|deviceid|system\.serial|peripheral\.id|peripheralid):[0-9A-F]{2}\n)+$/,
    // The second device of the chain.
    disguise: (reply: string) => {
      const [, body] = /^@(.*81002)\r\n$/.exec(reply) ?? [];
      return body === undefined ? reply : `@${body.replace('81002', '90000')}\r\n`;
    },
  },
} as const;
type Name = keyof typeof kinds;
const names = Object.keys(kinds) as readonly Name[];

/** A place on a bench whose port leads to whatever stands there now. */
function placeOf(keep: Keep, name: Name, first: Duplex) {
  let next = first;
  const sentences: string[] = [];
  const connection: DeviceConnection = createDeviceConnection<DriverDevice>({
    role: 'one',
    driver: name,
    portText: 'a port',
    connect: (call) => kinds[name].connect({...call, stream: next}),
    mayTry: () => false,
    onChange: () => undefined,
    onSentence: (_level, text) => sentences.push(text),
  });
  keep(() => connection.close().catch(() => undefined)); // one that is lost cannot be proven off
  return {
    connection,
    sentences,
    /** Pulls the plug and puts something else there. */
    async exchange(other: Duplex): Promise<void> {
      next.destroy();
      await until(() => connection.state === 'lost');
      next = other;
    },
    put: (other: Duplex) => (next = other),
  };
}

const standing = (instrument: VirtualInstrument) => {
  const middle = new Middle(instrument);
  return {middle, stream: () => createDuplex(middle)};
};

describe.concurrent.each(names)('%s', (name) => {
  it('lets no other of its model in, by its serial number or name, and the same one again', async ({
    expect,
    onTestFinished: keep,
  }) => {
    const {middle, stream} = standing(bench(keep)[name]);
    const place = placeOf(keep, name, stream());
    await place.connection.connect();
    await place.exchange(stream());
    middle.disguise = kinds[name].disguise;
    middle.forget();
    await expect(place.connection.connect()).rejects.toMatchObject({
      code: 'device/wrong-instrument',
      message: expect.stringMatching(
        /Another instrument answers .* in the place of the one: .* instead of/,
      ) as string,
    });
    expect(middle.received).toMatch(kinds[name].question);
    expect(() => place.connection.require()).toThrow(/not connected/);
    middle.disguise = undefined;
    place.put(stream());
    await place.connection.connect();
    expect(place.connection.state).toBe('connected');
  });

  it('sends nothing else to any other instrument of the bench', async ({expect, onTestFinished: keep}) => {
    const own = bench(keep);
    const others = (Object.keys(own) as (keyof Instruments)[]).filter((other) => other !== name);
    await Promise.all(
      others.map(async (other) => {
        const place = placeOf(keep, name, createDuplex(bench(keep)[name]));
        await place.connection.connect();
        const {middle, stream} = standing(own[other]);
        await place.exchange(stream());
        await expect(place.connection.connect()).rejects.toThrow();
        expect(middle.received).toMatch(kinds[name].question);
      }),
    );
  });

  it('sends nothing else to what answers anything at all', async ({expect, onTestFinished: keep}) => {
    const instrument = bench(keep)[name];
    const answer = fc.oneof(
      fc.constantFrom(
        '',
        'ok',
        'error:8',
        'error:9',
        'error:3',
        '@01 0 00 OK IDLE -- 0',
        '0',
        '?',
        'Grbl 1.1h',
      ),
      fc.constantFrom("Grbl 1.1f ['$' for help]", '[VER:1.1f.2017:]', 'Agilent Technologies,N5183A,,'),
      fc.string({unit: 'binary-ascii', maxLength: 30}),
    );
    const answers = fc.array(fc.array(answer, {maxLength: 3}), {minLength: 1, maxLength: 6});
    const properties = fc.asyncProperty(answers, fc.constantFrom('\r', '\n', '\r\n'), async (all, end) => {
      const place = placeOf(keep, name, createDuplex(instrument));
      await place.connection.connect();
      let received = '';
      let count = 0;
      const stranger: Duplex = new Duplex({
        read: () => undefined,
        write(chunk: Buffer, _encoding, done) {
          for (const character of chunk.toString('latin1')) {
            received += character;
            if (!/[\r\n]/.test(character)) continue;
            for (const text of all[count++ % all.length] ?? [])
              stranger.push(Buffer.from(text + end, 'latin1'));
          }
          done();
        },
      });
      await place.exchange(stranger);
      await expect(place.connection.connect()).rejects.toThrow();
      expect(received).toMatch(kinds[name].question);
      await place.connection.close().catch(() => undefined); // RF off was proven before
    });
    await fc.assert(properties, {numRuns: 3, endOnFailure: true});
  });
});

it.each(['serial', 'tcp'] as const)(
  'a stranger under the old name of a %s port gets one question',
  async (carrier) => {
    if (carrier === 'serial' && process.platform === 'win32') return;
    const keep: Keep = onTestFinished;
    const own = bench(keep);
    const middle = new Middle(own['scpi-source']);
    const plug: Plug = await plugIn(middle, carrier);
    keep(async () => plug[Symbol.asyncDispose]());
    const {address} = plug;
    const sourceLink = 'path' in address ? {port: address.path} : {host: address.host, tcpPort: address.port};
    const config = sourceSchema.parse({
      driver: 'scpi-source',
      link: sourceLink,
      multiplier: 36,
      outputFrequencyHz: 4e11,
      powerDbm: 10,
      maxPowerDbm: 13,
    });
    const sentences: string[] = [];
    let mayTry = false;
    const connection = createDeviceConnection({
      role: 'source',
      driver: 'scpi-source',
      portText: 'a port',
      connect: (call) => registry.connectSource(config, call),
      mayTry: () => mayTry,
      onChange: () => undefined,
      onSentence: (_level, text) => sentences.push(text),
    });
    keep(() => connection.close().catch(() => undefined)); // one that is lost cannot be proven off
    await connection.connect();
    await plug.pull();
    await until(() => connection.state === 'lost');
    middle.forget();
    middle.disguise = kinds['scpi-source'].disguise;
    await plug.plugIn();
    mayTry = true;
    // It is sought by itself, asked once, and left alone then.
    await until(() => sentences.some((text) => text.includes('MY00000002')));
    expect(middle.received).toBe('*IDN?\n*IDN?\n');
    expect(connection.problem).toContain('Another instrument answers');
    middle.disguise = undefined;
    await connection.connect();
    expect(connection.state).toBe('connected');
    expect((await connection.require().readState()).isOutputOn).toBe(false);
  },
);

describe('a serial port of a USB adapter', () => {
  const config = stageSchema.parse({
    driver: 'grbl',
    link: {port: '/dev/ttyUSB0'},
    axes: {x: {machineAxis: 'x', limitsMm: [-5, 5]}, y: {machineAxis: 'y', limitsMm: [-5, 5]}},
  });
  const former = {
    role: 'stage',
    identity: {
      maker: 'Grbl',
      model: 'GRBL 1.1h',
      serialNumber: '',
      firmware: '',
      text: "Grbl 1.1h ['$' for help]",
    },
    adapter: {identity: '0403:6001 A50285BI', isUnique: true},
  };
  const portOf = (identity: string): PortInfo => ({path: '/dev/ttyUSB0', description: '', identity});

  it('is not even opened when another adapter has got its name', async () => {
    const traced: string[] = [];
    const own = createRegistry({
      clock: createClock(),
      onTrace: ({note}) => traced.push(note),
      listPorts: async () => [portOf('1a86:7523')],
    });
    await expect(own.connectStage(config, {former})).rejects.toMatchObject({
      code: 'device/wrong-instrument',
      message: expect.stringContaining('1a86:7523 instead of 0403:6001 A50285BI') as string,
    });
    expect(traced).toEqual([]);
  });

  it('is opened when it is the same, or when the system knows none', async () => {
    for (const ports of [[portOf('0403:6001 A50285BI')], []])
      await expect(
        createRegistry({clock: createClock(), listPorts: async () => ports}).connectStage(config, {former}),
      ).rejects.toMatchObject({code: expect.stringMatching(/^port\//) as string});
  });
});

describe('a stage that cannot say who it is, for it moves', () => {
  it('is asked until it rests, and not braked by another command', async () => {
    const keep: Keep = onTestFinished;
    const {grbl} = bench(keep);
    const {middle, stream} = standing(grbl);
    const place = placeOf(keep, 'grbl', stream());
    await place.connection.connect();
    await place.exchange(stream());
    const mover = createDuplex(grbl);
    mover.write('G21G91G1X-20F600\n');
    middle.forget();
    let sentWhileMoving = '';
    middle.onLine = () => (sentWhileMoving = middle.received);
    const connecting = place.connection.connect();
    await connecting;
    expect(middle.received).toMatch(/^(?:\$I\n){2,}/);
    expect(sentWhileMoving).not.toBe('');
    expect(middle.received.indexOf('!')).toBe(-1);
    mover.destroy();
  });
});
