import fc from 'fast-check';
import {describe, it} from 'vitest';
import {Grbl} from '../../src/virtual/instruments/grbl.ts';
import {Keithley2000} from '../../src/virtual/instruments/keithley2000.ts';
import {ScpiSource} from '../../src/virtual/instruments/scpi-source.ts';
import {Sr830} from '../../src/virtual/instruments/sr830.ts';
import {createManualTime} from '../../src/virtual/time.ts';
import {connect} from './wire.ts';

/** Pieces of real commands and raw bytes, so that garbage reaches beyond the first check. */
const pieces = (words: readonly string[]) =>
  fc.array(
    fc.oneof(
      fc.constantFrom(...words).map((word) => [...Buffer.from(word)]),
      fc.array(fc.integer({min: 0, max: 255}), {maxLength: 12}),
    ),
    {maxLength: 25},
  );

describe('whatever bytes come, replies stay framed and nothing hangs', () => {
  it('SR830', () => {
    const words = [
      'SENS',
      '?',
      ' 1',
      ',',
      ';',
      '\r',
      '\n',
      'SNAP?1,2',
      'OUTP?',
      '*STB?',
      'TRCA?1,0,1',
      'STRT',
      'FMOD 0',
      'OFLT',
      'HARM',
      '1e9',
      'AGAN',
      'FREQ',
      'RSET 1',
      'SSET1',
      '*RST',
    ];
    fc.assert(
      fc.property(pieces(words), (parts) => {
        const time = createManualTime();
        const wire = connect(new Sr830({time}), time, 0.3);
        wire.send('OUTX 0\r');
        const received = parts.map((part) => wire.send(part)).join('') + wire.send('\r', 30);
        const binary = parts.some((part) => /TRC[BL]/i.test(Buffer.from(part).toString()));
        const isFramed = received === '' || (received.endsWith('\r') && !/[^\x20-\x7e\r]/.test(received));
        return (binary || isFramed) && /^\d+\r$/.test(wire.send('OUTX0\rSENS?\r', 5));
      }),
      {numRuns: 150},
    );
  });

  it('GRBL', () => {
    const words = [
      'G0',
      'G1',
      'G2',
      'X1',
      'Y-3',
      'F500',
      'I5',
      'R4',
      '\n',
      '\r',
      '$',
      '$$',
      '$J=',
      '$H',
      '$X',
      '$C',
      '?',
      '!',
      '~',
      '\x18',
      'G4P1',
      'M0',
      'G38.2',
      'G10L20P1',
      '(',
      ';',
      '$RST=*',
      '$110=',
      '1e5',
      '-',
      '$SLP',
      'G93',
      'G53',
    ];
    fc.assert(
      fc.property(pieces(words), (parts) => {
        const time = createManualTime();
        const wire = connect(new Grbl({time}), time, 0.3);
        const received = parts.map((part) => wire.send(part)).join('') + wire.send('\n', 5);
        const isFramed = received === '' || (received.endsWith('\r\n') && !/[^\x20-\x7e\r\n]/.test(received));
        const rest = wire.send([0x18], 5);
        return isFramed && rest.includes("Grbl 1.1h ['$' for help]") && wire.send('?', 1).startsWith('<');
      }),
      {numRuns: 150},
    );
  });

  it('SCPI source', () => {
    const words = [
      'FREQ',
      ':',
      ';',
      '?',
      ' 1',
      'GHZ',
      '\n',
      'SOUR:',
      'POW',
      '*OPC?',
      '*WAI',
      'MIN',
      'ON',
      '"',
      "'",
      ',',
      'SYST:ERR?',
      'PULM:INT:FREQ',
      'TSW',
      '*RST',
      '-',
      'E9',
    ];
    fc.assert(
      fc.property(pieces(words), (parts) => {
        const time = createManualTime();
        const wire = connect(new ScpiSource({time}), time, 0.3);
        const received = parts.map((part) => wire.send(part)).join('') + wire.send('\n', 20);
        const isFramed = received === '' || (received.endsWith('\n') && !/[^\x20-\x7e\n]/.test(received));
        return (
          isFramed &&
          wire.send('*CLS;*OPC?\n', 200) === '1\n' &&
          wire.send('SYST:ERR?\n') === '+0,"No error"\n'
        );
      }),
      {numRuns: 150},
    );
  });

  it('Keithley 2000', () => {
    const words = [
      'VOLT',
      ':DC',
      ':',
      ';',
      '?',
      ' 1',
      '\n',
      '\r',
      'READ?',
      'FETC?',
      'INIT',
      'ABOR',
      'TRIG:COUN INF',
      'TRIG:SOUR BUS',
      'INIT:CONT ON',
      'MEAS:VOLT?',
      'AVER:STAT ON',
      'TRAC:FEED:CONT NEXT',
      '\x03',
      '"',
      ',',
      '*RST',
      'E9',
    ];
    fc.assert(
      fc.property(pieces(words), (parts) => {
        const time = createManualTime();
        const wire = connect(new Keithley2000({time}), time, 0.3);
        const heard = parts.map((part) => wire.send(part)).join('') + wire.send('\n', 20);
        const isFramed = heard === '' || (heard.endsWith('\n') && !/[^\x20-\x7e\n]/.test(heard));
        // ^C ends whatever a question waits for.
        wire.send([0x03]);
        return (
          isFramed &&
          wire.send('*RST;*CLS;*OPC?\n', 1) === '1\n' &&
          wire.send('SYST:ERR?\n') === '0,"No error"\n'
        );
      }),
      {numRuns: 150},
    );
  });
});
