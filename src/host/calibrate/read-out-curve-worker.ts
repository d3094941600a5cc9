import {measurementCauses} from '../../contract/measurement.ts';
import type {ReadOutCurveData} from '../../contract/read-out-calibration.ts';
import {readOutCurve, type BenchSamples} from '../../twin/calibration/read-out-curve.ts';
import type {ReadOutSample} from '../../twin/calibration/read-out-fit.ts';
import type {Design} from '../../twin/design/load.ts';
import {createReadOut} from '../../twin/metrics/index.ts';
import {loadDesignFolder} from '../designs/design-folder.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {createMeasureThreads} from '../twin/measure-threads.ts';
import type {StudyNews} from '../twin/study-news.ts';
import {createAsBuiltPool} from './as-built-pool.ts';
import {drawnObjects, type DrawnObjects} from './drawn-objects.ts';
import type {ReadOutCurveRequest} from './read-out-curve-protocol.ts';
import {asBuiltWork} from './reprint.ts';
import {simulateSamples} from './simulated-samples.ts';

type News = (news: StudyNews) => void;
interface Hooks {
  readonly signal: AbortSignal;
  readonly onProgress: News;
}
type Drawn = Extract<ReadOutCurveRequest['of'], {kind: 'drawn'}>;
type Built = Extract<ReadOutCurveRequest['of'], {kind: 'built'}>;

/** Objects that one job reads, so that progress shows and an abort is soon heard. */
const jobSize = 10;

// Entry of the thread that foretells how many objects a read-out has to be learnt from; it leads those that compute.
await serveOnce<ReadOutCurveRequest, ReadOutCurveData, StudyNews>(async (request, hooks) => {
  const {of, learnedCount, testedCount, seed} = request;
  const design = of.kind === 'built' ? of.bench.design : await loadDesignFolder(of.designFolder);
  const benchCount = of.kind === 'built' ? 1 : of.benchCount;
  // Each bench learns from objects of its own; those that test are the same for all, and no training saw them.
  const objects = drawnObjects(design.file, {
    taughtCount: benchCount * learnedCount,
    judgedCount: testedCount,
  });
  const benches =
    of.kind === 'built'
      ? [await builtSamples(of, objects, request, hooks)]
      : await drawnSamples(of, objects, request, hooks);
  return {
    designName: design.file.name,
    asBuiltUid: of.kind === 'built' ? of.uid : null,
    text:
      of.kind === 'built'
        ? 'the network as it was built, read by scans that lie anywhere'
        : `${benchCount} benches that are drawn with all their errors`,
    benchCount,
    ...curveOf(design, benches, seed),
  };
});

function curveOf({file}: Design, benches: readonly BenchSamples[], seed: number) {
  const {before, points, neededCount} = readOutCurve(createReadOut(file.detector), benches, seed);
  return {
    before,
    points: points.map(({count, after, gains: [least, most]}) => ({
      ...{count, after},
      gains: [least, most] as [number, number],
    })),
    neededCount,
  };
}

async function builtSamples(
  {bench}: Built,
  {images, taught, judged}: DrawnObjects,
  {seed, workerCount}: ReadOutCurveRequest,
  {signal, onProgress}: Hooks,
): Promise<BenchSamples> {
  await using pool = createAsBuiltPool(asBuiltWork(bench, images), {workerCount, signal});
  const {labels} = images;
  onProgress({kind: 'progress', done: 0, total: 2, text: 'objects to learn from'});
  const learned = await simulateSamples(pool, {labels, indices: taught, seed});
  onProgress({kind: 'progress', done: 1, total: 2, text: 'objects that test it'});
  return {learned, test: await simulateSamples(pool, {labels, indices: judged, seed: seed + 1})};
}

async function drawnSamples(
  {designFolder, model, benchCount, isQuick}: Drawn,
  {images, taught, judged}: DrawnObjects,
  {seed, learnedCount, workerCount}: ReadOutCurveRequest,
  {signal, onProgress}: Hooks,
): Promise<BenchSamples[]> {
  const seen = Array.from({length: benchCount}, () => new Map<number, ReadOutSample>());
  const indicesOf = (bench: number): number[] => [
    ...taught.slice(bench * learnedCount, (bench + 1) * learnedCount),
    ...judged,
  ];
  const jobs = seen.flatMap((_, bench) => chunksOf(indicesOf(bench)).map((indices) => ({bench, indices})));
  const causes = measurementCauses.filter((cause) => !(isQuick && cause === 'pixels'));
  let done = 0;
  await using threads = createMeasureThreads({designFolder, model, images}, workerCount);
  await threads.forEach(jobs, async (thread, {bench, indices}) => {
    const read = await thread.ask('read', {causes, seed: `${seed}/bench ${bench}`, indices}, signal);
    indices.forEach((index, i) =>
      seen[bench].set(index, {energies: read[i].energies, label: images.labels[index]}),
    );
    onProgress({kind: 'progress', done: ++done, total: jobs.length, text: 'objects on drawn benches'});
  });
  const samplesOf = (bench: number, indices: readonly number[]): ReadOutSample[] =>
    indices.flatMap((index) => seen[bench].get(index) ?? []);
  return seen.map((_, bench) => ({
    learned: samplesOf(bench, indicesOf(bench).slice(0, -judged.length)),
    test: samplesOf(bench, judged),
  }));
}

function chunksOf(indices: readonly number[]): number[][] {
  return Array.from({length: Math.ceil(indices.length / jobSize)}, (_, part) =>
    indices.slice(part * jobSize, (part + 1) * jobSize),
  );
}
