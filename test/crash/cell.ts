import {cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {openStore} from '../../src/host/store/open-store.ts';
import type {Kind} from './kinds.ts';
import type {Position} from './positions.ts';
import {
  isAlive,
  readPassed,
  runProgram,
  startHost,
  type Death,
  type Ended,
  type Place,
} from './run-program.ts';

/** What ends: a host that a command uses, the command with a host of its own, one thread of it, its virtual bench. */
export type Killed = 'host' | 'command line' | 'worker' | 'virtual bench';

export interface Cell {
  readonly kind: Kind;
  readonly position: Position;
  /** Which time that the position is passed. */
  readonly count: number;
  readonly killed: Killed;
}

export interface CellOutcome {
  readonly cell: Cell;
  /** What is not as it has to be; none for a cell that holds. */
  readonly problems: readonly string[];
  /** Points that were committed before the end (null: not counted), and that are there after the restart. */
  readonly pointsBefore: number | null;
  readonly pointsAfter: number;
  readonly tookS: number;
}

/** A data folder for each kind, filled once and copied for every cell. */
export async function prepareFolders(
  scratch: string,
  kinds: readonly Kind[],
): Promise<(kind: Kind) => string> {
  const folderOf = (kind: Kind): string => join(scratch, `before-${kind.name.replaceAll(' ', '-')}`);
  for (const kind of kinds) {
    mkdirSync(folderOf(kind), {recursive: true});
    await kind.prepare?.(folderOf(kind));
  }
  return folderOf;
}

/** Ends the cell's work at its position, starts anew, looks at what there is, and does the work again to its end. */
export async function runCell(
  cell: Cell,
  {
    scratch,
    before,
    isDoneAgain = true,
  }: {readonly scratch: string; readonly before: string; readonly isDoneAgain?: boolean},
): Promise<CellOutcome> {
  const beganMs = performance.now();
  const folder = mkdtempSync(join(scratch, 'cell-'));
  const place: Place = {dataFolder: join(folder, 'data'), lockFolder: join(folder, 'locks')};
  cpSync(before, place.dataFolder, {recursive: true});
  const death: Death = {
    at: cell.position.name,
    count: cell.count,
    how: cell.killed === 'worker' ? 'thread' : 'kill',
    log: join(folder, 'passed'),
  };
  const pointsOfBefore = pointCountIn(place.dataFolder);
  const problems: string[] = await endAt(cell, place, death);
  const passed = readPassed(death.log);
  if ((passed.counts.get(death.at) ?? 0) < death.count)
    problems.push(`the position was passed ${passed.counts.get(death.at) ?? 0} times, not ${death.count}`);
  problems.push(...(await leftRunning(passed.pids)));

  makeOlder(place.dataFolder);
  const pointsBefore = (passed.counts.get('run.point-stored') ?? 0) + pointsOfBefore;
  problems.push(...(await look(cell.kind, place, death.at)));
  const pointsAfter = pointCountIn(place.dataFolder);
  const begun = (passed.counts.get('run.point-storing') ?? 0) + pointsOfBefore;
  // Where the command was ended, its host went on, and nobody has counted for it.
  const isCounted = cell.position.passer !== 'command line';
  if (isCounted && (pointsAfter < pointsBefore || pointsAfter > begun))
    problems.push(`${pointsBefore} points were committed, ${begun} begun, ${pointsAfter} are there`);

  if (isDoneAgain) {
    const again = await runProgram(cell.kind.args(place.dataFolder), place, {module: cell.kind.module});
    if (again.code !== 0)
      problems.push(`done again, it ends with ${again.code}: ${again.stderr.slice(-400)}`);
    else problems.push(...(await look(cell.kind, place, '')));
  }
  rmSync(folder, {recursive: true, force: true});
  return {
    cell,
    problems,
    pointsBefore: isCounted ? pointsBefore : null,
    pointsAfter,
    tookS: (performance.now() - beganMs) / 1000,
  };
}

/** Has the work ended at the position; says where it did not end as it should. */
async function endAt({kind, position, killed}: Cell, place: Place, death: Death): Promise<string[]> {
  const args = kind.args(place.dataFolder);
  const {module} = kind;
  if (killed !== 'host') {
    const isCommand = position.passer === 'command line';
    const host = isCommand ? await startHost(place) : undefined;
    if (host && !('end' in host)) return [`the host does not start: ${host.stderr}`];
    const ended = await runProgram([...args, ...(host?.options ?? [])], place, {death, module});
    const problems = killed === 'command line' ? notKilled(ended) : notTold(ended);
    if (!host) return problems;
    // The host goes on without the command that has asked for the work.
    const still = await runProgram(['sessions', 'list', ...host.options], place);
    if (still.code !== 0) problems.push(`the host does not answer any more: ${still.stderr}`);
    const hostEnd = await host.end();
    return hostEnd.code === 0
      ? problems
      : [...problems, `the host ended with ${hostEnd.code}: ${hostEnd.stderr}`];
  }
  const host = await startHost(place, death);
  if (!('end' in host)) return notKilled(host);
  const asked = await runProgram([...args, ...host.options], place);
  const hostEnd = await host.end();
  return [...notKilled(hostEnd), ...notTold(asked)];
}

const notKilled = ({signal, code, stderr}: Ended): string[] =>
  signal === 'SIGKILL' ? [] : [`it was not killed there: it ended with ${code}: ${stderr.slice(-400)}`];

/** A command whose host, thread or bench is gone says so in one line and does not end as if all were well. */
const notTold = ({code, stderr}: Ended): string[] =>
  code !== 0 && code !== null && stderr.split('\n').some((line) => line.startsWith('error: '))
    ? []
    : [`the command ended with ${code} and said: ${stderr.slice(-400)}`];

/** Programs that passed a position and still run after a while: a virtual bench ends with its owner. */
async function leftRunning(pids: ReadonlySet<number>): Promise<string[]> {
  for (let waited = 0; waited < 600; waited++) {
    if (![...pids].some(isAlive)) return [];
    await sleepMs(50);
  }
  return ['a program still runs'];
}

function pointCountIn(dataFolder: string): number {
  try {
    using store = openStore(join(dataFolder, 'bench.sqlite'), {readOnly: true});
    return store.search({}).reduce((sum, {pointCount}) => sum + pointCount, 0);
  } catch {
    // Before the work there may be no database.
    return 0;
  }
}

/** What a start finds that was left more than a minute ago it takes away; of what is younger somebody may be the owner. */
function makeOlder(dataFolder: string): void {
  const anHourAgoS = Date.now() / 1000 - 3700;
  for (const name of readdirSync(dataFolder))
    if (isDraft(name) || name.includes('-writer-'))
      utimesSync(join(dataFolder, name), anHourAgoS, anHourAgoS);
}

/** A draft of a file that was cut off; the file itself is whole. */
const isDraft = (name: string): boolean => /\.[0-9a-f]{8}\.new$/.test(name);

/** What holds for every kind of work, and what holds for this one. */
async function look(kind: Kind, place: Place, endedAt: string): Promise<string[]> {
  const problems: string[] = [];
  const {dataFolder} = place;
  try {
    using store = openStore(join(dataFolder, 'bench.sqlite'));
    const {damage} = store.verify();
    problems.push(...damage.map(({where, text}) => `${where}: ${text}`));
    for (const run of store.search({}))
      if (run.exitStatus === undefined) problems.push(`run ${run.scanId} is still open`);
    problems.push(...(await kind.check({dataFolder, store, endedAt})));
  } catch (error) {
    problems.push(String(error));
  }
  // The lock of the settings' file is let go of with its holder, and its journal taken away by the next one.
  const isLeft = (name: string): boolean =>
    /-(writer-.*|wal|shm|journal)$/.test(name) && !(name.endsWith('.lock-journal') && endedAt !== '');
  const left = readdirSync(dataFolder).filter(isLeft);
  if (left.length > 0) problems.push(`left behind: ${left.join(', ')}`);
  if (endedAt === '' && readdirSync(dataFolder).some(isDraft)) problems.push('a draft is left');
  return problems;
}
