import type {z} from 'zod';
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
  readonly phaseTurns: number;
  readonly detection: TrainingSettingsData['detection'];
  /** What a pixel of a plate does to the light. */
  readonly neurons: TrainingSettingsData['neurons'];
  readonly maskLevels: number;
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
  readonly smoothnessWeight: number;
  readonly marginWeight: number;
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
  phaseTurns: defaults.phaseTurns,
  detection: defaults.detection,
  neurons: defaults.neurons,
  maskLevels: defaults.maskLevels,
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
  smoothnessWeight: defaults.loss.smoothnessWeight,
  marginWeight: defaults.loss.marginWeight,
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
  const {data, imagesPath, labelsPath, frequencyGhz, scanStepMm} = draft;
  const {logitScale, efficiencyWeight, smoothnessWeight, marginWeight} = draft;
  const own = Object.keys(trainingSettingsSchema.shape);
  const rest = Object.fromEntries(Object.entries(draft).filter(([name]) => own.includes(name)));
  const checked = trainingSettingsSchema.safeParse({
    ...rest,
    name: draft.name.trim(),
    frequencyHz: frequencyGhz * 1e9,
    loss: {logitScale, efficiencyWeight, smoothnessWeight, marginWeight},
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
    problems: checked.error.issues.map(problemText),
  };
}

/** What is wrong with a setting, by its label in the form. */
function problemText({path, code, message, ...issue}: z.core.$ZodIssue): string {
  const place = path.map(String).join('.');
  if (place === 'name') return 'Name: give the new design a name of at most 200 letters.';
  if (place === 'data.images') return 'Images: name the IDX file, with its whole path.';
  if (place === 'data.labels') return 'Labels: name the IDX file, with its whole path.';
  const label = settingLabels[String(path.at(-1))] ?? place;
  const hertz = place === 'frequencyHz' ? 1e9 : 1;
  if (code === 'too_small' && 'minimum' in issue)
    return `${label}: ${issue.inclusive === true ? 'at least' : 'more than'} ${Number(issue.minimum) / hertz}.`;
  if (code === 'too_big' && 'maximum' in issue) return `${label}: at most ${Number(issue.maximum) / hertz}.`;
  if (code === 'invalid_type')
    return `${label}: ${'expected' in issue && issue.expected === 'int' ? 'a whole number' : 'a number is missing'}.`;
  return `${label}: ${message}.`;
}

/** Labels of the form's numbers, by setting. */
export const settingLabels: Readonly<Record<string, string>> = {
  epochs: 'Epochs',
  stopAfterEpochs: 'End after epochs without gain',
  seed: 'Seed',
  layerCount: 'Plates',
  count: 'Samples a side',
  pitchMm: 'Pitch',
  gapMm: 'Gap',
  regionMm: 'Region',
  objectSideMm: 'Object',
  phaseTurns: 'White of a phase object',
  frequencyHz: 'Frequency',
  frequencyGhz: 'Frequency',
  scanStepMm: 'Scan step (0: every sample)',
  levels: 'Height levels (0: continuous)',
  maskLevels: 'Mask levels (2: metal, 0: continuous)',
  lateralErrorMm: 'Plates off across',
  axialErrorMm: 'Plates off along',
  logitScale: 'Scale of the shares',
  efficiencyWeight: 'Weight of the light',
  smoothnessWeight: 'Weight of even regions',
  marginWeight: 'Weight of the mean margin',
  batchSize: 'Images a step',
  learningRate: 'Learning rate',
  trainingCount: 'Images (0: all)',
  validationCount: 'Kept for validation',
  classCount: 'Classes',
};

/** The stack of a draft to scale; null while its numbers make none. */
export function draftStack(draft: TrainingDraft): StackPart[] | null {
  const {count, pitchMm, layerCount, gapMm, objectSideMm, frequencyGhz, neurons} = draft;
  const given = [count, pitchMm, layerCount, gapMm, objectSideMm, frequencyGhz];
  if (given.some((value) => !(value > 0)) || layerCount > 64) return null;
  const sideMm = count * pitchMm;
  const thicknessMm = defaults.baseMm + reliefMm({...defaults, neurons, frequencyHz: frequencyGhz * 1e9});
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
