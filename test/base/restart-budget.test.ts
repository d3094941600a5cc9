import {expect, test} from 'vitest';
import {createRestartBudget} from '../../src/base/restart-budget.ts';

test('allows three restarts a minute, each after a longer wait, and forgets old ones', () => {
  let now = 0;
  const budget = createRestartBudget({nowMs: () => now});
  expect([budget.take(), budget.take(), budget.take(), budget.take()]).toEqual([250, 1000, 4000, undefined]);
  now = 59_999;
  expect(budget.take()).toBeUndefined();
  now = 60_000;
  expect(budget.take()).toBe(250);
});
