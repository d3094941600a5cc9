import {fixedText, percentText} from '../../base/number-format.ts';
import type {CalibrateOffer, CalibrateOffers} from '../../contract/calibrate-offers.ts';
import {reprintSettingsSchema} from '../../contract/reprint.ts';
import {sFromMs} from '../../contract/units.ts';
import {
  correctedScores,
  noCorrection,
  type ReadOutCorrection,
} from '../../twin/calibration/corrected-read-out.ts';
import type {NewPlateErrors} from '../../twin/calibration/plate-training.ts';
import {studyReadOut} from '../../twin/calibration/read-out-calibration.ts';
import type {ReadOutSample} from '../../twin/calibration/read-out-fit.ts';
import {
  computeConfusion,
  computeRate,
  createReadOut,
  findWinner,
  type Rate,
} from '../../twin/metrics/index.ts';
import type {StudyNews} from '../twin/study-news.ts';
import {createAsBuiltPool} from './as-built-pool.ts';
import {drawnObjects, type DrawnObjects} from './drawn-objects.ts';
import {drawnPlane, shownPower, shownStepMm, type DrawnPlane} from './drawn-planes.ts';
import type {RecordedBench} from './recorded-bench.ts';
import {asBuiltWork, printablePlaces, tryPlates, type AsBuiltBench, type TriedPlate} from './reprint.ts';
import {simulateSamples} from './simulated-samples.ts';

export interface OffersRequest {
  readonly judgedCount: number;
  /** Measured objects that a read-out would be learnt from. */
  readonly learnedCount: number;
  /** Steps of the short training of each plate; 0 tries none. */
  readonly tryingSteps: number;
  readonly seed: number;
  readonly errors: NewPlateErrors;
  /** How long a plane takes on this bench, s; null where nobody knows. */
  readonly planeS: number | null;
  readonly workerCount?: number | undefined;
}

export interface OffersHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onNews?: ((news: StudyNews) => void) | undefined;
}

/** Most objects that the short trainings of the plates draw from. */
const taughtCount = 2000;

/** What a bench makes of objects: their energies, and the plane of one of them. */
interface Seen {
  readonly samples: readonly ReadOutSample[];
  readonly plane: DrawnPlane;
}

/**
 * What each way of making a network work again would gain, foretold by the twin as built with drawn objects, which the
 * network's training may have seen or not. Throws `plan/invalid` as `asBuiltWork`.
 */
export async function offerCalibrations(
  {bench, uid}: RecordedBench,
  request: OffersRequest,
  {signal, onNews}: OffersHooks = {},
): Promise<CalibrateOffers> {
  const objects = drawnObjects(bench.design.file, {taughtCount, judgedCount: request.judgedCount});
  const stages = 3 + (request.tryingSteps > 0 ? printablePlaces(bench.design).length : 0);
  let done = 0;
  const report = (text: string): void => onNews?.({kind: 'progress', done: done++, total: stages, text});
  const see = async (own: AsBuiltBench, indices: readonly number[]): Promise<Seen> => {
    await using pool = createAsBuiltPool(asBuiltWork(own, objects.images), {
      workerCount: request.workerCount,
      signal,
    });
    const {labels} = objects.images;
    const samples = await simulateSamples(pool, {labels, indices, seed: request.seed});
    return {samples, plane: await drawnPlane(pool, {place: 0, heightsMm: null}, objects.judged[0])};
  };
  report('as designed');
  const designed = await see(moved({...bench, prints: undefined}), objects.judged);
  report('as built');
  const built = await see(bench, objects.judged);
  const {samples: learned} = await see(bench, objects.taught.slice(0, request.learnedCount));
  report('plates moved');
  const put = await see(moved(bench), objects.judged);
  const {tried, computingS} = await tryAll(bench, objects, request, {
    signal,
    onPlate: (text) => report(text),
  });
  return assemble(bench, uid, request, {objects, designed, built, learned, put, tried, computingS});
}

/** Everything that was foretold. */
interface Foretold {
  readonly objects: DrawnObjects;
  readonly designed: Seen;
  readonly built: Seen;
  readonly learned: readonly ReadOutSample[];
  readonly put: Seen;
  readonly tried: readonly TriedPlate[];
  readonly computingS: number;
}

function assemble(
  bench: AsBuiltBench,
  uid: string,
  request: OffersRequest,
  {objects, designed, built, learned, put, tried, computingS}: Foretold,
): CalibrateOffers {
  const judge = judgeOf(bench);
  const {samples: test} = built;
  const before = judge(test);
  const {labels} = createReadOut(bench.design.file.detector);
  const plane = (name: string, {plane: own}: Seen) => ({name, power: shownPower(own)});
  return {
    asBuiltUid: uid,
    before: before.rate,
    designed: judge(designed.samples).rate,
    confusionBefore: before.confusion,
    planes: {
      label: labels[objects.images.labels[objects.judged[0]]],
      side: built.plane.side,
      stepMm: shownStepMm,
      values: [plane('as designed', designed), plane('as built', built), plane('plates moved', put)],
    },
    tried: tried.map(({place, ...own}) => ({plate: place + 1, ...own})),
    offers: [
      readOutOffer(bench, request, {test, learned}),
      moveOffer(bench, request, judge(put.samples)),
      ...(tried.length > 0 ? [reprintOffer(bench, tried[0], {computingS, planeS: request.planeS})] : []),
    ],
  };
}

