import {setTimeout as sleepMs} from 'node:timers/promises';
import {afterEach, describe, expect, it} from 'vitest';
import {createBench, type InProcessBench} from '../../src/virtual/bench.ts';
import type {Design} from '../../src/twin/design/load.ts';
import {createSceneReader} from '../../src/virtual/read-scene-plane.ts';
import {defaultSceneSettings} from '../../src/virtual/scene-settings.ts';
import {createManualTime, type ManualTime} from '../../src/virtual/time.ts';
import {createSmallDesign, smallObject} from './small-design.ts';
import {connect, type Wire} from './wire.ts';

/** What is read at the lock-in belongs to the light of what stands on the bench, however long that is computed. */

interface Lit {
  readonly bench: InProcessBench;
  readonly design: Design;
  readonly source: Wire;
  readonly time: ManualTime;
  readonly stage: Wire;
  readonly lockIn: Wire;
}
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

interface Wanted {
  readonly hasMounts?: boolean;
  readonly frequenciesHz?: readonly number[];
}

async function light(seed: number, {frequenciesHz, ...more}: Wanted = {}): Promise<Lit> {
  const small = await createSmallDesign(8, {frequenciesHz});
  const time = createManualTime();
  const bench = createBench({
    time,
    seed,
    hasNoise: false,
    profile: 'bench',
    designFolder: small.folder,
    // Points are approached from both sides: the same place each time.
    settings: {...defaultSceneSettings, backlashMm: 0},
    ...more,
  });
  open.push({
    async [Symbol.asyncDispose]() {
      await bench.dispose();
      small[Symbol.dispose]();
    },
  });
  await bench.ready;
  const source = connect(bench.instruments['scpi-source'], time, 0.2);
  source.send('FREQ 11.111111111GHZ;POW 10;:PULM:STAT ON;:OUTP ON\n', 1);
  const lockIn = connect(bench.instruments.sr830, time, 0.05);
  // 10 ms and 12 dB/oct: after a second nothing is left of what was before.
  lockIn.send('OUTX 0;FMOD 0;SENS 24;OFLT 6;OFSL 1\n');
  return {
    bench,
    design: small.design,
    time,
    lockIn,
    source,
    stage: connect(bench.instruments.grbl, time, 0.05),
  };
}

/** The reply to one line, however long the light takes; bench time stands still while it is computed. */
async function reply({lockIn, time}: Lit, asked: string): Promise<string> {
  let received = lockIn.send(`${asked}\n`, 0.05);
  while (received === '') {
    await sleepMs(2);
    time.advance(0.01);
    received = lockIn.received();
  }
  return received;
}
const radius = async (lit: Lit): Promise<number> => Number(await reply(lit, 'OUTP?3'));

const points = [-3, -1, 1, 3].map((mm) => `G53 G0 X${-60 + mm} Y${-60 - mm / 2}\n`);
async function scan(lit: Lit): Promise<number[]> {
  const values: number[] = [];
  for (const move of points) {
    lit.stage.send(move, 3);
    values.push(await radius(lit));
  }
  return values;
}

