import {createRandom, shuffled} from '../../base/random.ts';
import {assertTellsClasses, classLabels} from '../../contract/read-out.ts';
import {BenchError} from '../../contract/errors.ts';
import type {MeasurementModel} from '../../contract/measurement.ts';
import type {
  BenchesTogether,
  ToleranceEstimate,
  ToleranceSettings,
  ToleranceStudy,
} from '../../contract/tolerance.ts';
import type {Design} from '../../twin/design/load.ts';
import {lossOf, predictedCauses} from '../../twin/measurement/losses.ts';
import {tightenedLoss} from '../../twin/measurement/tolerance-curves.ts';
import {studiedErrors} from '../../twin/measurement/tolerance-errors.ts';
import {
  jobsOf,
  jobsTogether,
  planTolerances,
  secondsOf,
  sizesAt,
  studiedImageCount,
  type PlanInput,
  type ToleranceJob,
  type TolerancePlan,
} from '../../twin/measurement/tolerance-plan.ts';
import {
  predictedImages,
  rowsFrom,
  suggestedRows,
  suggestedSizes,
  togetherFrom,
  type JobReadings,
  type MeasuredRow,
  type PredictedImages,
} from '../../twin/measurement/tolerance-study.ts';
import {pickImages, type LabelledImages} from '../../twin/training/batch.ts';
import {createReadOut} from '../../twin/metrics/read-out.ts';
import type {MeasureJobs} from './measure-protocol.ts';
import {createMeasureThreads, measureThreadCount, type MeasureThreads} from './measure-threads.ts';
import type {StudyNews} from './study-news.ts';

export interface ToleranceOptions {
  readonly designFolder: string;
  readonly design: Design;
  readonly model: MeasurementModel;
  readonly images: LabelledImages;
  readonly settings: ToleranceSettings;
  readonly workerCount?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onNews?: (news: StudyNews) => void;
}

/** Verifications at most; each but the first with tighter tolerances. */
const verificationLimit = 3;

/**
 * Monte Carlo over all errors of a bench: what they cost together and each alone, and the largest tolerances with which
 * the wanted match is kept, verified on benches that are drawn anew. Runs on all cores; the same seed gives the same
 * study. Throws `file/invalid` where images and design do not fit, `plan/invalid` where there is nothing to study.
 */
export async function studyTolerances(options: ToleranceOptions): Promise<ToleranceStudy> {
  const {design, settings, signal, onNews} = options;
  signal?.throwIfAborted();
  const images = chosenImages(options);
  const input = planInputOf(options, images.labels.length);
  const plan = planTolerances(input);
  const {designFolder} = options;
  await using threads = createMeasureThreads({designFolder, model: input.model, images}, options.workerCount);
  onNews?.({kind: 'note', text: estimateText(estimateOf(design, input, plan, threads.count))});
  const run = createRunner(threads, options);
  const readings = await run(jobsOf(plan), oneVerification(input));
  const predicted = predictedImages(plan, readings, createReadOut(design.file.detector));
  const rows = rowsFrom(input.studied, plan, readings, predicted);
  const verify = async (sizes: readonly number[], round: number): Promise<BenchesTogether> => {
    const jobs = jobsTogether(input, sizesAt(input.studied, sizes), {
      seed: `${settings.seed}/verification ${round}`,
      text: `verification ${round}`,
    });
    return togetherFrom(jobs, await run(jobs), predicted, images.labels);
  };
  const {sizes, verified} = await suggest(rows, settings.wantedMatch, verify, (text) =>
    onNews?.({kind: 'note', text}),
  );
  return {
    designName: design.file.name,
    contentHash: design.file.contentHash,
    settings,
    model: input.model,
    imageCount: images.labels.length,
    together: togetherFrom(plan.together, readings, predicted, images.labels),
    rows: suggestedRows(rows, sizes),
    verified,
    isReached: verified[verified.length - 1].matchRate.rate >= settings.wantedMatch,
    quickError: quickErrorOf(plan, readings, predicted, images.labels),
  };
}

/** What a study would cost where there are images enough. Throws `plan/invalid` where there is nothing to study. */
export function estimateTolerances(
  options: Pick<ToleranceOptions, 'design' | 'model' | 'settings' | 'workerCount'>,
): ToleranceEstimate {
  assertTellsClasses(options.design.file, 'Nothing was computed.');
  const input = planInputOf(options, studiedImageCount(options.settings, Infinity));
  return estimateOf(options.design, input, planTolerances(input), measureThreadCount(options.workerCount));
}

function planInputOf(
  {design, model, settings}: Pick<ToleranceOptions, 'design' | 'model' | 'settings'>,
  imageCount: number,
): PlanInput {
  return {
    model: settings.isQuick ? {...model, samplesPerPixel: 1} : model,
    fullSamples: model.samplesPerPixel,
    studied: studiedErrors(model, design.file),
    settings,
    imageCount,
  };
}

