import {describe, expect, it} from 'vitest';
import {ScpiSource} from '../../src/virtual/instruments/scpi-source.ts';
import {createManualTime} from '../../src/virtual/time.ts';
import {connect} from './wire.ts';

function start() {
  const time = createManualTime();
  const instrument = new ScpiSource({time});
  return {time, instrument, wire: connect(instrument, time, 0.1)};
}

describe('SCPI source on the wire (rf-synth-scpi.md)', () => {
  it.each([
    ['*IDN?\n', 'Agilent Technologies, N5183A, MY00000001, A.01.80\n'],
    ['FREQ 11.111111111 GHZ\nFREQ?\n', '+1.1111111111000E+10\n'],
    ['FREQ 11111.111111 mhz;:freq?\r\n', '+1.1111111111000E+10\n'],
    [':SOURce:FREQuency:CW 1e9;CW?\n', '+1.0000000000000E+09\n'],
    ['SOUR:FREQ:FIX 2GHz;:FREQ?\n', '+2.0000000000000E+09\n'],
    ['FREQ? MAX;FREQ? MIN\n', '+2.0000000000000E+10;+1.0000000000000E+05\n'],
    ['POW -3 DBM;:SOURCE:POWER:LEVEL:IMMEDIATE:AMPLITUDE?\n', '-3.0000000000000E+00\n'],
    ['OUTP?\n', '0\n'],
    ['OUTP:STAT ON;:OUTPUT?\n', '1\n'],
    ['OUTP 1;:OUTP OFF;:OUTP:STAT?\n', '0\n'],
    ['OUTP:MOD?\n', '1\n'],
    ['PULM:STAT ON;SOUR INT;SOUR:INT SQU;INT?\n', 'SQU\n'],
    ['PULM:INT:FREQ 1 KHZ;FREQ?\n', '+1.0000000000000E+03\n'],
    ['PULM:INT:PER 1MS;PWID 500US;PWID?\n', '+5.0000000000000E-04\n'],
    ['AM:STAT ON;DEPT 50;SOUR INT2;SOUR?\n', 'INT2\n'],
    ['AM:INT:FUNC:SHAP SQUARE;SHAP?\n', 'SQU\n'],
    ['LFO:STAT ON;SOUR FUNC;AMPL 2.0VP;AMPL?\n', '+2.0000000000000E+00\n'],
    ['FREQ:MODE CW;MODE?\n', 'CW\n'],
    ['SWE:DWEL1 0.01;POIN 11;POIN?\n', '11\n'],
    ['ROSC:SOUR EXT;SOUR?;SOUR:AUTO ON;:ROSC:SOUR:AUTO?\n', 'EXT;1\n'],
    ['PHAS 90 DEG;:PHAS?\n', '+1.5707963267949E+00\n'],
    ['*TST?;*OPC?\n', '0;1\n'],
    ['SYST:ERR?\n', '+0,"No error"\n'],
    ['UNIT:POW?;:SYST:VERS?\n', 'DBM;1999.0\n'],
    [':freq 1.5e9 Hz;\n:freq?;\n', '+1.5000000000000E+09\n'],
    ['STAT:OPER:COND?;:STAT:QUES:COND?;:STAT:QUES:POW:COND?\n', '0;0;0\n'],
  ])('answers %j with %j', (sent, reply) => {
    expect(start().wire.send(sent)).toBe(reply);
  });

  it.each([
    ['FOO?', -113, 'Undefined header', 32],
    ['FREQ 100 GHZ', -222, 'Data out of range', 16],
    ['FREQ 1', -222, 'Data out of range', 16],
    ['POW 50', -222, 'Data out of range', 16],
    ['FREQ', -109, 'Missing parameter', 32],
    ['FREQ 1e9,2e9', -108, 'Parameter not allowed', 32],
    ['FREQ 1 KG', -131, 'Invalid suffix', 32],
    ['FREQ abc', -104, 'Data type error', 32],
    ['OUTP MAYBE', -224, 'Illegal parameter value', 16],
    ['PULM:SOUR FOO', -224, 'Illegal parameter value', 16],
    ['PULM:INT:PWID 10', -221, 'Settings conflict', 16],
    ['AM2:STAT ON', -114, 'Header suffix out of range', 32],
    ['*RCL 5', -224, 'Illegal parameter value', 16],
    ['SWE:POIN 3 HZ', -138, 'Suffix not allowed', 32],
    ['???', -102, 'Syntax error', 32],
    ['FR\u00e9Q 1', -101, 'Invalid character', 32],
  ])('refuses %j with %i', (sent, number, text, event) => {
    const {wire} = start();
    wire.send('*CLS\n');
    expect(wire.send(`${sent}\n`)).toBe('');
    expect(wire.send('*STB?\n')).toBe('4\n');
    expect(wire.send('SYST:ERR?\nSYST:ERR?\n*ESR?\n*ESR?\n')).toBe(
      `${number},"${text}"\n+0,"No error"\n${event}\n0\n`,
    );
  });

  it('is off at power-on, at its lowest level, with PON set', () => {
    const {wire, instrument} = start();
    expect(wire.send('*ESR?;:OUTP?;:POW?;:PULM:STAT?;:AM:STAT?\n')).toBe('128;0;-1.1000000000000E+02;0;0\n');
    expect(instrument.core.rf.isOutputOn).toBe(false);
  });

  it('replaces the last error by -350 when the queue is full', () => {
    const {wire} = start();
    for (let i = 0; i < 40; i++) wire.send('FOO\n', 0);
    const errors = wire.send('SYST:ERR:COUN?\nSYST:ERR:ALL?\n');
    expect(errors).toMatch(/^30\n/);
    expect(errors).toMatch(/-350,"Queue overflow"\n$/);
  });

  it('holds *OPC? and what follows until the output has settled', () => {
    const {wire} = start();
    expect(wire.send('*CLS;FREQ 1GHZ;*OPC?\n*IDN?\n', 0.005)).toBe('');
    expect(wire.send('', 0.05)).toMatch(/^1\nAgilent/);
    wire.send('FREQ 2GHZ;*OPC\n', 0.005);
    expect(wire.send('*ESR?\n', 0.005)).toBe('0\n');
    expect(wire.send('', 0.05) + wire.send('*ESR?\n')).toBe('1\n');
  });

  it('changes only what is shown by FREQ:MULT', () => {
    const {wire, instrument} = start();
    wire.send('FREQ 10GHZ;FREQ:MULT 36\n');
    expect(wire.send('FREQ?\n')).toBe('+3.6000000000000E+11\n');
    wire.send('FREQ 400GHZ\n');
    expect(instrument.core.rf.frequencyHz).toBeCloseTo(11.1111111e9, -3);
    expect(wire.send('FREQ 900GHZ;:SYST:ERR?\n')).toBe('-222,"Data out of range"\n');
  });

  it('goes on after an execution error but not after a command error', () => {
    const {wire} = start();
    expect(wire.send('POW 99;:OUTP?\n')).toBe('0\n');
    expect(wire.send('OUTP?;FOO;:OUTP?\n')).toBe('0\n');
  });

  it('serves several clients at once, each its own replies, one instrument', () => {
    const {time, instrument, wire} = start();
    const other = connect(instrument, time, 0.1);
    wire.send('POW -5\n');
    expect(other.send('POW?\n')).toBe('-5.0000000000000E+00\n');
    expect(wire.received()).toBe('');
  });

  it('makes a reference while the pulse generator runs, with RF off, and none without the master switch', () => {
    const {wire, instrument} = start();
    wire.send('PULM:STAT ON;SOUR:INT SQU;:PULM:INT:FREQ 1000\n');
    expect(instrument.core.rf).toMatchObject({isOutputOn: false, syncHz: 1000, chop: {dutyRatio: 0.5}});
    wire.send('OUTP:MOD OFF\n');
    expect(instrument.core.rf).toMatchObject({syncHz: null, chop: {source: 'none'}});
  });

  it('shows levels with their offset, while the connector delivers what it did', () => {
    const {wire, instrument} = start();
    wire.send('OUTP ON;:POW 3;:POW:OFFS 10 DB\n');
    expect(wire.send('POW?;:POW:OFFS?;:POW? MAX\n')).toBe(
      '+1.3000000000000E+01;+1.0000000000000E+01;+3.0000000000000E+01\n',
    );
    expect(instrument.core.rf.levelDbm).toBe(3);
    wire.send('POW 10\n');
    expect(instrument.core.rf.levelDbm).toBe(0);
    // The limit is the connector's, whatever is displayed; unlevelled above 19 dBm there.
    expect(wire.send('POW -101;:SYST:ERR?\n')).toContain('-222');
    wire.send('POW 29.5\n');
    expect(wire.send('STAT:QUES:POW:COND?\n')).not.toBe('0\n');
    wire.send('*RST\n');
    expect(wire.send('POW:OFFS?\n')).toBe('+0.0000000000000E+00\n');
  });

  it('saves and recalls, and *RST turns the output off', () => {
    const {wire} = start();
    wire.send('OUTP ON;POW 3;*SAV 2;*RST\n');
    expect(wire.send('OUTP?\n')).toBe('0\n');
    wire.send('*RCL 2\n');
    expect(wire.send('OUTP?;POW?\n')).toBe('1;+3.0000000000000E+00\n');
  });
});
