import {duplexPair} from 'node:stream';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {connectKeithley2000, keithley2000} from '../../drivers/meter/keithley2000.ts';
import type {Keithley2000} from '../../drivers/meter/keithley2000-device.ts';
import {isScpiOverflow, numberFromText} from '../../drivers/kit/index.ts';
import {createClock} from '../../src/base/clock.ts';
import {detectorSchema} from '../../src/contract/bench-file.ts';
import type {SettingsSnapshot} from '../../src/contract/devices.ts';
import {byteLinkFromStream} from '../../src/host/serial/byte-link.ts';
import {createLineLink} from '../../src/host/serial/line-link.ts';
import {openInput} from '../../src/virtual/detector-input.ts';
import {Keithley2000 as VirtualKeithley2000} from '../../src/virtual/instruments/keithley2000.ts';
import {createVirtualTime} from '../../src/virtual/time.ts';
import {expectWire} from './wire-script.ts';
import type {WireStep} from './wire-script.ts';

const identity = 'KEITHLEY INSTRUMENTS INC.,MODEL 2000,1234567,A20 /A02';
const configOf = (settings: SettingsSnapshot = {}) =>
  detectorSchema.parse({role: 'meter', driver: 'keithley-2000', link: {port: '/dev/scripted'}, settings});
const options = {settings: keithley2000.link, clock: createClock(50)};
const noError: WireStep = ['SYST:ERR?', '0,"No error"'];
const prepare: WireStep[] = [
  ['INIT:CONT OFF'],
  ['ABOR'],
  ['TRIG:SOUR IMM'],
  ['TRIG:COUN 1'],
  ['SAMP:COUN 1'],
  ['FORM:ELEM READ'],
  noError,
];
/** Settings as the meter prints them; some firmware prints plain numbers. */
const snapshot = ({range = '+1.000000E-01', auto = '0', filter = '0', kind = 'REP'} = {}): WireStep[] => [
  ['FUNC?', '"VOLT:DC"'],
  ['VOLT:DC:RANG?', range],
  ['VOLT:DC:RANG:AUTO?', auto],
  ['VOLT:DC:NPLC?', '1.00'],
  ['VOLT:DC:DIG?', '7'],
  ['VOLT:DC:AVER:STAT?', filter],
  ['VOLT:DC:AVER:TCON?', kind],
  ['VOLT:DC:AVER:COUN?', '10'],
  ['VOLT:DC:REF:STAT?', '0'],
  ['VOLT:DC:REF?', '+0.000000E+00'],
  ['SYST:AZER:STAT?', '1'],
];
/** A reading as it is asked for and told at a turn. */
const readAt = (turn: number, told: string, end = ''): WireStep =>
  turn % 2 === 0
    ? ['READ?;:FETC?', `${told};${told}${end}`]
    : ['READ?;:FETC?;:FETC?', `${told};${told};${told}${end}`];
const greeting = (now = snapshot()): WireStep[] => [['*IDN?', identity], ['*CLS'], ...prepare, ...now];

const withMeter = (script: WireStep[], body: (meter: Keithley2000) => Promise<void>, now = snapshot()) =>
  expectWire(options, [...greeting(now), ...script], async (link) => {
    const meter = await connectKeithley2000(link, configOf());
    await body(meter);
    await meter[Symbol.asyncDispose]();
  });

