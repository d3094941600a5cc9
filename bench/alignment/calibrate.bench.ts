import {createRandom} from '../../src/base/random.ts';
import {measurementModelSchema} from '../../src/contract/measurement.ts';
import {alignPlanes} from '../../src/host/alignment/align-planes.ts';
import {inPlaceSettingsSchema} from '../../src/contract/reprint.ts';
import {createAsBuiltPool, type AsBuiltPool} from '../../src/host/calibrate/as-built-pool.ts';
import {drawnObjects, type DrawnObjects} from '../../src/host/calibrate/drawn-objects.ts';
import {fitHeights} from '../../src/host/calibrate/fit-heights.ts';
import {
  asBuiltWork,
  judgePlate,
  retrainPlate,
  tryPlates,
  type AsBuiltBench,
  type ReprintSettings,
} from '../../src/host/calibrate/reprint.ts';
import {chooseTestDigits, type TestDigit} from '../../src/host/campaign/digits.ts';
import {defaultDesignFolder} from '../../src/host/designs/default-design.ts';
import {openDesign} from '../../src/host/designs/design-folder.ts';
import {createPrintHeights} from '../../src/twin/alignment/print-heights.ts';
import type {BenchState} from '../../src/twin/alignment/state.ts';
import {noDraw} from '../../src/twin/calibration/as-built-network.ts';
import type {ReadOutCorrection} from '../../src/twin/calibration/corrected-read-out.ts';
import {calibrateReadOut, studyReadOut} from '../../src/twin/calibration/read-out-calibration.ts';
import type {ReadOutSample} from '../../src/twin/calibration/read-out-fit.ts';
import type {Design} from '../../src/twin/design/load.ts';
import {computeRate, createReadOut, findWinner} from '../../src/twin/metrics/index.ts';
import {defaultSceneSettings} from '../../src/virtual/scene-settings.ts';
import type {SceneTruth} from '../../src/virtual/scene-truth.ts';
import type {BenchResult} from '../figures.ts';
import {learnOnScene} from './calibrate-in-place.ts';
import {alignmentCases, givenOptics, readCase, type AlignmentCase} from './cases.ts';
import {planeEnergies} from './judged-planes.ts';

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const counts = {
  /** Whole planes that the bench is aligned on, and those that its heights are found from: the first of those below. */
  aligned: number('CALIBRATE_ALIGNED', 5),
  heights: number('CALIBRATE_HEIGHTS', 20),
  /** Measured objects that the read-out learns from, and those that judge. */
  learned: number('CALIBRATE_LEARNED', 50),
  judged: number('CALIBRATE_JUDGED', 50),
  /** Simulated objects behind the network as built that the read-out is drawn to. */
  simulated: number('CALIBRATE_SIMULATED', 200),
};
/** Steps of learning the same plate on the bench; 0 for none. */
const inPlaceSteps = number('CALIBRATE_IN_PLACE', 0);
const workerCount = number('CALIBRATE_THREADS', 2);

/** Model of the plates that the bench itself has; `ALIGN_PLATES` names the one that it is understood by. */
const plateModel = process.env['CALIBRATE_BENCH_PLATES'] === 'thick' ? 'thick' : 'thin';

const roughness = {rmsMm: 0.05, correlationMm: 0.5};

/** Plates off by 0.3 mm RMS, heights wrong by 0.05 mm RMS with a correlation of 0.5 mm, everything else as shipped. */
const wrong: AlignmentCase = {
  ...alignmentCases['default'],
  settings: {
    ...defaultSceneSettings,
    plates: {lateralMm: 0.3, axialMm: 0.2, rotationDeg: 0.2},
    heightNoise: roughness,
    plateModel,
  },
};

/** Part of what is not known of the heights that a new plate is made to bear; 0 for none. */
const unknownRatio = number('CALIBRATE_UNKNOWN', 1);

const defaultSettings: ReprintSettings = {
  seed: 1,
  steps: number('CALIBRATE_STEPS', 400),
  tryingSteps: number('CALIBRATE_TRYING_STEPS', 40),
  batchSize: number('CALIBRATE_BATCH', 16),
  learningRate: number('CALIBRATE_RATE', 0.15),
  finalLearningRate: number('CALIBRATE_RATE', 0.15) / 20,
  levelsFromRatio: 0.5,
  fineFromRatio: 0.6,
  judgedCount: 100,
  errors: {
    lateralMm: 0.1,
    axialMm: 0.2,
    rotationDeg: 0.2,
    print: roughness,
  },
};

