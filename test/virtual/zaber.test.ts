import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {zaberChecksum} from '../../src/virtual/instruments/zaber-message.ts';
import {Zaber, type ZaberOptions} from '../../src/virtual/instruments/zaber.ts';
import {createManualTime} from '../../src/virtual/time.ts';
import {connect} from './wire.ts';

const stepMm = 0.000047625;
const axis = {unitPerStep: stepMm, travel: 12.7, start: 6.35};

function start(options: Partial<ZaberOptions> = {}) {
  const time = createManualTime();
  const chain = new Zaber({time, devices: [[axis, axis], [axis]], ...options});
  const wire = connect(chain, time, 0.05);
  /** As `send`, without the end of line. */
  const ask = (line: string, waitS?: number): string => wire.send(`${line}\n`, waitS);
  return {time, chain, wire, ask};
}

describe('Zaber messages (zaber-ascii.md sections 2 and 7)', () => {
  it('has the checksums of the sheet', () => {
    expect(zaberChecksum('1 home')).toBe('06');
    expect(zaberChecksum('01 0 OK IDLE -- 0')).toBe('8D');
  });

  it.each([
    ['/1', '@01 0 OK IDLE WR 0\r\n'],
    ['/1 0', '@01 0 OK IDLE WR 0\r\n'],
    ['/1 2', '@01 2 OK IDLE WR 0\r\n'],
    ['/01 1 7', '@01 1 07 OK IDLE WR 0\r\n'],
    ['/1 1 12 foo', '@01 1 12 RJ IDLE WR BADCOMMAND\r\n'],
    ['/1 3', '@01 3 RJ IDLE WR BADAXIS\r\n'],
    ['/1 1 100', '@01 1 RJ IDLE WR BADMESSAGEID\r\n'],
    ['/1 1 -- get pos', ''],
    ['/3', ''],
    ['/', '@01 0 OK IDLE WR 0\r\n@02 0 OK IDLE WR 0\r\n'],
    ['/get device.id', '@01 0 OK IDLE WR 30342\r\n@02 0 OK IDLE WR 30342\r\n'],
    ['/1 get maxspeed', '@01 0 OK IDLE WR 153600 153600\r\n'],
    ['/2 get maxspeed', '@02 0 OK IDLE WR 153600\r\n'],
    ['/1 get pos', '@01 0 OK IDLE WR 0 0\r\n'],
    ['/1 1 get resolution', '@01 1 OK IDLE WR 64\r\n'],
    ['/1 get peripheral.id', '@01 0 OK IDLE WR 43022 43022\r\n'],
    ['/1 1 set peripheral.id 0', '@01 1 RJ IDLE WR NOACCESS\r\n'],
    ['/1 get system.axiscount', '@01 0 OK IDLE WR 2\r\n'],
    ['/2 get system.serial', '@02 0 OK IDLE WR 81002\r\n'],
    ['/1 1 get version', '@01 1 RJ IDLE WR DEVICEONLY\r\n'],
    ['/1 set version 3', '@01 0 RJ IDLE WR NOACCESS\r\n'],
    ['/1 get', '@01 0 RJ IDLE WR BADCOMMAND\r\n'],
    ['/1 get toString', '@01 0 RJ IDLE WR BADCOMMAND\r\n'],
    ['/1 1 set maxspeed', '@01 1 RJ IDLE WR BADDATA\r\n'],
    ['/1 1 set maxspeed fast', '@01 1 RJ IDLE WR BADDATA\r\n'],
    ['/1 1 set comm.alert 2', '@01 1 RJ IDLE WR DEVICEONLY\r\n'],
    ['/1 warnings', '@01 0 OK IDLE WR 01 WR\r\n'],
    ['/1 tools echo hello there', '@01 0 OK IDLE WR hello there\r\n'],
    ['/1 1 move abs 1000', '@01 1 RJ IDLE WR BADDATA\r\n'],
    ['/1 1 move rel 2147483648', '@01 1 RJ IDLE WR BADDATA\r\n'],
    ['/1 1 move sideways 3', '@01 1 RJ IDLE WR BADCOMMAND\r\n'],
    ['/1 home:06', '@01 0 OK BUSY WR 0\r\n'],
    ['/1 home:07', ''],
    ['/1 home:6', ''],
    ['1 home', ''],
    ['/2  1   get pos', '@02 1 OK IDLE WR 0\r\n'],
    ['/2 xx\b\b1 get pos', '@02 1 OK IDLE WR 0\r\n'],
    ['/2 1 get\tpos', ''],
    ['/2 \u00e9', ''],
    [`/2 tools echo ${'a'.repeat(80)}`, ''],
    ['/renumber', '@01 0 OK IDLE WR 0\r\n@02 0 OK IDLE WR 0\r\n'],
    ['/2 renumber 7\n/7', '@07 0 OK IDLE WR 0\r\n@07 0 OK IDLE WR 0\r\n'],
  ])('answers %j with %j', (sent, reply) => {
    expect(start().ask(sent)).toBe(reply);
  });

  it('takes CR, LF or both, and bytes in any pieces', () => {
    const {wire} = start();
    expect(wire.send('/1\r/1\r\n\n')).toBe('@01 0 OK IDLE WR 0\r\n'.repeat(2));
    expect(wire.send('/1 ge')).toBe('');
    expect(wire.send([0x74, 0x20, 0x70, 0x6f, 0x73, 0x0a])).toBe('@01 0 OK IDLE WR 0 0\r\n');
  });

  it('adds checksums and alerts when it is told to', () => {
    const {ask, time, wire} = start();
    expect(ask('/2 set comm.checksum 1')).toBe(
      `@02 0 OK IDLE WR 0:${zaberChecksum('02 0 OK IDLE WR 0')}\r\n`,
    );
    ask('/1 set comm.alert 1');
    expect(ask('/1 1 move rel 1000')).toBe('@01 1 OK BUSY WR 0\r\n');
    time.advance(1);
    expect(wire.received()).toBe('!01 1 IDLE WR\r\n');
  });
});

