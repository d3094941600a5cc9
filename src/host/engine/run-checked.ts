import type {Plan} from '../../contract/messages.ts';
import {type DryRun, type DryRunOptions, assertWithinLimits, dryRun} from './dry-run.ts';
import type {RunOptions} from './engine-options.ts';
import type {Engine} from './engine.ts';

export interface CheckedRun<Result> {
  readonly result: Result;
  readonly dryRun: DryRun;
}

/** Walks the plan dry, refuses it when it would leave the limits, and runs it with the estimate for its time left. */
export async function runChecked<Result>(
  engine: Engine,
  createPlan: () => Plan<Result>,
  dryRunOptions: DryRunOptions,
  options: Omit<RunOptions, 'profile'> = {},
): Promise<CheckedRun<Result>> {
  const walked = dryRun(createPlan(), dryRunOptions);
  assertWithinLimits(walked);
  return {result: await engine.run(createPlan(), {...options, profile: walked.profile}), dryRun: walked};
}
