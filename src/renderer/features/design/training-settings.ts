import type {z} from 'zod';
import {
  readFrequencies,
  readHiddenCounts,
  readMaterial,
  type ListReading,
} from '../../../contract/spectrum-text.ts';
import {thinPlates} from '../../../contract/plate-optics.ts';
import {geometryProblems} from '../../../contract/training-checks.ts';
import {trainingSettingsSchema, type TrainingSettingsData} from '../../../contract/training.ts';
import {hzFromGhz} from '../../../contract/units.ts';
import {hasThickPlates, type TrainingDraft} from './training-draft.ts';

/** The settings that a draft stands for, or why it cannot be trained, in words. */
export function checkTrainingDraft(draft: TrainingDraft): {
  readonly settings: TrainingSettingsData | null;
  readonly problems: readonly string[];
} {
  const further = readTyped(draft.furtherGhz, readFrequencies);
  const hidden = readTyped(draft.hidden, readHiddenCounts);
  const dispersion = readTyped(draft.dispersion, readMaterial);
  const typed = [
    ...(further.isRead ? [] : [`${settingLabels['furtherGhz']}: ${further.problem}`]),
    ...(hidden.isRead ? [] : [`${settingLabels['hiddenCounts']}: ${hidden.problem}`]),
    ...(dispersion.isRead ? [] : [`${settingLabels['dispersion']}: ${dispersion.problem}`]),
  ];
  if (!further.isRead || !dispersion.isRead || !hidden.isRead) return {settings: null, problems: typed};
  const checked = trainingSettingsSchema.safeParse({
    ...namesOfSchema(draft),
    ...groupsOf(draft),
    name: draft.name.trim(),
    frequencyHz: hzFromGhz(draft.frequencyGhz),
    furtherFrequenciesHz: further.values,
    dispersion: dispersion.values,
    readOut: {
      hiddenCounts: hidden.values,
      regionsPerClass: Number(draft.regionsPerClass),
      learningRate: draft.readOutRate,
    },
    plateOptics: hasThickPlates(draft) ? {kind: 'thick', sliceCount: draft.sliceCount} : thinPlates,
    startFrom: draft.startFrom === '' ? null : draft.startFrom,
    outputGapMm: draft.outputGapMm === 0 ? null : draft.outputGapMm,
    // Pictures are read at every sample, whatever was chosen for classes before.
    scanStepMm: draft.scanStepMm === 0 || draft.task === 'imaging' ? null : draft.scanStepMm,
    ...(draft.task === 'imaging' && {detection: 'single'}),
    ...dataOf(draft),
  });
  if (!checked.success) return {settings: null, problems: checked.error.issues.map(problemText)};
  const problems = geometryProblems(checked.data);
  return {settings: problems.length === 0 ? checked.data : null, problems};
}

const readTyped = <Value>(text: string, read: (text: string) => ListReading<Value>): ListReading<Value> =>
  text.trim() === '' ? {isRead: true, values: []} : read(text);

function namesOfSchema(draft: TrainingDraft): Record<string, unknown> {
  const own = Object.keys(trainingSettingsSchema.shape);
  return Object.fromEntries(Object.entries(draft).filter(([name]) => own.includes(name)));
}

function groupsOf(draft: TrainingDraft) {
  const isDense = draft.task !== 'imaging' && draft.detection === 'dense';
  const {logitScale, efficiencyWeight, smoothnessWeight, marginWeight} = draft;
  const {shiftPixels, rotationDeg, scaleRatio, shearRatio, elasticPixels, thresholdChange} = draft;
  return {
    // The outputs of a dense network have no margin to ask for, whatever was typed before.
    loss: {logitScale, efficiencyWeight, smoothnessWeight, marginWeight: isDense ? 0 : marginWeight},
    augmentation: {shiftPixels, rotationDeg, scaleRatio, shearRatio, elasticPixels, thresholdChange},
  };
}

