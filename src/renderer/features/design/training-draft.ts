import {useStore} from 'zustand';
import {defaultSliceCount, type PlateOptics} from '../../../contract/plate-optics.ts';
import {reliefMm} from '../../../contract/training-checks.ts';
import {presetSettings, type TrainingPreset} from '../../../contract/training-presets.ts';
import type {TrainingSettingsData} from '../../../contract/training.ts';
import {ghzFromHz, hzFromGhz} from '../../../contract/units.ts';
import {createDraftStore} from '../../parts/index.ts';
import type {StackPart} from '../../viewer/index.ts';

/** Settings that a draft holds under their own names. */
type OwnSettings = Pick<
  TrainingSettingsData,
  | 'name'
  | 'task'
  | 'classCount'
  | 'objectKind'
  | 'phaseTurns'
  | 'detection'
  | 'neurons'
  | 'maskLevels'
  | 'reliefFaces'
  | 'epochs'
  | 'stopAfterEpochs'
  | 'seed'
  | 'count'
  | 'pitchMm'
  | 'layerCount'
  | 'gapMm'
  | 'regionMm'
  | 'objectSideMm'
  | 'refractiveIndex'
  | 'extinction'
  | 'baseMm'
  | 'levels'
  | 'levelsFromRatio'
  | 'lateralErrorMm'
  | 'axialErrorMm'
  | 'batchSize'
  | 'learningRate'
  | 'finalLearningRate'
  | 'averageDecay'
  | 'trainingCount'
  | 'validationCount'
  | 'pad'
>;
type OwnLoss = Pick<
  TrainingSettingsData['loss'],
  'logitScale' | 'efficiencyWeight' | 'smoothnessWeight' | 'marginWeight'
>;
type OwnImaging = Pick<
  TrainingSettingsData['imaging'],
  'windowMm' | 'magnification' | 'objective' | 'imageCount' | 'patternRatio' | 'behindWeight'
>;

/** A training that is being prepared; lengths in mm. */
export interface TrainingDraft extends OwnSettings, OwnLoss, OwnImaging {
  readonly data: 'built-in' | 'files';
  readonly imagesPath: string;
  readonly labelsPath: string;
  /** Pictures wanted of the objects; '' for images of the objects themselves. */
  readonly targetsPath: string;
  /** 0 for flat plates. */
  readonly startLensMm: number;
  /** Folder of a training that gives the first plates; '' for flat ones. */
  readonly startFrom: string;
  /** Whether light and probe are those of the open bench's file instead of the default ones. */
  readonly isForBench: boolean;
  readonly frequencyGhz: number;
  /** Further frequencies and the material there, as they are typed; '' for none. */
  readonly furtherGhz: string;
  readonly dispersion: string;
  /** Units of the hidden layers of a dense read-out, as they are typed. */
  readonly hidden: string;
  readonly regionsPerClass: '1' | '2';
  /** How the plates act on light, and the slices of thick ones. */
  readonly plates: PlateOptics['kind'];
  readonly sliceCount: number;
  readonly readOutRate: number;
  /** 0 for the gap from part to part. */
  readonly outputGapMm: number;
  /** 0 reads every sample. */
  readonly scanStepMm: number;
  readonly shiftPixels: number;
  readonly rotationDeg: number;
  readonly scaleRatio: number;
  readonly shearRatio: number;
  readonly elasticPixels: number;
  readonly thresholdChange: number;
}

/** The draft of a preset: the settings as they stand, in the form's units. */
export function draftOfPreset(preset: TrainingPreset): TrainingDraft {
  const settings = presetSettings(preset);
  const {imaging, loss, augmentation} = settings;
  return {
    ...withoutGroups(settings),
    ...(preset === 'digits' && {name: 'my digits', stopAfterEpochs: 5}),
    ...augmentation,
    logitScale: loss.logitScale,
    efficiencyWeight: loss.efficiencyWeight,
    smoothnessWeight: loss.smoothnessWeight,
    marginWeight: loss.marginWeight,
    windowMm: imaging.windowMm,
    magnification: imaging.magnification,
    objective: imaging.objective,
    imageCount: imaging.imageCount,
    patternRatio: imaging.patternRatio,
    behindWeight: imaging.behindWeight,
    startLensMm: imaging.startLensMm ?? 0,
    data: settings.data === null ? 'built-in' : 'files',
    imagesPath: settings.data?.images ?? '',
    labelsPath: settings.data?.labels ?? '',
    targetsPath: '',
    startFrom: '',
    isForBench: false,
    frequencyGhz: ghzFromHz(settings.frequencyHz),
    furtherGhz: '',
    dispersion: '',
    hidden: settings.readOut.hiddenCounts.join(', '),
    plates: settings.plateOptics.kind,
    sliceCount: settings.plateOptics.kind === 'thick' ? settings.plateOptics.sliceCount : defaultSliceCount,
    regionsPerClass: settings.readOut.regionsPerClass === 1 ? '1' : '2',
    readOutRate: settings.readOut.learningRate,
    outputGapMm: settings.outputGapMm ?? 0,
    scanStepMm: settings.scanStepMm ?? 0,
  };
}