describe('Keithley 2000', () => {
  it('connects: identity, old errors away, one reading a question, settings read', () =>
    withMeter([], async (meter) => {
      expect(meter.identity).toMatchObject({maker: 'KEITHLEY INSTRUMENTS INC.', model: 'MODEL 2000'});
      expect(meter.declaration.signal).toEqual({column: 'voltageV', proportionalTo: 'power'});
      expect('autoRange' in meter).toBe(true);
      expect('autoPhase' in meter).toBe(false);
    }));

  it('refuses another instrument before anything is set', () =>
    expectWire(options, [['*IDN?', 'HEWLETT-PACKARD,34401A,0,11-5-2']], async (link) => {
      await expect(connectKeithley2000(link, configOf())).rejects.toMatchObject({
        code: 'device/wrong-instrument',
      });
    }));

  it('reads a voltage, however it is printed and ended', () =>
    withMeter([readAt(0, '+1.23456789E-03'), readAt(1, '-2.5E-6', '\r')], async (meter) => {
      expect(await meter.read()).toEqual({voltageV: 1.23456789e-3});
      expect(await meter.readSample()).toEqual({voltageV: -2.5e-6});
    }));

  it.each(['+9.9E37', '+9.9000E+37', '-9.9E37', '+9.90000000E+37'])(
    'takes %s as an overload, never as a number, and never asks twice for it',
    (overflow) =>
      withMeter([readAt(0, overflow)], async (meter) => {
        await expect(meter.read()).rejects.toMatchObject({
          code: 'device/not-valid',
          details: {isOverload: true, rangeV: 0.1},
        });
      }),
  );

  it.each([
    ['a digit was changed on the line', '+1.23456789E-03;+1.23556789E-03'],
    ['the answer is that of the question before', '+9.9E-03;+9.9E-03;+9.9E-03'],
    ['only one telling of the reading came', '+1.23456789E-03'],
  ])('takes no reading where %s, and asks again', (_, answer) =>
    withMeter(
      [['READ?;:FETC?', answer], ['*IDN?', identity], readAt(1, '+1.23456789E-03')],
      async (meter) => {
        expect(await meter.read()).toEqual({voltageV: 1.23456789e-3});
      },
    ),
  );

  it('says what the error queue says where READ? is not answered', () =>
    expectWire(
      {...options, timeoutMs: 300},
      [...greeting(), ['READ?;:FETC?'], ['*IDN?', identity], ['SYST:ERR?', '-213,"Init ignored"'], noError],
      async (link) => {
        const meter = await connectKeithley2000(link, configOf());
        await expect(meter.read()).rejects.toThrow(/READ\?.*-213 Init ignored/);
      },
    ));

  it('sets by name, proves it by reading back, and knows the times that follow', () =>
    withMeter(
      [
        ['VOLT:DC:NPLC 10'],
        noError,
        ['VOLT:DC:NPLC?', '+1.000000E+01'],
        ...snapshot().map(([sent, reply]): WireStep => [sent, sent === 'VOLT:DC:NPLC?' ? '10.00' : reply]),
      ],
      async (meter) => {
        const before = meter.readMs();
        expect(before).toBeGreaterThan(40);
        expect(await meter.set('integrationPlc', 10)).toBe(10);
        // Integration and autozero, 200 ms each at 50 Hz.
        expect(meter.readMs() - before).toBeCloseTo(360, 0);
        await expect(meter.set('rangeV', 0.2)).rejects.toMatchObject({code: 'device/out-of-range'});
        await expect(meter.set('integrationPlc', 20)).rejects.toMatchObject({code: 'device/out-of-range'});
      },
    ));

  it('waits for the moving filter to forget, and only for the input without it', async () => {
    await withMeter([], async (meter) => expect(meter.settleMs()).toBeLessThan(10));
    await withMeter(
      [],
      async (meter) => expect(meter.settleMs()).toBeGreaterThan(10 * 40),
      snapshot({filter: '1', kind: 'MOV'}),
    );
  });

  it('judges what would make a reading mean something else', () =>
    withMeter(
      [],
      async (meter) => {
        const settings = {
          ...(await Promise.resolve({function: 'ac-voltage', isReferenceOn: true})),
          isFilterOn: true,
          filterKind: 'moving',
        };
        expect(meter.settingsCheck.differencesIn(settings).map(({name, wanted}) => [name, wanted])).toEqual([
          ['function', 'dc-voltage'],
          ['filterKind', 'repeat'],
          ['isReferenceOn', false],
        ]);
        expect(meter.settingsCheck.differencesIn({...settings, isFilterOn: false})).toHaveLength(2);
      },
      snapshot(),
    ));

  it('keeps the range that the meter has chosen', () =>
    withMeter(
      [
        ['VOLT:DC:RANG:AUTO 1'],
        noError,
        ['VOLT:DC:RANG:AUTO?', '1'],
        ...snapshot({auto: '1'}),
        readAt(0, '+2.00000000E-01'),
        ['VOLT:DC:RANG?', '+1.000000E+00'],
        ['VOLT:DC:RANG 1'],
        noError,
        ['VOLT:DC:RANG?', '+1.000000E+00'],
        ['VOLT:DC:RANG:AUTO 0'],
        noError,
        ['VOLT:DC:RANG:AUTO?', '0'],
        ...snapshot({range: '+1.000000E+00'}),
      ],
      async (meter) => expect(await meter.call('auto-range')).toEqual({rangeV: 1}),
    ));

  it('looks at what must stay as it is, and leaves the range to an automatic one', async () => {
    await withMeter(snapshot(), async (meter) => {
      const {facts} = await meter.readCondition();
      expect(facts.find(({name}) => name === 'rangeV')).toMatchObject({
        value: 0.1,
        unit: 'V',
        changeCount: 0,
      });
    });
    await withMeter(
      snapshot({auto: '1'}),
      async (meter) => {
        const {facts} = await meter.readCondition();
        expect(facts.map(({name}) => name)).not.toContain('rangeV');
      },
      snapshot({auto: '1'}),
    );
  });
});

