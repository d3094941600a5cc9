import {describe, expect, it} from 'vitest';
import {bytesFromText} from '../../src/virtual/byte-line.ts';
import {Sr830} from '../../src/virtual/instruments/sr830.ts';
import {openInput, type DetectorSignal, type DetectorCables} from '../../src/virtual/detector-input.ts';
import {formatG, formatSignedE} from '../../src/virtual/number-text.ts';
import {createManualTime} from '../../src/virtual/time.ts';
import {connect} from './wire.ts';

const silent: DetectorCables = {...openInput, noiseDensityV: 0};
const swing = Math.PI / Math.SQRT2;

function start(options: {input?: DetectorCables; isAnswering?: boolean} = {}) {
  const time = createManualTime();
  const instrument = new Sr830({time, input: options.input ?? silent});
  const wire = connect(instrument, time);
  if (options.isAnswering !== false) wire.send('OUTX 0\r');
  return {time, instrument, wire, core: instrument.core};
}

/** A chopped signal at 1 kHz whose fundamental is `rmsV`. */
const signal = (rmsV: number, phaseDeg = 0): DetectorSignal => ({
  frequencyHz: 1000,
  peakToPeakV: rmsV * swing,
  dutyRatio: 0.5,
  pickupV: 0,
  phaseDeg,
});
const plugged = (rmsV: number, phaseDeg = 0): DetectorCables => ({
  ...silent,
  referenceHz: () => 1000,
  signalAt: () => signal(rmsV, phaseDeg),
});

