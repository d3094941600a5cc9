import {countOf} from '../../base/count-text.ts';
import {createRandom} from '../../base/random.ts';
import {hasRelief} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Probe} from '../../contract/illumination.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {isAsDesigned} from '../../twin/alignment/arrangement.ts';
import {withPrints} from '../../twin/alignment/print-heights.ts';
import type {AsBuiltDraw} from '../../twin/calibration/as-built-network.ts';
import {plateHeightsOf, printableHeights, type PlateHeights} from '../../twin/calibration/plate-heights.ts';
import {
  beginPlate,
  drawBench,
  trainPlate,
  type NewPlateErrors,
  type PlateCheckpoint,
  type PlateTrainingReport,
  type PlateTrainingSettings,
} from '../../twin/calibration/plate-training.ts';
import {modelFrom, type Design} from '../../twin/design/load.ts';
import {computeRate, createReadOut, type Rate} from '../../twin/metrics/index.ts';
import {judge, type LabelledImages} from '../../twin/training/batch.ts';
import type {AlignedBench} from '../placements/aligned-bench.ts';
import type {AsBuiltPool} from './as-built-pool.ts';
import type {AsBuiltWork} from './as-built-protocol.ts';

/** A network as it was built: what was designed, and what of it was found on a bench. */
export interface AsBuiltBench extends AlignedBench {
  readonly design: Design;
  readonly probe: Probe;
  /** Step of the scan that reads the regions. */
  readonly scanStepMm: number;
}

/** As in the trainings of the shipped designs. */
const loss = {logitScale: 55, efficiencyWeight: 0.07};

/**
 * Throws `plan/invalid` for networks of which no plate can be trained again: read at several frequencies, imaging, or with a
 * part that was put in wrongly.
 */
export function assertCanBeReprinted({
  design,
  arrangement,
}: Pick<AsBuiltBench, 'design' | 'arrangement'>): void {
  const {detector, grid, layers, name} = design.file;
  const refuse = (why: string): never => {
    throw new BenchError(
      'plan/invalid',
      `No plate of ${name} can be designed again: ${why} Nothing was computed.`,
    );
  };
  if (detector.regions.length === 0) refuse('it images its objects and tells no classes.');
  if (detector.frequenciesHz !== undefined) refuse('it is read at several frequencies.');
  if (!isAsDesigned(arrangement))
    refuse('a part was put in wrongly. Put it right first (docs/alignment.md), and measure again.');
  if (layers.some(({pitchMm}) => Math.abs(pitchMm / grid.pitchMm - 1) > 1e-9))
    refuse('its plates have other pixels than its plane.');
}

/** What the threads need to compute a network as it was built. Throws as `assertCanBeReprinted`. */
export function asBuiltWork(bench: AsBuiltBench, images: LabelledImages): AsBuiltWork {
  assertCanBeReprinted(bench);
  const {design, state, method, plateOptics, prints, probe, scanStepMm} = bench;
  const {detector, grid, object, frequencyHz} = design.file;
  const {wavelengthMm, ...model} = {...modelFrom(design), wavelengthMm: wavelengthMmFromHz(frequencyHz)};
  return {
    network: {
      stack: {
        wavelengthMm,
        grid: model.grid,
        method,
        plates: withPrints(model.plates, prints),
        plateOptics,
        outputZMm: model.outputZMm,
        probe,
      },
      state,
      regions: detector.regions,
      scanStepMm,
    },
    detector,
    grid,
    object,
    images,
    loss,
  };
}

/** Everything that decides how one plate is designed again. */
export interface ReprintSettings extends Omit<PlateTrainingSettings, 'steps'> {
  /** Steps of the training of the plate that is chosen. */
  readonly steps: number;
  /** Steps of the short training of each plate that finds out which one recovers most. */
  readonly tryingSteps: number;
  /** Part of the steps, 0..1, from which on pixels have two samples a side, as the bench is predicted; before it one. */
  readonly fineFromRatio: number;
  /** Drawn objects that plates are judged by, each on a bench of its own. */
  readonly judgedCount: number;
}

/** A plate as its short training leaves it. */
export interface TriedPlate {
  readonly place: number;
  readonly accuracy: Rate;
  readonly meanMargin: number;
}

/** Relief of the plate in a place as it can be printed in the material that was found. */
export const heightsAt = (
  {design, state}: Pick<AsBuiltBench, 'design' | 'state'>,
  place: number,
): PlateHeights =>
  plateHeightsOf(
    wavelengthMmFromHz(design.file.frequencyHz),
    state.plates[place].refractiveIndex,
    design.file.layers[place].levels,
  );

/** Places whose plates have a relief that can be printed again. */
export const printablePlaces = ({file}: Design): number[] =>
  file.layers.flatMap((layer, place) => (hasRelief(layer) ? [place] : []));

/** A network as it was built, and the threads that compute it. */
export interface ComputedBench {
  readonly pool: AsBuiltPool;
  readonly bench: AsBuiltBench;
}