const judgeOf =
  ({design}: AsBuiltBench) =>
  (
    samples: readonly ReadOutSample[],
    correction?: ReadOutCorrection,
  ): {readonly rate: Rate; readonly confusion: number[][]} => {
    const readOut = createReadOut(design.file.detector);
    const own = correction ?? noCorrection(readOut, samples[0].energies.length);
    const winners = samples.map(({energies}) => findWinner(correctedScores(readOut, own, energies)));
    const truths = samples.map(({label}) => label);
    const right = winners.filter((winner, i) => winner === truths[i]).length;
    const {counts} = computeConfusion(readOut.labels.length, truths, winners);
    return {rate: computeRate(right, samples.length), confusion: counts.map((row) => [...row])};
  };

/** The bench with every plate where the design has it; light, index and prints as they are. */
const moved = (bench: AsBuiltBench): AsBuiltBench => ({
  ...bench,
  state: {
    ...bench.state,
    plates: bench.state.plates.map((plate) => ({
      ...plate,
      dxMm: 0,
      dyMm: 0,
      dzMm: 0,
      rotationDeg: 0,
      tiltXDeg: 0,
      tiltYDeg: 0,
    })),
  },
});

async function tryAll(
  bench: AsBuiltBench,
  objects: DrawnObjects,
  {tryingSteps, seed, errors, workerCount, judgedCount}: OffersRequest,
  {signal, onPlate}: {readonly signal: AbortSignal | undefined; readonly onPlate: (text: string) => void},
): Promise<{readonly tried: readonly TriedPlate[]; readonly computingS: number}> {
  if (tryingSteps === 0) return {tried: [], computingS: 0};
  const startedMs = performance.now();
  await using pool = createAsBuiltPool(asBuiltWork(bench, objects.images), {workerCount, signal});
  const settings = {...reprintSettingsSchema.parse({}), seed, tryingSteps, errors, judgedCount};
  const tried = await tryPlates(
    {pool, bench},
    {labels: objects.images.labels, trainedCount: objects.taught.length, judged: objects.judged},
    settings,
    {signal, onPlate: ({place}) => onPlate(`plate ${place + 1} tried`)},
  );
  // The whole training has so many more steps, of which a part costs two and a half times as much.
  const perStepS = sFromMs(performance.now() - startedMs) / (tried.length * tryingSteps);
  return {tried, computingS: perStepS * settings.steps * (1 + 1.5 * (1 - settings.fineFromRatio))};
}

const nothing = {printG: null, printS: null, computingS: null};

function readOutOffer(
  bench: AsBuiltBench,
  {planeS, learnedCount, seed}: OffersRequest,
  {test, learned}: {readonly test: readonly ReadOutSample[]; readonly learned: readonly ReadOutSample[]},
): CalibrateOffer {
  const readOut = createReadOut(bench.design.file.detector);
  const {chosen, neededCount} = studyReadOut(readOut, {learned, test}, {seed});
  const judged = judgeOf(bench)(test, chosen.correction);
  const needed =
    neededCount === null
      ? 'No number of objects up to this gains anything.'
      : `${neededCount} of them come within a point of that.`;
  return {
    kind: 'read-out',
    text: `Correct the measured energies by weights and offsets that ${learnedCount} measured objects teach. ${needed}`,
    after: judged.rate,
    confusion: judged.confusion,
    cost: {...nothing, planes: learnedCount, measuringS: planeS === null ? null : planeS * learnedCount},
    risk: 'Counts until plates, light or probe are touched; it corrects what is the same behind all objects, and nothing else.',
  };
}

function moveOffer(
  {state}: AsBuiltBench,
  {planeS}: OffersRequest,
  judged: {readonly rate: Rate; readonly confusion: number[][]},
): CalibrateOffer {
  const largest = Math.max(...state.plates.map(({dxMm, dyMm}) => Math.hypot(dxMm, dyMm)));
  return {
    kind: 'move',
    text: `Put every plate where the design has it, by mounts or by hand: the one that stands farthest off by ${fixedText(largest, 2)} mm.`,
    after: judged.rate,
    confusion: judged.confusion,
    // The planes that say whether it helped.
    cost: {...nothing, planes: 5, measuringS: planeS === null ? null : 5 * planeS},
    risk: 'Foretold for plates that stand exactly where they belong; a hand leaves some hundredths of a millimetre. Heights and index stay as they are.',
  };
}

function reprintOffer(
  {design}: AsBuiltBench,
  best: TriedPlate,
  {computingS, planeS}: {readonly computingS: number; readonly planeS: number | null},
): CalibrateOffer {
  const {baseMm, pitchMm} = design.file.layers[best.place];
  const heights = design.layers[best.place].values;
  let volumeMm3 = 0;
  for (const height of heights) volumeMm3 += (height + baseMm) * pitchMm ** 2;
  let highestMm = 0;
  for (const height of heights) highestMm = Math.max(highestMm, height + baseMm);
  return {
    kind: 'reprint',
    text: `Design plate ${best.place + 1} again for the network as it was built, and print it. After a short training it reads ${percentText(best.accuracy.ratio ?? 0)} of drawn objects right; a whole training mostly gains more.`,
    after: best.accuracy,
    confusion: null,
    cost: {
      planes: 5,
      measuringS: planeS === null ? null : 5 * planeS,
      printG: (volumeMm3 / 1000) * resinGPerCm3,
      printS: (highestMm / printedMmPerHour) * 3600,
      computingS,
    },
    risk: 'Foretold with the placement and print errors that the bench file allows a new plate; heights that the planes do not show are not compensated.',
  };
}

/** Resin of the printer that is assumed elsewhere, and how fast such a printer builds up height. */
const resinGPerCm3 = 1.18;
const printedMmPerHour = 5;