describe('overflow texts', () => {
  const finite = fc.double({min: -1e30, max: 1e30, noNaN: true});
  it('are never numbers, and numbers are never overflows', () => {
    fc.assert(
      fc.property(finite, fc.integer({min: 0, max: 8}), (value, digits) => {
        const text = value.toExponential(digits).toUpperCase();
        expect(isScpiOverflow(text)).toBe(false);
        expect(numberFromText(text)).toBe(Number(text));
      }),
    );
    for (const text of ['9.9E37', '+9.9E+37', '-9.9000E+37', ' +9.90000000E37\r']) {
      expect(isScpiOverflow(text)).toBe(true);
      expect(numberFromText(text)).toBeUndefined();
    }
    // Not a number (9.91E37) is neither.
    for (const text of ['9.91E37', '', 'OVERFLOW', '9.9E37V']) expect(isScpiOverflow(text)).toBe(false);
  });
});

describe('driver and simulated meter', () => {
  it('set, read and find an overload over bytes', async () => {
    let volts = 2e-3;
    const time = createVirtualTime(20);
    const instrument = new VirtualKeithley2000({
      time,
      input: {
        ...openInput,
        noiseDensityV: 0,
        signalAt: () => ({...openInput.signalAt(0), steadyV: volts}),
      },
    });
    const [hostEnd, deviceEnd] = duplexPair();
    const line = instrument.openLine();
    line.onTransmit((bytes) => deviceEnd.write(bytes));
    deviceEnd.on('data', (bytes: Buffer) => line.receive(bytes));
    const link = createLineLink(
      byteLinkFromStream(hostEnd, {name: 'virtual meter', settingsText: 'stream'}),
      keithley2000.link,
      {clock: createClock(20), shortestLimitRealMs: 2000},
    );
    const meter = await connectKeithley2000(
      link,
      configOf({rangeV: 0.1, isAutoRangeOn: false, isFilterOn: false}),
    );
    expect(await meter.read()).toEqual({voltageV: 2e-3});
    volts = 0.3;
    await expect(meter.read()).rejects.toMatchObject({details: {isOverload: true}});
    expect(await meter.autoRange()).toBe(1);
    expect(await meter.read()).toEqual({voltageV: 0.3});
    expect(await meter.readSettings()).toMatchObject({
      function: 'dc-voltage',
      rangeV: 1,
      isAutoRangeOn: false,
    });
    await meter.call('reset');
    expect(await meter.get('isFilterOn')).toBe(false);
    await meter[Symbol.asyncDispose]();
    instrument.dispose();
    time.dispose();
  });
});
