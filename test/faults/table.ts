import {readFileSync, writeFileSync} from 'node:fs';
import {cpus, totalmem} from 'node:os';
import {fileURLToPath} from 'node:url';
import {plannedCells, type Planned} from './cells.ts';

/** What came of a cell. */
export interface Tried {
  readonly ending: string;
  readonly problems: readonly string[];
  readonly cannot: string;
  readonly tookS: number;
}

const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const [begin, end] = ['<!-- fault table: made by npm run test:faults -->', '<!-- end of the fault table -->'];
const today = new Date().toISOString().slice(0, 10);

/** What a row is about; the rest is what came out. */
const headOf = ({fault, state}: Planned): string => `| ${fault.role} | ${fault.name} | ${state} |`;
const plain = (text: string): string => text.replaceAll(/[\n|]/g, ' ');

function rowOf(cell: Planned, {ending, problems, cannot}: Tried): string {
  const outcome =
    problems.length > 0
      ? `**fails**: ${problems.join('; ')}`
      : cannot === ''
        ? 'holds'
        : `cannot be met: ${cannot}`;
  return `${headOf(cell)} ${plain(ending)} | ${plain(outcome)} | ${today} |`;
}

/** Cells of a row without the blanks by which a formatter sets columns in line. */
const cellsOfRow = (row: string): string =>
  row
    .split('|')
    .map((cell) => cell.trim())
    .join('|');

/** Puts the outcomes into the page; rows of cells that were not tried stay as they are. */
export function writeTable(tried: ReadonlyMap<number, Tried>): void {
  const old = readFileSync(page, 'utf8');
  const [from, to] = [old.indexOf(begin), old.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`${page} has no place for the table.`);
  const before = old.slice(from, to).split('\n').map(cellsOfRow);
  const rows = plannedCells.flatMap((cell, index) => {
    const head = cellsOfRow(headOf(cell));
    if (cell.without !== undefined) return [];
    const outcome = tried.get(index);
    return outcome ? [rowOf(cell, outcome)] : before.filter((row) => row.startsWith(head));
  });
  const outcomes = rows.map((row) => cellsOfRow(row).split('|').at(-3) ?? '');
  const count = (pattern: RegExp): number => outcomes.filter((outcome) => pattern.test(outcome)).length;
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.version}`;
  const without = plannedCells.filter((cell) => cell.without !== undefined);
  const reasons = [...new Set(without.map((cell) => cell.without ?? ''))].map((reason) => {
    const of = without.filter((cell) => cell.without === reason);
    const [faultNames, states, roles] = [
      [...new Set(of.map(({fault}) => fault.name))],
      [...new Set(of.map(({state}) => state))],
      [...new Set(of.map(({fault}) => fault.role))],
    ];
    return `| ${roles.join(', ')} | ${faultNames.length > 6 ? 'any' : faultNames.join(', ')} | ${states.join(', ')} | ${reason} |`;
  });
  const text = [
    begin,
    '',
    `${count(/^holds/)} of ${rows.length} cells hold, ${count(/^cannot/)} cannot be met (${machine}).`,
    '',
    '| instrument | fault | state | what happens | outcome | tried |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    'What does not apply:',
    '',
    '| instrument | fault | state | why |',
    '| --- | --- | --- | --- |',
    ...reasons,
    '',
    end,
  ].join('\n');
  writeFileSync(page, old.slice(0, from) + text + old.slice(to + end.length));
}
