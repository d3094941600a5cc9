/** What a training went through, epoch by epoch, all stages one after the other. */
export interface TrainingCurves {
  readonly epochs: readonly number[];
  readonly trainingLoss: readonly number[];
  readonly trainingAccuracy: readonly number[];
  readonly validationAccuracy: readonly number[];
  /** NaN in curves that were kept before there were margins. */
  readonly meanMargin: readonly number[];
  readonly efficiency: readonly number[];
  /** Place of the epoch whose plates the design has: the best of the last stage where that kept the best, else the last. */
  readonly designAt: number;
  /** Whether pictures were learnt instead of classes: its accuracies tell how alike pictures are. */
  readonly isOfPictures: boolean;
  /** Epochs after which another stage began. */
  readonly stageEnds: readonly number[];
  /** Real time of all epochs, s; NaN when it was not kept. */
  readonly seconds: number;
  /** Commands of the stages, first to last. */
  readonly commands: readonly string[];
}

/** Stages of a training that began from another one are nested; deeper than this is a mistake in the file. */
const deepest = 20;

/** Reads the curves of a design's training record; null when it keeps none. */
export function trainingCurvesFrom(
  training: Readonly<Record<string, unknown>> | null,
): TrainingCurves | null {
  const stages: Readonly<Record<string, unknown>>[] = [];
  for (
    let stage: unknown = training;
    isRecord(stage) && stages.length < deepest;
    stage = stage['startedFrom']
  )
    stages.unshift(stage);
  const curves = stages.map(({curve}) => (Array.isArray(curve) ? curve.filter(isRecord) : []));
  const epochs = curves.flat();
  if (epochs.length === 0) return null;
  const column = (name: string): number[] => epochs.map((epoch) => numberFrom(epoch[name]));
  let count = 0;
  const stageEnds = curves.map((curve) => (count += curve.length)).slice(0, -1);
  return {
    epochs: epochs.map((_, i) => i + 1),
    trainingLoss: column('trainingLoss'),
    trainingAccuracy: column('trainingAccuracy'),
    validationAccuracy: column('validationAccuracy'),
    meanMargin: column('meanMargin'),
    efficiency: column('efficiency'),
    designAt: designAt(stages.at(-1), column),
    isOfPictures: isOfPictures(stages.at(-1)?.['settings']),
    stageEnds: stageEnds.filter((end) => end > 0 && end < epochs.length),
    seconds: column('seconds').reduce((sum, value) => sum + value, 0),
    commands: stages.flatMap(({command}) => (typeof command === 'string' ? [command] : [])),
  };
}

/** As `bestEpochOf` of the contract chooses, for records of any version. */
function designAt(
  stage: Readonly<Record<string, unknown>> | undefined,
  column: (name: string) => readonly number[],
): number {
  const accuracies = column('validationAccuracy');
  const last = accuracies.length - 1;
  const {settings, curve} = stage ?? {};
  const keepsBest = isRecord(settings) && numberFrom(settings['stopAfterEpochs']) > 0;
  if (!keepsBest || !Array.isArray(curve)) return last;
  const margins = column('meanMargin').map((margin) => (Number.isFinite(margin) ? margin : -1));
  let best = Math.max(0, accuracies.length - curve.length);
  for (let i = best + 1; i <= last; i++) {
    const gain = (accuracies[i] ?? NaN) - (accuracies[best] ?? NaN);
    if (gain > 0 || (gain === 0 && (margins[i] ?? -1) > (margins[best] ?? -1))) best = i;
  }
  return best;
}

const isOfPictures = (settings: unknown): boolean => isRecord(settings) && settings['task'] === 'imaging';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numberFrom = (value: unknown): number => (typeof value === 'number' ? value : NaN);
