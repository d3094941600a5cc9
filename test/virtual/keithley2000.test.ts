import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {Aperture, onRatio} from '../../src/virtual/aperture.ts';
import {openInput, type DetectorInput, type DetectorSignal} from '../../src/virtual/detector-input.ts';
import {Keithley2000, conversionNoiseV} from '../../src/virtual/instruments/keithley2000.ts';
import {createManualTime} from '../../src/virtual/time.ts';
import {connect} from './wire.ts';

const silent: DetectorInput = {...openInput, noiseDensityV: 0};
/** A square chop at 1 kHz between `lowV` and `lowV + swingV`. */
const chopped = (swingV: number, lowV = 0): DetectorSignal => ({
  frequencyHz: 1000,
  peakToPeakV: swingV,
  dutyRatio: 0.5,
  pickupV: 0,
  phaseDeg: 0,
  steadyV: lowV,
});
const plugged = (signal: DetectorSignal, noiseDensityV = 0): DetectorInput => ({
  ...silent,
  noiseDensityV,
  signalAt: () => signal,
});
const identity = 'KEITHLEY INSTRUMENTS INC.,MODEL 2000,1234567,A20 /A02';

function start(input: DetectorInput = silent) {
  const time = createManualTime();
  const instrument = new Keithley2000({time, input});
  return {time, instrument, wire: connect(instrument, time)};
}
/** One reading a question, as `*RST` leaves it. */
function startReset(input?: DetectorInput) {
  const started = start(input);
  started.wire.send('*RST;*CLS\n');
  return started;
}

describe('Keithley 2000 on the wire (dmm.md)', () => {
  it.each([
    ['*IDN?\n', `${identity}\n`],
    ['*idn?\r', `${identity}\n`],
    ['*IDN?\r\n', `${identity}\n`],
    ['SYST:VERS?\n', '1991.0\n'],
    ['SYST:ERR?\n', '0,"No error"\n'],
    [':STATUS:QUEUE?\n', '0,"No error"\n'],
    ['FUNC?\n', '"VOLT:DC"\n'],
    [':SENSe1:FUNCtion "CURRent:DC";FUNCtion?\n', '"CURR:DC"\n'],
    ["FUNC 'volt:ac';:CONF?\n", '"VOLT:AC"\n'],
    ['FUNC "RES";FUNC?\n', '"RES"\n'],
    ['CONF:VOLT;:CONF?\n', '"VOLT:DC"\n'],
    ['VOLT:RANG 5;RANG?;RANG:AUTO?\n', '+1.000000E+01;0\n'],
    [':SENS:VOLT:DC:RANG:UPP 1;:VOLT:DC:RANGE:UPPER?\n', '+1.000000E+00\n'],
    ['VOLT:RANG MAX;RANG?\n', '+1.000000E+03\n'],
    ['VOLT:NPLC 0.1;NPLC?\n', '+1.000000E-01\n'],
    ['VOLT:DIG 6;DIG?\n', '6\n'],
    ['VOLT:AVER:COUN 20;TCON MOV;STAT ON;COUN?;TCON?;STAT?\n', '20;MOV;1\n'],
    ['CURR:RANG 0.05;RANG?\n', '+1.000000E-01\n'],
    ['INIT:CONT?;:TRIG:COUN?;:TRIG:SOUR?;:SAMP:COUN?\n', '1;9.9E+37;IMM;1\n'],
    ['*RST;INIT:CONT?;:TRIG:COUN?;:VOLT:AVER:STAT?\n', '0;1;0\n'],
    ['*RST;SYST:PRES;:INIT:CONT?\n', '1\n'],
    ['TRIG:SEQ:DEL 0.5;DEL?;DEL:AUTO?\n', '+5.000000E-01;0\n'],
    ['FORM:ELEM READ;ELEM?;:FORM:DATA?\n', 'READ;ASC\n'],
    ['SYST:AZER:STAT OFF;STAT?;:DISP:ENAB?\n', '0;1\n'],
    ['*ESE 32;*SRE 4;*ESE?;*SRE?\n', '32;4\n'],
    ['*OPC?\n', '1\n'],
  ])('answers %j with %j', (sent, reply) => {
    expect(start().wire.send(sent)).toBe(reply);
  });

  it('echoes nothing, and takes CR, LF and both', () => {
    const {wire} = start();
    expect(wire.send('VOLT:NPLC 2\r\nVOLT:DIG 5\r')).toBe('');
    expect(wire.send('VOLT:NPLC?;DIG?\n')).toBe('+2.000000E+00;5\n');
  });

  it.each([
    ['FOO?', -113, 'Undefined header', 32],
    ['VOLT:RANG 2000', -222, 'Data out of range', 16],
    ['VOLT:NPLC 11', -222, 'Data out of range', 16],
    ['FUNC VOLT', -151, 'Invalid string data', 32],
    ['FUNC "FOO"', -224, 'Illegal parameter value', 16],
    ['VOLT:RANG', -109, 'Missing parameter', 32],
    ['FETC?', -230, 'Data corrupt or stale', 16],
    ['*TRG', -211, 'Trigger ignored', 16],
    ['TRAC:DATA?', -230, 'Data corrupt or stale', 16],
    ['VOLT2:RANG 1', -114, 'Header suffix out of range', 32],
  ])('refuses %j with %i', (sent, number, text, event) => {
    const {wire} = startReset();
    expect(wire.send(`${sent}\n`)).toBe('');
    expect(wire.send('*STB?\n')).toBe('4\n');
    expect(wire.send('SYST:ERR?\nSYST:ERR?\n*ESR?\n*ESR?\n')).toBe(
      `${number},"${text}"\n0,"No error"\n${event}\n0\n`,
    );
  });

  it('keeps ten errors, the last of which says that there were more', () => {
    const {wire} = startReset();
    for (let i = 0; i < 14; i++) wire.send('FOO\n', 0);
    const errors = wire.send('SYST:ERR?\n'.repeat(11)).trimEnd().split('\n');
    expect(errors.slice(8)).toEqual(['-113,"Undefined header"', '-350,"Queue overflow"', '0,"No error"']);
  });
});

