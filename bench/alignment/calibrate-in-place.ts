import {createRandom} from '../../src/base/random.ts';
import type {ReprintSettingsData} from '../../src/contract/reprint.ts';
import type {AsBuiltPool} from '../../src/host/calibrate/as-built-pool.ts';
import type {DrawnObjects} from '../../src/host/calibrate/drawn-objects.ts';
import {scanRegionsOf} from '../../src/host/calibrate/in-place-rules.ts';
import {createPlateOptimizer} from '../../src/host/calibrate/plate-optimizer.ts';
import type {AsBuiltBench} from '../../src/host/calibrate/reprint.ts';
import {regionsGeometry} from '../../src/host/plans/geometry.ts';
import {createSceneReader} from '../../src/virtual/read-scene-plane.ts';
import {plateStandsOf, type SceneTruth} from '../../src/virtual/scene-truth.ts';

/** A plate that is learnt on a bench without instruments. */
export interface InPlaceLesson {
  readonly bench: AsBuiltBench;
  readonly truth: SceneTruth;
  readonly pool: AsBuiltPool;
  readonly objects: DrawnObjects;
  readonly settings: ReprintSettingsData & {readonly plate: number};
  /** Relief to begin with, mm. */
  readonly startMm: ArrayLike<number>;
  readonly pointsPerSide: number;
  /** Noise of a reading, as a part of the brightest point of a plain figure. */
  readonly noise: number;
  readonly say: (text: string) => void;
}

/** Learns a plate on the scene: what the program does on the bench, but for instruments and their time. */
export async function learnOnScene({
  bench,
  truth,
  pool,
  objects,
  settings,
  startMm,
  pointsPerSide,
  noise,
  say,
}: InPlaceLesson): Promise<Float32Array> {
  const {design, state} = bench;
  const geometry = regionsGeometry(scanRegionsOf(design.file.detector.regions, state.frame), pointsPerSide);
  const points = Array.from({length: geometry.count}, (_, i) => geometry.pointAt(i));
  const [xMm, yMm] = [points.map((point) => point.xMm), points.map((point) => point.yMm)];
  const reader = createSceneReader(design, truth);
  const random = createRandom(`${truth.seed}/noise in place`);
  const optimizer = createPlateOptimizer(pool, {
    ...{built: bench, objects, settings, startMm},
    ...{resumed: undefined, sessionUid: '', pointsPerObject: geometry.count},
    keep: () => Promise.resolve(),
    onStep: ({step, loss, accuracy, margin}) => {
      if (step % 10 === 0)
        say(`in place ${step}: loss ${loss.toFixed(3)}, ${accuracy}, margin ${margin.toFixed(3)}`);
    },
  });
  const stands = plateStandsOf(truth);
  const place = settings.plate - 1;
  for (let step = 0; step < optimizer.stepCount; step++) {
    const {heightsMm, objects: shown} = optimizer.next();
    reader.setPlates(
      stands.with(place, {...stands[place], newRelief: {id: `${truth.seed}/step ${step}`, heightsMm}}),
    );
    const energies = shown.map((object) => {
      const powers = reader.read(object, {xMm, yMm}, {leadScrewOf: 'bench'});
      const sums = design.file.detector.regions.map(() => 0);
      points.forEach(({regionIndex, areaMm2}, i) => {
        sums[regionIndex] += areaMm2 * (powers[i] + noise * random.normal());
      });
      return sums;
    });
    await optimizer.learn(energies, {signal: new AbortController().signal});
  }
  return optimizer.lastHeights();
}
