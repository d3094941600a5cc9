import {resolve} from 'node:path';
import {defaultDesignFolder} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient} from '../host-client.ts';
import type {Progress} from '../output/index.ts';
import {writeToleranceStudy} from '../output/tolerance-table.ts';
import {imagesFrom, type ImagesOptions} from './images-from.ts';

/** Options of `twin tolerance`. */
export interface ToleranceOptions extends ImagesOptions {
  readonly design?: string;
  readonly bench?: string;
  readonly benches: number;
  readonly digits: number;
  readonly match: number;
  readonly quick?: boolean;
  readonly seed: number;
  readonly workers?: number;
}

/** Prints what the errors of a bench cost and which tolerances keep the wanted match; says first how long it takes. */
export async function tolerance(options: ToleranceOptions, context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'when-needed'});
  const {client} = connection;
  let bar: Progress | undefined;
  const {study} = await followComputation(client, context, {
    kind: 'tolerance',
    start: () =>
      client.twin.tolerance({
        designFolder: resolve(options.design ?? defaultDesignFolder),
        images: imagesFrom(options),
        bench: options.bench === undefined ? {kind: 'virtual'} : {kind: 'file', path: resolve(options.bench)},
        settings: {
          benchCount: options.benches,
          digitsPerBench: options.digits,
          wantedMatch: options.match,
          isQuick: options.quick === true,
          seed: options.seed,
        },
        workerCount: options.workers,
      }),
    onNote: (text) => output.log(text),
    onProgress: ({done, total, unit}, {text}) => {
      bar ??= output.progress('tolerances', total, unit);
      bar.update(done, {note: text});
    },
  });
  bar?.end();
  writeToleranceStudy(output, study);
  output.result(study);
}