describe('motion', () => {
  it('homes, counts from there, and moves as the sheet shows', () => {
    const {ask, time} = start();
    expect(ask('/1 1 home')).toBe('@01 1 OK BUSY WR 0\r\n');
    expect(ask('/1')).toBe('@01 0 OK BUSY WR 0\r\n');
    time.advance(3);
    expect(ask('/1 1')).toBe('@01 1 OK IDLE -- 0\r\n');
    expect(ask('/1')).toBe('@01 0 OK IDLE WR 0\r\n');
    expect(ask('/1 1 move abs 209974', 1.15)).toBe('@01 1 OK BUSY -- 0\r\n');
    // 93750 microsteps/s, reached after 0.075 s; the command takes a millisecond.
    const [, text] = /^@01 1 OK BUSY -- (\d+)\r\n$/.exec(ask('/1 1 get pos', 0.01)) ?? [];
    expect(Number(text)).toBeCloseTo(93_750 * (1.15 - 0.0749 / 2), -3);
    time.advance(2);
    expect(ask('/1 1 get pos')).toBe('@01 1 OK IDLE -- 209974\r\n');
  });

  it('follows the trapezoid of speed and acceleration', () => {
    const {ask, time} = start();
    ask('/1 1 set maxspeed 16384', 0);
    ask('/1 1 set accel 16384', 0);
    // 10000 microsteps/s and 1e8 microsteps/s^2: 0.1 ms of ramp.
    ask('/1 1 move rel -5000', 0.25);
    time.advance(0);
    expect(ask('/1 1 get pos', 0.01)).toMatch(/^@01 1 OK BUSY WR -2(499|500)\r\n$/);
    time.advance(0.3);
    expect(ask('/1 1 get pos')).toBe('@01 1 OK IDLE WR -5000\r\n');
  });

  it('refuses what lies beyond its limits once it knows them', () => {
    const {ask, time} = start();
    ask('/2 1 home');
    time.advance(3);
    expect(ask('/2 1 get limit.max')).toBe(`@02 1 OK IDLE -- ${Math.floor(12.7 / stepMm)}\r\n`);
    expect(ask('/2 1 move abs -1')).toBe('@02 1 RJ IDLE -- BADDATA\r\n');
    expect(ask('/2 1 move rel 300000')).toBe('@02 1 RJ IDLE -- BADDATA\r\n');
    expect(ask('/2 1 move max')).toBe('@02 1 OK BUSY -- 0\r\n');
    time.advance(4);
    expect(ask('/2 1 get pos')).toBe('@02 1 OK IDLE -- 266666\r\n');
    expect(ask('/2 1 move vel -50000')).toBe('@02 1 OK BUSY -- 0\r\n');
    time.advance(10);
    expect(ask('/2 1 get pos')).toBe('@02 1 OK IDLE -- 0\r\n');
  });

  it('stalls at an end stop that it does not know of, and says so until it moves again', () => {
    const {ask, time} = start();
    ask('/1 1 move rel 200000');
    time.advance(5);
    expect(ask('/1 1 get pos')).toBe('@01 1 OK IDLE FS 133333\r\n');
    expect(ask('/1 1 warnings')).toBe('@01 1 OK IDLE FS 02 FS WR\r\n');
    expect(ask('/1 1 move rel -10')).toBe('@01 1 OK BUSY WR 0\r\n');
  });

  it('stops with a ramp, at once, or on the way to another place, and shows NI until cleared', () => {
    const {ask, time} = start();
    // The lack of a reference is the more urgent warning and would hide NI.
    ask('/1 home');
    time.advance(3);
    ask('/1 1 move rel 90000', 0.5);
    expect(ask('/1 1 stop')).toBe('@01 1 OK BUSY NI 0\r\n');
    time.advance(0.2);
    const stopped = ask('/1 1 get pos');
    expect(stopped).toMatch(/^@01 1 OK IDLE NI \d+\r\n$/);
    time.advance(1);
    expect(ask('/1 1 get pos')).toBe(stopped);
    expect(ask('/1 1 warnings')).toBe('@01 1 OK IDLE NI 01 NI\r\n');
    expect(ask('/1 1 warnings clear')).toBe('@01 1 OK IDLE -- 01 NI\r\n');
    expect(ask('/1 1 warnings')).toBe('@01 1 OK IDLE -- 00\r\n');

    ask('/1 2 move abs 100000');
    time.advance(3);
    ask('/1 2 move rel 90000', 0.5);
    expect(ask('/1 2 move rel -90000')).toBe('@01 2 OK BUSY NI 0\r\n');
    time.advance(3);
    const [, back] = /NI (-?\d+)\r\n$/.exec(ask('/1 2 get pos')) ?? [];
    // From where it was at half a second, some 143000.
    expect(Number(back)).toBeGreaterThan(50_000);
    expect(Number(back)).toBeLessThan(56_000);

    ask('/2 1 move rel 90000', 0.5);
    ask('/2 1 estop', 0.01);
    const halted = ask('/2 1 get pos');
    time.advance(1);
    expect(ask('/2 1 get pos')).toBe(halted);
  });

  it('takes a new position without moving, and keeps its place in another resolution', () => {
    const {ask, time} = start();
    ask('/1 1 move rel 64000');
    time.advance(2);
    expect(ask('/1 1 set pos 640')).toBe('@01 1 OK IDLE WH 0\r\n');
    expect(ask('/1 1 move abs 1280')).toBe('@01 1 OK BUSY WH 0\r\n');
    time.advance(1);
    ask('/1 1 move rel 10000', 0.01);
    expect(ask('/1 1 set pos 0', 0.01)).toBe('@01 1 RJ BUSY WH STATUSBUSY\r\n');
    time.advance(1);
    ask('/1 1 move abs 1280');
    time.advance(1);
    expect(ask('/1 1 set resolution 128')).toBe('@01 1 OK IDLE WH 0\r\n');
    expect(ask('/1 1 get pos')).toBe('@01 1 OK IDLE WH 2560\r\n');
    expect(ask('/1 1 get maxspeed')).toBe('@01 1 OK IDLE WH 307200\r\n');
  });

  it('forgets its counter at a reset, not its place', () => {
    const rests: number[] = [];
    const {ask, time} = start({onRest: (_device, _axis, offset) => void rests.push(offset)});
    ask('/1 1 move rel 20000');
    time.advance(1);
    ask('/1 system reset');
    expect(ask('/1 1 get pos')).toBe('@01 1 OK IDLE WR 0\r\n');
    ask('/1 1 move rel 20000');
    time.advance(1);
    expect(rests.map((mm) => mm / stepMm)).toEqual([expect.closeTo(20_000, 3), expect.closeTo(40_000, 3)]);
  });

  it('is busy as long as it moves, whatever hangs on it, and stalled when that cannot follow', () => {
    let isBlocked = false;
    const {ask, time} = start({
      onRest: () => {
        if (isBlocked) throw new Error('an obstacle');
      },
    });
    expect(ask('/2 1 move rel 1000')).toBe('@02 1 OK BUSY WR 0\r\n');
    time.advance(5);
    expect(ask('/2 1 get pos')).toBe('@02 1 OK IDLE WR 1000\r\n');
    isBlocked = true;
    ask('/2 1 move rel 1000');
    time.advance(5);
    expect(ask('/2 1')).toBe('@02 1 OK IDLE FS 0\r\n');
  });
});

