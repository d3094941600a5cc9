import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setImmediate} from 'node:timers/promises';
import {BenchError} from '../../contract/errors.ts';
import {newEpoch, type RunningEpoch} from '../../contract/stored/file-records.ts';
import type {TrainingCurvePoint, TrainingSettingsData} from '../../contract/training.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {createDigitRegions} from '../../twin/layers/detector.ts';
import {plainJob, winnerOf, type EngineSpec} from '../../twin/training/batch.ts';
import {
  createHeightModel,
  heightsFrom,
  heightStepMm,
  type HeightModel,
} from '../../twin/training/height-model.ts';
import {train, type TrainingProgress} from '../../twin/training/train.ts';
import type {TrainingCheckpoint} from '../../twin/training/training-settings.ts';
import type {MnistDigits} from '../data/mnist.ts';
import {readTrainingDigits} from '../data/training-digits.ts';
import {useTensorBackend} from '../tensor/backend.ts';
import {createOpticsPool, type OpticsPool} from '../optics/optics-pool.ts';
import {createCheckpointStore, type StoredTraining} from './checkpoint-store.ts';
import {saveDesign} from './design-folder.ts';
import {assertWritable} from '../files/assert-writable.ts';

/** Everything that a training can be told; recorded beside the design it makes. */
export type TrainDesignSettings = TrainingSettingsData;

export interface TrainDesignOptions {
  readonly folder: string;
  readonly command: string;
  readonly workerCount?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly onEpoch?: (point: TrainingCurvePoint) => void;
  readonly onBackend?: (text: string) => void;
}

/**
 * Trains a digit network and writes it as a design folder, again after each epoch; a stopped training goes on from
 * its last epoch when it is called again with the same settings. Returns the curve.
 */
export async function trainDesign(
  settings: TrainDesignSettings,
  options: TrainDesignOptions,
): Promise<TrainingCurvePoint[]> {
  await mkdir(options.folder, {recursive: true});
  await assertWritable(join(options.folder, 'design.json'), 'The design', 'Nothing was computed');
  const backend = await useTensorBackend();
  options.onBackend?.(`optimiser and loss on TensorFlow.js (${backend.name}: ${backend.reason})`);
  const {dataText, ...digits} = await readTrainingDigits(settings);
  const wavelengthMm = wavelengthMmFromHz(settings.frequencyHz);
  const grid = {count: settings.count, pitchMm: settings.pitchMm};
  const levels = settings.levels === 0 ? null : settings.levels;
  const model = createHeightModel(
    grid,
    {wavelengthMm, refractiveIndex: settings.refractiveIndex},
    {parametrisation: settings.parametrisation, levelCount: levels},
  );
  const spec = engineSpec(settings, digits, model, wavelengthMm);
  await using pool = createOpticsPool(spec, {
    maximumBatch: Math.max(settings.batchSize, 200),
    ...(options.workerCount === undefined ? {} : {workerCount: options.workerCount}),
  });
  const chosen =
    settings.trainingCount > 0
      ? digits.trainingIndices.slice(0, settings.trainingCount)
      : digits.trainingIndices;
  const store = createCheckpointStore(join(options.folder, 'checkpoint'), settings);
  const resumed = (await store.read()) ?? (await startState(settings));
  const curve = createCurve(resumed);
  const design: TrainedDesign = {settings, spec, model, dataText};
  const write = (checkpoint: TrainingCheckpoint): Promise<void> =>
    writeDesign(design, checkpoint, curve.points, options);
  const last = await train({images: digits.images, indices: chosen}, {engine: pool, model}, settings, {
    signal: options.signal,
    resume: resumed?.checkpoint,
    breathe: () => setImmediate(),
    onProgress(progress) {
      curve.addReport(progress);
      options.onProgress?.(progress);
    },
    onCheckpoint: (checkpoint) =>
      store.write({checkpoint, curve: curve.points, sinceEpoch: curve.sinceEpoch()}),
    async onEpoch(epoch, checkpoint) {
      const point = curve.endEpoch(epoch, validate(pool, digits, design, checkpoint));
      await store.write({checkpoint, curve: curve.points, sinceEpoch: newEpoch});
      await write(checkpoint);
      options.onEpoch?.(point);
    },
  });
  await write(last);
  return [...curve.points];
}

/** The curve of a training: a point an epoch, of what was reported in it. */
function createCurve(resumed: StoredTraining | undefined) {
  const points: TrainingCurvePoint[] = [...(resumed?.curve ?? [])];
  let running = resumed?.sinceEpoch ?? newEpoch;
  let startedMs = performance.now();
  const seconds = (): number => running.seconds + (performance.now() - startedMs) / 1000;
  return {
    points: points as readonly TrainingCurvePoint[],
    /** What is known of the epoch under way. */
    sinceEpoch: (): RunningEpoch => ({...running, seconds: seconds()}),
    addReport({loss, accuracy}: Pick<TrainingProgress, 'loss' | 'accuracy'>): void {
      running = {
        ...running,
        lossSum: running.lossSum + loss,
        accuracySum: running.accuracySum + accuracy,
        reportCount: running.reportCount + 1,
      };
    },
    endEpoch(
      epoch: number,
      validation: Pick<TrainingCurvePoint, 'validationAccuracy' | 'efficiency'>,
    ): TrainingCurvePoint {
      const {lossSum, accuracySum, reportCount} = running;
      const point: TrainingCurvePoint = {
        epoch,
        trainingLoss: lossSum / reportCount,
        trainingAccuracy: accuracySum / reportCount,
        ...validation,
        seconds: Math.round(seconds()),
      };
      [running, startedMs] = [newEpoch, performance.now()];
      points.push(point);
      return point;
    },
  };
}