/**
 * A printed network that is not as designed, before and after each way of making it work again: objects that took no part in
 * anything judge it, measured on the virtual bench's scene as a scan would bring them home. `CALIBRATE_SEEDS` a range (1
 * unless given), `CALIBRATE_PLATE` a plate (from 1) instead of the one that trying finds, `DESIGN` another design folder.
 */
export async function run(): Promise<BenchResult[]> {
  const design = await openDesign(process.env['DESIGN'] ?? defaultDesignFolder);
  const [first, last = first] = (process.env['CALIBRATE_SEEDS'] ?? '1').split('-').map(Number);
  const results: BenchResult[] = [];
  for (let seed = first; seed <= last; seed++)
    results.push({name: `calibrating the bench of seed ${seed}`, figures: await calibrateSeed(design, seed)});
  return results;
}

async function calibrateSeed(design: Design, seed: number): Promise<Record<string, number>> {
  const {aligned, heights, learned, judged} = counts;
  const all = chooseTestDigits(judged + Math.max(learned, heights), seed, design.file);
  const sets = {
    heights: all.slice(judged, judged + heights),
    judged: all.slice(0, judged),
    learned: all.slice(judged, judged + learned),
  };
  const say = (text: string): void =>
    console.error(`calibrate ${seed}, ${Math.round(process.cpuUsage().user / 1e6)} s of CPU: ${text}`);
  const {bench, truth, unknownMm} = await findBench(design, seed, sets.heights, aligned, say);
  const seen: Seen = {design, seed, state: bench.state};
  const before = samplesOf(seen, sets.judged);
  const figures: Record<string, number> = {heightPlanes: heights, ...rates('before', design, before)};
  say(JSON.stringify(figures));
  const objects = drawnObjects(design.file, {
    taughtCount: 8000,
    judgedCount: defaultSettings.judgedCount,
  });
  await using pool = createAsBuiltPool(asBuiltWork(bench, objects.images), {workerCount});
  const job: Job = {
    ...{pool, bench, objects, say},
    settings: {
      ...defaultSettings,
      errors: {
        ...defaultSettings.errors,
        unknown: {...roughness, rmsMm: unknownRatio * unknownMm},
      },
    },
  };
  const study = studyReadOut(
    createReadOut(design.file.detector),
    {learned: samplesOf(seen, sets.learned), test: before},
    {towards: await learntFromTwin(job, {place: 0, heightsMm: null})},
  );
  Object.assign(figures, {readOutPlanes: learned, ...rateFigures('readOut', study.after)});
  say(`${study.chosen.family} ${study.chosen.sigma}, ${JSON.stringify(study.curve)}`);
  const again = job.settings.steps > 0 ? await reprint(job) : {place: lastPlate(design)};
  figures['plate'] = again.place + 1;
  if ('heightsMm' in again) {
    Object.assign(figures, {predictedBefore: again.before, predictedAfter: again.after});
    await judgeNewPlate({...seen, truth}, again, {job, sets, figures, name: 'reprinted'});
    say(JSON.stringify(figures));
  }
  if (inPlaceSteps === 0) return figures;
  // On the bench itself, from the plate that stands there.
  const learnt = await learnOnScene({
    ...{bench, pool, objects, say, truth, startMm: design.layers[again.place].values},
    ...{pointsPerSide: 8, noise: 1e-5},
    settings: {...inPlaceSettingsSchema.parse({steps: inPlaceSteps}), plate: again.place + 1},
  });
  const inPlacePlate = {place: again.place, heightsMm: learnt};
  await judgeNewPlate({...seen, truth}, inPlacePlate, {job, sets, figures, name: 'inPlace'});
  say(JSON.stringify(figures));
  return figures;
}

/** The plate that `CALIBRATE_PLATE` names, from 0, or the last. */
const lastPlate = ({layers}: Design): number => number('CALIBRATE_PLATE', layers.length) - 1;

