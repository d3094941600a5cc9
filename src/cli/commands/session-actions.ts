import {countOf} from '../../base/count-text.ts';
import type {ApiInputs, ApiOutputs, SessionSummary} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ExportFormat} from '../../contract/export-formats.ts';
import {assertWritable, writeWhole} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {runOfSession} from '../find-run.ts';
import {openHostClient, type BenchClient} from '../host-client.ts';
import {exitCodes, writeCampaignSummary, type Output} from '../output/index.ts';
import {writeReportPlace} from '../report-place.ts';
import {isoFromS} from '../../base/utc-text.ts';

/** Options of `sessions list`; times in s. */
export interface ListOptions {
  readonly text?: string;
  readonly operator?: string;
  readonly design?: string;
  readonly digit?: string;
  readonly tag?: string;
  readonly since?: number;
  readonly until?: number;
  readonly archived?: boolean;
  readonly limit: number;
}

/** Options of `sessions note`. */
export interface NoteOptions {
  readonly run?: string;
}

/** Options of `sessions tag`. */
export interface TagOptions {
  readonly remove?: readonly string[];
}

/** Options of `sessions export`. */
export interface ExportOptions {
  readonly format: ExportFormat;
  readonly run?: string;
  readonly out?: string;
}

const uidOf = async (client: BenchClient, start: string): Promise<string> =>
  (await client.sessions.find({start})).uid;

/** Prints the sessions that fit, newest first. */
export async function listSessions(options: ListOptions, context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'look'});
  const {sessions} = await connection.client.sessions.search({
    text: options.text,
    operator: options.operator,
    designHash: options.design,
    label: options.digit,
    tag: options.tag,
    sinceS: options.since,
    untilS: options.until,
    withArchived: options.archived === true,
    limit: options.limit,
  });
  if (sessions.length === 0) {
    const isFiltered = Object.keys(options).length > 1;
    output.line(
      isFiltered
        ? 'No session fits. Without options all are listed.'
        : 'No sessions yet. d2nn-bench campaign makes the first one.',
    );
  } else
    output.table(
      [
        {title: 'session', align: 'left'},
        {title: 'begun (UTC)', align: 'left'},
        {title: 'operator', align: 'left'},
        {title: 'bench', align: 'left'},
        {title: 'runs'},
        {title: 'tags', align: 'left'},
        {title: 'title', align: 'left'},
      ],
      sessions.map((s) => [
        s.uid,
        s.createdAt,
        s.operator,
        s.benchName,
        s.runCount,
        s.tags.join(', '),
        [s.title, ...(s.isArchived ? ['(archived)'] : []), ...(s.damage === '' ? [] : ['(damaged)'])].join(
          ' ',
        ),
      ]),
    );
  const damaged = sessions.filter(({damage}) => damage !== '');
  for (const {uid, damage} of damaged)
    output.line(`The record of session ${uid} cannot be used: ${damage}. "sessions verify" says what to do.`);
  output.result({sessions});
}

/** Prints runs, notes and calibrations of a session. */
export async function showSession(start: string, context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'look'});
  const {client} = connection;
  const content = await client.sessions.get({uid: await uidOf(client, start)});
  writeSession(output, content);
  const {summary, details, ...rest} = content;
  output.result({session: {...summary, details}, ...rest});
}

function writeSession(output: Output, content: ApiOutputs['sessions']['get']): void {
  const {summary, runs, notes, calibrations} = content;
  output.heading(summary.title);
  output.line(`session  ${summary.uid}`);
  output.line(`begun    ${summary.createdAt} by ${summary.operator} on ${summary.benchName}`);
  output.line(`ended    ${summary.closedAt ?? 'not closed'}`);
  output.line(`design   ${summary.designHash ?? 'none'}`);
  if (summary.tags.length > 0) output.line(`tags     ${summary.tags.join(', ')}`);
  output.heading('Runs');
  output.table(
    [
      {title: 'run'},
      {title: 'uid', align: 'left'},
      {title: 'plan', align: 'left'},
      {title: 'sample', align: 'left'},
      {title: 'points'},
      {title: 'ended as', align: 'left'},
      {title: 'reason', align: 'left'},
    ],
    runs.map((r) => [
      r.scanId,
      r.uid,
      r.planName,
      r.sample,
      r.pointCount,
      r.exitStatus ?? 'under way',
      r.reason,
    ]),
  );
  output.heading('Notes');
  for (const {timeS, author, text, runUid} of notes) {
    const run = runs.find(({uid}) => uid === runUid);
    output.line(`${isoFromS(timeS)} ${author}${run ? `, run ${run.scanId}` : ''}: ${text}`);
  }
  output.heading('Calibrations');
  for (const {timeS, kind, uid, status} of calibrations)
    output.line(`${isoFromS(timeS)} ${kind} ${uid} ${status}`);
}