describe('SR830 on the wire (sr830.md)', () => {
  it('says nothing on RS-232 before OUTX 0', () => {
    const {wire} = start({isAnswering: false});
    expect(wire.send('*IDN?\rOUTX?\r')).toBe('');
    expect(wire.send('OUTX 0\rOUTX?\r')).toBe('0\r');
  });

  it('keeps OUTX when 2 is asked for and sets EXE', () => {
    const {wire} = start();
    wire.send('*CLS\rOUTX 2\r');
    expect(wire.send('OUTX?;*ESR?\r')).toBe('0\r16\r');
  });

  it.each([
    ['*IDN?\r', 'Stanford_Research_Systems,SR830,s/n12345,ver1.07\r'],
    ['SENS?\r', '26\r'],
    ['SENS?;OFLT?\r', '26\r8\r'],
    ['LIAS?\r', '0\r'],
    ['sens 17\rSENS?\n', '17\r'],
    ['S E N S 1 7;SENS ?\r\n', '17\r'],
    ['SRAT4.000000\rSRAT?\r', '4\r'],
    ['OFSL 2.4\rOFSL?\r', '2\r'],
    ['DDEF?1;\r', '0,0\r'],
    ['DDEF 1,1,0;DDEF? 1\r', '1,0\r'],
    ['PHAS 541;PHAS?\r', '-179\r'],
    ['PHAS -180;PHAS?\r', '180\r'],
    ['OEXP 1,9.7,1;OEXP? 1\r', '9.7,1\r'],
    ['OEXP? 3\r', '0,0\r'],
    ['AUXV 1,-10.4996;AUXV?1;\r', '-10.5\r'],
    ['SLVL 0.0211;SLVL?\r', '0.022\r'],
    ['FREQ 121.984;FREQ?\r', '121.98\r'],
    ['HARM 200;HARM?\r', '102\r'],
    ['FPOP 1,1;FPOP? 1\r', '1\r'],
    ['*PSC?;KCLK?;ALRM?;LOCL?;OVRM?\r', '1\r1\r1\r0\r1\r'],
    ['FMOD?;RSLP?;ISRC?;IGND?;ICPL?;ILIN?;RMOD?;SYNC?;SEND?;TSTR?\r', '1\r0\r0\r0\r0\r0\r2\r0\r1\r0\r'],
    ['*STB?\r', '3\r'],
    ['SNAP?1,2\r', '0,0\r'],
    ['OUTP?3\r', '0\r'],
    ['OAUX?2\r', '0\r'],
    ['SPTS?\r', '0\r'],
  ])('answers %j with %j', (sent, reply) => {
    expect(start().wire.send(sent)).toBe(reply);
  });

  it.each([
    ['SRLP?', 32],
    ['AGAN?', 32],
    ['SPTS', 32],
    ['*XYZ', 32],
    ['SENS 27', 16],
    ['SENS', 16],
    ['SENS x', 16],
    ['SNAP?1', 16],
    ['SNAP?1,2,3,4,5,6,7', 16],
    ['SNAP?1,12', 16],
    ['OUTP?5', 16],
    ['PHAS 730', 16],
    ['FREQ 102001', 16],
    ['FMOD 0;FREQ 100', 16],
    ['SLVL 5.1', 16],
    ['OFLT 14', 16],
    ['RSET 3', 16],
    ['TRCA?1,0,1', 16],
    ['HARM 0', 16],
  ])('stays silent on %j and sets ESR %i', (sent, bits) => {
    const {wire} = start();
    wire.send('*CLS\r');
    expect(wire.send(`${sent}\r`)).toBe('');
    expect(wire.send('*ESR?\r*ESR?\r')).toBe(`${bits}\r0\r`);
  });

  it('reports power-on, clears single bits and sums enabled events into the poll byte', () => {
    const {wire} = start();
    expect(wire.send('*ESR? 7;*ESR? 7\r')).toBe('1\r0\r');
    wire.send('*ESE 5,1;SRLP?\r');
    expect(wire.send('*ESE?;*ESE? 5;*STB? 5\r')).toBe('32\r1\r1\r');
    wire.send('*SRE 32\r');
    expect(Number(wire.send('*STB?\r')) & 0x60).toBe(0x60);
    expect(wire.send('*CLS;*STB? 5;*ESE?\r')).toBe('0\r32\r');
    expect(wire.send('LIAE 7;LIAE 2,0;LIAE?;LIAE? 1\r')).toBe('3\r1\r');
  });

  it('empties the input queue at 257 characters and sets INP', () => {
    const {wire} = start();
    wire.send(`*CLS\r${'A'.repeat(257)}`);
    expect(Number(wire.send('\r*ESR?\r')) & 1).toBe(1);
  });

  it('loses replies beyond 256 waiting characters and sets QRY', () => {
    const {wire, time} = start();
    wire.send('*CLS\r');
    const reply = wire.send('*IDN?;'.repeat(6) + '\r', 2);
    expect(reply.length).toBeLessThan(256);
    time.advance(5);
    expect(Number(wire.send('*ESR?\r')) & 4).toBe(4);
  });

  it('takes 0.96 ms a byte at 9600 baud', () => {
    const {wire, time} = start();
    wire.send('*IDN?\r', 0.04);
    expect(wire.received()).toBe('');
    time.advance(0.02);
    expect(wire.received()).toMatch(/ver1.07\r$/);
  });

  it('forces 30 s above 200 Hz, reports RANGE and TC, and does not come back', () => {
    const {wire} = start();
    wire.send('FREQ 100;OFLT 15;*CLS\r');
    expect(wire.send('OFLT?\r')).toBe('15\r');
    expect(wire.send('FREQ 1000;OFLT?;LIAS?\r')).toBe('13\r48\r');
    expect(wire.send('FREQ 100;OFLT?\r')).toBe('13\r');
  });

  it('raises a time constant that gain and slope do not allow and sets TC', () => {
    const {wire} = start();
    wire.send('OFSL 0;OFLT 0;*CLS\r');
    expect(wire.send('RMOD 0;SENS 17;OFLT?;LIAS? 5\r')).toBe('2\r1\r');
  });

  it('keeps settings in memories and brings defaults with *RST, leaving the interface', () => {
    const {wire} = start();
    wire.send('SENS 10;SSET 4;SENS 11;RSET 4\r');
    expect(wire.send('SENS?\r')).toBe('10\r');
    expect(wire.send('*RST;SENS?;OUTX?\r')).toBe('26\r0\r');
  });

  it('prints numbers like C %g with three-digit exponents', () => {
    expect(formatG(-4.17234e-7)).toBe('-4.17234e-007');
    expect(formatG(121.98)).toBe('121.98');
    expect(formatG(0.951359)).toBe('0.951359');
    expect(formatG(123456789)).toBe('1.23457e+008');
    expect(formatG(0.000123456)).toBe('0.000123456');
    expect(formatG(999999.9)).toBe('1e+006');
    expect(formatSignedE(-1.234567e-9)).toBe('-1.234567e-009');
    expect(formatSignedE(7.654321e-9)).toBe('+7.654321e-009');
  });
});

