import {writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import type {TradeOffWeight} from '../../contract/trade-off-defaults.ts';
import {assertWritable, defaultDesignFolder} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient} from '../host-client.ts';
import type {Progress} from '../output/index.ts';
import {writeTradeOff} from '../output/trade-off-table.ts';

/** Options of `twin trade-off`. */
export interface TradeOffOptions {
  readonly design?: string;
  readonly weight: TradeOffWeight;
  readonly values: number[];
  readonly steps: number;
  readonly rate: number;
  readonly images?: string;
  readonly labels?: string;
  readonly bench?: string;
  readonly marginImages: number;
  readonly benches: number;
  readonly seed: number;
  readonly svg?: string;
  readonly workers?: number;
}

/** Prints what a weight trades, a row a value, and writes the drawing where one is wanted. */
export async function tradeOff(options: TradeOffOptions, context: CliContext): Promise<void> {
  const {output} = context;
  const {svg, bench} = options;
  const data = dataFrom(options);
  if (svg !== undefined) await assertWritable(svg, '--svg', 'Nothing was computed');
  await using connection = await openHostClient(context, {store: 'when-needed'});
  const {client} = connection;
  let bar: Progress | undefined;
  const {study, drawing} = await followComputation(client, context, {
    kind: 'trade-off',
    start: () =>
      client.twin.tradeOff({
        designFolder: resolve(options.design ?? defaultDesignFolder),
        settings: {
          weight: options.weight,
          values: options.values,
          steps: options.steps,
          learningRate: options.rate,
          seed: options.seed,
          marginImages: options.marginImages,
          benchCount: options.benches,
        },
        data,
        bench: bench === undefined ? {kind: 'virtual'} : {kind: 'file', path: resolve(bench)},
        workerCount: options.workers,
      }),
    onNote: (text) => output.log(text),
    onProgress: ({done, total, unit}, {text}) => {
      bar ??= output.progress('trade-off', total, unit);
      bar.update(done, {note: text});
    },
  });
  bar?.end();
  writeTradeOff(output, study);
  if (svg !== undefined) {
    await writeFile(svg, drawing);
    output.log(`The curves are drawn in ${svg}.`);
  }
  output.result(study);
}

/** The files to train on; none where the command names none. Throws `cli/usage` for a half of them. */
function dataFrom({
  images,
  labels,
}: TradeOffOptions): {readonly images: string; readonly labels: string} | undefined {
  if (images === undefined && labels === undefined) return undefined;
  if (images === undefined || labels === undefined)
    throw new BenchError(
      'cli/usage',
      'Images and labels belong together: give --images and --labels, or neither. Nothing was started.',
    );
  return {images: resolve(images), labels: resolve(labels)};
}
