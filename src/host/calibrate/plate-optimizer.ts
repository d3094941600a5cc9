import type {ComplexPlane} from '../../contract/optics.ts';
import type {InPlaceLineage, ReprintSettingsData} from '../../contract/reprint.ts';
import {noDraw} from '../../twin/calibration/as-built-network.ts';
import {printableHeights} from '../../twin/calibration/plate-heights.ts';
import {beginPlate, jobOfStep, reportOf, stepOf} from '../../twin/calibration/plate-training.ts';
import {createObject} from '../../twin/field/object.ts';
import type {Design} from '../../twin/design/load.ts';
import {computeRate} from '../../twin/metrics/index.ts';
import {imageAt} from '../../twin/training/batch.ts';
import {mountFrom} from '../campaign/campaign-plan.ts';
import type {InPlaceOptimizer, MeasuredEnergies} from '../plans/in-place.ts';
import type {ObjectMount} from '../plans/registration.ts';
import type {AsBuiltPool} from './as-built-pool.ts';
import type {DrawnObjects} from './drawn-objects.ts';
import type {StoredReprint} from './reprint-checkpoint.ts';
import {rateOf} from './reprint-record.ts';
import {heightsAt, type AsBuiltBench} from './reprint.ts';

/** What a plate is learnt from, and how. */
export interface PlateTask {
  readonly built: AsBuiltBench;
  readonly objects: DrawnObjects;
  readonly settings: ReprintSettingsData & {readonly plate: number};
  /** Relief to begin with, mm, and what was learnt before. */
  readonly startMm: ArrayLike<number>;
  readonly resumed: StoredReprint | undefined;
  readonly sessionUid: string;
  /** Points that are read behind each object. */
  readonly pointsPerObject: number;
  readonly keep: (state: Omit<StoredReprint, 'seconds'>) => Promise<void>;
  readonly onStep?: ((point: InPlaceLineage['curve'][number]) => void) | undefined;
}

/** An optimizer, and how far it has come. */
export interface PlateOptimizer extends InPlaceOptimizer {
  state(): Omit<StoredReprint, 'seconds'> & Required<Pick<StoredReprint, 'inPlace'>>;
}

/**
 * Learns the heights of a plate: what the bench has measured behind it is carried back through the twin as built, and
 * Adam takes a step. The energies of the twin itself have no say.
 */
export function createPlateOptimizer(
  pool: Pick<AsBuiltPool, 'gradient'>,
  {built, objects, settings, startMm, resumed, sessionUid, pointsPerObject, keep, onStep}: PlateTask,
): PlateOptimizer {
  const place = settings.plate - 1;
  const heights = heightsAt(built, place);
  const {design} = built;
  const labels = objects.judged.map((index) => objects.images.labels[index]);
  let at = resumed?.checkpoint ?? beginPlate(heights, startMm);
  let before = resumed?.before;
  let inPlace = resumed?.inPlace ?? {sessionUid, objectCount: 0, pointCount: 0, curve: []};
  const count = (objectCount: number): void => {
    inPlace = {
      ...inPlace,
      objectCount: inPlace.objectCount + objectCount,
      pointCount: inPlace.pointCount + objectCount * pointsPerObject,
    };
  };
  const stepNow = () => jobOfStep(at, {heights, objectCount: objects.taught.length}, settings);
  const state = () => {
    const known = before ?? {before: computeRate(0, 0), confusionBefore: []};
    return {plate: settings.plate, tried: [], before: known, inPlace, checkpoint: at};
  };
  const keepBefore = async (energies: MeasuredEnergies): Promise<void> => {
    const {rate, confusion} = rateOf(design, labels, energies);
    before = {before: rate, confusionBefore: confusion};
    count(energies.length);
    await keep(state());
  };
  return {
    stepCount: settings.steps,
    doneCount: at.step,
    next() {
      const {heightsMm, indices} = stepNow();
      return {heightsMm, objects: indices.map((index) => mountOf(design, objects, index))};
    },
    async learn(energies) {
      const {heightsMm, indices} = stepNow();
      const batch = await pool.gradient({
        ...{place, heightsMm, indices, draw: noDraw},
        grain: at.step >= settings.fineFromRatio * settings.steps ? 'fine' : 'coarse',
        measured: energies.map((own) => Float64Array.from(own)),
      });
      at = stepOf(at, batch.heights, heights.mmPerRad, settings);
      count(energies.length);
      const point = reportOf(at, batch, settings);
      inPlace = {...inPlace, curve: [...inPlace.curve, point]};
      await keep(state());
      onStep?.(point);
    },
    lastHeights: () => printableHeights(heights, at.phases, true),
    ...(before === undefined && {keepBefore}),
    state,
  };
}

/** A drawn object as it is put into the bench. */
export function mountOf({file}: Design, {images}: DrawnObjects, index: number): ObjectMount {
  const object: ComplexPlane = createObject(imageAt(images, index), file.grid, file.object);
  return mountFrom(`drawn object ${index}`, object);
}
