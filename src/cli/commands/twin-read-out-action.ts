import {resolve} from 'node:path';
import {percentText} from '../../base/number-format.ts';
import type {CliContext} from '../context.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient} from '../host-client.ts';
import type {Progress} from '../output/index.ts';

/** Options of `twin read-out`. */
export interface ReadOutCommandOptions {
  readonly design: string;
  readonly out: string;
  readonly images?: string;
  readonly labels?: string;
  readonly learn: 'digits' | 'classes';
  readonly classes: number;
  readonly hidden: readonly number[];
  readonly seed: number;
  readonly epochs: number;
  readonly copies: number;
  readonly lateralErrorMm: number;
  readonly axialErrorMm: number;
  readonly validationCount: number;
  readonly trainingCount: number;
  readonly workers?: number;
}

/** Trains the read-out of a design and prints how much it brings. */
export async function readOut(options: ReadOutCommandOptions, context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'when-needed'});
  const {client} = connection;
  const bars = new Map<string, Progress>();
  const result = await followComputation(client, context, {
    kind: 'read-out',
    start: () =>
      client.twin.readOut({
        designFolder: resolve(options.design),
        folder: resolve(options.out),
        settings: settingsFrom(options),
        command: `d2nn-bench ${context.argv.join(' ')}`,
        workerCount: options.workers,
      }),
    onNote: (text) => output.log(text),
    onProgress: ({done, total, unit}) => {
      const bar =
        bars.get(unit) ?? output.progress(unit === 'images' ? 'measuring' : 'training', total, unit);
      bars.set(unit, bar);
      bar.update(done);
      if (done === total) bar.end();
    },
  });
  output.line(
    `${percentText(result.accuracy, 1)} of ${result.count} kept images are right with the read-out, ${percentText(result.accuracyBefore, 1)} without it.`,
  );
  output.log(`The design is in ${connection.pathText(resolve(options.out))}.`);
  output.result(result);
}

function settingsFrom(options: ReadOutCommandOptions) {
  const {images, labels} = options;
  return {
    seed: options.seed,
    hiddenCounts: [...options.hidden],
    epochs: options.epochs,
    copies: options.copies,
    lateralErrorMm: options.lateralErrorMm,
    axialErrorMm: options.axialErrorMm,
    task: options.learn,
    classCount: options.classes,
    validationCount: options.validationCount,
    trainingCount: options.trainingCount,
    data:
      images === undefined || labels === undefined
        ? null
        : {images: resolve(images), labels: resolve(labels)},
  };
}
