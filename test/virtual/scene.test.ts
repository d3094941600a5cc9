import {describe, expect, it} from 'vitest';
import {createBench} from '../../src/virtual/bench.ts';
import {Sr830} from '../../src/virtual/instruments/sr830.ts';
import {createFieldTurn} from '../../src/virtual/field-rotation.ts';
import {createConvolver} from '../../src/twin/propagation/convolver.ts';
import {heightNoise} from '../../src/twin/layers/print-roughness.ts';
import {StagePlay} from '../../src/virtual/stage-play.ts';
import {defaultSceneSettings} from '../../src/virtual/scene-settings.ts';
import {revealScene} from '../../src/virtual/scene-truth.ts';
import {createManualTime} from '../../src/virtual/time.ts';
import {connect} from './wire.ts';

describe('the truth of a seed', () => {
  it('is the same for the same seed and another for another', () => {
    expect(revealScene(3)).toEqual(revealScene(3));
    expect(revealScene(3).placements).not.toEqual(revealScene(4).placements);
  });

  it('spreads as the default scene says', () => {
    const truths = Array.from({length: 400}, (_, seed) => revealScene(seed));
    const rms = (values: number[]): number =>
      Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    const plates = truths.flatMap(({placements}) => placements.layers);
    expect(rms(plates.map(({dxMm}) => dxMm))).toBeCloseTo(0.1, 2);
    expect(rms(plates.map(({dzMm}) => dzMm))).toBeCloseTo(0.2, 1);
    expect(rms(plates.map(({rotationDeg}) => rotationDeg))).toBeCloseTo(0.2, 1);
    const outputs = truths.map(({placements}) => placements.output);
    expect(Math.max(...outputs.map(({dxMm}) => Math.abs(dxMm)))).toBeLessThanOrEqual(1);
    // Uniform within +-1: standard deviation 1 / sqrt(3).
    expect(rms(outputs.map(({rotationDeg}) => rotationDeg))).toBeCloseTo(0.577, 1);
    expect(truths[0].placements.layers).toHaveLength(5);
  });
});

it('makes print roughness of the stated RMS and correlation', () => {
  const count = 256;
  const {values} = heightNoise({count, pitchMm: 0.1}, {rmsMm: 0.02, correlationMm: 0.5}, 'a');
  const mean = (f: (row: number, column: number) => number): number => {
    let sum = 0;
    for (let row = 0; row < count; row++)
      for (let column = 0; column < count; column++) sum += f(row, column);
    return sum / count ** 2;
  };
  const at = (row: number, column: number): number => values[(row % count) * count + (column % count)];
  const variance = mean((row, column) => at(row, column) ** 2);
  expect(Math.sqrt(variance)).toBeCloseTo(0.02, 3);
  const lag = mean((row, column) => at(row, column) * at(row, column + 5)) / variance;
  expect(lag).toBeGreaterThan(Math.exp(-1) - 0.06);
  expect(lag).toBeLessThan(Math.exp(-1) + 0.06);
});

it('turns a field by shears to 1e-3 below 0.6 of the highest frequency', () => {
  const grid = {count: 96, pitchMm: 0.2};
  const angle = 0.01;
  // A plane wave at 0.6 of Nyquist, which has an exact rotation.
  const k = (0.6 * Math.PI) / grid.pitchMm;
  const [kx, ky] = [k * Math.cos(0.7), k * Math.sin(0.7)];
  const plane = (f: (x: number, y: number) => number): Float64Array =>
    Float64Array.from({length: grid.count ** 2}, (_, i) =>
      f(((i % grid.count) - 47.5) * 0.2, (Math.floor(i / grid.count) - 47.5) * 0.2),
    );
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const turn = createFieldTurn(createConvolver(grid.count, 2 * grid.count, 'single'));
  const turned = turn(
    {grid, re: plane((x, y) => Math.cos(kx * x + ky * y)), im: plane((x, y) => Math.sin(kx * x + ky * y))},
    angle,
  );
  const expected = plane((u, v) => Math.cos(kx * (c * u - s * v) + ky * (s * u + c * v)));
  let worst = 0;
  for (let row = 24; row < 72; row++)
    for (let column = 24; column < 72; column++) {
      const at = row * grid.count + column;
      worst = Math.max(worst, Math.abs(turned.re[at] - expected[at]));
    }
  expect(worst).toBeLessThan(1e-3);
});

it('lags by the backlash after a reversal and never when approached from below', () => {
  const play = new StagePlay(
    {backlashMm: 0.03, leadScrew: {amplitudeMm: 0, periodMm: 4}},
    [0, 0, 0],
    [0, 0, 0],
  );
  expect(play.positionMm([10, 0, 0])[0]).toBe(10);
  expect(play.positionMm([9, 0, 0])[0]).toBeCloseTo(9.03, 12);
  expect(play.positionMm([9.01, 0, 0])[0]).toBeCloseTo(9.03, 12);
  expect(play.positionMm([10, 0, 0])[0]).toBe(10);
});

