import {resolve} from 'node:path';
import {percentText} from '../../base/number-format.ts';
import type {CliContext} from '../context.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient} from '../host-client.ts';
import type {Progress} from '../output/index.ts';
import {findAsBuilt} from './calibrate-action.ts';

/** Options of `calibrate read-out-curve`. */
export interface CurveOptions {
  readonly asBuilt?: string;
  readonly design?: string;
  readonly bench?: string;
  readonly benches: number;
  readonly quick?: boolean;
  readonly learn: number;
  readonly test: number;
  readonly seed: number;
  readonly workers?: number;
}

/** Prints how much is read right by the number of objects that a read-out is learnt from. */
export async function showReadOutCurve(options: CurveOptions, context: CliContext): Promise<void> {
  const {output} = context;
  const {asBuilt, design, bench, benches, learn, test, seed, workers} = options;
  await using connection = await openHostClient(context, {
    store: asBuilt === undefined ? 'when-needed' : 'look',
  });
  const {client} = connection;
  const of =
    asBuilt === undefined
      ? {
          kind: 'drawn' as const,
          designFolder: design === undefined ? undefined : resolve(design),
          bench:
            bench === undefined ? {kind: 'virtual' as const} : {kind: 'file' as const, path: resolve(bench)},
          benchCount: benches,
          isQuick: options.quick === true,
        }
      : {kind: 'built' as const, asBuiltUid: (await findAsBuilt(client, asBuilt)).uid};
  let bar: Progress | undefined;
  const {curve} = await followComputation(client, context, {
    kind: 'read-out-curve',
    start: () =>
      client.calibrate.readOutCurve({
        ...{of, learnedCount: learn, testedCount: test, seed, workerCount: workers},
      }),
    onProgress: (progress, {text}) => {
      bar ??= output.progress('read-out', progress.total, progress.unit);
      bar.update(progress.done, {note: text});
    },
  });
  bar?.end();
  const {designName, before, points, neededCount} = curve;
  output.heading(`${designName}: ${curve.text}`);
  output.line(`as it is: ${rateText(before)}`);
  for (const {count, after, gains} of points)
    output.line(
      `learnt from ${count}: ${rateText(after)}; gain of a bench ${gains.map((gain) => percentText(gain)).join(' to ')}`,
    );
  output.line(
    neededCount === null
      ? 'No number of objects up to this gains anything.'
      : `${neededCount} objects come within a point of the best.`,
  );
  output.result(curve);
}

const rateText = ({
  ratio,
  count,
  low,
  high,
}: {
  readonly ratio: number | null;
  readonly count: number;
  readonly low: number;
  readonly high: number;
}): string => `${percentText(ratio ?? 0, 1)} of ${count} right (${percentText(low)} to ${percentText(high)})`;
