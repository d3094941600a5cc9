import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {setImmediate} from 'node:timers/promises';
import type {GpuNetworkName, TrainingPlanes} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {newEpoch} from '../../contract/stored/file-records.ts';
import {bestEpochOf, geometryProblems, isTrained} from '../../contract/training-checks.ts';
import type {TrainingCurvePoint, TrainingSettingsData} from '../../contract/training.ts';
import {readOutOf, type EnergyEngine, type EngineSpec} from '../../twin/training/batch.ts';
import {reversedEngine, reversedSpec} from '../../twin/training/reversed-engine.ts';
import {parametersFrom, sizesOf} from '../../twin/training/read-out-parameters.ts';
import {neuronModelOf} from '../../twin/training/trained-optics.ts';
import {train, type TrainingProgress} from '../../twin/training/train.ts';
import {
  createClassGoal,
  createDenseGoal,
  createImageGoal,
  type TrainingGoal,
} from '../../twin/training/training-goal.ts';
import {scannedCountOf} from '../../twin/training/region-reading.ts';
import type {TrainingCheckpoint} from '../../twin/training/training-settings.ts';
import type {TrainingDigits, TrainingSets} from '../data/training-digits.ts';
import {readTrainingSets} from '../data/training-sets.ts';
import {assertWritable} from '../files/assert-writable.ts';
import {createGpuCourse, engineOnGpu} from '../gpu/gpu-course.ts';
import type {AskGpu} from '../gpu/gpu-port.ts';
import {createOpticsPool, type OpticsPool} from '../optics/optics-pool.ts';
import {useTensorBackend} from '../tensor/backend.ts';
import {createCheckpointStore, type StoredTraining} from './checkpoint-store.ts';
import {createCurve} from './training-curve.ts';
import {createTrainingSamples} from './training-samples.ts';
import {startState} from './training-start.ts';
import {engineSpec, wantedPictureOf} from './training-spec.ts';
import {validate} from './validate-training.ts';
import {writeDesign, writeTrainingRecord, type TrainedDesign} from './write-trained.ts';

/** Everything that a training can be told; recorded beside the design it makes. */
export type TrainDesignSettings = TrainingSettingsData;

/** What a training tells whoever follows it. */
export interface TrainingListeners {
  readonly onBackend?: (text: string) => void;
  /** Gets the epochs that lie behind a training that goes on. */
  readonly onResume?: (curve: readonly TrainingCurvePoint[]) => void;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly onEpoch?: (point: TrainingCurvePoint, isBest: boolean) => void;
  /** Hears where the steps from now on are computed: on the GPU of a name, or (null) on the processors. */
  readonly onPlace?: (gpu: string | null, text: string) => void;
  /** Gets planes of a few kept images after each epoch and checkpoint. */
  readonly onPlanes?: (planes: TrainingPlanes) => void;
}

