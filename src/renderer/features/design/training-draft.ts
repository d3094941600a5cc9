import {useStore} from 'zustand';
import {geometryProblems, reliefMm} from '../../../contract/training-checks.ts';
import {trainingSettingsSchema, type TrainingSettingsData} from '../../../contract/training.ts';
import {createDraftStore} from '../../parts/index.ts';
import type {StackPart} from '../../viewer/index.ts';

/** A training that is being prepared; lengths in mm. */
export interface TrainingDraft {
  readonly name: string;
  readonly data: 'built-in' | 'files';
  readonly imagesPath: string;
  readonly labelsPath: string;
  /** Digits, of which those of campaigns are kept from training, or any classes of the files. */
  readonly task: TrainingSettingsData['task'];
  readonly classCount: number;
  readonly objectKind: TrainingSettingsData['objectKind'];
  readonly detection: TrainingSettingsData['detection'];
  /** Whether light and probe are those of the open bench's file instead of the default ones. */
  readonly isForBench: boolean;
  readonly epochs: number;
  readonly stopAfterEpochs: number;
  readonly seed: number;
  readonly count: number;
  readonly pitchMm: number;
  readonly layerCount: number;
  readonly gapMm: number;
  readonly regionMm: number;
  readonly objectSideMm: number;
  readonly frequencyGhz: number;
  readonly levels: number;
  readonly lateralErrorMm: number;
  readonly axialErrorMm: number;
  readonly logitScale: number;
  readonly efficiencyWeight: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly trainingCount: number;
  readonly validationCount: number;
  readonly scanStepMm: number;
}

const defaults = trainingSettingsSchema.parse({});

/** The training of the shipped kind of network. */
export const defaultTrainingDraft: TrainingDraft = {
  name: 'my digits',
  data: 'built-in',
  imagesPath: '',
  labelsPath: '',
  task: defaults.task,
  classCount: defaults.classCount,
  objectKind: defaults.objectKind,
  detection: defaults.detection,
  isForBench: false,
  epochs: defaults.epochs,
  stopAfterEpochs: 5,
  seed: defaults.seed,
  count: defaults.count,
  pitchMm: defaults.pitchMm,
  layerCount: defaults.layerCount,
  gapMm: defaults.gapMm,
  regionMm: defaults.regionMm,
  objectSideMm: defaults.objectSideMm,
  frequencyGhz: defaults.frequencyHz / 1e9,
  levels: defaults.levels,
  lateralErrorMm: defaults.lateralErrorMm,
  axialErrorMm: defaults.axialErrorMm,
  logitScale: defaults.loss.logitScale,
  efficiencyWeight: defaults.loss.efficiencyWeight,
  batchSize: defaults.batchSize,
  learningRate: defaults.learningRate,
  trainingCount: defaults.trainingCount,
  validationCount: defaults.validationCount,
  scanStepMm: defaults.scanStepMm ?? 0,
};

const draftStore = createDraftStore<TrainingDraft>('training', defaultTrainingDraft);

export const useTrainingDraft = (): TrainingDraft => useStore(draftStore);
export const changeTrainingDraft = (changes: Partial<TrainingDraft>): void => draftStore.setState(changes);

/** The settings that a draft stands for, or why it cannot be trained, in words. */
export function checkTrainingDraft(draft: TrainingDraft): {
  readonly settings: TrainingSettingsData | null;
  readonly problems: readonly string[];
} {
  const {data, imagesPath, labelsPath, frequencyGhz, logitScale, efficiencyWeight, scanStepMm} = draft;
  const own = Object.keys(trainingSettingsSchema.shape);
  const rest = Object.fromEntries(Object.entries(draft).filter(([name]) => own.includes(name)));
  const checked = trainingSettingsSchema.safeParse({
    ...rest,
    name: draft.name.trim(),
    frequencyHz: frequencyGhz * 1e9,
    loss: {logitScale, efficiencyWeight},
    scanStepMm: scanStepMm === 0 ? null : scanStepMm,
    // Built-in images are digits, whatever was chosen for files before.
    ...(data === 'built-in' && {task: defaults.task, classCount: defaults.classCount}),
    data: data === 'files' ? {images: imagesPath.trim(), labels: labelsPath.trim()} : null,
  });
  if (checked.success) {
    const problems = geometryProblems(checked.data);
    return {settings: problems.length === 0 ? checked.data : null, problems};
  }
  return {
    settings: null,
    problems: checked.error.issues.map(({path, message}) => `${path.map(String).join('.')}: ${message}.`),
  };
}

/** The stack of a draft to scale; null while its numbers make none. */
export function draftStack(draft: TrainingDraft): StackPart[] | null {
  const {count, pitchMm, layerCount, gapMm, objectSideMm, frequencyGhz} = draft;
  const given = [count, pitchMm, layerCount, gapMm, objectSideMm, frequencyGhz];
  if (given.some((value) => !(value > 0)) || layerCount > 64) return null;
  const sideMm = count * pitchMm;
  const thicknessMm = defaults.baseMm + reliefMm({...defaults, frequencyHz: frequencyGhz * 1e9});
  return [
    {label: 'object', kind: 'object', zMm: 0, thicknessMm: 0, heightMm: objectSideMm},
    ...Array.from({length: layerCount}, (_, i): StackPart => ({
      label: `plate ${i + 1}`,
      kind: 'plate',
      zMm: (i + 1) * gapMm - defaults.baseMm,
      thicknessMm,
      heightMm: sideMm,
    })),
    {
      label: 'detector',
      kind: 'detector',
      zMm: (layerCount + 1) * gapMm,
      thicknessMm: 0,
      heightMm: sideMm,
    },
  ];
}
