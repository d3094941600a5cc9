import {type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber} from '../option-values.ts';
import {addTargetOptions} from './instrument-target.ts';
import type {ReadOptions} from './lockin-action.ts';

/** `lockin`: a lock-in by hand. */
export function addLockInCommands(program: Command, context: CliContext): void {
  const lockin = program.command('lockin').description('a lock-in by hand: read');
  addTargetOptions(lockin.command('read'), 'detector')
    .description(
      'valid readings of X, Y, R and theta; overload or reference unlock is an error, not a reading',
    )
    .addOption(checkedOption('--count <n>', 'readings', countNumber).default(1))
    .option('--settle', 'wait before each reading until 1 % of a step is left in the filter')
    .option(
      '--bench-settings',
      'apply the settings of the bench file first; else the instrument is taken as it is',
    )
    .action(async (options: ReadOptions) => (await import('./lockin-action.ts')).read(options, context));
}