/** The images of a study: drawn, so that a set in the order of its classes is no different. */
function chosenImages({images, settings, design}: ToleranceOptions): LabelledImages {
  const available = images.labels.length;
  if (available === 0)
    throw new BenchError('file/invalid', 'There are no images to measure. Nothing was computed.');
  const all = Array.from({length: available}, (_, i) => i);
  const chosen = shuffled(all, createRandom(`${settings.seed}/images`)).slice(
    0,
    studiedImageCount(settings, available),
  );
  const picked = pickImages(images, chosen);
  const classCount = classLabels(design.file.detector).length;
  const odd = picked.labels.find((label) => label >= classCount);
  if (odd !== undefined)
    throw new BenchError(
      'file/invalid',
      `An image is of class ${odd}, and the design tells ${classCount} classes. Nothing was computed; give images of the design's own classes.`,
    );
  return picked;
}

const oneVerification = (input: PlanInput): readonly ToleranceJob[] =>
  jobsTogether(input, sizesAt(input.studied), {seed: '', text: ''});

function estimateOf(
  {file}: Design,
  input: PlanInput,
  plan: TolerancePlan,
  threadCount: number,
): ToleranceEstimate {
  const first = jobsOf(plan);
  const verification = oneVerification(input);
  const secondsFor = (jobs: readonly ToleranceJob[]): number =>
    jobs.reduce((sum, job) => sum + secondsOf(job, file), 0) / threadCount;
  const planes = (jobs: readonly ToleranceJob[]): number =>
    jobs.reduce((sum, {indices}) => sum + indices.length, 0);
  return {
    seconds: secondsFor(first) + secondsFor(verification),
    longestSeconds: secondsFor(first) + verificationLimit * secondsFor(verification),
    threadCount,
    planeCount: planes(first) + planes(verification),
  };
}

/** An estimate in a sentence. */
export function estimateText({seconds, longestSeconds, threadCount, planeCount}: ToleranceEstimate): string {
  const minutes = (s: number): string => (s < 60 ? `${Math.ceil(s)} s` : `${Math.ceil(s / 60)} min`);
  return (
    `${planeCount} planes on ${threadCount} threads: about ${minutes(seconds)}, ` +
    `${minutes(longestSeconds)} when the tolerances have to be tightened twice.`
  );
}

/** Has jobs done and tells how far everything is; `later` are jobs that are known to follow. */
function createRunner(
  threads: MeasureThreads,
  {design: {file}, signal, onNews}: ToleranceOptions,
): (jobs: readonly ToleranceJob[], later?: readonly ToleranceJob[]) => Promise<JobReadings> {
  let [done, total] = [0, 0];
  const secondsFor = (jobs: readonly ToleranceJob[]): number =>
    jobs.reduce((sum, job) => sum + secondsOf(job, file), 0);
  return async (jobs, later = []) => {
    total = Math.max(total, done + secondsFor(jobs) + secondsFor(later));
    const read = new Map<ToleranceJob, MeasureJobs['readShared']['output']>();
    await threads.forEach(jobs, async (thread, job) => {
      const {optics, readings, indices} = job;
      read.set(job, await thread.ask('readShared', {optics, readings, indices}, signal));
      done += secondsOf(job, file);
      onNews?.({kind: 'progress', done, total, text: job.text});
    });
    return read;
  };
}

/** Suggests sizes and verifies them, tighter ones until the wanted match is kept or the tries are used up. */
async function suggest(
  rows: readonly MeasuredRow[],
  wantedMatch: number,
  verify: (sizes: readonly number[], round: number) => Promise<BenchesTogether>,
  onNote: (text: string) => void,
): Promise<{readonly sizes: readonly number[]; readonly verified: BenchesTogether[]}> {
  const wantedLoss = 1 - wantedMatch;
  const verified: BenchesTogether[] = [];
  for (let [round, allowed] = [1, wantedLoss]; ; round++) {
    const sizes = suggestedSizes(rows, allowed);
    const together = await verify(sizes, round);
    verified.push(together);
    const {rate, count} = together.matchRate;
    onNote(`Verification ${round}: ${(100 * rate).toFixed(1)} % of ${count} images match.`);
    if (rate >= wantedMatch || round === verificationLimit) return {sizes, verified};
    allowed = tightenedLoss(allowed, wantedLoss, 1 - rate);
  }
}

function quickErrorOf(
  {fine: [job]}: TolerancePlan,
  readings: JobReadings,
  {energies, readOut}: PredictedImages,
  labels: ArrayLike<number>,
): ToleranceStudy['quickError'] {
  if (!job) return null;
  const full = readings.get(job)?.[0] ?? [];
  const quick = job.indices.map((index) => energies[index]);
  const own = job.indices.map((index) => labels[index]);
  const {matchRatio, shareError} = lossOf(predictedCauses, full, quick, {labels: own, readOut});
  return {matchRatio, shareError, imageCount: full.length};
}
