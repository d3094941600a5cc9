import {describe, expect, it} from 'vitest';
import {createClock} from '../../src/base/clock.ts';
import {sourceSchema} from '../../src/contract/bench-file.ts';
import type {RepeatedQuestion} from '../../src/contract/devices.ts';
import {connectScpiSource, scpiSource} from '../../drivers/source/scpi-synth.ts';
import {dialects} from '../../drivers/source/scpi-dialects.ts';
import {ScpiSource} from '../../drivers/source/scpi-source.ts';
import {expectWire} from './wire-script.ts';
import type {WireStep} from './wire-script.ts';

const config = sourceSchema.parse({
  driver: 'scpi-source',
  link: {host: 'scripted'},
  multiplier: 36,
  outputFrequencyHz: 4e11,
  powerDbm: -3,
  minPowerDbm: -10,
  maxPowerDbm: 0,
});
const keysight = 'Agilent Technologies, N5183A, MY50140000, A.01.80';
const rohde = 'Rohde&Schwarz,SGS100A,1416.0505k02/101234,3.1.19.26';
const hittite = 'Hittite,HMC-T2220,000123,1.2';
const [keysightDialect] = dialects;
const options = {settings: scpiSource.link, clock: createClock(50)};
const noError: WireStep = ['SYST:ERR?', '+0,"No error"'];
const off: WireStep[] = [['OUTP OFF'], ['OUTP?', '0']];
const greeting = (identity = keysight): WireStep[] => [['*IDN?', identity], ...off, ['*CLS'], noError];
/** Where an answer was lost before: RF off goes out first, and the step is found again for its proof. */
const goodbye = (isInStep: boolean): WireStep[] => (isInStep ? off : [['OUTP OFF'], inStep, ['OUTP?', '0']]);
const done: WireStep = ['*OPC?', '1'];
const frequency: WireStep[] = [['FREQ 11111111111.1 HZ'], noError, ['FREQ?', '+1.1111111111100E+10'], done];
const power = (asked: number, got = String(asked)): WireStep[] => [
  [`POW ${asked} DBM`],
  noError,
  done,
  ['POW?', got],
];
const traps: WireStep[] = [
  ['FREQ:MULT?', '+1.0000000E+00'],
  ['FREQ:OFFS?', '+0'],
  ['POW:OFFS?', '0'],
  ['UNIT:POW?', 'DBM'],
];
const relative: WireStep[] = [
  ['FREQ:REF:STAT?', '0'],
  ['POW:REF:STAT?', '0'],
];
const modes: WireStep[] = [
  ['FREQ:MODE?', 'CW'],
  ['POW:MODE?', 'FIX'],
];
const meanings: WireStep[] = [...traps, ...relative, ...modes];
const inStep: WireStep = ['*IDN?', keysight];

const withSource = (
  script: WireStep[],
  body: (source: ScpiSource) => Promise<void>,
  {identity = keysight, timeoutMs = 1000, source = config, isInStep = true} = {},
) =>
  expectWire(
    {...options, timeoutMs},
    [...greeting(identity), ...script, ...goodbye(isInStep)],
    async (link) => {
      const device = await connectScpiSource(link, source);
      await body(device);
      await device[Symbol.asyncDispose]();
    },
  );

