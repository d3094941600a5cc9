import {mkdir, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {encodeNpy} from '../../base/npy.ts';
import {fixedText, percentText} from '../../base/number-format.ts';
import {isoFromS} from '../../base/utc-text.ts';
import type {AsBuiltEntry} from '../../contract/api/index.ts';
import type {AsBuiltPlate} from '../../contract/as-built.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ReadOutStudyData} from '../../contract/read-out-calibration.ts';
import type {CliContext} from '../context.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient, type BenchClient} from '../host-client.ts';
import type {Output, Progress} from '../output/index.ts';

/** Options of `calibrate as-built`. */
export interface AsBuiltOptions {
  readonly alignment: string;
  readonly planes: number;
  readonly correlation: number;
  readonly judge: boolean;
  readonly workers?: number;
}

/** Options of `calibrate read-out`. */
export interface ReadOutOptions {
  readonly session?: string;
  readonly learn?: number;
  readonly test?: number;
  readonly simulate: number;
  readonly hours?: number;
  readonly try?: boolean;
  readonly revoke?: string;
  readonly seed: number;
  readonly workers?: number;
}

/** Prints what was recorded and calibrated, newest first. */
export async function listCalibrations(context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'look'});
  const {client} = connection;
  const {records} = await client.calibrate.asBuilt({});
  const {readOuts} = await client.calibrate.readOuts({});
  const {reprints} = await client.calibrate.reprints();
  output.heading('As built');
  if (records.length === 0) output.line('Nothing was recorded yet: calibrate as-built records an alignment.');
  for (const {uid, timeS, benchName, status, record} of records)
    output.line(
      `${uid}  ${isoFromS(timeS)}  ${record.designName}, version ${record.version}, ${benchName}: ${status}`,
    );
  output.heading('Read-outs');
  if (readOuts.length === 0)
    output.line('None was calibrated yet: calibrate read-out learns from a campaign.');
  for (const {uid, timeS, designName, benchName, status, statusText, study} of readOuts)
    output.line(
      `${uid}  ${isoFromS(timeS)}  ${designName}, ${benchName}: ${gainText(study)}; ${status}${statusText === '' ? '' : ` (${statusText})`}`,
    );
  output.heading('Plates designed again');
  if (reprints.length === 0) output.line('None.');
  for (const {uid, timeS, designName, folder, lineage} of reprints)
    output.line(
      `${uid}  ${isoFromS(timeS)}  ${designName}: plate ${lineage.plate} of ${lineage.parentName}${lineage.inPlace ? ' learnt in place' : ''}, in ${connection.pathText(folder)}`,
    );
  const {stopped} = await client.calibrate.inPlaceStopped();
  if (stopped.length > 0) output.heading('Plates that are learnt in place, stopped');
  for (const {folder, order, step} of stopped)
    output.line(
      `${order.name}: step ${step} of ${order.settings.steps}, in ${connection.pathText(folder)}; goes on with: ${order.command}`,
    );
  output.result({records, readOuts, reprints, stopped});
}

/** Fits heights, writes down how a network was built and prints it. */
export async function recordAsBuilt(options: AsBuiltOptions, context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  const {uid: alignmentUid} = await client.align.find({start: options.alignment});
  let bar: Progress | undefined;
  const {uid} = await followComputation(client, context, {
    kind: 'as-built',
    start: () =>
      client.calibrate.recordAsBuilt({
        alignmentUid,
        planeCount: options.planes,
        correlationMm: options.correlation,
        isJudged: options.judge,
        workerCount: options.workers,
      }),
    onNote: (text) => output.log(text),
    onProgress: ({done, total, unit}, {text}) => {
      bar ??= output.progress('as built', total, unit);
      bar.update(done, {note: text});
    },
  });
  bar?.end();
  writeAsBuilt(output, await findAsBuilt(client, uid), true);
}

/** Prints a record, and writes it with its heights where a folder is named. */
export async function showAsBuilt(
  start: string,
  {out}: {readonly out?: string},
  context: CliContext,
): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'look'});
  const {client} = connection;
  const entry = await findAsBuilt(client, start);
  writeAsBuilt(output, entry, out === undefined);
  if (out === undefined) return;
  const folder = resolve(out);
  await mkdir(folder, {recursive: true});
  const files = ['as-built.json'];
  for (const {plate} of entry.record.plates) {
    const {count, builtMm} = await client.calibrate.asBuiltHeights({uid: entry.uid, plate});
    const name = `plate-${plate}-as-built.npy`;
    const re = Float32Array.from(builtMm);
    await writeFile(join(folder, name), encodeNpy({shape: [count, count], dtype: '<f4', re}));
    files.push(name);
  }
  await writeFile(join(folder, 'as-built.json'), `${JSON.stringify(entry, null, 2)}\n`);
  output.log(`${files.length} files in ${folder}; heights are mm above the base, row 0 at the smallest y.`);
  output.result({...entry, folder, files});
}

/** The record whose uid begins so. Throws `store/not-found` without one, or with more than one. */
export async function findAsBuilt(client: BenchClient, start: string): Promise<AsBuiltEntry> {
  const {records} = await client.calibrate.asBuilt({});
  const found = records.filter(({uid}) => uid.startsWith(start));
  if (found.length === 1) return found[0];
  throw new BenchError(
    'store/not-found',
    found.length === 0
      ? `There is no as-built record ${start}; calibrate list shows them.`
      : `${found.length} as-built records begin with ${start}; give more of the uid.`,
  );
}