const withoutGroups = (settings: TrainingSettingsData): OwnSettings => ({
  name: settings.name,
  task: settings.task,
  classCount: settings.classCount,
  objectKind: settings.objectKind,
  phaseTurns: settings.phaseTurns,
  detection: settings.detection,
  neurons: settings.neurons,
  maskLevels: settings.maskLevels,
  reliefFaces: settings.reliefFaces,
  epochs: settings.epochs,
  stopAfterEpochs: settings.stopAfterEpochs,
  seed: settings.seed,
  count: settings.count,
  pitchMm: settings.pitchMm,
  layerCount: settings.layerCount,
  gapMm: settings.gapMm,
  regionMm: settings.regionMm,
  objectSideMm: settings.objectSideMm,
  refractiveIndex: settings.refractiveIndex,
  extinction: settings.extinction,
  baseMm: settings.baseMm,
  levels: settings.levels,
  levelsFromRatio: settings.levelsFromRatio,
  lateralErrorMm: settings.lateralErrorMm,
  axialErrorMm: settings.axialErrorMm,
  batchSize: settings.batchSize,
  learningRate: settings.learningRate,
  finalLearningRate: settings.finalLearningRate,
  averageDecay: settings.averageDecay,
  trainingCount: settings.trainingCount,
  validationCount: settings.validationCount,
  pad: settings.pad,
});

/** The training of the shipped kind of network. */
export const defaultTrainingDraft: TrainingDraft = draftOfPreset('digits');

const draftStore = createDraftStore<TrainingDraft>('training', defaultTrainingDraft);

export const useTrainingDraft = (): TrainingDraft => useStore(draftStore);
export const changeTrainingDraft = (changes: Partial<TrainingDraft>): void => draftStore.setState(changes);

/** Whether light is to be carried through the thickness of the plates; masks alone are foils. */
export const hasThickPlates = ({plates, neurons}: TrainingDraft): boolean =>
  plates === 'thick' && neurons !== 'amplitude';

/** The stack of a draft to scale; null while its numbers make none. */
export function draftStack(draft: TrainingDraft): StackPart[] | null {
  const {count, pitchMm, layerCount, gapMm, objectSideMm, frequencyGhz, neurons} = draft;
  const {refractiveIndex, baseMm} = draft;
  const given = [count, pitchMm, layerCount, gapMm, objectSideMm, frequencyGhz, baseMm, refractiveIndex - 1];
  if (given.some((value) => !(value > 0)) || layerCount > 64) return null;
  const sideMm = count * pitchMm;
  const thicknessMm = baseMm + reliefMm({refractiveIndex, neurons, frequencyHz: hzFromGhz(frequencyGhz)});
  const outputGapMm = draft.outputGapMm > 0 ? draft.outputGapMm : gapMm;
  return [
    {label: 'object', kind: 'object', zMm: 0, thicknessMm: 0, heightMm: objectSideMm},
    ...Array.from({length: layerCount}, (_, i): StackPart => ({
      label: `plate ${i + 1}`,
      kind: 'plate',
      // The reference plane lies between base and relief, which stands out on the side that carries it.
      zMm: (i + 1) * gapMm - (draft.reliefFaces === 'source' ? thicknessMm - baseMm : baseMm),
      thicknessMm,
      heightMm: sideMm,
    })),
    {
      label: 'detector',
      kind: 'detector',
      zMm: layerCount * gapMm + outputGapMm,
      thicknessMm: 0,
      heightMm: sideMm,
    },
  ];
}