describe('readings of the Keithley 2000', () => {
  it('shows the mean of a chopped signal in DC and its alternating part in AC volts', () => {
    const {wire} = startReset(plugged(chopped(4e-3, 1e-3)));
    expect(wire.send('READ?\n')).toBe('+3.00000000E-03\n');
    expect(wire.send('MEAS:VOLT:AC?\n')).toBe('+2.00000000E-03\n');
    expect(wire.send('MEAS:VOLT:DC? 1\nVOLT:RANG?\n')).toBe('+3.00000000E-03\n+1.000000E+00\n');
  });

  it('answers READ? after integration, autozero and its own time, never before', () => {
    const {wire} = startReset(plugged(chopped(4e-3)));
    wire.send('VOLT:RANG 0.1;NPLC 10\n');
    expect(wire.send('READ?\n', 0.4)).toBe('');
    expect(wire.send('', 0.03)).toBe('+2.00000000E-03\n');
    wire.send('SYST:AZER:STAT OFF\n');
    expect(wire.send('READ?\n', 0.195)).toBe('');
    expect(wire.send('', 0.03)).toBe('+2.00000000E-03\n');
  });

  it('refuses READ? with -213 while it runs freely, where FETC? tells what it sees', () => {
    const {wire} = start(plugged(chopped(4e-3)));
    wire.send('*CLS;VOLT:AVER:STAT OFF\n');
    expect(wire.send('READ?\n')).toBe('');
    expect(wire.send('SYST:ERR?\n')).toBe('-213,"Init ignored"\n');
    expect(wire.send('FETC?\n')).toBe('+2.00000000E-03\n');
    wire.send('INIT\n');
    expect(wire.send('SYST:ERR?\n')).toBe('-213,"Init ignored"\n');
  });

  it('gives the latest reading again to FETC?, and only a new one to DATA:FRES?', () => {
    const {wire} = startReset(plugged(chopped(4e-3)));
    wire.send('INIT\n');
    expect(wire.send('DATA:FRES?\nFETC?\nDATA?\n')).toBe('+2.00000000E-03\n'.repeat(3));
    expect(wire.send('DATA:FRES?\nSYST:ERR?\n')).toBe('-230,"Data corrupt or stale"\n');
    wire.send('VOLT:DIG 5\n');
    expect(wire.send('FETC?\nSYST:ERR?\n')).toBe('-230,"Data corrupt or stale"\n');
  });

  it('waits for *TRG where the bus is the source, and ^C breaks the wait off', () => {
    const {wire} = startReset(plugged(chopped(4e-3)));
    wire.send('TRIG:SOUR BUS\nINIT\n');
    expect(wire.send('*TRG\n', 0.2) + wire.send('FETC?\n')).toBe('+2.00000000E-03\n');
    expect(wire.send('READ?\n', 100)).toBe('');
    expect(wire.send([0x03]) + wire.send('*IDN?\n')).toBe(`${identity}\n`);
  });

  it('says an overflow beyond 120 % of a range, and sets the bit of it', () => {
    const {wire} = startReset(plugged(chopped(0, 0.1201)));
    wire.send('VOLT:RANG 0.1\n');
    expect(wire.send('READ?\n')).toBe('+9.9000E+37\n');
    expect(wire.send('STAT:MEAS?\nSTAT:MEAS?\n')).toBe('1\n0\n');
    wire.send('VOLT:RANG 1\n');
    expect(wire.send('READ?\n')).toBe('+1.20100000E-01\n');
    expect(wire.send('STAT:MEAS?\n')).toBe('32\n');
  });

  it.each([
    [0.1199, '+1.000000E-01'],
    [0.13, '+1.000000E+00'],
    [5, '+1.000000E+01'],
    [1005, '+1.000000E+03'],
  ])('chooses the range of %d V by itself', (volts, range) => {
    const {wire} = startReset(plugged(chopped(0, volts)));
    expect(Number(wire.send('READ?\n'))).toBeCloseTo(volts, 3);
    expect(wire.send('VOLT:RANG?\n')).toBe(`${range}\n`);
  });

  it('averages with the repeating filter anew for each reading, with the moving one over readings', () => {
    let volts = 0.01;
    const input = {...silent, signalAt: () => chopped(0, volts)};
    const {wire} = startReset(input);
    wire.send('VOLT:RANG 0.1;AVER:COUN 4;TCON REP;STAT ON\n');
    wire.send('READ?\n', 0.3);
    volts = 0.05;
    expect(wire.send('READ?\n', 0.3)).toBe('+5.00000000E-02\n');
    wire.send('VOLT:AVER:TCON MOV\n');
    wire.send('INIT\n');
    volts = 0.01;
    wire.send('INIT\n');
    expect(wire.send('FETC?\n')).toBe('+4.00000000E-02\n');
  });

  it('fills the buffer as client programs have it filled, and requests service when it is full', () => {
    const {wire} = start(plugged(chopped(4e-3)));
    wire.send(':STAT:QUEUE:CLEAR;*RST;:STAT:PRES;:*CLS;\n');
    wire.send(':STAT:PRES;*CLS;*SRE 1;:STAT:MEAS:ENAB 512;\n:TRAC:CLEAR;\n:TRAC:POIN 3\n:TRIG:COUN 3\n');
    wire.send(':TRIG:SEQ:DEL 0.01\n:TRAC:FEED SENSE;:TRAC:FEED:CONT NEXT;\n');
    expect(wire.send(':SYST:ERR?\n')).toBe('0,"No error"\n');
    expect(wire.send('*STB?\n', 0.001)).toBe('');
    wire.send('', 0.1);
    wire.send(':INIT\n', 0.02);
    expect(wire.send('*STB?\n', 0.01)).toBe('0\n');
    expect(wire.send('*STB?\n', 1)).toBe('0\n');
    expect(wire.send('*STB?\n')).toBe('65\n');
    expect(wire.send(':FORM:DATA ASCII\n:TRAC:DATA?\n')).toBe(
      `${Array(3).fill('+2.00000000E-03').join(',')}\n`,
    );
  });

  it('reads nothing while the light is still being found out, and then the right light', () => {
    let isKnown = false;
    let tell = (): void => undefined;
    const input: DetectorInput = {
      ...silent,
      get isKnown() {
        return isKnown;
      },
      onKnown: (listener) => {
        tell = listener;
        return () => undefined;
      },
      signalAt: () => chopped(4e-3),
    };
    const {wire} = startReset(input);
    expect(wire.send('READ?\n', 5)).toBe('');
    isKnown = true;
    tell();
    expect(wire.send('')).toBe('+2.00000000E-03\n');
  });

  it('integrates over a change of the light', () => {
    let volts = 0.02;
    let change: (timeS: number) => void = () => undefined;
    const input: DetectorInput = {
      ...silent,
      onBeforeChange: (listener) => {
        change = listener;
        return () => undefined;
      },
      signalAt: () => chopped(0, volts),
    };
    const {wire, time} = startReset(input);
    wire.send('VOLT:RANG 0.1;NPLC 10;:SYST:AZER:STAT OFF\n');
    wire.send('READ?\n', 0.05);
    change(time.nowS());
    volts = 0.04;
    expect(Number(wire.send('', 1))).toBeCloseTo(0.04 - 0.02 * 0.25, 5);
  });

  it('has the noise of its specifications and of the detector', () => {
    const {wire} = startReset(plugged(chopped(0), 1e-6));
    wire.send('VOLT:RANG 10;NPLC 1;:SYST:AZER:STAT OFF\n');
    const values = Array.from({length: 400}, () => Number(wire.send('READ?\n', 0.1)));
    const rms = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    // 1 uV / sqrt(Hz) through an integration of 20 ms (25 Hz), the meter's 4 uV, and steps of 10 uV.
    expect(rms / Math.hypot(5e-6, 4e-6, 1e-5 / Math.sqrt(12))).toBeGreaterThan(0.9);
    expect(rms / Math.hypot(5e-6, 4e-6, 1e-5 / Math.sqrt(12))).toBeLessThan(1.1);
  });
});

