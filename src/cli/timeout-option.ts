import {InvalidArgumentError, type Command} from 'commander';
import {isTimeoutScale, timeoutScaleRange} from '../contract/host-process.ts';
import {checkedOption, positiveNumber} from './option-values.ts';

/** The option of every command that opens instruments. */
export interface TimeoutCliOptions {
  readonly timeoutScale?: number;
}

function timeoutScale(text: string): number {
  const value = positiveNumber(text);
  if (!isTimeoutScale(value))
    throw new InvalidArgumentError(`Give a factor from ${timeoutScaleRange.join(' to ')}.`);
  return value;
}

/** Adds `--timeout-scale`: for slow lines and computers, or to hear sooner of what is silent. */
export const addTimeoutOption = (command: Command): Command =>
  command.addOption(
    checkedOption('--timeout-scale <x>', 'factor on every time limit of the instruments', timeoutScale),
  );
