import type {ImageQuality} from '../../contract/imaging.ts';
import {
  measurementCauses,
  measurementModelSchema,
  type MeasurementModel,
} from '../../contract/measurement.ts';
import {imageQualityOf, type ImagingBenchResult} from '../../twin/measurement/imaging-quality.ts';
import type {BenchRequest} from './measure-protocol.ts';
import type {FoundBench} from './predict.ts';
import {createMeasureThreads} from './measure-threads.ts';
import type {ShownPictures} from './pictures-of.ts';

export interface ImageQualityOptions extends ShownPictures {
  readonly designFolder: string;
  /** How a bench measures; null for the design as printed only. */
  readonly model: MeasurementModel | null;
  /** The bench as it was found; nothing of it unless given. */
  readonly found?: FoundBench | undefined;
  readonly benchCount: number;
  readonly seed: number;
  readonly workerCount?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** In objects, of all benches together. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** How well a design images objects. */
export interface EvaluatedImages {
  /** In its own light: square pixels of the print, the plane read at every sample. */
  readonly printed: ImageQuality;
  readonly measured: ImageQuality | null;
  /** On the bench as it was found, read at every sample. */
  readonly built: ImageQuality | null;
}

/** Objects that one job shows as printed; the targets of bars are shown once, in the first. */
const jobSize = 5;

/** Evaluates a design that images its objects on all cores; the objects are spread over the drawn benches in turn. */
export async function evaluateImages(options: ImageQualityOptions): Promise<EvaluatedImages> {
  const {designFolder, images, pictures, model, found, benchCount, seed, signal, onProgress} = options;
  const count = images.labels.length;
  const all = Array.from({length: count}, (_, i) => i);
  const printedJobs = Array.from({length: Math.ceil(count / jobSize)}, (_, part): BenchRequest => ({
    causes: ['pixels'],
    seed: String(seed),
    indices: all.slice(part * jobSize, (part + 1) * jobSize),
  }));
  const measuredJobs =
    model === null
      ? []
      : Array.from({length: benchCount}, (_, bench): BenchRequest => ({
          causes: measurementCauses,
          seed: `${seed}/bench ${bench}`,
          indices: all.filter((i) => i % benchCount === bench),
        }));
  const builtJobs = found ? printedJobs.map((own): BenchRequest => ({...own, seed: 'as built'})) : [];
  const jobs = [...printedJobs, ...measuredJobs, ...builtJobs];
  const results = new Map<BenchRequest, ImagingBenchResult>();
  let done = 0;
  const spec = {
    designFolder,
    model: model ?? measurementModelSchema.parse({}),
    images,
    found,
    ...(pictures && {pictures}),
  };
  await using threads = createMeasureThreads(spec, options.workerCount);
  await threads.forEach(jobs, async (thread, request) => {
    results.set(
      request,
      builtJobs.includes(request)
        ? await thread.ask('imageFound', {indices: request.indices}, signal)
        : await thread.ask('image', request, signal),
    );
    done += request.indices.length;
    onProgress?.(
      done,
      jobs.reduce((sum, {indices}) => sum + indices.length, 0),
    );
  });
  const resultsOf = (of: readonly BenchRequest[]): ImagingBenchResult[] =>
    of.flatMap((request) => results.get(request) ?? []);
  return {
    printed: imageQualityOf(resultsOf(printedJobs)),
    measured: measuredJobs.length === 0 ? null : imageQualityOf(resultsOf(measuredJobs)),
    built: builtJobs.length === 0 ? null : imageQualityOf(resultsOf(builtJobs)),
  };
}
