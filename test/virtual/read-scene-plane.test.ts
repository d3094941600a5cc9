import {expect, it} from 'vitest';
import {createBench} from '../../src/virtual/bench.ts';
import {createSceneReader, readScenePlane} from '../../src/virtual/read-scene-plane.ts';
import {defaultSceneSettings} from '../../src/virtual/scene-settings.ts';
import {plateStandsOf, revealScene} from '../../src/virtual/scene-truth.ts';
import {createManualTime} from '../../src/virtual/time.ts';
import {createSmallDesign, smallObject} from './small-design.ts';
import {connect} from './wire.ts';

const settings = {
  ...defaultSceneSettings,
  plates: {lateralMm: 0.5, axialMm: 0.5, rotationDeg: 1},
  plateTiltDeg: 0.5,
  driftPerHour: 0.05,
  darkOffset: 0,
  signalMaximumV: 0.001,
};

it('reads what the lock-in reads on the wired bench, lead screw and drift included', async () => {
  using small = await createSmallDesign();
  const time = createManualTime();
  const bench = createBench({time, seed: 5, hasNoise: false, settings, designFolder: small.folder});
  try {
    await bench.ready;
    await bench.mountObject(smallObject);
    const lockIn = connect(bench.instruments.sr830, time, 0.2);
    const stage = connect(bench.instruments.grbl, time, 0.2);
    const source = connect(bench.instruments['scpi-source'], time, 0.2);
    lockIn.send('OUTX 0;FMOD 0;RSLP 1;SENS 19;OFLT 7\r');
    source.send('FREQ 11.111111111GHZ;POW 10;:PULM:STAT ON;SOUR:INT SQU;:PULM:INT:FREQ 1000;:OUTP ON\n', 1);
    const points = {
      xMm: [-3, -1.5, 0, 0.5, 1, 2, 2.5, 3.5],
      yMm: [-3.5, -3, -2, 0, 0.5, 1.5, 3, 4],
      timeS: [] as number[],
    };
    // From below, so that the backlash is taken up.
    stage.send('G0X-5Y-5\nG4P0\n', 60);
    const readV = points.xMm.map((x, i) => {
      stage.send(`G0X${x}Y${points.yMm[i]}\nG4P0\n`, 60);
      time.advance(1);
      const reading = Number(lockIn.send('OUTP?3\r'));
      points.timeS.push(time.nowS());
      return reading;
    });
    const truth = bench.truth;
    const reader = createSceneReader(small.design, truth);
    const worst = (powers: Float64Array): number =>
      Math.max(...readV.map((volt, i) => Math.abs(volt / settings.signalMaximumV - powers[i])));
    const powers = reader.read(smallObject, points, {leadScrewOf: 'power-on'});
    expect(Math.max(...powers)).toBeGreaterThan(0.1);
    // 5e-5 of full scale, 5 mV; the reading is some 0.1 s older than its time.
    expect(worst(powers)).toBeLessThan(2.5e-4);
    // Each part counts: without it the agreement is gone.
    expect(worst(reader.read(smallObject, points))).toBeGreaterThan(1e-3);
    const timeless = {xMm: points.xMm, yMm: points.yMm};
    expect(worst(reader.read(smallObject, timeless, {leadScrewOf: 'power-on'}))).toBeGreaterThan(5e-3);
  } finally {
    await bench.dispose();
  }
});

it('reads another plane when plates move, and the first again when they are back', async () => {
  using small = await createSmallDesign();
  const points = {xMm: [-2, 0, 1, 2], yMm: [1, 0, -1, 2]};
  const request = {design: small.design, seed: 2, settings, object: smallObject, points};
  const first = readScenePlane(request);
  const truth = revealScene(2, {settings, layerCount: 3});
  const reader = createSceneReader(small.design, truth);
  expect(reader.read(smallObject, points)).toEqual(first);
  const stands = plateStandsOf(truth);
  reader.setPlates(stands.with(1, {...stands[1], print: null}));
  expect(reader.read(smallObject, points)).not.toEqual(first);
  reader.setPlates(stands);
  expect(reader.read(smallObject, points)).toEqual(first);
  expect(readScenePlane({...request, seed: 3})).not.toEqual(first);
});

it('reads the light of a plate that was exchanged: the same heights printed anew differ by their roughness alone', async () => {
  using small = await createSmallDesign();
  const points = {xMm: [-3, 0, 1, 3.5], yMm: [-3, 0, 1.5, 4]};
  const differenceOf = (rmsMm: number, scale: number): number => {
    const truth = revealScene(5, {
      settings: {...settings, heightNoise: {rmsMm, correlationMm: 0.5}},
      layerCount: 3,
    });
    const reader = createSceneReader(small.design, truth);
    const before = reader.read(smallObject, points);
    const stands = plateStandsOf(truth);
    const heightsMm = Float32Array.from(small.design.layers[2].values, (height) => scale * height);
    reader.setPlates(stands.with(2, {...stands[2], newRelief: {id: 'new', heightsMm}}));
    const after = reader.read(smallObject, points);
    return Math.max(...after.map((power, i) => Math.abs(power - before[i]))) / Math.max(...before);
  };
  expect(differenceOf(0, 1)).toBeLessThan(1e-5);
  expect(differenceOf(0.05, 1)).toBeGreaterThan(1e-3);
  expect(differenceOf(0, 0.5)).toBeGreaterThan(1e-2);
});