/** Images, labels and pictures, as the task takes them. */
function dataOf(draft: TrainingDraft) {
  const {windowMm, magnification, objective, imageCount, patternRatio, behindWeight, startLensMm} = draft;
  const [images, labels, targets] = [draft.imagesPath, draft.labelsPath, draft.targetsPath].map((path) =>
    path.trim(),
  );
  const hasFiles = draft.data === 'files' || draft.task === 'classes';
  if (draft.task !== 'imaging') return {data: hasFiles ? {images, labels} : null};
  return {
    data: null,
    imaging: {
      ...{windowMm, magnification, objective, imageCount, patternRatio, behindWeight},
      startLensMm: startLensMm === 0 ? null : startLensMm,
      images: hasFiles ? images : null,
      targets: hasFiles && targets !== '' ? targets : null,
    },
  };
}

/** What is wrong with a setting, by its label in the form. */
function problemText({path, code, message, ...issue}: z.core.$ZodIssue): string {
  const place = path.map(String).join('.');
  if (place === 'name') return 'Name: give the new design a name of at most 200 letters.';
  if (place === 'data.images' || place === 'imaging.images')
    return 'Images: name the IDX file, with its whole path.';
  if (place === 'data.labels') return 'Labels: name the IDX file, with its whole path.';
  const label = settingLabels[String(path.find((part) => typeof part === 'string' && part in settingLabels))];
  const hertz = path[0] === 'frequencyHz' || path[0] === 'furtherFrequenciesHz' ? 1e9 : 1;
  const named = label ?? place;
  if (code === 'too_small' && 'minimum' in issue)
    return `${named}: ${issue.inclusive === true ? 'at least' : 'more than'} ${Number(issue.minimum) / hertz}.`;
  if (code === 'too_big' && 'maximum' in issue) return `${named}: at most ${Number(issue.maximum) / hertz}.`;
  if (code === 'invalid_type')
    return `${named}: ${'expected' in issue && issue.expected === 'int' ? 'a whole number' : 'a number is missing'}.`;
  return `${named}: ${message}.`;
}

/** Labels of the form's fields, by setting. */
export const settingLabels: Readonly<Record<string, string>> = {
  epochs: 'Epochs',
  stopAfterEpochs: 'End after epochs without gain',
  seed: 'Seed',
  layerCount: 'Plates',
  count: 'Samples a side',
  pitchMm: 'Pitch',
  gapMm: 'Gap',
  outputGapMm: 'Gap to the output (0: as the others)',
  regionMm: 'Region',
  objectSideMm: 'Object',
  phaseTurns: 'White of a phase object',
  frequencyHz: 'Frequency',
  frequencyGhz: 'Frequency',
  furtherFrequenciesHz: 'Further frequencies',
  furtherGhz: 'Further frequencies',
  dispersion: 'Print there',
  refractiveIndex: 'Index of the print',
  extinction: 'Extinction of the print',
  baseMm: 'Base under the relief',
  sliceCount: 'Slices of a relief',
  scanStepMm: 'Scan step (0: every sample)',
  levels: 'Height levels (0: continuous)',
  levelsFromRatio: 'Levels from this part of the steps',
  maskLevels: 'Mask levels (2: metal, 0: continuous)',
  lateralErrorMm: 'Plates off across',
  axialErrorMm: 'Plates off along',
  logitScale: 'Scale of the shares',
  efficiencyWeight: 'Weight of the light',
  smoothnessWeight: 'Weight of even regions',
  marginWeight: 'Weight of the mean margin',
  batchSize: 'Images a step',
  learningRate: 'Learning rate',
  finalLearningRate: 'Learning rate at the end',
  averageDecay: 'Average of the plates keeps',
  readOutRate: 'Learning rate of the network',
  hiddenCounts: 'Units of hidden layers',
  pad: 'Side of the transforms',
  trainingCount: 'Images (0: all)',
  validationCount: 'Kept for validation',
  classCount: 'Classes',
  windowMm: 'Window of the image',
  magnification: 'Magnification',
  imageCount: 'Pixels a side of a picture',
  patternRatio: 'Part of lines and bars',
  startLensMm: 'Begin as lenses (0: flat plates)',
  behindWeight: 'Weight against images from behind',
  shiftPixels: 'Shift',
  rotationDeg: 'Rotation',
  scaleRatio: 'Change of size',
  shearRatio: 'Shear',
  elasticPixels: 'Elastic',
  thresholdChange: 'Change of the threshold',
};