function writeAsBuilt(output: Output, entry: AsBuiltEntry, isResult: boolean): void {
  const {uid, record, status, statusText} = entry;
  output.line(
    `${record.designName} as built, version ${record.version} (${uid}): ${status}${statusText === '' ? '' : `. ${statusText}`}`,
  );
  const hasTilts = record.plates.some(
    ({tiltXDeg, tiltYDeg}) => tiltXDeg !== undefined || tiltYDeg !== undefined,
  );
  output.table(
    [
      {title: 'plate'},
      {title: 'x (mm)'},
      {title: 'y (mm)'},
      {title: 'z (mm)'},
      {title: 'turn (deg)'},
      ...(hasTilts ? [{title: 'tilt x (deg)'}, {title: 'tilt y (deg)'}] : []),
      {title: 'index'},
      {title: 'heights', align: 'left'},
      {title: 'RMS (um)'},
      {title: 'unknown (um)'},
      {title: 'resolution (mm)'},
    ],
    record.plates.map((plate) => rowOf(plate, hasTilts)),
  );
  output.line(
    record.fittedRunUids.length === 0
      ? 'Heights were not fitted.'
      : `Heights were fitted to ${record.fittedRunUids.length} planes with ${record.fittedPointCount} points.`,
  );
  if (isResult) output.result(entry);
}

function rowOf(
  {plate, dxMm, dyMm, dzMm, rotationDeg, tiltXDeg, tiltYDeg, refractiveIndex, heights}: AsBuiltPlate,
  hasTilts: boolean,
) {
  const text = ({value, sigma}: AsBuiltPlate['dxMm'], digits: number): string =>
    `${fixedText(value, digits)}${sigma === null ? '' : ` +-${fixedText(sigma, digits)}`}`;
  return [
    plate,
    text(dxMm, 3),
    text(dyMm, 3),
    text(dzMm, 3),
    text(rotationDeg, 3),
    ...(hasTilts ? [tiltXDeg, tiltYDeg].map((tilt) => (tilt ? text(tilt, 3) : 'n/a')) : []),
    text(refractiveIndex, 4),
    heights.source,
    fixedText(1000 * heights.rmsMm, 1),
    heights.errorMm === null ? 'n/a' : fixedText(1000 * heights.errorMm, 1),
    heights.resolutionMm === null ? 'n/a' : fixedText(heights.resolutionMm, 1),
  ];
}

/** Learns a correction of the read-out from campaigns, or revokes one. */
export async function calibrateReadOut(options: ReadOutOptions, context: CliContext): Promise<void> {
  const {output} = context;
  if (options.revoke === undefined && options.session === undefined)
    throw new BenchError('cli/usage', 'Name the campaigns to learn from (--session). Nothing was started.');
  await using connection = await openHostClient(context, {store: options.try === true ? 'look' : 'write'});
  const {client} = connection;
  if (options.revoke !== undefined) {
    const {readOuts} = await client.calibrate.readOuts({});
    const uid = readOuts.find((own) => own.uid.startsWith(options.revoke ?? ''))?.uid ?? options.revoke;
    const revoked = await client.calibrate.revokeReadOut({uid});
    output.line(`The read-out ${revoked.uid} is revoked: campaigns are judged without it.`);
    output.result(revoked);
    return;
  }
  const sessionUids: string[] = [];
  for (const start of (options.session ?? '').split(','))
    sessionUids.push((await client.sessions.find({start})).uid);
  const {uid, study} = await followComputation(client, context, {
    kind: 'learn-read-out',
    start: () =>
      client.calibrate.learnReadOut({
        sessionUids,
        learnedCount: options.learn,
        testedCount: options.test,
        simulatedCount: options.simulate,
        seed: options.seed,
        isKept: options.try !== true,
        validForH: options.hours,
        workerCount: options.workers,
      }),
    onNote: (text) => output.log(text),
  });
  writeStudy(output, study);
  output.line(
    uid === null
      ? study.family === null
        ? 'Nothing that was tried reads unseen objects better, so nothing is changed.'
        : 'It was only tried: nothing is changed.'
      : `It is kept as ${uid}; campaigns on this bench show its verdicts beside the raw ones.`,
  );
  output.result({uid, study});
}

function writeStudy(output: Output, study: ReadOutStudyData): void {
  output.line(gainText(study));
  output.table(
    [{title: 'learnt from'}, {title: 'right of the tested'}, {title: '95 % interval', align: 'left'}],
    study.curve.map(({count, accuracy, low, high}) => [
      count,
      percentText(accuracy, 1),
      `${percentText(low)} to ${percentText(high)}`,
    ]),
  );
  output.line(
    study.neededCount === null
      ? 'No number of objects that was tried gains anything.'
      : `${study.neededCount} objects come within a point of the best.`,
  );
}

const gainText = ({before, after, learnedRunUids}: ReadOutStudyData): string =>
  `${learnedRunUids.length} objects learnt from; of ${before.count} others ${before.successes} are read right as they are, ${after.successes} corrected (${percentText(after.low)} to ${percentText(after.high)})`;