export interface TrainDesignOptions extends TrainingListeners {
  readonly folder: string;
  readonly command: string;
  readonly workerCount?: number | undefined;
  /** Computes the steps while it can; the processors without it. */
  readonly gpu?: {readonly name: string; readonly ask: AskGpu} | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Throws `plan/invalid` with every reason why a network cannot be trained or built as these settings say. */
export function assertTrainable(settings: TrainDesignSettings): void {
  const problems = geometryProblems(settings);
  if (problems.length === 0) return;
  throw new BenchError('plan/invalid', `${problems.join(' ')} Nothing was started.`, {details: {problems}});
}

/**
 * Trains a network and writes it as a design folder, again after each epoch; a stopped training goes on from
 * where it was stopped when it is called again with the same settings. Returns the curve. With `stopAfterEpochs` the
 * design is that of the best epoch, else of the last one.
 */
export async function trainDesign(
  settings: TrainDesignSettings,
  options: TrainDesignOptions,
): Promise<TrainingCurvePoint[]> {
  assertTrainable(settings);
  await mkdir(options.folder, {recursive: true});
  await assertWritable(join(options.folder, 'design.json'), 'The design', 'Nothing was computed');
  const backend = await useTensorBackend();
  options.onBackend?.(`optimiser and loss on TensorFlow.js (${backend.name}: ${backend.reason})`);
  const digits = await readTrainingSets(settings);
  const design = designToTrain(settings, digits);
  const {spec} = design;
  const store = createCheckpointStore(join(options.folder, 'checkpoint'), settings);
  const stored = await store.read();
  if (stored) options.onResume?.(stored.curve);
  else await store.noteBegun();
  if (stored && isTrained(stored.curve, settings)) return await finished(stored, design, options);
  const resumed = stored ?? (await startState(design));
  const threads = {
    maximumBatch: Math.max(settings.batchSize, 200),
    ...(options.workerCount === undefined ? {} : {workerCount: options.workerCount}),
  };
  await using pool = createOpticsPool(spec, threads);
  await using behindPool = imagesOneWay(settings) ? createOpticsPool(reversedSpec(spec), threads) : null;
  const onGpu = createPlace(design, options);
  return await trainFrom(
    resumed,
    {
      design,
      digits,
      pool,
      engine: onGpu(pool, 'forward', spec),
      ...(behindPool && {
        behindPool: reversedEngine(behindPool),
        behind: reversedEngine(onGpu(behindPool, 'reversed', reversedSpec(spec))),
      }),
      store,
    },
    options,
  );
}

/** Network, objects and plates of a training, and what it learns from. */
export function designToTrain(
  settings: TrainDesignSettings,
  {dataText, ...digits}: TrainingDigits,
): TrainedDesign {
  const model = neuronModelOf(settings);
  const spec = engineSpec(settings, digits, model);
  const wanted = wantedPictureOf(settings, spec);
  return {
    settings,
    spec,
    model,
    dataText,
    ...(wanted && {pictures: {wanted, of: digits.pictures ?? digits.images}}),
  };
}

/** What is said of a training that no GPU computes. */
export const onProcessors = 'computed on the processors of the host';

/** Where the steps of a training are computed; says so, and again when that changes. */
function createPlace(
  {settings}: TrainedDesign,
  {gpu, onPlace}: Pick<TrainDesignOptions, 'gpu' | 'onPlace'>,
): (own: EnergyEngine, name: GpuNetworkName, spec: EngineSpec) => EnergyEngine {
  if (gpu === undefined) {
    onPlace?.(null, onProcessors);
    return (own) => own;
  }
  onPlace?.(gpu.name, `computed on the GPU ${gpu.name}, which a window offers`);
  const course = createGpuCourse(gpu.ask, (reason) =>
    onPlace?.(
      null,
      `goes on on the processors of the host, from the same step and with nothing lost. ${reason}`,
    ),
  );
  return (own, name, spec) => engineOnGpu(own, {name, spec, settings}, course);
}

/** A training that has nothing left to do: its design is written again, unless that is of an earlier epoch. */
async function finished(
  {checkpoint, curve}: StoredTraining,
  design: TrainedDesign,
  options: TrainDesignOptions,
): Promise<TrainingCurvePoint[]> {
  const point = curve.at(-1);
  if (design.settings.stopAfterEpochs === 0 && point)
    await writeDesign(design, checkpoint, {curve, point}, options);
  await writeTrainingRecord(design.settings, curve, options);
  return [...curve];
}

interface TrainingParts {
  readonly design: TrainedDesign;
  readonly digits: TrainingSets;
  readonly pool: OpticsPool;
  /** What computes the steps: the pool, or a GPU. */
  readonly engine: EnergyEngine;
  /** The same plates lit from behind; absent where that is no part of the training. */
  readonly behindPool?: EnergyEngine;
  readonly behind?: EnergyEngine;
  readonly store: ReturnType<typeof createCheckpointStore>;
}

async function trainFrom(
  resumed: StoredTraining | undefined,
  {design, digits, pool, engine, behindPool, behind, store}: TrainingParts,
  options: TrainDesignOptions,
): Promise<TrainingCurvePoint[]> {
  const {settings, model} = design;
  const curve = createCurve(resumed);
  const {onPlanes} = options;
  const samples = onPlanes && createTrainingSamples(design, digits);
  const show = (checkpoint: TrainingCheckpoint): void => {
    if (samples) onPlanes(samples(checkpoint));
  };
  const {trainingIndices: all} = digits;
  const indices = settings.trainingCount > 0 ? all.slice(0, settings.trainingCount) : all;
  await train(indices, {engine, behind, model, goal: goalOf(design)}, settings, {
    signal: options.signal,
    resume: resumed?.checkpoint,
    breathe: () => setImmediate(),
    isEnough: () => isTrained(curve.points, settings),
    onProgress(progress) {
      curve.addReport(progress);
      options.onProgress?.(progress);
    },
    async onCheckpoint(checkpoint) {
      await store.write({checkpoint, curve: curve.points, sinceEpoch: curve.sinceEpoch()});
      show(checkpoint);
    },
    async onEpoch(epoch, checkpoint) {
      const point = curve.endEpoch(epoch, validate({pool, behind: behindPool}, digits, design, checkpoint));
      const isBest = bestEpochOf(curve.points) === point;
      // @position training.epoch-computed
      // The checkpoint comes last: what is cut off before it does this epoch again, so that no best plates are lost.
      if (isBest || settings.stopAfterEpochs === 0)
        await writeDesign(design, checkpoint, {curve: curve.points, point}, options);
      // @position training.design-written
      await writeTrainingRecord(settings, curve.points, options);
      // @position training.record-written
      await store.write({checkpoint, curve: curve.points, sinceEpoch: newEpoch});
      // @position training.checkpoint-written
      options.onEpoch?.(point, isBest);
      show(checkpoint);
    },
  });
  return [...curve.points];
}

const imagesOneWay = ({task, imaging}: TrainDesignSettings): boolean =>
  task === 'imaging' && imaging.behindWeight > 0;

/** What a training wants of the energies that are read. */
export function goalOf({settings, spec, pictures}: TrainedDesign): TrainingGoal {
  if (pictures === undefined) return classGoalOf(spec, settings.loss);
  return createImageGoal(pictures.of, pictures.wanted, {
    ...settings.loss,
    ...settings.imaging,
  });
}

function classGoalOf(spec: EngineSpec, loss: TrainDesignSettings['loss']): TrainingGoal {
  const readOut = readOutOf(spec);
  const goal = {labels: spec.images.labels, readOut, regionCount: scannedCountOf(spec.network)};
  if (spec.readOut?.kind !== 'dense') return createClassGoal(goal, loss);
  const {layers} = spec.readOut;
  return createDenseGoal(goal, {sizes: sizesOf(layers), start: parametersFrom(layers)}, loss);
}