/** Measures the objects that judge behind a new plate, by their energies and by a read-out that was learnt anew. */
async function judgeNewPlate(
  {truth, design, seed, state}: Seen & {readonly truth: SceneTruth},
  {place, heightsMm}: {readonly place: number; readonly heightsMm: Float32Array},
  {
    job,
    sets,
    figures,
    name,
  }: {
    readonly job: Job;
    readonly sets: {readonly judged: readonly TestDigit[]; readonly learned: readonly TestDigit[]};
    readonly figures: Record<string, number>;
    readonly name: string;
  },
): Promise<void> {
  const changed: Design = {
    ...design,
    layers: design.layers.map((relief, i) =>
      i === place ? {...relief, values: Float64Array.from(heightsMm)} : relief,
    ),
  };
  const seen: Seen = {design: changed, seed, state, truth: withNewPlate(truth, place, seed)};
  const measured = samplesOf(seen, sets.judged);
  Object.assign(figures, rates(name, design, measured));
  const both = studyReadOut(
    createReadOut(design.file.detector),
    {learned: samplesOf(seen, sets.learned), test: measured},
    {towards: await learntFromTwin(job, {place, heightsMm})},
  );
  Object.assign(figures, rateFigures(`${name}ReadOut`, both.after));
}

/** A read-out that simulated objects behind the network as built teach; measured ones are drawn to it. */
async function learntFromTwin(
  {pool, bench, objects}: Job,
  changed: {readonly place: number; readonly heightsMm: Float32Array | null},
): Promise<ReadOutCorrection | undefined> {
  if (counts.simulated === 0) return undefined;
  const indices = objects.taught.slice(0, counts.simulated);
  const energies = await pool.energies({...changed, draw: noDraw, grain: 'fine', indices});
  const samples = indices.map((index, i) => ({energies: energies[i], label: objects.images.labels[index]}));
  return calibrateReadOut(createReadOut(bench.design.file.detector), samples).correction;
}

const rateFigures = (
  name: string,
  {ratio, low, high}: {readonly ratio: number | null; readonly low: number; readonly high: number},
): Record<string, number> => ({[name]: ratio ?? NaN, [`${name}Low`]: low, [`${name}High`]: high});

function rates(name: string, {file}: Design, samples: readonly ReadOutSample[]): Record<string, number> {
  const readOut = createReadOut(file.detector);
  const right = samples.filter(
    ({energies, label}) => findWinner(readOut.scoresOf(energies)) === label,
  ).length;
  return rateFigures(name, computeRate(right, samples.length));
}

/** Where everything stands and how the plates were printed, from measured planes alone. */
async function findBench(
  design: Design,
  seed: number,
  digits: readonly TestDigit[],
  alignedCount: number,
  say: (text: string) => void,
): Promise<{readonly bench: AsBuiltBench; readonly truth: SceneTruth; readonly unknownMm: number}> {
  const own = readCase(wrong, design, seed, {digits, scan: scanOf(design)});
  const {planes, probe, illumination, truth} = own;
  let last = '';
  const outcome = await alignPlanes(
    {design, illumination, probe, planes: planes.slice(0, alignedCount)},
    // Nothing was put in wrongly on this bench, and an operator has looked.
    {
      workerCount,
      orientation: 'never',
      // Prints as rough as these leave doubt anyhow, and every plate far off would be tried for it.
      reach: 'near',
      plateOptics: givenOptics(),
      onProgress: ({stage, text}) => {
        if (stage !== last) say(`${stage}: ${text}`);
        last = stage;
      },
    },
  );
  say(`${outcome.result.verdict}: ${outcome.result.reasons.join(' ')}`);
  const {state, arrangement, result} = outcome;
  const found = {state, arrangement, method: 'rs', plateOptics: result.plateOptics} as const;
  const heights =
    planes.length <= alignedCount
      ? {rmsMm: 0, valuesMm: new Float32Array(), resolutions: null}
      : await fitHeights(
          {
            ...{design, probe, planes, bench: found},
            ...{sigmaMm: roughness.rmsMm, correlationMm: roughness.correlationMm},
          },
          {isJudged: process.env['CALIBRATE_JUDGE_HEIGHTS'] !== undefined},
          {workerCount},
        );
  say(`heights of ${(1000 * heights.rmsMm).toFixed(1)} um RMS found, ${JSON.stringify(heights.resolutions)}`);
  // As far as the planes did not show them: the prior's variance less what was found of it.
  const unknownMm = Math.sqrt(Math.max(0, roughness.rmsMm ** 2 - heights.rmsMm ** 2));
  const bench: AsBuiltBench = {
    ...found,
    design,
    probe,
    scanStepMm: 1,
    prints: heights.rmsMm > 0 ? createPrintHeights(heights.valuesMm) : undefined,
  };
  return {bench, truth, unknownMm};
}