describe('SR830 signal', () => {
  it.each([0, 1, 2, 3])('follows the analytic step response at slope index %i', (slope) => {
    let rmsV = 0;
    const {wire, time, core} = start({input: {...plugged(0), signalAt: () => signal(rmsV)}});
    wire.send(`OFSL ${slope};OFLT 10\r`);
    core.receiver.sync();
    rmsV = 0.5;
    let last = 0;
    for (const t of [0.5, 1, 3, 6.64, 13.06]) {
      time.advance(t - last);
      last = t;
      core.receiver.sync();
      let tail = 0;
      for (let k = 0, term = 1; k <= slope; k++, term *= t / k) tail += term;
      expect(core.receiver.filteredXy[0]).toBeCloseTo(0.5 * (1 - Math.exp(-t) * tail), 9);
    }
  });

  it.each([
    [0, 1 / 4],
    [1, 1 / 8],
    [2, 3 / 32],
    [3, 5 / 64],
  ])('has the noise bandwidth of slope %i', (slope, factor) => {
    const density = 1e-6;
    const {time, core, wire} = start({input: {...silent, noiseDensityV: density}});
    wire.send(`OFSL ${slope};OFLT 6\r`);
    let sum = 0;
    const count = 3000;
    for (let i = 0; i < count; i++) {
      time.advance(0.1);
      core.receiver.sync();
      const [x, y] = core.receiver.filteredXy;
      sum += x * x + y * y;
    }
    const bandwidthHz = sum / (2 * count) / density ** 2;
    // 6000 independent squares: 2 % standard error.
    expect(bandwidthHz / (factor / 0.01)).toBeGreaterThan(0.92);
    expect(bandwidthHz / (factor / 0.01)).toBeLessThan(1.08);
  });

  it('has the same noise however often it is looked at, and remembers it for a time constant', () => {
    const density = 1e-6;
    for (const slope of [0, 1, 3])
      for (const stepS of [0.0005, 0.005, 0.01]) {
        const {time, core, wire} = start({input: {...silent, noiseDensityV: density}});
        wire.send(`OFSL ${slope};OFLT 6\r`);
        const lagSteps = Math.round(0.01 / stepS);
        const seen: number[] = [];
        for (let i = 0; i < 1500 * lagSteps; i++) {
          time.advance(stepS);
          core.receiver.sync();
          seen.push(core.receiver.filteredXy[0] / density);
        }
        const mean = (product: (i: number) => number): number =>
          seen.slice(lagSteps).reduce((sum, _, i) => sum + product(i), 0) / (seen.length - lagSteps);
        const variance = mean((i) => seen[i] ** 2);
        // Autocorrelation of n sections one time constant later: exp(-1) times the ratio of two polynomials.
        const later = mean((i) => seen[i] * seen[i + lagSteps]) / variance;
        const what = `slope ${slope}, looked at every ${stepS} s`;
        expect(variance * 0.01, what).toBeGreaterThan(0.85 * [1 / 4, 1 / 8, 3 / 32, 5 / 64][slope]);
        expect(variance * 0.01, what).toBeLessThan(1.15 * [1 / 4, 1 / 8, 3 / 32, 5 / 64][slope]);
        expect(Math.abs(later - [1, 2, 7 / 3, 37 / 15][slope] * Math.exp(-1)), what).toBeLessThan(0.07);
      }
  });

  it('reads 0.45 of the swing of a square chop, with agreeing X, Y, R, theta', () => {
    const {wire} = start({input: plugged(0.001, 30)});
    wire.send('FMOD 0;RSLP 1;SENS 18\r', 5);
    const [x, y, r, theta] = wire.send('SNAP?1,2,3,4\r').trim().split(',').map(Number);
    expect(x).toBeCloseTo(0.001 * Math.cos(Math.PI / 6), 6);
    expect(y).toBeCloseTo(0.0005, 6);
    expect(r).toBeCloseTo(0.001, 6);
    expect(theta).toBeCloseTo(30, 1);
    // APHS turns everything into X.
    wire.send('APHS\r', 5);
    expect(Number(wire.send('OUTP?2\r'))).toBeCloseTo(0, 6);
    expect(Number(wire.send('PHAS?\r'))).toBeCloseTo(30, 1);
  });

  it('quantises to 16 bits of full scale, finer under expand', () => {
    const {wire, core} = start({input: plugged(0.00123456)});
    wire.send('FMOD 0;SENS 19\r', 5);
    expect((core.receiver.read().x * 2 ** 22) % 1).toBe(0);
    wire.send('OEXP 1,0,1\r');
    expect((core.receiver.read().x * 2 ** 25) % 1).toBe(0);
  });

  it('subtracts the offset from what it tells, whatever the expand', () => {
    const {wire} = start({input: plugged(0)});
    wire.send('FMOD 0;SENS 19;OEXP 1,10,1\r', 5);
    expect(Number(wire.send('OUTP?1\r'))).toBeCloseTo(-0.0005, 6);
    wire.send('AOFF 1\r');
    expect(Number(wire.send('OUTP?1\r'))).toBeCloseTo(0, 6);
    expect(wire.send('OEXP?1\r')).toBe('0,1\r');
  });

  it('latches overload until it is read, and unlock while no reference comes', () => {
    const {wire} = start({input: plugged(0.01)});
    wire.send('FMOD 0\r', 5);
    wire.send('SENS 18;*CLS\r', 2);
    expect(Number(wire.send('LIAS?\r')) & 7).not.toBe(0);
    wire.send('SENS 23\r', 5);
    expect(Number(wire.send('LIAS?\r')) & 7).not.toBe(0);
    expect(wire.send('LIAS?\r')).toBe('0\r');
    const lost = start().wire;
    lost.send('FMOD 0\r');
    expect(lost.send('LIAS?3\r')).toBe('1\r');
  });

  it('chooses a range by AGAN and is busy meanwhile, and refuses above 1 s', () => {
    const {wire} = start({input: plugged(0.0012)});
    wire.send('FMOD 0;OFLT 8\r', 5);
    wire.send('AGAN\r', 0.1);
    expect(wire.send('*STB?1\r', 0.1)).toBe('0\r');
    wire.send('\r', 2);
    expect(wire.send('*STB?1;SENS?\r')).toBe('1\r18\r');
    wire.send('SENS 26;OFLT 11;AGAN\r', 60);
    expect(wire.send('SENS?\r')).toBe('26\r');
  });
});

