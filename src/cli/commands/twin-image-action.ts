import {resolve} from 'node:path';
import {countOf} from '../../base/count-text.ts';
import {fixedText, percentText} from '../../base/number-format.ts';
import type {TwinPictures} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {resolvedContrast, type ImageQuality} from '../../contract/imaging.ts';
import {namedPlateOptics} from '../../contract/plate-optics.ts';
import type {CliContext} from '../context.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient} from '../host-client.ts';
import type {Output, Progress} from '../output/index.ts';
import {asBuiltChoice, storeFor} from './as-built-choice.ts';

/** Options of `twin image`. */
export interface ImageOptions {
  readonly design: string;
  readonly images?: string;
  readonly targets?: string;
  readonly patterns?: boolean;
  readonly limit: number;
  readonly bench?: string;
  readonly virtual?: boolean;
  readonly plates?: 'thin' | 'thick';
  readonly benches: number;
  readonly seed: number;
  readonly workers?: number;
  readonly asBuilt?: string;
}

/** Prints how well a design images objects, as printed and on drawn benches. */
export async function image(options: ImageOptions, context: CliContext): Promise<void> {
  const {output} = context;
  const images = picturesFrom(options);
  await using connection = await openHostClient(context, {store: storeFor(options)});
  const {client} = connection;
  let bar: Progress | undefined;
  const asBuilt = await asBuiltChoice(client, options.asBuilt);
  const {designName, printed, measured, built} = await followComputation(client, context, {
    kind: 'image',
    start: () =>
      client.twin.image({
        designFolder: resolve(options.design),
        images,
        bench: benchFrom(options),
        asBuilt,
        plateOptics: options.plates && namedPlateOptics[options.plates],
        limit: options.limit,
        benchCount: options.benches,
        seed: options.seed,
        workerCount: options.workers,
      }),
    onProgress: (progress) => {
      bar ??= output.progress('image', progress.total);
      bar.update(progress.done);
    },
  });
  bar?.end();
  writeQuality(output, `${designName} as printed`, printed);
  if (measured)
    writeQuality(
      output,
      `${designName} on ${countOf(options.benches, 'drawn bench', 'drawn benches')}`,
      measured,
    );
  if (built) {
    writeQuality(output, `${designName} as built`, built.quality);
    output.log(built.source.text);
  }
  output.result({designName, printed, measured, ...(built && {built})});
}

/** Throws `cli/usage` for pictures without the objects that they belong to. */
function picturesFrom({images, targets, patterns}: ImageOptions): TwinPictures {
  if (images !== undefined)
    return {
      kind: 'files',
      imagesPath: resolve(images),
      ...(targets === undefined ? {} : {targetsPath: resolve(targets)}),
    };
  if (targets !== undefined)
    throw new BenchError(
      'cli/usage',
      'Pictures that are wanted belong to objects: give --images with --targets. Nothing was started.',
    );
  return {kind: patterns === true ? 'patterns' : 'test-digits'};
}

function benchFrom({bench, virtual}: ImageOptions) {
  if (bench !== undefined) return {kind: 'file' as const, path: resolve(bench)};
  return virtual === true ? {kind: 'virtual' as const} : undefined;
}

function writeQuality(output: Output, name: string, quality: ImageQuality): void {
  const {count, pixelCount, pixelMm, ssim, psnrDb, pearson, efficiency, bars, smallestLineMm} = quality;
  output.log(
    `${name}: SSIM ${fixedText(ssim, 3)}, PSNR ${fixedText(psnrDb, 1)} dB, correlation ${fixedText(pearson, 3)}, ` +
      `efficiency ${percentText(efficiency, 2)}; ${countOf(count, 'object')}, ${pixelCount} x ${pixelCount} pixels of ${fixedText(pixelMm, 2)} mm`,
  );
  if (bars.length === 0) return;
  const smallest = smallestLineMm === null ? 'none' : `${fixedText(smallestLineMm, 2)} mm`;
  output.log(
    `  smallest bars resolved (contrast of at least ${percentText(resolvedContrast, 0)} in both directions): ${smallest}`,
  );
  output.log(
    `  contrast: ${bars.map(({lineMm, contrast}) => `${fixedText(lineMm, 2)} mm ${percentText(contrast, 0)}`).join(', ')}`,
  );
}
