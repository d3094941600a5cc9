import {resolve} from 'node:path';
import {countOf} from '../../base/count-text.ts';
import {fixedText} from '../../base/number-format.ts';
import {isoFromS} from '../../base/utc-text.ts';
import type {BackupFile, RecoveryReport} from '../../contract/api/index.ts';
import type {CliContext} from '../context.ts';
import {openHostClient} from '../host-client.ts';
import {exitCodes} from '../output/index.ts';
import type {Output} from '../output/index.ts';

const megabytes = (bytes: number): string => `${fixedText(bytes / 1e6, 1)} MB`;

/** Prints where the database is, and its backups. */
export async function showData(context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'untouched'});
  const state = await connection.client.data.state();
  output.line(`database  ${connection.pathText(state.databasePath)}, ${megabytes(state.sizeBytes)}`);
  output.line(`backups   ${connection.pathText(state.backupFolder)}`);
  if (state.backups.length === 0) output.line('None yet: "data backup" makes one.');
  else writeBackups(output, state.backups);
  output.result(state);
}

const writeBackups = (output: Output, backups: readonly BackupFile[]): void =>
  output.table(
    [{title: 'begun (UTC)', align: 'left'}, {title: 'size'}, {title: 'file', align: 'left'}],
    backups.map(({timeS, sizeBytes, path}) => [isoFromS(timeS), megabytes(sizeBytes), path]),
  );

/** Options of `data backup`. */
export interface BackUpOptions {
  readonly to?: string;
  readonly keep?: number;
}

/** Makes a backup; the program ends with 1 where the database itself shows damage. */
export async function backUp({to, keep}: BackUpOptions, context: CliContext): Promise<void> {
  const {output, signal} = context;
  await using connection = await openHostClient(context, {store: 'look'});
  const made = await connection.client.data.backUp(
    {
      // A running host may be on another computer: there the path is as it was given.
      ...(to !== undefined && {folder: connection.isLocal ? resolve(to) : to}),
      ...(keep !== undefined && {keepCount: keep}),
    },
    {signal},
  );
  output.line(`backup   ${connection.pathText(made.path)}, ${megabytes(made.sizeBytes)}`);
  output.line(
    `checked  ${countOf(made.runCount, 'run')}, ${countOf(made.pointCount, 'point')}, ${countOf(made.artifactCount, 'artifact')}`,
  );
  for (const path of made.removedPaths) output.line(`removed  ${path}`);
  if (made.damageCount > 0) {
    output.line(`damage   ${made.damageCount}, as in the database; no older backup was taken away`);
    writeDamage(output, made.damage);
    context.endWith(exitCodes.failure);
  }
  output.result(made);
}

const writeDamage = (output: Output, damage: RecoveryReport['damage']): void =>
  output.table(
    [
      {title: 'where', align: 'left'},
      {title: 'what', align: 'left'},
    ],
    damage.map(({where, text}) => [where, text]),
  );

/** Options of `data recover`. */
export interface RecoverOptions {
  readonly to: string;
  readonly from?: string;
}

/** Salvages a damaged database; the program ends with 1 where something of it is known to be lost. */
export async function recover({to, from}: RecoverOptions, context: CliContext): Promise<void> {
  const {output, signal} = context;
  await using connection = await openHostClient(context, {store: 'untouched'});
  const pathOf = (path: string): string => (connection.isLocal ? resolve(path) : path);
  const report = await connection.client.data.recover(
    {toFolder: pathOf(to), ...(from !== undefined && {from: pathOf(from)})},
    {signal},
  );
  writeRecovery(output, report);
  const {lostPointCount, lostRowCount, damage} = report;
  if (lostPointCount + lostRowCount + damage.length > 0) context.endWith(exitCodes.failure);
  output.result(report);
}

function writeRecovery(output: Output, report: RecoveryReport): void {
  const {rows} = report;
  output.line(`read      ${report.from}, ${countOf(report.pageCount, 'page')}; it was not changed`);
  if (report.damagedJournalPageCount > 0)
    output.line(`          ${countOf(report.damagedJournalPageCount, 'page')} of its journal damaged`);
  output.line(`salvaged  ${report.to}`);
  output.line(
    `          ${countOf(rows['sessions'] ?? 0, 'session')}, ${countOf(rows['runs'] ?? 0, 'run')}, ${countOf(report.pointCount, 'point')}, ${countOf(rows['calibrations'] ?? 0, 'calibration')}, ${countOf(rows['artifacts'] ?? 0, 'artifact')}, ${countOf(rows['notes'] ?? 0, 'note')}`,
  );
  if (report.uncheckedPointCount > 0)
    output.line(
      `          ${countOf(report.uncheckedPointCount, 'point')} of an earlier version without checksums`,
    );
  if (report.madeRowCount > 0)
    output.line(
      `made      ${countOf(report.madeRowCount, 'record')} in the place of lost ones, so that what hangs on them can be read; each says so`,
    );
  output.line(
    report.lostPointCount + report.lostRowCount === 0
      ? 'lost      nothing that is known of'
      : `lost      ${countOf(report.lostPointCount, 'point')}, ${countOf(report.lostRowCount, 'other record')}, as far as numbers and ends of runs tell`,
  );
  if (report.damage.length > 0) writeDamage(output, report.damage);
  output.line('Use it with D2NN_BENCH_DATA set to its folder; settings and reports lie beside the old one.');
}
