/**
 * `npm run test:faults [FAULT or STATE or INSTRUMENT ...]`: lets every instrument and every wire go wrong in every state of a bench,
 * and writes what came of it into docs/reliability.md. With names only cells of these faults, states and instruments are tried,
 * and their rows replaced.
 */
import {fork, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {plannedCells, type Planned} from './cells.ts';
import {faults} from './fault-list.ts';
import {roles} from './fault-bench.ts';
import {stateNames} from './state-names.ts';
import {writeTable, type Tried} from './table.ts';

const wanted = process.argv.slice(2);
/** Without a name of that kind all are wanted. */
const isWanted = (names: readonly string[], name: string): boolean =>
  !names.some((known) => wanted.includes(known)) || wanted.includes(name);
const faultNames = faults.map(({name}) => name);
const unknown = wanted.filter((name) => ![...faultNames, ...stateNames, ...roles].includes(name));
if (unknown.length > 0) throw new Error(`There is no fault, state or instrument ${unknown.join(', ')}.`);

const isTried = ({fault, state, without}: Planned): boolean =>
  without === undefined &&
  isWanted(faultNames, fault.name) &&
  isWanted(stateNames, state) &&
  isWanted(roles, fault.role);
const waiting = plannedCells.flatMap((cell, index) => (isTried(cell) ? [index] : []));
const total = waiting.length;
const tried = new Map<number, Tried>();
const beganMs = performance.now();

/** A process of its own for each: what one cell does must not keep another waiting. */
async function work(): Promise<void> {
  for (let child: ChildProcess | undefined; ;) {
    const index = waiting.shift();
    if (index === undefined) {
      child?.kill();
      return;
    }
    if (!child) {
      child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), {
        env: {...process.env, D2NN_BENCH_GUARD: 'off'},
      });
      await once(child, 'message');
    }
    const ended = new AbortController();
    const answer = once(child, 'message', {signal: ended.signal});
    const exit = once(child, 'exit', {signal: ended.signal});
    const first = Promise.race([answer, exit]);
    child.send(index);
    const [outcome] = (await first) as [Tried | number | null];
    ended.abort();
    await Promise.allSettled([answer, exit]);
    if (outcome !== null && typeof outcome === 'object') tried.set(index, outcome);
    else {
      tried.set(index, {ending: '', problems: [`the process ended with ${outcome}`], cannot: '', tookS: 0});
      child = undefined;
    }
    const left = ((performance.now() - beganMs) / 60_000 / tried.size) * (total - tried.size);
    report(index, left);
  }
}

function report(index: number, leftMinutes: number): void {
  const [cell, outcome] = [plannedCells[index], tried.get(index)];
  if (!cell || !outcome) return;
  const {fault, state} = cell;
  const {ending, problems, tookS} = outcome;
  console.log(
    `${tried.size} of ${total}, ${Math.ceil(leftMinutes)} min left: ${fault.role}, ${fault.name}, ${state} (${tookS.toFixed(0)} s): ` +
      `${ending} ${problems.length === 0 ? '' : `PROBLEMS: ${problems.join('; ')}`}`,
  );
}

await Promise.all([work(), work()]);
writeTable(tried);
const failed = [...tried.values()].filter(({problems}) => problems.length > 0);
console.log(
  `${tried.size - failed.length} of ${tried.size} cells hold; ${Math.ceil((performance.now() - beganMs) / 60_000)} min`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
