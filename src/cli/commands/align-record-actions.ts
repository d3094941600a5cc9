import {fixedText} from '../../base/number-format.ts';
import type {AlignSummary} from '../../contract/api/index.ts';
import type {CliContext} from '../context.ts';
import {openHostClient} from '../host-client.ts';
import {writeAlignment} from '../output/alignment-summary.ts';
import {isoFromS} from '../../base/utc-text.ts';

/** Prints the alignments that were made, newest first. */
export async function listAlignments(
  {session}: {readonly session?: string},
  context: CliContext,
): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'look'});
  const {client} = connection;
  const sessionUid = session === undefined ? undefined : (await client.sessions.find({start: session})).uid;
  const {alignments} = await client.align.results({sessionUid});
  if (alignments.length === 0) output.line('No alignment yet. d2nn-bench align --session makes one.');
  else
    output.table(
      [
        {title: 'alignment', align: 'left'},
        {title: 'made (UTC)', align: 'left'},
        {title: 'bench', align: 'left'},
        {title: 'design', align: 'left'},
        {title: 'planes'},
        {title: 'verdict', align: 'left'},
        {title: 'correlation'},
        {title: 'status', align: 'left'},
      ],
      alignments.map((a) => [
        a.uid,
        isoFromS(a.timeS),
        a.benchName,
        a.designName,
        a.planeCount,
        a.verdict,
        fixedText(a.correlationAfter, 4),
        a.statusText,
      ]),
    );
  output.result({alignments});
}

/** Prints an alignment with its status and what to do to each plate. */
export async function showAlignment(start: string, context: CliContext): Promise<void> {
  const {output, signal} = context;
  await using connection = await openHostClient(context, {store: 'look'});
  const {client} = connection;
  const {uid} = await client.align.find({start});
  const {summary, result} = await client.align.result({uid}, {signal});
  const corrections = await client.align.corrections({uid}, {signal});
  writeAlignment(output, result);
  output.line(summary.statusText);
  output.heading('Corrections');
  output.line(corrections.text);
  for (const {text, isNeeded} of corrections.items) if (isNeeded) output.line(`  ${text}`);
  output.line(corrections.viewpoint);
  output.result({summary, result, corrections: corrections.items});
}

/** Puts a placement in use for as-aligned predictions. */
export async function acceptAlignment(
  start: string,
  {hours}: {readonly hours?: number},
  context: CliContext,
): Promise<void> {
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  const {uid} = await client.align.find({start});
  reportStatus(await client.align.accept({uid, validForH: hours}), context);
}

/** Takes a placement out of use. */
export async function revokeAlignment(start: string, context: CliContext): Promise<void> {
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  const {uid} = await client.align.find({start});
  reportStatus(await client.align.undo({uid}), context);
}

function reportStatus(summary: AlignSummary, {output}: CliContext): void {
  output.line(`alignment  ${summary.uid}`);
  output.line(`status     ${summary.statusText}`);
  output.result(summary);
}