describe('the wired bench', () => {
  function start(hasNoise = false) {
    const time = createManualTime();
    const settings = {
      ...defaultSceneSettings,
      driftPerHour: 0,
      ripple: 0,
      output: {lateralMm: 0, rotationDeg: 0},
    };
    const bench = createBench({time, seed: 1, hasNoise, settings, profile: 'bench'});
    const wires = {
      lockIn: connect(bench.instruments.sr830, time, 0.2),
      stage: connect(bench.instruments.grbl, time, 0.2),
      source: connect(bench.instruments['scpi-source'], time, 0.2),
    };
    wires.lockIn.send('OUTX 0;FMOD 0;RSLP 1;SENS 19;OFLT 7\r');
    const read = (): number => {
      time.advance(1);
      return Number(wires.lockIn.send('OUTP?3\r'));
    };
    const turnOn = (): string =>
      wires.source.send(
        'FREQ 11.111111111GHZ;POW 10;:PULM:STAT ON;SOUR:INT SQU;:PULM:INT:FREQ 1000;:OUTP ON\n',
        1,
      );
    return {time, bench, ...wires, read, turnOn};
  }

  it('has its maximum on the nominal axis after homing, in volts of the scene', async () => {
    const {bench, stage, read, turnOn} = start();
    turnOn();
    expect(stage.send('$H\n', 60)).toContain('ok');
    stage.send('G0X-60Y-60\nG4P0\n', 10);
    const onAxis = read();
    expect(onAxis).toBeCloseTo(0.002 * 1.001, 5);
    stage.send('G0X-56\nG4P0\n', 10);
    expect(read() / onAxis).toBeCloseTo(Math.exp(-2 * (4 / 8) ** 2), 2);
    await bench.dispose();
  });

  it('is dark but for the pick-up with RF off, and has no reference without chop', async () => {
    const {bench, lockIn, source, stage, read, turnOn} = start();
    lockIn.send('*CLS\r');
    expect(lockIn.send('LIAS?3\r')).toBe('1\r');
    turnOn();
    stage.send('$H\nG0X-60Y-60\n', 60);
    expect(lockIn.send('FREQ?\r')).toBe('1000\r');
    source.send('OUTP OFF\n', 1);
    expect(read()).toBeCloseTo(2e-6, 6);
    source.send('OUTP ON\n', 1);
    bench.wiring.blockBeam(true);
    expect(read()).toBeCloseTo(2e-6, 6);
    await bench.dispose();
  });

  it('follows the drive level and goes out when the chain is off its band', async () => {
    const {bench, stage, source, read, turnOn} = start();
    turnOn();
    stage.send('$H\nG0X-60Y-60\n', 60);
    const full = read();
    source.send('POW 0\n');
    expect(read() / full).toBeCloseTo(0.1, 2);
    source.send('FREQ 10GHZ\n');
    expect(read()).toBeLessThan(0.003 * full);
    await bench.dispose();
  });

  it('has noise 50 dB below the maximum at 30 ms and 12 dB/oct', async () => {
    const {time, bench, lockIn, turnOn} = start(true);
    turnOn();
    bench.wiring.blockBeam(true);
    lockIn.send('OFSL 1;OFLT 7\r', 1);
    const {sr830} = bench.detectors;
    if (!(sr830 instanceof Sr830)) throw new Error('The bench has no SR830.');
    const {receiver} = sr830.core;
    let sum = 0;
    const count = 1500;
    for (let i = 0; i < count; i++) {
      time.advance(0.3);
      receiver.sync();
      const [x, y] = receiver.filteredXy;
      const r = Math.hypot(x, y) - 2e-6;
      sum += r * r;
    }
    // Along the pick-up only one component counts; it is far above the noise here.
    expect(Math.sqrt(sum / count) / 2e-8).toBeGreaterThan(0.93);
    expect(Math.sqrt(sum / count) / 2e-8).toBeLessThan(1.07);
    await bench.dispose();
  });

  it('lags behind a moving stage as its filter does', async () => {
    const {bench, stage, lockIn, turnOn} = start();
    turnOn();
    stage.send('$H\nG0X-60Y-60\nG4P0\n', 60);
    lockIn.send('OFLT 9;OFSL 0\r', 5);
    stage.send('G0X-30\n', 0.7);
    expect(Number(lockIn.send('OUTP?3\r', 0.05))).toBeGreaterThan(1e-4);
    await bench.dispose();
  });
});