/** Reads the whole database; the program ends with 1 where something is not as it was stored. */
export async function verifyData(context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'read-only'});
  const check = await connection.client.sessions.verify(undefined, {signal: context.signal});
  output.line(`database   ${connection.pathText(check.path)}`);
  output.line(
    `read       ${countOf(check.runCount, 'run')}, ${countOf(check.pointCount, 'point')}, ${countOf(check.artifactCount, 'artifact')}`,
  );
  if (check.uncheckedPointCount > 0)
    output.line(
      `unchecked  ${countOf(check.uncheckedPointCount, 'point')} of an earlier version, which stored no checksums`,
    );
  output.line(check.damageCount === 0 ? 'damage     none' : `damage     ${check.damageCount}`);
  if (check.damage.length > 0)
    output.table(
      [
        {title: 'where', align: 'left'},
        {title: 'what', align: 'left'},
      ],
      check.damage.map(({where, text}) => [where, text]),
    );
  if (check.damageCount > check.damage.length) output.line(`The first ${check.damage.length} are listed.`);
  output.result(check);
  if (check.damageCount > 0) context.endWith(exitCodes.failure);
}

/** Writes a session, or one run of it, as a file of this computer. */
export async function exportSession(
  start: string,
  {format, run, out}: ExportOptions,
  context: CliContext,
): Promise<void> {
  const {output, signal} = context;
  if (out !== undefined) await assertWritable(out, '--out', 'Nothing was exported');
  await using connection = await openHostClient(context, {store: 'look'});
  const {client} = connection;
  const sessionUid = await uidOf(client, start);
  const runUid = run === undefined ? undefined : (await runOfSession(client, sessionUid, run)).uid;
  const file = await client.sessions.export({sessionUid, runUid, format}, {signal});
  const path = out ?? file.fileName;
  await assertWritable(path, '--out', 'Nothing was exported');
  await writeWhole(path, file.bytes);
  output.line(`${path}: ${countOf(file.bytes.length, 'byte')}`);
  output.result({out: path, format, mediaType: file.mediaType, byteCount: file.bytes.length});
}

/** Compares a campaign again from its stored points and writes its report, and its planes as a PNG where asked. */
export async function reportSession(
  start: string,
  {picture}: {readonly picture?: string},
  context: CliContext,
): Promise<void> {
  const {output, signal} = context;
  if (picture !== undefined) await assertWritable(picture, '--picture', 'No report was made');
  await using connection = await openHostClient(context, {store: 'look'});
  const {client} = connection;
  const sessionUid = await uidOf(client, start);
  const {result, json, reportPath} = await client.sessions.report({sessionUid}, {signal});
  if (picture !== undefined) {
    const {bytes} = await client.sessions.export({sessionUid, format: 'planes-png'}, {signal});
    await writeWhole(picture, bytes);
  }
  writeCampaignSummary(output, result);
  writeReportPlace(output, connection, {sessionUid, reportPath});
  output.result(json);
}

/** Writes a note about a session or one of its runs. */
export async function addNote(
  start: string,
  text: string,
  {run}: NoteOptions,
  context: CliContext,
): Promise<void> {
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  const sessionUid = await uidOf(client, start);
  const about =
    run === undefined ? {sessionUid} : {runUid: (await runOfSession(client, sessionUid, run)).uid};
  const note = await client.sessions.addNote({...about, text});
  context.output.line(`${isoFromS(note.timeS)} ${note.author}: ${note.text}`);
  context.output.result(note);
}

/** Adds tags to a session and removes others. */
export async function changeTags(
  start: string,
  added: readonly string[],
  {remove = []}: TagOptions,
  context: CliContext,
): Promise<void> {
  if (added.length + remove.length === 0)
    throw new BenchError(
      'cli/usage',
      'Give tags to add, or --remove with tags to remove. Nothing was changed.',
    );
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  const uid = await uidOf(client, start);
  const {tags} = (await client.sessions.get({uid})).summary;
  const missing = remove.filter((tag) => !tags.includes(tag));
  if (missing.length > 0)
    throw new BenchError(
      'cli/usage',
      `The session has no tag ${missing.join(', ')}; it has ${tags.join(', ') || 'none'}. Nothing was changed.`,
    );
  const kept = tags.filter((tag) => !remove.includes(tag));
  reportChanged(await client.sessions.change({uid, tags: [...kept, ...added]}), context);
}

/** Changes title or archive of a session. */
export async function changeSession(
  start: string,
  change: Omit<ApiInputs['sessions']['change'], 'uid'>,
  context: CliContext,
): Promise<void> {
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  reportChanged(await client.sessions.change({uid: await uidOf(client, start), ...change}), context);
}

function reportChanged(summary: SessionSummary, {output}: CliContext): void {
  output.line(`session  ${summary.uid}`);
  output.line(`title    ${summary.title}`);
  output.line(`tags     ${summary.tags.join(', ') || 'none'}`);
  output.line(`archived ${summary.isArchived ? 'yes' : 'no'}`);
  output.result(summary);
}
