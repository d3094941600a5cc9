import {basename, join} from 'node:path';
import type {TrainingCurvePoint, TrainingSettingsData} from '../../contract/training.ts';
import type {EngineSpec, LabelledImages} from '../../twin/training/batch.ts';
import {heightStepMm} from '../../twin/training/height-model.ts';
import {plateFrom, splitPlate, type MadePlate, type NeuronModel} from '../../twin/training/neurons.ts';
import type {WantedPicture} from '../../twin/training/image-target.ts';
import {trainedWindowOf} from '../../twin/training/trained-optics.ts';
import type {TrainingCheckpoint} from '../../twin/training/training-settings.ts';
import {readTextIfThere} from '../files/read-if-there.ts';
import {writeWhole} from '../files/write-whole.ts';
import {readCheckpointState} from './checkpoint-store.ts';
import {saveDesign, type SavedLayer} from './design-folder.ts';
import {specAt} from './trained-read-out.ts';

/** What a training was asked for, and how its parameters become heights. */
export interface TrainedDesign {
  readonly settings: TrainingSettingsData;
  readonly spec: EngineSpec;
  /** What the record says of the images. */
  readonly dataText: string;
  readonly model: NeuronModel;
  /** What a training on pictures wants of its images, made of these. */
  readonly pictures?: {readonly wanted: WantedPicture; readonly of: LabelledImages};
}

/** Folder of the design, and how the training was asked for. */
export interface WhereToWrite {
  readonly folder: string;
  readonly command: string;
}

/**
 * Writes the design of a training as its checkpoint stands; `point` is the epoch that made these plates. Throws
 * `store/full` where the disk has no room; an earlier design in the folder is whole then.
 */
export async function writeDesign(
  {settings, spec, model, dataText}: TrainedDesign,
  checkpoint: TrainingCheckpoint,
  {curve, point}: {readonly curve: readonly TrainingCurvePoint[]; readonly point: TrainingCurvePoint},
  {folder, command}: WhereToWrite,
): Promise<void> {
  const {gapsMm, regions} = spec.network;
  const stepMm = heightStepMm(model);
  const window = trainedWindowOf(settings);
  const {readOut} = specAt(spec, checkpoint);
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
      ...(settings.plateOptics.kind === 'thick' && {plateOptics: settings.plateOptics}),
      detector: {
        zMm: gapsMm.reduce((sum, gap) => sum + gap, 0),
        regions: [...regions],
        ...(spec.frequenciesHz && {frequenciesHz: [...spec.frequenciesHz]}),
        ...(readOut && {readOut}),
        ...(window && {image: window}),
      },
      training: {
        command,
        seed: settings.seed,
        epochs: curve.length,
        seconds: curve.reduce((sum, point) => sum + point.seconds, 0),
        // Of pictures the same number is their structural similarity.
        [window ? 'validationSsim' : 'validationAccuracy']: point.validationAccuracy,
        data: dataText,
      },
    },
    checkpoint.averages.map((values, i) => ({
      ...describeNeurons(model, splitPlate(model.neurons, plateFrom(model, values))),
      zMm: gapsMm.slice(0, i + 1).reduce((sum, gap) => sum + gap, 0),
      baseMm: model.neurons === 'amplitude' ? 0 : settings.baseMm,
      pitchMm: settings.pitchMm,
      refractiveIndex: settings.refractiveIndex,
      extinction: settings.extinction,
      ...(settings.dispersion.length > 0 && {dispersion: settings.dispersion}),
      reliefFaces: settings.reliefFaces,
      levels:
        stepMm === null || model.neurons === 'amplitude'
          ? null
          : {count: settings.levels, maximumMm: stepMm * (settings.levels - 1)},
    })),
  );
}

/** What the design says of a plate besides its place and material. */
function describeNeurons(
  {neurons, maskLevelCount}: NeuronModel,
  {heightsMm, transmission}: MadePlate,
): Pick<SavedLayer, 'heightsMm' | 'neurons' | 'mask'> {
  if (neurons === undefined || transmission === undefined) return {heightsMm};
  return {heightsMm, neurons, mask: {transmission, levels: maskLevelCount ?? null}};
}

/** Writes `training.json`: what was asked for, the curve, and the record of the training that it began from. */
export async function writeTrainingRecord(
  settings: TrainingSettingsData,
  curve: readonly TrainingCurvePoint[],
  {folder, command}: WhereToWrite,
): Promise<void> {
  // A training that went on from another keeps that one's record too.
  const earlier = settings.startFrom === null ? null : await readRecord(settings.startFrom);
  // Files by name: the folder they lay in does not concern a user of the design, whose record has their hashes.
  const {data, imaging} = settings;
  const named = data && {images: basename(data.images), labels: basename(data.labels)};
  const nameOf = (path: string | null): string | null => path && basename(path);
  const record = {
    command,
    settings: {
      ...settings,
      data: named,
      imaging: {...imaging, images: nameOf(imaging.images), targets: nameOf(imaging.targets)},
    },
    curve,
    ...(earlier ? {startedFrom: earlier} : {}),
  };
  await writeWhole(join(folder, 'training.json'), `${JSON.stringify(record, null, 2)}\n`);
}

/** The record of a training; of one that was stopped within its first epoch the settings and steps of its checkpoint. */
async function readRecord(folder: string): Promise<unknown> {
  const text = await readTextIfThere(join(folder, 'training.json'));
  if (text !== undefined) return JSON.parse(text);
  const state = await readCheckpointState(join(folder, 'checkpoint'));
  return state === undefined ? null : {settings: state.settings, steps: state.step, curve: []};
}
