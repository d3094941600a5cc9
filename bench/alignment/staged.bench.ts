import {openDesign} from '../../src/host/designs/design-folder.ts';
import {defaultDesignFolder} from '../../src/host/designs/default-design.ts';
import {chooseTestDigits} from '../../src/host/campaign/digits.ts';
import {knownFrom, knownParameters} from '../../src/host/guide/known-parameters.ts';
import {runGuideAlignment} from '../../src/host/guide/guide-alignment.ts';
import {designedState} from '../../src/twin/alignment/defaults.ts';
import {modelFrom} from '../../src/twin/design/load.ts';
import type {BenchResult} from '../figures.ts';
import {alignmentCases, readCase} from './cases.ts';

/** As the guided procedure measures with a part of the plates unless told otherwise. */
const scan = {widthMm: 72, stepMm: 2};
const objectCount = 2;
const holder = {lateralMm: 3, rotationDeg: 4};
/** A plate counts as converged from here on. */
const convergedMm = 0.1;

/**
 * Plates put in one at a time, each up to 2 mm and 3 degrees off (uniform), on the default scene: how many benches are
 * found whole. `ALIGN_SEEDS` a range (1-3 unless given), `ALIGN_THREADS` how many threads.
 */
export async function run(): Promise<BenchResult[]> {
  const design = await openDesign(defaultDesignFolder);
  const [first, last = first] = (process.env['ALIGN_SEEDS'] ?? '1-3').split('-').map(Number);
  const threads = process.env['ALIGN_THREADS'];
  let converged = 0;
  for (let seed = first; seed <= last; seed++) {
    const digits = chooseTestDigits(objectCount, seed, design.file);
    const {plates} = modelFrom(design);
    const seconds: number[] = [];
    const unexplainedRatios: number[] = [];
    let known = {};
    let state: ReturnType<typeof designedState> | undefined;
    let worstMm = 0;
    for (let plate = 0; plate < plates.length; plate++) {
      const present = plates.map((_, i) => i <= plate);
      const {truth, ...data} = readCase(alignmentCases['staged'], design, seed, {digits, scan, present});
      const designed = designedState(plates, data.illumination);
      const {result, state: found} = await runGuideAlignment(
        {
          design,
          illumination: data.illumination,
          probe: data.probe,
          planes: data.planes,
          start: state ?? designed,
          parameters: knownParameters(designed, present, known, [plate]),
          plate,
          holder,
          isFrameKnown: state !== undefined,
          ...(threads ? {workerCount: Number(threads)} : {}),
        },
        {signal: new AbortController().signal},
      );
      // Taken for absent, which it is not.
      if (!result) {
        worstMm = Infinity;
        break;
      }
      seconds.push(Math.round(result.seconds));
      unexplainedRatios.push(Number(result.after.unexplainedRatio.toPrecision(2)));
      if (result.verdict === 'failed') {
        worstMm = Infinity;
        break;
      }
      state = found;
      known = knownFrom(result.parameters);
      if (plate < plates.length - 1) continue;
      const {layers, object} = truth.placements;
      for (const [i, layer] of layers.entries())
        worstMm = Math.max(
          worstMm,
          Math.hypot(
            found.plates[i].dxMm - layer.dxMm + object.dxMm,
            found.plates[i].dyMm - layer.dyMm + object.dyMm,
          ),
        );
    }
    const isConverged = worstMm < convergedMm;
    if (isConverged) converged++;
    console.error(
      `staged ${seed}: ${isConverged ? 'converged' : 'missed'}, worst plate ${(1000 * worstMm).toFixed(0)} um, unexplained ${unexplainedRatios.join(' ')}, seconds ${seconds.join(' ')}`,
    );
  }
  const seeds = last - first + 1;
  return [{name: `plates one at a time, +-2 mm and +-3 deg`, figures: {converged, seeds}}];
}
