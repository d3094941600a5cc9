import {randomUUID} from 'node:crypto';
import {mkdir, readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleepRealMs} from 'node:timers/promises';
import {guardDutyRecord, guardReportRecord, type GuardReport} from '../../contract/stored/guard-records.ts';
import {isAlive, thisProcess, type KnownProcess} from '../files/living-process.ts';
import {readTextIfThere, hasErrorCode} from '../files/read-if-there.ts';
import {makePrivateFolder} from '../files/private.ts';
import {writeWhole} from '../files/write-whole.ts';

/** Files of guard processes in the data folder: who is on duty for which host, and what was done. */

const keptReports = 50;
const pollMs = 50;
/** A guard that acts needs less, ms. */
const longestWaitMs = 90_000;

const folderOf = (dataPath: string): string => join(dataPath, 'guard');

/** Says that this process is on duty for a host. Resolves with what ends it. */
export async function enterDuty(dataPath: string, host: KnownProcess): Promise<() => Promise<void>> {
  const folder = folderOf(dataPath);
  await makePrivateFolder(folder);
  const file = join(folder, `on-duty-${process.pid}.json`);
  await writeWhole(file, guardDutyRecord.write({guard: await thisProcess(), host}), {isPrivate: true});
  return () => rm(file, {force: true});
}

/**
 * Waits until no guard is at work any more for a host that is gone, so that nobody opens a port before it. Resolves with
 * whether it had to wait.
 */
export async function awaitGuards(dataPath: string): Promise<boolean> {
  const endMs = performance.now() + longestWaitMs;
  let hasWaited = false;
  // A data folder that cannot be looked into keeps no instrument from being stopped.
  for (const file of await filesIn(dataPath, /^on-duty-\d+\.json$/).catch(() => []))
    while (performance.now() < endMs && (await isAtWork(file))) {
      hasWaited = true;
      await sleepRealMs(pollMs);
    }
  return hasWaited;
}

/** Whether its host is gone and the guard is not. What a dead guard has left is cleared away. */
async function isAtWork(file: string): Promise<boolean> {
  const text = await readTextIfThere(file);
  if (text === undefined) return false;
  const duty = guardDutyRecord.readText(text).value;
  if (duty && (await isAlive(duty.guard))) return !(await isAlive(duty.host));
  await rm(file, {force: true});
  return false;
}

/** Writes down what was done. */
export async function writeReport(dataPath: string, report: GuardReport): Promise<void> {
  const folder = folderOf(dataPath);
  await mkdir(folder, {recursive: true, mode: 0o700});
  await writeWhole(reportFile(folder, report), guardReportRecord.write(report), {isPrivate: true});
  const files = await filesIn(dataPath, reportName);
  for (const old of files.slice(0, -keptReports)) await rm(old, {force: true});
}

/** What guards have done, the oldest first; a report that cannot be read is left out. */
export async function readReports(dataPath: string): Promise<GuardReport[]> {
  const reports: GuardReport[] = [];
  for (const file of await filesIn(dataPath, reportName)) {
    const {value} = guardReportRecord.readText((await readTextIfThere(file)) ?? '');
    if (value) reports.push(value);
  }
  return reports;
}

/** Of a report that was told: it is not told again. */
export const markReported = (dataPath: string, report: GuardReport): Promise<void> =>
  writeWhole(reportFile(folderOf(dataPath), report), guardReportRecord.write({...report, isReported: true}), {
    isPrivate: true,
  });

const reportName = /^report-.*\.json$/;
const reportFile = (folder: string, {utc, uid}: GuardReport): string =>
  join(folder, `report-${utc.replaceAll(/[:.]/g, '-')}-${uid.slice(0, 8)}.json`);

async function filesIn(dataPath: string, pattern: RegExp): Promise<string[]> {
  const folder = folderOf(dataPath);
  try {
    const names = (await readdir(folder)).filter((name) => pattern.test(name));
    return names.toSorted().map((name) => join(folder, name));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}

export const newReportUid = (): string => randomUUID();