describe('firmware', () => {
  const serial = '@02 0 OK IDLE WR 81002\r\n';
  const unknown = '@02 0 RJ IDLE WR BADCOMMAND\r\n';
  const unknownAxis = '@02 1 RJ IDLE WR BADCOMMAND\r\n';
  const peripheral = '@02 1 OK IDLE WR 43022\r\n';
  const id6 = '@02 0 OK IDLE WR 30222\r\n';
  const id7 = '@02 0 OK IDLE WR 30342\r\n';
  const resolution = '@02 1 OK IDLE WR 64\r\n';
  it.each([
    ['6.06', {deviceid: id6, 'device.id': unknown, serial: unknown, resolution}],
    ['6.15', {deviceid: id6, 'device.id': unknown, serial, resolution}],
    ['6.28', {deviceid: id6, 'device.id': unknown, serial, resolution}],
    ['7.01', {deviceid: unknown, 'device.id': id7, serial, resolution: unknownAxis}],
    ['7.35', {deviceid: unknown, 'device.id': id7, serial, resolution}],
  ] as const)('%s answers the names that it knows', (firmware, own) => {
    const {ask} = start({firmware});
    const is6 = firmware.startsWith('6');
    expect(ask('/2 get version')).toBe(`@02 0 OK IDLE WR ${firmware}\r\n`);
    expect(ask('/2 get deviceid')).toBe(own.deviceid);
    expect(ask('/2 get device.id')).toBe(own['device.id']);
    expect(ask('/2 get system.serial')).toBe(own.serial);
    expect(ask('/2 1 get peripheralid')).toBe(is6 ? peripheral : unknownAxis);
    expect(ask('/2 1 get peripheral.id')).toBe(is6 ? unknownAxis : peripheral);
    expect(ask('/2 1 get resolution')).toBe(own.resolution);
    expect(ask('/2 get system.axiscount')).toBe('@02 0 OK IDLE WR 1\r\n');
    expect(ask('/2 1 get motion.accelonly')).toBe('@02 1 OK IDLE WR 205\r\n');
  });
});

it('answers only whole lines and only as it should, whatever bytes come', () => {
  const words = [
    '/',
    '1',
    '2',
    ' ',
    'get',
    'pos',
    'set',
    'move',
    'rel',
    '-500',
    'home',
    'stop',
    ':06',
    '\n',
    '\r',
    '\b',
  ];
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(...words).map((word) => [...Buffer.from(word)]),
      fc.array(fc.integer({min: 0, max: 255}), {maxLength: 12}),
    ),
    {maxLength: 25},
  );
  fc.assert(
    fc.property(pieces, (parts) => {
      const {time, wire} = start();
      const received = parts.map((part) => wire.send(part)).join('') + wire.send('\n', 1);
      const isFramed = /^(@\d\d \d (\d\d )?(OK|RJ) (IDLE|BUSY) (--|[A-Z]{2}) [ -~]*\r\n)*$/.test(received);
      wire.send('/1 stop\n', 1);
      time.advance(1);
      return isFramed && /^@01 1 OK IDLE .. -?\d+\r\n$/.test(wire.send('/1 1 get pos\n'));
    }),
    {numRuns: 150},
  );
});
