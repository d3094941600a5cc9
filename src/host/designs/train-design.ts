import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setImmediate} from 'node:timers/promises';
import {decodeNpy, encodeNpy} from '../../base/npy.ts';
import {BenchError} from '../../contract/errors.ts';
import {trainingStateRecord} from '../../contract/stored/file-records.ts';
import type {TrainingCurvePoint, TrainingSettingsData} from '../../contract/training.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {createDigitRegions} from '../../twin/layers/detector.ts';
import {plainJob, winnerOf, type EngineSpec} from '../../twin/training/batch.ts';
import {createHeightModel, heightsFrom, heightStepMm, type HeightModel} from '../../twin/training/height-model.ts';
import {
  train,
  type TrainingCheckpoint,
  type TrainingProgress,
} from '../../twin/training/train.ts';
import type {MnistDigits} from '../data/mnist.ts';
import {readTrainingDigits} from '../data/training-digits.ts';
import {useTensorBackend} from '../tensor/backend.ts';
import {createOpticsPool, type OpticsPool} from '../optics/optics-pool.ts';
import {saveDesign} from './design-folder.ts';
import {assertWritable} from '../files/assert-writable.ts';
import {writeWhole} from '../files/write-whole.ts';

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
export async function trainDesign(settings: TrainDesignSettings, options: TrainDesignOptions): Promise<TrainingCurvePoint[]> {
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
  const chosen = settings.trainingCount > 0 ? digits.trainingIndices.slice(0, settings.trainingCount) : digits.trainingIndices;
  const store = checkpointStore(join(options.folder, 'checkpoint'), settings);
  const resumed = (await store.read()) ?? (await startState(settings));
  const curve: TrainingCurvePoint[] = [...(resumed?.curve ?? [])];
  let startedMs = performance.now();
  let [lossSum, accuracySum, reports] = [0, 0, 0];
  const last = await train({images: digits.images, indices: chosen}, {engine: pool, model}, settings, {
    signal: options.signal,
    resume: resumed?.checkpoint,
    breathe: () => setImmediate(),
    onProgress(progress) {
      lossSum += progress.loss;
      accuracySum += progress.accuracy;
      reports += 1;
      options.onProgress?.(progress);
    },
    async onEpoch(epoch, checkpoint) {
      const validation = validate(pool, digits, {settings, model}, checkpoint);
      const point: TrainingCurvePoint = {
        epoch,
        trainingLoss: lossSum / reports,
        trainingAccuracy: accuracySum / reports,
        ...validation,
        seconds: Math.round((performance.now() - startedMs) / 1000),
      };
      [lossSum, accuracySum, reports, startedMs] = [0, 0, 0, performance.now()];
      curve.push(point);
      await store.write(checkpoint, curve);
      await writeDesign({settings, spec, model, dataText}, checkpoint, curve, options);
      options.onEpoch?.(point);
    },
  });
  await writeDesign({settings, spec, model, dataText}, last, curve, options);
  return curve;
}

/** Parameters of an earlier training as step 0 of this one, with its moments forgotten. */
async function startState({
  startFrom,
}: TrainDesignSettings): Promise<{checkpoint: TrainingCheckpoint; curve: TrainingCurvePoint[]} | undefined> {
  if (startFrom === null) return undefined;
  const earlier = await checkpointStore(join(startFrom, 'checkpoint')).read();
  if (!earlier) {
    throw new BenchError('file/not-found', `${startFrom} holds no checkpoint of a training to start from. Nothing was started.`);
  }
  const {parameters} = earlier.checkpoint;
  const zeros = (): Float32Array[] => parameters.map((layer) => new Float32Array(layer.length));
  return {
    checkpoint: {step: 0, parameters, averages: parameters, firstMoments: zeros(), secondMoments: zeros()},
    curve: [],
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
  {settings, model}: Pick<TrainedDesign, 'settings' | 'model'>,
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

/** Checkpoints of a training, whole or not at all, and only for the settings that they were made with. */
function checkpointStore(folder: string, settings?: TrainDesignSettings) {
  const path = join(folder, 'state.json');
  const parts = ['parameters', 'averages', 'firstMoments', 'secondMoments'] as const;
  const key = settings && JSON.stringify(settings);
  return {
    async read(): Promise<{checkpoint: TrainingCheckpoint; curve: TrainingCurvePoint[]} | undefined> {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
      const {value: state, problem} = trainingStateRecord.readText(text);
      if (state === undefined)
        throw new BenchError(
          'file/invalid',
          `The checkpoint ${path} cannot be used: ${problem}. Nothing was overwritten; restore the file, or delete that folder to begin anew.`,
        );
      if (key !== undefined && state.key !== key) {
        throw new BenchError(
          'file/invalid',
          `${folder} holds the checkpoint of a training with other settings. Nothing was overwritten; ` +
            'give the same settings to go on, or another folder for the design, or delete that folder.',
        );
      }
      const load = async (part: string): Promise<Float32Array[]> => {
        const {re, shape} = decodeNpy(new Uint8Array(await readFile(join(folder, `${part}-${state.generation}.npy`))));
        const size = re.length / shape[0];
        return Array.from({length: shape[0]}, (_, i) => Float32Array.from(re.subarray(i * size, (i + 1) * size)));
      };
      const [parameters, averages, firstMoments, secondMoments] = await Promise.all(parts.map(load));
      return {
        checkpoint: {step: state.step, parameters, averages, firstMoments, secondMoments},
        curve: state.curve,
      };
    },
    async write(checkpoint: TrainingCheckpoint, curve: readonly TrainingCurvePoint[]): Promise<void> {
      await mkdir(folder, {recursive: true});
      // Two generations in turn: state.json, renamed into place last, names the one that is whole.
      const generation = curve.length % 2;
      for (const part of parts) {
        const layers = checkpoint[part];
        const values = new Float32Array(layers.length * layers[0].length);
        layers.forEach((layer, i) => values.set(layer, i * layer.length));
        const bytes = encodeNpy({shape: [layers.length, layers[0].length], dtype: '<f4', re: values});
        await writeFile(join(folder, `${part}-${generation}.npy`), bytes);
      }
      await writeWhole(path, trainingStateRecord.write({key: key ?? '', step: checkpoint.step, curve, generation}));
    },
  };
}