/** Trains the plate of a place as it was designed; see `trainPlate`. */
export async function retrainPlate(
  {pool, bench}: ComputedBench,
  {place, objectCount}: {readonly place: number; readonly objectCount: number},
  settings: Omit<ReprintSettings, 'tryingSteps' | 'judgedCount'>,
  {
    start,
    signal,
    onStep,
  }: {
    readonly start?: PlateCheckpoint | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onStep?: (report: PlateTrainingReport, checkpoint: PlateCheckpoint) => Promise<void> | void;
  } = {},
): Promise<{readonly heightsMm: Float32Array; readonly checkpoint: PlateCheckpoint}> {
  const heights = heightsAt(bench, place);
  const fineFrom = settings.fineFromRatio * settings.steps;
  let step = start?.step ?? 0;
  const checkpoint = await trainPlate(
    (job) => pool.gradient({...job, grain: step++ >= fineFrom ? 'fine' : 'coarse'}),
    {place, heights, objectCount, start: start ?? beginPlate(heights, bench.design.layers[place].values)},
    settings,
    {signal, onStep},
  );
  return {heightsMm: printableHeights(heights, checkpoint.phases, true), checkpoint};
}

/** What a plate makes of drawn objects, each on a bench whose scan, and whose new plate if it is one, is drawn. */
export async function judgePlate(
  pool: AsBuiltPool,
  {design}: Pick<AsBuiltBench, 'design'>,
  {place, heightsMm}: {readonly place: number; readonly heightsMm: Float32Array | null},
  {
    labels,
    indices,
    errors,
    seed,
    grain = 'fine',
  }: {
    readonly labels: ArrayLike<number>;
    readonly indices: readonly number[];
    readonly errors: NewPlateErrors;
    readonly seed: number;
    readonly grain?: 'fine' | 'coarse';
  },
): Promise<
  Omit<TriedPlate, 'place'> & {
    readonly judgements: readonly {readonly label: number; readonly winner: number}[];
  }
> {
  const readOut = createReadOut(design.file.detector);
  const benchCount = Math.min(judgedBenches, indices.length);
  const judgements: {label: number; winner: number}[] = [];
  let margin = 0;
  for (let bench = 0; bench < benchCount; bench++) {
    const own = indices.filter((_, i) => i % benchCount === bench);
    const drawn = drawBench(createRandom(`${seed}/judged bench/${bench}`), errors);
    // What stands already stands where it was found, and is printed as it is.
    const draw: AsBuiltDraw = heightsMm === null ? {...drawn, ...asItStands} : drawn;
    const energies = await pool.energies({place, heightsMm, draw, grain, indices: own});
    own.forEach((index, i) => {
      const judged = judge(readOut, energies[i], labels[index]);
      judgements.push({label: labels[index], winner: judged.winner});
      margin += judged.margin;
    });
  }
  const right = judgements.filter(({label, winner}) => label === winner).length;
  return {accuracy: computeRate(right, indices.length), meanMargin: margin / indices.length, judgements};
}

const judgedBenches = 10;
const asItStands = {plate: {dxMm: 0, dyMm: 0, dzMm: 0, rotationDeg: 0}, print: null} as const;

/**
 * Which plate recovers most: each is trained for some steps on the coarse grid and judged by drawn objects. The plates are
 * in the order of what they recover, the best first; margin decides between plates that are right as often.
 */
export async function tryPlates(
  on: ComputedBench,
  {
    labels,
    trainedCount,
    judged,
  }: {
    readonly labels: ArrayLike<number>;
    /** Objects of the set to train on: the first so many. */
    readonly trainedCount: number;
    readonly judged: readonly number[];
  },
  settings: ReprintSettings,
  {
    signal,
    onPlate,
  }: {readonly signal?: AbortSignal | undefined; readonly onPlate?: (tried: TriedPlate) => void} = {},
): Promise<TriedPlate[]> {
  const {pool, bench} = on;
  const places = printablePlaces(bench.design);
  if (places.length === 0)
    throw new BenchError(
      'plan/invalid',
      `${bench.design.file.name} has no plate with a relief, of ${countOf(bench.design.layers.length, 'plate')}. Nothing was computed.`,
    );
  const {errors, seed} = settings;
  const tried: TriedPlate[] = [];
  for (const place of places) {
    const short = {...settings, steps: settings.tryingSteps, fineFromRatio: 2};
    const {heightsMm} = await retrainPlate(on, {place, objectCount: trainedCount}, short, {signal});
    const {accuracy, meanMargin} = await judgePlate(
      pool,
      bench,
      {place, heightsMm},
      {labels, indices: judged, errors, seed, grain: 'coarse'},
    );
    tried.push({place, accuracy, meanMargin});
    onPlate?.({place, accuracy, meanMargin});
  }
  return tried.sort((a, b) => b.accuracy.successes - a.accuracy.successes || b.meanMargin - a.meanMargin);
}
