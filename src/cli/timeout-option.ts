import {InvalidArgumentError, type Command} from 'commander';
import {checkedOption, positiveNumber} from './option-values.ts';

/** The option of every command that opens instruments. */
export interface TimeoutCliOptions {
  readonly timeoutScale?: number;
}

const [smallest, largest] = [0.01, 1000];

function timeoutScale(text: string): number {
  const value = positiveNumber(text);
  if (value < smallest || value > largest)
    throw new InvalidArgumentError(`Give a factor from ${smallest} to ${largest}.`);
  return value;
}

/** Adds `--timeout-scale`: for slow lines and computers, or to hear sooner of what is silent. */
export const addTimeoutOption = (command: Command): Command =>
  command.addOption(
    checkedOption('--timeout-scale <x>', 'factor on every time limit of the instruments', timeoutScale),
  );
