import {beforeAll, describe, expect, test} from 'vitest';
import {measureBaseline, runCell} from './cell.ts';
import {plannedCells} from './cells.ts';
import {faults} from './fault-list.ts';
import type {Baseline} from './measured-points.ts';
import {stateNames, type StateName} from './state-names.ts';
import type {Role} from './fault-bench.ts';

let baseline: Baseline;
beforeAll(async () => {
  baseline = await measureBaseline();
});

test('every fault of every instrument is tried in each state, or a reason is given', () => {
  expect(plannedCells).toHaveLength(faults.length * stateNames.length);
  for (const {fault, without} of plannedCells)
    if (without !== undefined) expect(without, fault.name).not.toBe('');
  // Each is tried somewhere.
  expect(
    faults.filter((fault) =>
      plannedCells.every((cell) => cell.fault !== fault || cell.without !== undefined),
    ),
  ).toEqual([]);
});

// All cells: npm run test:faults.
describe('the rule holds', () => {
  test.each<[Role, string, StateName, RegExp]>([
    ['stage', 'unplugged, another instrument there', 'move', /^ends: The line of the stage ended/],
    ['stage', 'limit switch', 'move', /^ends: .*ALARM:1/],
    ['stage', 'lost steps', 'read', /^pauses: /],
    ['stage', 'alarm lock', 'idle', /^shown as alarm: The controller of the stage is locked by an alarm/],
    ['lockin', "previous query's reply", 'read', /^goes on, asked again/],
    ['lockin', 'truncated frame', 'read', /^goes on, asked again/],
    ['source', 'supply dip and reboot', 'dwell', /^ends: /],
    ['source', 'unplugged, same path', 'pause', /^ends: The line of the source ended/],
    ['mount', 'unplugged, same path', 'correction by mounts', /^ends: /],
  ])('%s, %s, %s', async (role, name, state, ending) => {
    const cell = plannedCells.find(
      ({fault, state: own}) => fault.role === role && fault.name === name && own === state,
    );
    if (!cell) throw new Error('There is no such cell.');
    const outcome = await runCell(cell, baseline);
    expect(outcome.problems).toEqual([]);
    expect(outcome.cannot).toBe('');
    expect(outcome.ending).toMatch(ending);
  });
});
