import {resolve} from 'node:path';
import type {AlignmentResult} from '../../contract/alignment.ts';
import {BenchError} from '../../contract/errors.ts';
import type {CliContext} from '../context.ts';
import {followAlignment, type AlignmentOutcome} from '../follow-alignment.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient, type BenchClient, type HostConnection} from '../host-client.ts';
import {namesFrom} from '../option-values.ts';
import {writeAlignment} from '../output/alignment-summary.ts';
import type {Output} from '../output/index.ts';
import {settingsPolicyFrom} from '../settings-options.ts';
import {reportStart, useBench} from '../use-bench.ts';
import {
  alignChoicesFrom,
  gridReader,
  measureObjects,
  measurementFrom,
  type AlignCliOptions,
} from './align-options.ts';

/** Finds where everything stands: from files, from stored sessions, or from what is measured first. */
export async function align(options: AlignCliOptions, context: CliContext): Promise<void> {
  assertOneSource(options);
  if (options.correct === true) return (await import('./align-correct-action.ts')).correct(options, context);
  const readGrid = await gridReader(context, options);
  await using connection = await openHostClient(context, {
    store: options.data === undefined ? 'write' : 'when-needed',
    timeoutScale: options.timeoutScale,
  });
  const {client} = connection;
  if (options.data !== undefined) return await alignFiles(client, options.data, options, context);
  if (options.session !== undefined) {
    const [sessionUid, ...otherSessionUids] = await sessionsFrom(client, options.session);
    const request = {sessionUid, otherSessionUids, ...alignChoicesFrom(options)};
    return finish(context.output, await followAlignment(client, context, request), options.session);
  }
  const sessionUid = await measure(connection, context, options, readGrid);
  const request = {sessionUid, takesAllPlanes: true, ...alignChoicesFrom(options)};
  finish(context.output, await followAlignment(client, context, request), sessionUid);
}

function assertOneSource({session, bench, data, correct}: AlignCliOptions): void {
  const named = [session, bench, data].filter((name) => name !== undefined);
  const isMeasuredBefore = correct === true && data === undefined;
  if (named.length > 1 && !isMeasuredBefore)
    throw new BenchError('cli/usage', 'Give one of --session, --bench and --data. Nothing was started.');
  if (correct === true && data !== undefined)
    throw new BenchError(
      'cli/usage',
      '--correct moves plates of a bench that was measured by this program, not of --data. Nothing was started.',
    );
}

async function alignFiles(
  client: BenchClient,
  folder: string,
  options: AlignCliOptions,
  context: CliContext,
): Promise<void> {
  const {output} = context;
  const {alignment: result} = await followComputation(client, context, {
    kind: 'align-data',
    start: () => client.align.data({folder: resolve(folder), ...alignChoicesFrom(options)}),
    onNote: (text) => output.log(text),
  });
  writeAlignment(output, result);
  output.result(result);
  assertFound(result, '');
}

async function sessionsFrom(client: BenchClient, text: string): Promise<[string, ...string[]]> {
  const uids: string[] = [];
  for (const start of namesFrom(text)) uids.push((await client.sessions.find({start})).uid);
  const [first, ...others] = uids;
  if (first === undefined)
    throw new BenchError('cli/usage', '--session names no session. Nothing was started.');
  return [first, ...others];
}

/** Opens the bench, measures, and closes it again. */
async function measure(
  connection: HostConnection,
  context: CliContext,
  options: AlignCliOptions,
  readGrid: Awaited<ReturnType<typeof gridReader>>,
): Promise<string> {
  settingsPolicyFrom(options);
  const measurement = await measurementFrom(connection.client, options, readGrid);
  await reportStart(connection.client, context);
  await using closing = new AsyncDisposableStack();
  closing.use(await useBench(connection, context, options));
  return await measureObjects(connection, context, options, measurement);
}

/** Prints what was found. Throws `twin/invalid` when that is nothing, so that no script goes on with it. */
function finish(output: Output, {result, alignmentUid}: AlignmentOutcome, session: string): void {
  writeAlignment(output, result);
  output.line(`session ${session}`);
  output.line(alignmentUid === null ? 'nothing was stored' : `calibration ${alignmentUid}`);
  output.result({...result, session, calibration: alignmentUid});
  assertFound(result, `; the measured planes are kept in session ${session}`);
}

function assertFound({verdict, reasons}: AlignmentResult, kept: string): void {
  if (verdict !== 'failed') return;
  throw new BenchError(
    'twin/invalid',
    `The alignment failed: ${reasons.join(' ')} No placement was stored${kept}.`,
    {details: {verdict}},
  );
}