describe('SR830 buffers', () => {
  it('stores at SRAT on the clock, dumps ASCII with trailing comma, IEEE and compact', () => {
    const {wire} = start({input: plugged(1)});
    wire.send('FMOD 0;DDEF 1,1,0\r', 20);
    wire.send('SRAT 4;SEND 0;REST;STRT\r', 3.5);
    expect(wire.send('*STB?0\r', 0.1)).toBe('0\r');
    expect(wire.send('PAUS;SPTS?\r')).toBe('3\r');
    const ascii = wire.send('TRCA?1,0,2\r');
    expect(ascii).toMatch(/^([+-]\d\.\d{6}e[+-]\d{3},){2}\r$/);
    expect(ascii.split(',').slice(0, 2).map(Number)).toEqual([1, 1]);
    expect(wire.send('TRCB?1,0,1\r')).toBe('\x00\x00\x80\x3f');
    expect(wire.send('TRCL?1,0,1\r')).toBe('\x00\x40\x6e\x00');
    wire.send('*CLS\r');
    expect(wire.send('TRCA?1,2,2\r')).toBe('');
    expect(wire.send('*ESR?\r')).toBe('16\r');
  });

  it('ends a one-shot at 16383 points and wraps in a loop', () => {
    const {wire} = start();
    wire.send('SRAT 13;SEND 0;STRT\r', 40);
    expect(wire.send('SPTS?;*STB?0\r')).toBe('16383\r1\r');
    wire.send('REST;SEND 1;STRT\r', 4000);
    expect(wire.send('SPTS?;*STB?0\r')).toBe('16383\r0\r');
  });

  it('stores on TRIG when the rate is the trigger', () => {
    const {wire} = start();
    wire.send('SRAT 14;TSTR 1;TRIG\r');
    wire.send('TRIG\r');
    expect(wire.send('SPTS?;LIAS?6\r')).toBe('2\r1\r');
  });
});

it('answers the same to split writes', () => {
  const {wire} = start();
  const bytes = [...bytesFromText('SENS?\r')];
  expect(bytes.map((byte) => wire.send([byte])).join('')).toBe('26\r');
});
