import {namedPlateOptics} from '../../contract/plate-optics.ts';
import {countOf} from '../../base/count-text.ts';
import {fixedText, percentText} from '../../base/number-format.ts';
import {resolve} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import type {ErrorDistribution, MeasurementErrorName} from '../../contract/measurement-errors.ts';
import {assertWritable, readField, writePlane} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient} from '../host-client.ts';
import {writeLosses} from '../output/loss-table.ts';
import type {Progress} from '../output/index.ts';
import {asBuiltChoice, storeFor} from './as-built-choice.ts';
import {imagesFrom, type ImagesOptions} from './images-from.ts';

interface MethodOptions {
  readonly method: 'rs' | 'asm';
  readonly pad: number;
}

/** Options of `twin propagate`. */
export interface PropagateOptions extends MethodOptions {
  readonly in: string;
  readonly pitchMm: number;
  readonly wavelengthMm: number;
  readonly distanceMm: number;
  readonly out: string;
}

/** Options of `twin predict`. */
export interface PredictOptions extends MethodOptions {
  readonly design: string;
  readonly object: string;
  readonly values: number;
  readonly placement?: string;
  readonly asBuilt?: string;
  readonly oversample: number;
  readonly out: string;
}

/** Options of `twin classify`. */
export interface ClassifyOptions extends ImagesOptions {
  readonly design: string;
  readonly limit?: number;
  readonly ideal?: boolean;
  readonly plates?: 'thin' | 'thick';
  readonly asBuilt?: string;
  readonly bench?: string;
  readonly virtual?: boolean;
  readonly benches: number;
  readonly seed: number;
  readonly error?: Readonly<Partial<Record<MeasurementErrorName, number>>>;
  readonly onlyErrors?: boolean;
  readonly errorsDrawn?: ErrorDistribution;
  readonly together?: boolean;
  readonly workers?: number;
}

/** Carries the field of one .npy file of this computer over a distance into another. */
export async function propagate(options: PropagateOptions, context: CliContext): Promise<void> {
  const {output, signal} = context;
  const {out, method, pad, pitchMm, wavelengthMm, distanceMm} = options;
  await assertWritable(out, '--out', 'Nothing was computed');
  const {grid, re, im} = await readField(options.in, pitchMm);
  await using connection = await openHostClient(context, {store: 'when-needed'});
  const far = await connection.client.twin.propagate(
    {
      count: grid.count,
      re: Float64Array.from(re),
      im: Float64Array.from(im),
      pitchMm,
      wavelengthMm,
      distanceMm,
      method,
      pad,
    },
    {signal},
  );
  await writePlane(out, far);
  const {count, powerRatio} = far;
  output.log(`${out}: ${count} x ${count} samples, ${percentText(powerRatio, 2)} of the power`);
  output.result({out, method, count, powerRatio});
}

/** Writes the intensity of a design's output plane for an object. */
export async function predict(options: PredictOptions, context: CliContext): Promise<void> {
  const {output, signal} = context;
  const {out, method, pad, oversample, placement} = options;
  await assertWritable(out, '--out', 'Nothing was computed');
  await using connection = await openHostClient(context, {store: storeFor(options)});
  const {client} = connection;
  const {intensity, ...done} = await client.twin.predict(
    {
      designFolder: resolve(options.design),
      object: {kind: 'file', path: resolve(options.object), fullScale: options.values},
      benchPath: placement === undefined ? undefined : resolve(placement),
      asBuilt: await asBuiltChoice(client, options.asBuilt),
      method,
      pad,
      oversample,
    },
    {signal},
  );
  await writePlane(out, {count: done.count, re: intensity});
  output.log(`${out}: ${done.count} x ${done.count} samples at ${done.pitchMm} mm`);
  if (done.asBuilt) output.log(done.asBuilt.text);
  if (done.verdict) output.log(`${done.verdict.winner} wins`);
  output.result({out, method, ...done});
}

/** Runs a design over a set of images and prints how many it gets right, on a bench cause by cause. */
export async function classify(options: ClassifyOptions, context: CliContext): Promise<void> {
  if (options.bench !== undefined || options.virtual === true) return measure(options, context);
  const {error, onlyErrors, errorsDrawn, together} = options;
  if (error !== undefined || onlyErrors === true || errorsDrawn !== undefined || together === true)
    throw new BenchError(
      'cli/usage',
      '--error, --only-errors, --errors-drawn and --together are of a bench: give --virtual or --bench FILE. Nothing was computed.',
    );
  const {output} = context;
  await using connection = await openHostClient(context, {store: storeFor(options)});
  const {client} = connection;
  let bar: Progress | undefined;
  const asBuilt = await asBuiltChoice(client, options.asBuilt);
  const {
    designName,
    classification,
    asBuilt: source,
  } = await followComputation(client, context, {
    kind: 'classify',
    start: () =>
      client.twin.classify({
        designFolder: resolve(options.design),
        images: imagesFrom(options),
        isIdeal: options.ideal === true,
        asBuilt,
        plateOptics: options.plates && namedPlateOptics[options.plates],
        limit: options.limit,
        workerCount: options.workers,
      }),
    onProgress: (progress) => {
      bar ??= output.progress('classify', progress.total);
      bar.update(progress.done);
    },
  });
  bar?.end();
  const {accuracy, count, meanMargin, efficiency} = classification;
  output.log(
    `${designName}: ${percentText(accuracy, 2)} of ${countOf(count, 'image')}, mean margin ` +
      `${fixedText(meanMargin, 3)}, efficiency ${percentText(efficiency, 2)}`,
  );
  if (source) output.log(source.text);
  output.result(source ? {...classification, asBuilt: source} : classification);
}

/** Prints what a design loses on benches that are drawn, a row for each set of causes. */
async function measure(options: ClassifyOptions, context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'when-needed'});
  const {client} = connection;
  let bar: Progress | undefined;
  const {designName, count, losses, model} = await followComputation(client, context, {
    kind: 'measure',
    start: () =>
      client.twin.measure({
        designFolder: resolve(options.design),
        images: imagesFrom(options),
        bench: options.bench === undefined ? {kind: 'virtual'} : {kind: 'file', path: resolve(options.bench)},
        limit: options.limit,
        benchCount: options.benches,
        seed: options.seed,
        plateOptics: options.plates && namedPlateOptics[options.plates],
        errors: {...options.error},
        areOnlyErrors: options.onlyErrors === true,
        distribution: options.errorsDrawn,
        isTogether: options.together === true,
        workerCount: options.workers,
      }),
    onProgress: (progress) => {
      bar ??= output.progress('measure', progress.total);
      bar.update(progress.done);
    },
  });
  bar?.end();
  output.log(`${designName}: ${count} images on ${options.benches} drawn benches`);
  writeLosses(output, losses, count);
  output.result({designName, count, model, losses});
}