describe('parts of the meter', () => {
  it('knows the noise between the rates that the specifications name', () => {
    expect(conversionNoiseV(10, 10)).toBeCloseTo(1.5e-6, 7);
    expect(conversionNoiseV(1, 10)).toBeCloseTo(4e-6, 7);
    expect(conversionNoiseV(0.01, 10)).toBeCloseTo(150e-6, 6);
    expect(conversionNoiseV(0.3, 10)).toBeGreaterThan(4e-6);
    expect(conversionNoiseV(0.3, 10)).toBeLessThan(22e-6);
  });

  it('lets a chop through for its duty, exactly over whole periods and as a sum over any pieces', () => {
    const time = fc.double({min: 0, max: 1e3, noNaN: true});
    const duty = fc.double({min: 0.05, max: 0.95, noNaN: true});
    fc.assert(
      fc.property(time, duty, fc.integer({min: 1, max: 100}), (fromS, dutyRatio, periods) => {
        const signal = {...chopped(1), dutyRatio};
        expect(onRatio(signal, fromS, fromS + periods / 1000)).toBeCloseTo(dutyRatio, 6);
        const [middleS, toS] = [fromS + 0.00037, fromS + 0.001_91];
        const whole = onRatio(signal, fromS, toS) * (toS - fromS);
        const parts =
          onRatio(signal, fromS, middleS) * (middleS - fromS) +
          onRatio(signal, middleS, toS) * (toS - middleS);
        expect(parts).toBeCloseTo(whole, 9);
      }),
    );
  });

  it('gives back its listener when an integration is given up', () => {
    let listeners = 0;
    const input: DetectorInput = {
      ...silent,
      onBeforeChange: () => {
        listeners++;
        return () => void listeners--;
      },
    };
    new Aperture(input, 0).abandon();
    new Aperture(input, 0).close(1);
    expect(listeners).toBe(0);
  });
});