describe('the light follows before anything is read', () => {
  it.each([1, 2, 3, 4, 5, 6])('after homing, seed %i: the first scan is the later one', async (seed) => {
    const lit = await light(seed);
    const {bench, stage, time} = lit;
    await bench.mountObject(smallObject);
    stage.send('$H\n', 120);
    stage.send('G53 G0 Z-5\n', 5);
    const elsewhere = await scan(lit);
    stage.send('$H\n', 120);
    // The stage answers at once, as it does at a bench.
    expect(stage.send('?')).toContain('<Idle');
    const first = await scan(lit);
    time.advance(1);
    const later = await scan(lit);
    expect(Math.max(...later)).toBeGreaterThan(1e-4);
    expect(elsewhere.some((value, i) => Math.abs(value - later[i]) > 0.05 * Math.max(...later))).toBe(true);
    // Drift of the source and a thousandth of a millimetre along the beam are all that is left.
    for (const [i, value] of first.entries())
      expect(Math.abs(value - later[i])).toBeLessThan(5e-3 * Math.max(...later));
  });

  it('after a way along the beam, a plate in another place, another object', async () => {
    const lit = await light(2, {hasMounts: true});
    const {bench, lockIn, stage} = lit;
    const mounts = connect(bench.instruments.zaber!, lit.time, 0.05);
    stage.send('$H\n', 120);
    stage.send('G53 G0 X-59 Y-61\n', 3);
    const changes: readonly (() => void)[] = [
      () => void stage.send('G53 G0 Z-9\n', 5),
      () => void mounts.send('/2 1 move rel 40000\n', 3),
      () => void bench.changePlates((holders) => holders.setPresent([1, 2])),
      () => void bench.mountObject(smallObject),
    ];
    let before = await radius(lit);
    for (const [index, change] of changes.entries()) {
      change();
      lit.time.advance(1);
      // Nothing is told of the light that was, and settings wait their turn behind the reading.
      expect(lockIn.send('OUTP?3;SENS?\n')).toBe('');
      let received = '';
      while (!received.endsWith('24\r')) {
        await sleepMs(2);
        lit.time.advance(0.01);
        received += lockIn.received();
      }
      const [value] = received.split('\r').map(Number);
      lit.time.advance(1);
      const settled = await radius(lit);
      expect(Math.abs(value - settled)).toBeLessThan(2e-3 * settled);
      expect([index, settled / before]).not.toEqual([index, expect.closeTo(1, 1)]);
      before = settled;
    }
  });

  it('at another frequency of the source: the light is what the bench shows there', async () => {
    const lit = await light(4, {frequenciesHz: [4e11, 3.5e11]});
    const {bench, design, source, stage, time} = lit;
    await bench.mountObject(smallObject);
    stage.send('$H\n', 120);
    stage.send('G53 G0 X-59 Y-61\n', 3);
    const reader = createSceneReader(design, bench.truth);
    const shownAt = (frequencyHz: number): number => {
      const [x, y, z] = bench.wiring.probeMm(time.nowS());
      return reader.read(smallObject, {xMm: [x], yMm: [y], zMm: z}, {frequencyHz})[0];
    };
    const own = await radius(lit);
    source.send('FREQ 9.7222222GHZ\n', 1);
    const second = await radius(lit);
    expect(second / own / (shownAt(3.5e11) / shownAt(4e11))).toBeCloseTo(1, 2);
    expect(second / own).not.toBeCloseTo(1, 1);
    // Between the two of the design the chain gives light too; below both by more than its band it gives none.
    source.send('FREQ 10.4GHZ\n', 1);
    expect((await radius(lit)) / own / (shownAt(36 * 10.4e9) / shownAt(4e11))).toBeCloseTo(1, 2);
    source.send('FREQ 9GHZ\n', 1);
    expect(await radius(lit)).toBeLessThan(0.02 * own);
    source.send('FREQ 11.111111111GHZ\n', 1);
    expect((await radius(lit)) / own).toBeCloseTo(1, 2);
  });

  it('stores samples and flags of that light too', async () => {
    const lit = await light(3);
    const {bench, lockIn, stage, time} = lit;
    stage.send('$H\n', 120);
    stage.send('G53 G0 X-60 Y-60\n', 3);
    const there = await radius(lit);
    stage.send('G53 G0 Z-5\n', 5);
    await radius(lit);
    lockIn.send('REST\n');
    stage.send('G53 G0 Z-1\n', 5);
    // Settings are obeyed at once, so that what is stored meanwhile is stored as asked.
    lockIn.send('SRAT 7;STRT\n');
    time.advance(2);
    await bench.changePlates(() => undefined);
    expect(Math.abs((await radius(lit)) / there - 1)).toBeLessThan(2e-3);
    lockIn.send('PAUS\n');
    const count = Number(await reply(lit, 'SPTS?'));
    expect(count).toBeGreaterThan(2);
    await reply(lit, 'LIAS?');
    expect(await reply(lit, 'LIAS?')).toBe('0\r');
  });

  it('goes on with the light that it has when the light cannot be computed', async () => {
    const lit = await light(4);
    await expect(lit.bench.changePlates((holders) => holders.nudge(1, {dzMm: 1e3}))).rejects.toThrow();
    expect(await reply(lit, 'OUTP?3')).toMatch(/^[\d.e-]+\r$/);
  });
});