/** The whole plane at 1 mm. */
const scanOf = ({file: {grid}}: Design) => ({
  widthMm: Math.floor(grid.count * grid.pitchMm) - 1,
  stepMm: 1,
});

/** A bench as it is read: the design that stands there, where the scan was found, and what is no longer as its seed drew it. */
interface Seen {
  readonly design: Design;
  readonly seed: number;
  readonly state: BenchState;
  readonly truth?: SceneTruth;
}

/** What the regions read of measured digits, where the frame was found. */
function samplesOf(
  {design, seed, state: {frame}, truth}: Seen,
  digits: readonly TestDigit[],
): ReadOutSample[] {
  const {detector} = design.file;
  const {planes} = readCase(wrong, design, seed, {digits, scan: scanOf(design), truth});
  const {labels} = createReadOut(detector);
  return planes.map((plane) => ({
    energies: planeEnergies(plane, frame, detector),
    label: labels.indexOf(plane.label),
  }));
}

/** The network as it was built, the threads that compute it, and the objects that they know. */
interface Job {
  readonly pool: AsBuiltPool;
  readonly bench: AsBuiltBench;
  readonly objects: DrawnObjects;
  readonly settings: ReprintSettings;
  readonly say: (text: string) => void;
}

/** Finds the plate and designs it again. */
async function reprint({pool, bench, objects, settings, say}: Job) {
  const {labels} = objects.images;
  const trainedCount = objects.taught.length;
  const judged = {labels, indices: objects.judged, errors: settings.errors, seed: settings.seed};
  const before = await judgePlate(pool, bench, {place: 0, heightsMm: null}, judged);
  say(`predicted before: ${before.accuracy.ratio}, margin ${before.meanMargin}`);
  const wanted = process.env['CALIBRATE_PLATE'];
  const place =
    wanted === undefined
      ? (
          await tryPlates({pool, bench}, {labels, trainedCount, judged: objects.judged}, settings, {
            onPlate: (tried) =>
              say(`plate ${tried.place + 1}: ${tried.accuracy.ratio}, margin ${tried.meanMargin}`),
          })
        )[0].place
      : Number(wanted) - 1;
  const {heightsMm} = await retrainPlate({pool, bench}, {place, objectCount: trainedCount}, settings, {
    onStep: ({step, loss, accuracy, margin}) => {
      if (step % 25 === 0)
        say(`step ${step}: loss ${loss.toFixed(3)}, ${accuracy}, margin ${margin.toFixed(3)}`);
    },
  });
  const after = await judgePlate(pool, bench, {place, heightsMm}, judged);
  say(`predicted after: ${after.accuracy.ratio}, margin ${after.meanMargin}`);
  return {place, heightsMm, before: before.accuracy.ratio ?? NaN, after: after.accuracy.ratio ?? NaN};
}

/** The new plate in the place of the one before, a little off as one that is put into a holder is. */
function withNewPlate(truth: SceneTruth, place: number, seed: number): SceneTruth {
  const random = createRandom(`${seed}/new plate`);
  const {plates} = measurementModelSchema.parse({});
  const layers = truth.placements.layers.map((own, i) =>
    i === place
      ? {
          ...own,
          dxMm: own.dxMm + plates.lateralMm * random.normal(),
          dyMm: own.dyMm + plates.lateralMm * random.normal(),
          dzMm: own.dzMm + plates.axialMm * random.normal(),
          rotationDeg: own.rotationDeg + plates.rotationDeg * random.normal(),
        }
      : own,
  );
  return {...truth, placements: {...truth.placements, layers}};
}
