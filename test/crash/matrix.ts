/**
 * `npm run test:crash [KIND or POSITION ...]`: ends the program at every labelled position of every kind of work, starts it
 * anew, and writes what came out into docs/reliability.md. With names only cells of these kinds and positions are tried,
 * and their rows replaced.
 */
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {cpus, tmpdir, totalmem} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {prepareFolders, runCell, type Cell, type CellOutcome, type Killed} from './cell.ts';
import {createKinds, type Kind} from './kinds.ts';
import {kindNames, positions, type Position} from './positions.ts';

const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const [begin, end] = [
  '<!-- crash matrix: made by npm run test:crash -->',
  '<!-- end of the crash matrix -->',
];

/** Who is ended at a position: with what runs there. */
function killedAt({name, passer}: Position, {name: work, module}: Kind): readonly Killed[] {
  // What is exported is written by whoever asked for it.
  if (work === 'export' && name.startsWith('file.')) return ['command line'];
  if (passer === 'virtual bench') return ['virtual bench'];
  if (passer === 'command line') return ['command line'];
  // A child of its own stands for the host.
  if (module !== undefined) return ['command line'];
  return passer === 'thread' ? ['worker', 'host', 'command line'] : ['host', 'command line'];
}

function cellsOf(kinds: Readonly<Record<string, Kind>>, wanted: readonly string[]): Cell[] {
  const isWanted = (names: readonly string[], name: string): boolean =>
    !names.some((known) => wanted.includes(known)) || wanted.includes(name);
  return kindNames
    .filter((name) => isWanted(kindNames, name))
    .flatMap((name) =>
      positions
        .filter((position) =>
          isWanted(
            positions.map((one) => one.name),
            position.name,
          ),
        )
        .flatMap((position) =>
          (position.tried[name] ?? []).flatMap((count) =>
            killedAt(position, kinds[name]).map((killed) => ({kind: kinds[name], position, count, killed})),
          ),
        ),
    );
}

const today = new Date().toISOString().slice(0, 10);

/** What a row is about; the rest is what came out. */
const headOf = ({kind, position, count, killed}: Cell): string =>
  `| ${kind.name} | ${position.name}, ${count} | ${position.done} | ${kind.module !== undefined ? 'host (child)' : killed} |`;

function rowOf({cell, problems, pointsBefore, pointsAfter}: CellOutcome): string {
  const points =
    (pointsBefore ?? 0) + pointsAfter === 0 ? '' : `${pointsBefore ?? 'not counted'} / ${pointsAfter}`;
  const outcome = problems.length === 0 ? 'holds' : problems.join('; ').replaceAll(/[\n|]/g, ' ');
  return `${headOf(cell)} ${points} | ${outcome} | ${today} |`;
}

/** Cells of a row without the blanks by which a formatter sets columns in line. */
const cellsOfRow = (row: string): string =>
  row
    .split('|')
    .map((cell) => cell.trim())
    .join('|');

function writeTable(all: readonly Cell[], outcomes: readonly CellOutcome[]): void {
  const old = readFileSync(page, 'utf8');
  const from = old.indexOf(begin);
  const to = old.indexOf(end);
  if (from < 0 || to < 0) throw new Error(`${page} has no place for the table.`);
  const before = old.slice(from, to).split('\n').map(cellsOfRow);
  const rows = all.flatMap((cell) => {
    const outcome = outcomes.find((own) => headOf(own.cell) === headOf(cell));
    if (outcome) return [rowOf(outcome)];
    return before.filter((row) => row.startsWith(cellsOfRow(headOf(cell)).replace(/\|$/, '|')));
  });
  const held = rows.filter((row) => cellsOfRow(row).split('|').at(-3) === 'holds').length;
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.version}`;
  const text = [
    begin,
    '',
    `${held} of ${rows.length} cells hold (${machine}).`,
    '',
    '| work | position, time | done by then | ended | points committed / there | outcome | tried |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    end,
  ].join('\n');
  writeFileSync(page, old.slice(0, from) + text + old.slice(to + end.length));
}

const beganMs = performance.now();
const scratch = mkdtempSync(join(tmpdir(), 'd2nn-crash-'));
const wanted = process.argv.slice(2);
try {
  const kinds = await createKinds(scratch);
  const folderOf = await prepareFolders(scratch, [...new Set(cellsOf(kinds, wanted).map(({kind}) => kind))]);
  const waiting = cellsOf(kinds, wanted);
  const total = waiting.length;
  const outcomes = new Map<Cell, CellOutcome>();
  const order = [...waiting];
  // Two at a time: a cell waits for processes most of its time.
  await Promise.all(
    [1, 2].map(async () => {
      for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
        // What the host leaves is what the command leaves: done again where the command had it.
        const outcome = await runCell(cell, {
          scratch,
          before: folderOf(cell.kind),
          isDoneAgain: cell.killed !== 'host',
        });
        outcomes.set(cell, outcome);
        const left = ((performance.now() - beganMs) / 60_000 / outcomes.size) * (total - outcomes.size);
        console.log(`${outcomes.size} of ${total}, ${Math.ceil(left)} min left ${rowOf(outcome)}`);
      }
    }),
  );
  const all = order.flatMap((cell) => outcomes.get(cell) ?? []);
  const failed = all.filter(({problems}) => problems.length > 0);
  writeTable(cellsOf(kinds, []), all);
  console.log(`${all.length - failed.length} of ${all.length} cells hold`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  rmSync(scratch, {recursive: true, force: true});
}
