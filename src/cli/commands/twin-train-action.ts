import {resolve} from 'node:path';
import type {Command} from 'commander';
import type {ApiInputs} from '../../contract/api/index.ts';
import type {NeuronKind} from '../../contract/neuron-kinds.ts';
import type {MaterialPoint} from '../../contract/spectrum.ts';
import {BenchError} from '../../contract/errors.ts';
import type {CliContext} from '../context.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient} from '../host-client.ts';
import type {Progress} from '../output/index.ts';
import {applyTask} from './training-task.ts';

type TrainingSettings = ApiInputs['twin']['train']['settings'];

/** Options of `twin train`. */
export interface TrainOptions {
  readonly out: string;
  readonly startFrom?: string;
  readonly name: string;
  readonly seed: number;
  readonly epochs: number;
  readonly stopAfterEpochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly finalRate: number;
  readonly averageDecay: number;
  readonly trainingCount: number;
  readonly validationCount: number;
  readonly frequencyGhz: number;
  readonly furtherGhz?: readonly number[];
  readonly dispersion?: readonly MaterialPoint[];
  readonly count: number;
  readonly pitchMm: number;
  readonly layers: number;
  readonly gapMm: number;
  readonly regionMm: number;
  readonly objectSideMm: number;
  readonly object: 'binary-mask' | 'grey-amplitude' | 'phase';
  readonly phaseTurns: number;
  readonly detection: 'single' | 'differential' | 'spectral' | 'dense';
  readonly hidden: readonly number[];
  readonly regionsPerClass: '1' | '2';
  readonly readOutRate: number;
  readonly task: string;
  readonly learn: 'digits' | 'classes' | 'imaging';
  readonly targets?: string;
  readonly windowMm: number;
  readonly magnification: number;
  readonly objective: 'mse' | 'pearson';
  readonly imagePixels: number;
  readonly patternRatio: number;
  readonly startLensMm?: number;
  readonly behindWeight: number;
  readonly outputGapMm?: number;
  readonly classes: number;
  readonly index: number;
  readonly extinction: number;
  readonly baseMm: number;
  readonly plates: 'thin' | 'thick';
  readonly slices: number;
  readonly reliefFaces: 'source' | 'detector';
  readonly levels: number;
  readonly parametrisation: 'phase' | 'height';
  readonly neurons: NeuronKind;
  readonly maskLevels: number;
  readonly lateralErrorMm: number;
  readonly axialErrorMm: number;
  readonly beamShare: number;
  readonly beamRadiusError: number;
  readonly beamCenterErrorMm: number;
  readonly beamCurvatureError: number;
  readonly pad: number;
  readonly logits: 'largest' | 'share';
  readonly bench?: string;
  readonly images?: string;
  readonly labels?: string;
  readonly scanStepMm: number;
  readonly startPhaseRad: number;
  readonly levelsFrom: number;
  readonly logitScale: number;
  readonly smoothnessWeight: number;
  readonly marginWeight: number;
  readonly efficiencyWeight: number;
  readonly referenceEfficiency: number;
  readonly shiftPixels: number;
  readonly rotationDeg: number;
  readonly scale: number;
  readonly shear: number;
  readonly elasticPixels: number;
  readonly thresholdChange: number;
  readonly workers?: number;
}

/** Trains a network and writes it as a design folder; one that was stopped there goes on from its last epoch. */
export async function train(command: Command, context: CliContext): Promise<void> {
  await applyTask(command, command.opts<TrainOptions>().task);
  const options = command.opts<TrainOptions>();
  assertPictureFiles(options);
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'when-needed'});
  const {client} = connection;
  let bar: Progress | undefined;
  const {curve} = await followComputation(client, context, {
    kind: 'train',
    start: () =>
      client.twin.train({
        settings: settingsFrom(options),
        folder: resolve(options.out),
        benchPath: options.bench === undefined ? undefined : resolve(options.bench),
        command: `d2nn-bench ${context.argv.join(' ')}`,
        workerCount: options.workers,
      }),
    onNote: (text) => output.log(text),
    onProgress: ({done, total, unit}, {text}) => {
      bar ??= output.progress('training', total, unit);
      bar.update(done, {note: text});
    },
  });
  bar?.end();
  output.log(`The design is in ${connection.pathText(resolve(options.out))}.`);
  output.result({design: options.out, curve});
}

