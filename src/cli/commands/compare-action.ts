import {fixedText} from '../../base/number-format.ts';
import {writeFile} from 'node:fs/promises';
import type {Comparison, CompareSide} from '../../contract/api/index.ts';
import {comparisonCsv} from '../../contract/comparison-csv.ts';
import {assertWritable} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {openHostClient, type BenchClient} from '../host-client.ts';
import type {Output} from '../output/index.ts';

/** Prints how well a measured plane agrees with a prediction or with another run. */
export async function compareRun(
  run: string,
  other: string,
  {out}: {readonly out?: string},
  context: CliContext,
): Promise<void> {
  const {output, signal} = context;
  if (out !== undefined) await assertWritable(out, '--out', 'Nothing was compared');
  await using connection = await openHostClient(context, {store: 'look'});
  const {client} = connection;
  const {uid: runUid} = await client.runs.find({start: run});
  const b = await otherSide(client, runUid, other);
  const comparison = await client.compare.planes({a: {kind: 'run', runUid}, b}, {signal});
  if (out !== undefined) await writeFile(out, comparisonCsv(comparison));
  writeComparison(output, comparison);
  const {labelA, labelB, note, cellCount, pearson, nrmse, shareError, winnerA, winnerB} = comparison;
  const {sharesA, sharesB, calibratedA, calibratedB, regions} = comparison;
  output.result({
    a: labelA,
    b: labelB,
    note,
    cellCount,
    pearson,
    nrmse,
    shareError,
    winnerA,
    winnerB,
    calibratedA,
    calibratedB,
    labels: regions.map(({label}) => label),
    sharesA,
    sharesB,
    out: out ?? null,
  });
}

async function otherSide(client: BenchClient, runUid: string, other: string): Promise<CompareSide> {
  switch (other) {
    case 'nominal':
    case 'registered':
    case 'aligned':
      return {kind: 'prediction', runUid, placement: other};
    default:
      return {kind: 'run', runUid: (await client.runs.find({start: other})).uid};
  }
}

const figure = (value: number | null): string => (value === null ? '' : fixedText(value, 4));

function writeComparison(output: Output, comparison: Comparison): void {
  const {labelA, labelB, note, cellCount, pearson, nrmse, shareError} = comparison;
  output.heading('Comparison');
  output.line(`A      ${labelA}`);
  output.line(`B      ${labelB}`);
  output.line(`cells  ${cellCount} that both have`);
  if (note !== '') output.line(note);
  output.table(
    [{title: 'figure', align: 'left'}, {title: 'value'}, {title: 'from (95 %)'}, {title: 'to (95 %)'}],
    (
      [
        ['correlation', pearson],
        ['nrmse', nrmse],
        ['share error', shareError],
      ] as const
    ).map(([name, {value, low, high}]) => [name, figure(value), figure(low), figure(high)]),
  );
  const {sharesA, sharesB, regions, winnerA, winnerB, calibratedA, calibratedB} = comparison;
  if (sharesA === null || sharesB === null) return;
  output.heading('Energy shares of the detector regions');
  output.table(
    [{title: 'region'}, {title: 'A', unit: '%'}, {title: 'B', unit: '%'}],
    regions.map(({label}, i) => [label, fixedText(100 * sharesA[i], 2), fixedText(100 * sharesB[i], 2)]),
  );
  output.line(`winner A ${winnerA ?? 'none'}, B ${winnerB ?? 'none'}`);
  if (calibratedA !== null || calibratedB !== null)
    output.line(
      `with the calibrated read-out A ${calibratedA ?? 'as above'}, B ${calibratedB ?? 'as above'}`,
    );
}