/** Parameters of an earlier training as step 0 of this one, with its moments forgotten. */
async function startState({startFrom}: TrainDesignSettings): Promise<StoredTraining | undefined> {
  if (startFrom === null) return undefined;
  const earlier = await createCheckpointStore(join(startFrom, 'checkpoint')).read();
  if (!earlier) {
    throw new BenchError(
      'file/not-found',
      `${startFrom} holds no checkpoint of a training to start from. Nothing was started.`,
    );
  }
  const {parameters} = earlier.checkpoint;
  const zeros = (): Float32Array[] => parameters.map((layer) => new Float32Array(layer.length));
  return {
    checkpoint: {step: 0, parameters, averages: parameters, firstMoments: zeros(), secondMoments: zeros()},
    curve: [],
    sinceEpoch: newEpoch,
  };
}

function engineSpec(
  settings: TrainDesignSettings,
  digits: MnistDigits,
  model: HeightModel,
  wavelengthMm: number,
): EngineSpec {
  const sideMm = settings.count * settings.pitchMm;
  return {
    network: {
      wavelengthMm,
      grid: model.grid,
      gapsMm: Array.from({length: settings.layerCount + 1}, () => settings.gapMm),
      refractiveIndex: settings.refractiveIndex,
      extinction: settings.extinction,
      baseMm: settings.baseMm,
      regions: createDigitRegions(sideMm, settings.regionMm),
      heightStepMm: tableStepMm(model),
      pixel: settings.pixel,
      probe: settings.probe,
      pad: 2,
      slotCount: settings.batchSize,
    },
    object: {
      kind: settings.objectKind,
      imageCount: digits.images.rows,
      sideMm: settings.objectSideMm,
      interpolation: 'bilinear',
      threshold: 0.5,
    },
    images: digits.images,
  };
}

/** Step of the table of transmissions: levels are whole multiples of it, and so fine that heights between are exact. */
const tableStepMm = (model: HeightModel): number | null => {
  const stepMm = heightStepMm(model);
  return stepMm === null ? null : stepMm / Math.max(1, Math.round(4096 / (model.levelCount ?? 1)));
};

/** Accuracy and efficiency on the digits kept from training, as printed and as they are. */
function validate(
  pool: OpticsPool,
  digits: MnistDigits,
  {settings, model}: TrainedDesign,
  checkpoint: TrainingCheckpoint,
): {validationAccuracy: number; efficiency: number} {
  pool.setHeights(checkpoint.averages.map((values) => heightsFrom(model, values)));
  let right = 0;
  let efficiency = 0;
  const indices = digits.validationIndices;
  for (let first = 0; first < indices.length; first += 200) {
    const part = indices.slice(first, first + 200);
    const {energies, inputPower} = pool.forward(plainJob(part, settings.illumination));
    part.forEach((index, i) => {
      if (winnerOf(energies, i, pool.regionCount) === digits.images.labels[index]) right += 1;
      let sum = 0;
      for (let k = 0; k < pool.regionCount; k++) sum += energies[i * pool.regionCount + k];
      efficiency += sum / inputPower[i];
    });
  }
  return {validationAccuracy: right / indices.length, efficiency: efficiency / indices.length};
}

/** What a training was asked for, and how its parameters become heights. */
interface TrainedDesign {
  readonly settings: TrainDesignSettings;
  readonly spec: EngineSpec;
  /** What the record says of the images. */
  readonly dataText: string;
  readonly model: HeightModel;
}

async function writeDesign(
  {settings, spec, model, dataText}: TrainedDesign,
  checkpoint: TrainingCheckpoint,
  curve: readonly TrainingCurvePoint[],
  {folder, command}: TrainDesignOptions,
): Promise<void> {
  const {gapsMm, regions} = spec.network;
  const stepMm = heightStepMm(model);
  await saveDesign(
    folder,
    {
      format: 'd2nn-bench/design',
      version: 1,
      name: settings.name,
      frequencyHz: settings.frequencyHz,
      grid: model.grid,
      illumination: settings.illumination,
      object: spec.object,
      detector: {zMm: gapsMm.reduce((sum, gap) => sum + gap, 0), regions: [...regions]},
      training: {
        command,
        seed: settings.seed,
        epochs: curve.length,
        seconds: curve.reduce((sum, point) => sum + point.seconds, 0),
        validationAccuracy: curve.at(-1)?.validationAccuracy ?? null,
        data: dataText,
      },
    },
    checkpoint.averages.map((values, i) => ({
      heightsMm: heightsFrom(model, values),
      zMm: gapsMm.slice(0, i + 1).reduce((sum, gap) => sum + gap, 0),
      baseMm: settings.baseMm,
      pitchMm: settings.pitchMm,
      refractiveIndex: settings.refractiveIndex,
      extinction: settings.extinction,
      reliefFaces: 'detector' as const,
      levels: stepMm === null ? null : {count: settings.levels, maximumMm: stepMm * (settings.levels - 1)},
    })),
  );
  // A training that went on from another keeps that one's record too.
  const earlier = settings.startFrom === null ? null : await readRecord(settings.startFrom);
  const record = {command, settings, curve, ...(earlier ? {startedFrom: earlier} : {})};
  await writeFile(join(folder, 'training.json'), `${JSON.stringify(record, null, 2)}\n`);
}

const readRecord = async (folder: string): Promise<unknown> =>
  JSON.parse(await readFile(join(folder, 'training.json'), 'utf8'));
