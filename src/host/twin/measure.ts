import type {ReadDetector} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import type {MeasuredLoss, MeasurementCause, MeasurementModel} from '../../contract/measurement.ts';
import {
  isDrawn,
  lossOf,
  lossRows,
  togetherRows,
  type MeasuredEnergies,
} from '../../twin/measurement/losses.ts';
import {createReadOut} from '../../twin/metrics/read-out.ts';
import type {LabelledImages} from '../../twin/training/batch.ts';
import type {MadePlate} from '../../twin/training/neurons.ts';
import type {BenchRequest} from './measure-protocol.ts';
import {createMeasureThreads} from './measure-threads.ts';

/** What is measured, and on which benches. */
export interface MeasureOptions {
  readonly designFolder: string;
  /** Plates that are measured instead of the folder's own. */
  readonly plates?: readonly MadePlate[] | undefined;
  readonly model: MeasurementModel;
  readonly images: LabelledImages;
  /** Benches over which the images are spread in turn. */
  readonly benchCount: number;
  readonly seed: number;
  readonly workerCount?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** In images, of all rows together. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Images that one job reads, so that progress shows and an abort is soon heard. */
const jobSize = 10;

/**
 * What a design loses to each cause on benches that are drawn from a model, on all cores; rows as `lossRows` says, each
 * on the same images and the same benches. Takes about a quarter of a second an image and row on one core for plates of
 * 200 x 200 pixels and two samples a pixel.
 */
export async function measureLosses(
  options: MeasureOptions & {
    /** Of the design: how its classes are read. */
    readonly detector: ReadDetector;
    /** Only what is predicted and everything together, not cause by cause. */
    readonly isTogether?: boolean | undefined;
  },
): Promise<MeasuredLoss[]> {
  const rowsOf = options.isTogether === true ? togetherRows : lossRows;
  const {rows, predicted} = rowsOf(options.model);
  const results = await measureRows(rows, options);
  const {labels} = options.images;
  const readOut = createReadOut(options.detector);
  return rows.map((causes, row) => lossOf(causes, results[row], results[predicted], {labels, readOut}));
}

/** What drawn benches measure of each image, a row for each set of causes; as `measureLosses` says. */
export async function measureRows(
  rows: readonly (readonly MeasurementCause[])[],
  options: MeasureOptions,
): Promise<readonly (readonly MeasuredEnergies[])[]> {
  const {designFolder, plates, model, images, benchCount, seed, signal, onProgress} = options;
  const count = images.labels.length;
  if (count === 0)
    throw new BenchError('file/invalid', 'There are no images to measure. Nothing was computed.');
  const results = rows.map((): MeasuredEnergies[] => []);
  const jobs = rows.flatMap((causes, row) =>
    requestsFor(causes, {count, benchCount, seed}).map((request) => ({row, request})),
  );
  let done = 0;
  await using threads = createMeasureThreads(
    {designFolder, model, images, ...(plates && {plates})},
    options.workerCount,
  );
  await threads.forEach(jobs, async (thread, {row, request}) => {
    const read = await thread.ask('read', request, signal);
    request.indices.forEach((index, i) => (results[row][index] = read[i]));
    done += request.indices.length;
    onProgress?.(done, rows.length * count);
  });
  return results;
}

/** The images of a row, spread over its benches in turn; where nothing is drawn one bench serves all. */
function requestsFor(
  causes: readonly MeasurementCause[],
  {count, benchCount, seed}: {readonly count: number; readonly benchCount: number; readonly seed: number},
): BenchRequest[] {
  const benches = isDrawn(causes) ? benchCount : 1;
  return Array.from({length: benches}, (_, bench) => {
    const own = Array.from({length: count}, (_, i) => i).filter((i) => i % benches === bench);
    return Array.from({length: Math.ceil(own.length / jobSize)}, (_, part) => ({
      causes,
      seed: `${seed}/bench ${bench}`,
      indices: own.slice(part * jobSize, (part + 1) * jobSize),
    }));
  }).flat();
}