/** Throws `cli/usage` for files that the task does not read. */
function assertPictureFiles({learn, labels, targets}: TrainOptions): void {
  if (learn === 'imaging' && labels !== undefined)
    throw new BenchError(
      'cli/usage',
      'A training on pictures reads no labels. Nothing was started; leave --labels out, or name the pictures wanted by --targets.',
    );
  if (learn !== 'imaging' && targets !== undefined)
    throw new BenchError(
      'cli/usage',
      'Pictures that are wanted belong to --learn imaging. Nothing was started; give that, or leave --targets out.',
    );
}

/** The settings that the options stand for. */
export function settingsFrom(options: TrainOptions): TrainingSettings {
  return {
    name: options.name,
    seed: options.seed,
    epochs: options.epochs,
    stopAfterEpochs: options.stopAfterEpochs,
    batchSize: options.batch,
    learningRate: options.rate,
    finalLearningRate: options.finalRate,
    averageDecay: options.averageDecay,
    augmentation: {
      shiftPixels: options.shiftPixels,
      rotationDeg: options.rotationDeg,
      scaleRatio: options.scale,
      shearRatio: options.shear,
      elasticPixels: options.elasticPixels,
      thresholdChange: options.thresholdChange,
    },
    lateralErrorMm: options.lateralErrorMm,
    axialErrorMm: options.axialErrorMm,
    beamShare: options.beamShare,
    illuminationErrors: {
      radiusRatio: options.beamRadiusError,
      centerMm: options.beamCenterErrorMm,
      curvatureRatio: options.beamCurvatureError,
    },
    pad: options.pad,
    loss: {
      logits: options.logits,
      logitScale: options.logitScale,
      efficiencyWeight: options.efficiencyWeight,
      smoothnessWeight: options.smoothnessWeight,
      marginWeight: options.marginWeight,
      referenceEfficiency: options.referenceEfficiency,
    },
    ...opticsFrom(options),
    validationCount: options.validationCount,
    trainingCount: options.trainingCount,
    startFrom: options.startFrom === undefined ? null : resolve(options.startFrom),
    scanStepMm: options.scanStepMm === 0 ? null : options.scanStepMm,
    startPhaseRad: options.startPhaseRad,
    levelsFromRatio: options.levelsFrom,
    data:
      options.learn === 'imaging' || options.images === undefined || options.labels === undefined
        ? null
        : {images: resolve(options.images), labels: resolve(options.labels)},
    imaging: imagingFrom(options),
  };
}

/** What a training on pictures is told. */
const imagingFrom = (options: TrainOptions): TrainingSettings['imaging'] => ({
  windowMm: options.windowMm,
  magnification: options.magnification,
  objective: options.objective,
  images: options.learn !== 'imaging' || options.images === undefined ? null : resolve(options.images),
  targets: options.targets === undefined ? null : resolve(options.targets),
  imageCount: options.imagePixels,
  patternRatio: options.patternRatio,
  startLensMm: options.startLensMm ?? null,
  behindWeight: options.behindWeight,
});

/** The network and its print. */
const opticsFrom = (options: TrainOptions) => ({
  frequencyHz: options.frequencyGhz * 1e9,
  furtherFrequenciesHz: [...(options.furtherGhz ?? [])],
  dispersion: [...(options.dispersion ?? [])],
  count: options.count,
  pitchMm: options.pitchMm,
  layerCount: options.layers,
  gapMm: options.gapMm,
  outputGapMm: options.outputGapMm ?? null,
  regionMm: options.regionMm,
  objectSideMm: options.objectSideMm,
  objectKind: options.object,
  phaseTurns: options.phaseTurns,
  detection: options.detection,
  readOut: {
    hiddenCounts: [...options.hidden],
    regionsPerClass: options.regionsPerClass === '1' ? (1 as const) : (2 as const),
    learningRate: options.readOutRate,
  },
  task: options.learn,
  classCount: options.classes,
  refractiveIndex: options.index,
  extinction: options.extinction,
  baseMm: options.baseMm,
  plateOptics:
    options.plates === 'thick' ? {kind: options.plates, sliceCount: options.slices} : {kind: options.plates},
  reliefFaces: options.reliefFaces,
  levels: options.levels,
  parametrisation: options.parametrisation,
  neurons: options.neurons,
  maskLevels: options.maskLevels,
});