describe('SCPI source', () => {
  it('turns RF off at connect and at dispose, and proves both', () =>
    withSource([], async (source) => {
      expect(source.identity).toMatchObject({
        maker: 'Agilent Technologies',
        model: 'N5183A',
        firmware: 'A.01.80',
      });
    }));

  it('turns on in the safe order and ramps to the level', () =>
    withSource(
      [
        ...off,
        noError,
        ...meanings,
        ...frequency,
        ...power(-10, '-1.0E+01'),
        ['PULM:INT:FREQ?', '400'],
        ['PULM:SOUR INT'],
        ['PULM:SOUR:INT SQU'],
        ['PULM:INT:FREQ 1000'],
        ['PULM:STAT ON'],
        ['OUTP:MOD ON'],
        noError,
        ['OUTP ON'],
        noError,
        ['OUTP?', '1'],
        ...power(-7),
        ...power(-4),
        ...power(-3),
        ['OUTP?', '1'],
        ['FREQ?', '11111111111.1'],
        ['POW?', '-3.00'],
        ['PULM:STAT?', '1'],
        ['OUTP:MOD?', '1'],
        ['PULM:INT:FREQ?', '+1.000000E+03'],
      ],
      async (source) => {
        expect(await source.turnOn()).toMatchObject({
          isOutputOn: true,
          powerDbm: -3,
          isModulationOn: true,
          modulationHz: 1000,
        });
      },
    ));

  it('sets the pulse of a Rohde & Schwarz without ever having a width above the period', () =>
    withSource(
      [
        ...off,
        noError,
        ...traps,
        ...modes,
        ...frequency,
        ...power(-10),
        ['PULM:PER?', '0.01'],
        ['PULM:SOUR INT'],
        ['PULM:MODE SING'],
        ['PULM:WIDT 0.0005'],
        ['PULM:PER 0.001'],
        ['PULM:STAT ON'],
        noError,
        ['OUTP ON'],
        noError,
        ['OUTP?', '1'],
        ...power(-7),
        ...power(-4),
        ...power(-3),
        ['OUTP?', '1'],
        ['FREQ?', '11111111111.1'],
        ['POW?', '-3'],
        ['PULM:STAT?', '1'],
        ['PULM:PER?', '0.001'],
      ],
      async (source) => {
        expect((await source.turnOn()).modulationHz).toBe(1000);
      },
      {identity: rohde},
    ));

  it('says that a Hittite has no modulation of its own', () =>
    withSource(
      [
        ['FREQ?', '11111111111'],
        ['POW?', '-10'],
        ['OUTP?', '0'],
      ],
      async (source) => {
        expect(await source.readSettings()).toMatchObject({
          dialect: 'hittite',
          chop: expect.stringContaining('external') as string,
        });
      },
      {identity: hittite},
    ));

  it('refuses a level above the limit and sends nothing', () =>
    withSource([], async (source) => {
      await expect(source.set('powerDbm', 0.01)).rejects.toMatchObject({
        code: 'source/limit',
        message: expect.stringMatching(/0\.01 dBm.*-10 to 0 dBm/) as string,
      });
      await expect(source.setPower(Number.NaN)).rejects.toMatchObject({code: 'source/limit'});
    }));

  it('turns RF off at once when the instrument reports more than the limit', () =>
    withSource([...power(-1, '2.00'), ...off], async (source) => {
      await expect(source.setPower(-1)).rejects.toMatchObject({
        code: 'source/limit',
        message: expect.stringContaining('2 dBm') as string,
      });
    }));

  it('watches the level of a source that is on whenever it reads its state', () =>
    withSource([['OUTP?', '1'], ['FREQ?', '11111111111.1'], ['POW?', '+5.0'], ...off], async (source) => {
      await expect(source.readState()).rejects.toMatchObject({code: 'source/limit'});
    }));

  it('makes frequency and level displays true while RF is off', () =>
    withSource(
      [
        ...off,
        noError,
        ['FREQ:MULT?', '36'],
        ['FREQ:MULT 1'],
        noError,
        ['FREQ:MULT?', '36'],
        noError,
        // It cannot be proven: off again.
        ...off,
      ],
      async (source) => {
        await expect(source.turnOn()).rejects.toMatchObject({
          code: 'device/refused',
          message: expect.stringContaining('displayedFrequencyMultiplier') as string,
        });
      },
    ));

  it('asks again for a lost or damaged answer, and counts it', () =>
    withSource(
      [
        ['OUTP?', '0'],
        ['FREQ?', '1#e10'],
        inStep,
        ['FREQ?', '11111111111.1'],
        // Late: it must not be taken for the level.
        ['POW?'],
        inStep,
        noError,
        ['POW?', '-3'],
        ['PULM:STAT?', '1'],
        ['OUTP:MOD?', '1'],
        ['PULM:INT:FREQ?', '1000'],
      ],
      async (source) => {
        const repeats: RepeatedQuestion[] = [];
        const onRepeat = (repeat: RepeatedQuestion): void => void repeats.push(repeat);
        expect(await source.readState({onRepeat})).toMatchObject({
          powerDbm: -3,
          outputFrequencyHz: 11_111_111_111.1 * 36,
        });
        expect(repeats).toEqual([
          {asked: 'FREQ?', why: 'damaged'},
          {asked: 'POW?', why: 'silent'},
        ]);
      },
      {timeoutMs: 10},
    ));

  it('never sends a change twice, and never empties the error queue twice, for a lost answer', () =>
    withSource(
      [['POW -5 DBM'], ['SYST:ERR?']],
      async (source) => {
        await expect(source.setPower(-5)).rejects.toMatchObject({code: 'port/timeout'});
      },
      {timeoutMs: 10, isInStep: false},
    ));

  it('judges what frequency, level and chop mean by what it answers, and puts right with RF off', () =>
    withSource(
      [
        ['FREQ:MULT?', '1'],
        ['FREQ:OFFS?', '+1.0E+09'],
        ['POW:OFFS?', '0'],
        ['UNIT:POW?', 'V'],
        ...relative,
        ['FREQ?', '11111111111.1'],
        ['POW?', '-10'],
        ['OUTP?', '0'],
        ['FREQ:MODE?', 'LIST'],
        ['POW:MODE?', 'FIX'],
        ['POW:ALC?', '0'],
        ['AM:STAT?', '1'],
        ['FM:STAT?', '0'],
        ['PM:STAT?', '0'],
        ['PULM:STAT?', '0'],
        ['PULM:SOUR?', 'EXT'],
        ['PULM:SOUR:INT?', 'FRUN'],
        ['PULM:INT:FREQ?', '400'],
        ['OUTP:MOD?', '1'],
        ...off,
        ['SYST:ERR?', '-113,"Undefined header"'], // another program's
        noError,
        ['FREQ:OFFS 0'],
        noError,
        ['FREQ:OFFS?', '0'],
      ],
      async (source) => {
        const differences = source.settingsCheck.differencesIn(await source.readSettings());
        expect(differences.map(({name, found, wanted, wantedBy}) => [name, found, wanted, wantedBy])).toEqual(
          [
            ['displayedFrequencyOffsetHz', 1e9, 0, 'bench-file'],
            ['levelUnit', 'V', 'DBM', 'bench-file'],
            ['frequencyMode', 'LIST', 'CW', 'bench-file'],
            ['isAlcOn', false, true, 'driver'],
            ['isAmplitudeModulationOn', true, false, 'driver'],
          ],
        );
        const [offset] = differences;
        if (offset) await source.settingsCheck.putRight(offset);
      },
    ));

  it('takes what the bench file names for right, and refuses there what has a field of its own', () =>
    withSource(
      [],
      async (source) => {
        expect(source.settingsCheck.differencesIn({isAlcOn: false, isAmplitudeModulationOn: false})).toEqual(
          [],
        );
        expect(source.settingsCheck.differencesIn({isAlcOn: true})).toMatchObject([
          {found: true, wanted: false, wantedBy: 'bench-file'},
        ]);
        for (const settings of [{powerDbm: 3}, {pulseRateHz: 500}])
          expect(
            () => new ScpiSource(source.wire, {...config, settings}, source.identity, keysightDialect),
          ).toThrow(/field of its own/);
      },
      {source: {...config, settings: {isAlcOn: false}}},
    ));

  it('is off again when turning on fails half-way', () =>
    withSource(
      [
        ...off,
        noError,
        ...meanings,
        ['FREQ 11111111111.1 HZ'],
        ['SYST:ERR?', '-222,"Data out of range"'],
        noError,
        ...off,
      ],
      async (source) => {
        await expect(source.turnOn()).rejects.toMatchObject({
          code: 'device/refused',
          message: expect.stringContaining('-222 Data out of range') as string,
        });
      },
    ));

  it('tells when RF cannot be proven off', () =>
    withSource([['OUTP OFF'], ['OUTP?', '1'], ['OUTP OFF'], ['OUTP?', '1']], async (source) => {
      await expect(source.turnOff()).rejects.toMatchObject({
        code: 'device/fault',
        message: expect.stringContaining('front panel') as string,
      });
    }));

  it('asks for the front panel when the link ends while RF is on', () =>
    expectWire(
      options,
      [
        ...greeting(hittite),
        ...off,
        noError,
        ...frequency,
        ...power(-10),
        ['OUTP ON'],
        noError,
        ['OUTP?', '1'],
        ...power(-7),
        ...power(-4),
        ...power(-3),
        ['OUTP?', '1'],
        ['FREQ?', '11111111111.1'],
        ['POW?', '-3'],
      ],
      async (link) => {
        const source = await connectScpiSource(link, config);
        expect((await source.turnOn()).isModulationOn).toBe(false);
        await link.close();
        await expect(source[Symbol.asyncDispose]()).rejects.toMatchObject({
          code: 'port/closed',
          message: expect.stringContaining('front panel') as string,
        });
        await source[Symbol.asyncDispose]();
      },
    ));

  it('finds in the error queue why a query stayed silent', () =>
    withSource(
      [['PULM:INT:FREQ?'], ['*IDN?', keysight], ['SYST:ERR?', '-113,"Undefined header"'], noError],
      async (source) => {
        await expect(source.get('pulseRateHz')).rejects.toMatchObject({
          code: 'device/refused',
          message: expect.stringContaining('Undefined header') as string,
        });
      },
      {timeoutMs: 10},
    ));

  it('goes on where an instrument does not know a display setting', () =>
    withSource(
      [
        ...off,
        noError,
        ['FREQ:MULT?'],
        ['*IDN?', keysight],
        ['SYST:ERR?', '-113,"Undefined header"'],
        noError,
        ...traps.slice(1),
        ...relative,
        ...modes,
        ['FREQ 11111111111.1 HZ'],
        ['SYST:ERR?', '-221,"Settings conflict"'],
        noError,
        ...off,
      ],
      async (source) => {
        await expect(source.turnOn()).rejects.toMatchObject({
          message: expect.stringContaining('Settings conflict') as string,
        });
      },
    ));

  it.each(['', 'abc', '9.91E37', '-3,-3', '1e999'])('makes no level of the reply %j', (garbled) =>
    withSource(
      [
        ['OUTP?', '0'],
        ['FREQ?', '1e10'],
        ['POW?', garbled],
        inStep,
        ['POW?', garbled],
        inStep,
        ['POW?', garbled],
      ],
      async (source) => {
        await expect(source.readState()).rejects.toMatchObject({code: 'device/bad-reply'});
      },
      {isInStep: false},
    ),
  );

  it('refuses what is no generator it knows', () =>
    expectWire(options, [['*IDN?', 'HEWLETT-PACKARD,34401A,0,10-5-2']], async (link) => {
      await expect(connectScpiSource(link, config)).rejects.toMatchObject({code: 'device/wrong-instrument'});
    }));

  it('changes the frequency only with RF off', () =>
    withSource([...off, ['FREQ 12000000000 HZ'], noError, ['FREQ?', '12000000000']], async (source) => {
      expect(await source.set('frequencyHz', 12e9)).toBe(12e9);
    }));
});
