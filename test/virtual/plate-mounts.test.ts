import {expect, it} from 'vitest';
import {createBench, type InProcessBench} from '../../src/virtual/bench.ts';
import {mountStep} from '../../src/virtual/plate-mounts.ts';
import {createSceneReader} from '../../src/virtual/read-scene-plane.ts';
import {createManualTime} from '../../src/virtual/time.ts';
import {createSmallDesign, smallObject} from './small-design.ts';
import {connect} from './wire.ts';

/** Light at the probe, where it stands now. */
const light = ({wiring, time}: InProcessBench): number => wiring.powerAt(time.nowS());

it('moves its plate in the light, once at rest, from where the plate stood with its error', async () => {
  using small = await createSmallDesign();
  const time = createManualTime();
  const bench = createBench({time, seed: 4, hasNoise: false, designFolder: small.folder, hasMounts: true});
  try {
    await bench.ready;
    await bench.mountObject(smallObject);
    const source = connect(bench.instruments['scpi-source'], time, 0.2);
    source.send('FREQ 11.111111111GHZ;POW 10;:PULM:STAT ON;:OUTP ON\n', 1);
    const mounts = connect(bench.instruments.zaber!, time, 0.05);
    const before = light(bench);
    const stood = bench.truth.placements.layers[1];

    const steps = Math.round(1 / mountStep.mm);
    const turn = Math.round(-2 / mountStep.deg);
    expect(mounts.send(`/2 1 move rel ${steps}\n/2 4 move rel ${turn}\n`)).toBe(
      '@02 1 OK BUSY WR 0\r\n@02 4 OK BUSY WR 0\r\n',
    );
    time.advance(0.1);
    expect(light(bench)).toBeCloseTo(before, 5);
    time.advance(5);
    // The way is done, and the axis says so, whether the light has followed or not.
    expect(mounts.send('/2 get pos\n')).toBe(`@02 0 OK IDLE WR ${steps} 0 0 ${turn}\r\n`);
    await bench.changePlates(() => undefined);

    const now = bench.holders.truth();
    expect(now.placements.layers[1]).toMatchObject({
      dxMm: expect.closeTo(stood.dxMm + 1, 4) as number,
      dyMm: stood.dyMm,
      rotationDeg: expect.closeTo(stood.rotationDeg - 2, 3) as number,
    });
    // The reader is told where the probe truly is.
    const reader = createSceneReader(small.design, bench.truth);
    const [x, y, z] = bench.wiring.probeMm(time.nowS());
    const read = (): number =>
      reader.read(smallObject, {xMm: [x], yMm: [y], zMm: z, timeS: [time.nowS()]})[0];
    const ripple = before / read();
    reader.setPlates(bench.holders.stands());
    expect(light(bench) / (ripple * read())).toBeCloseTo(1, 3);
    expect(Math.abs(light(bench) / before - 1)).toBeGreaterThan(0.05);
  } finally {
    await bench.dispose();
  }
});

it('has no mounts unless it is asked for them', async () => {
  const bench = createBench({time: createManualTime()});
  expect(bench.instruments.zaber).toBeUndefined();
  expect(bench.mounts).toBeUndefined();
  await bench.dispose();
});
