import {type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber} from '../option-values.ts';
import {addTargetOptions} from './instrument-target.ts';
import type {ReadOptions} from './detector-action.ts';

/** `detector`, or by its name before `lockin`: a detector by hand. */
export function addDetectorCommands(program: Command, context: CliContext): void {
  const detector = program
    .command('detector')
    .alias('lockin')
    .description('a detector (lock-in, multimeter) by hand: read');
  addTargetOptions(detector.command('read'), 'detector')
    .description(
      'valid readings of every column that the detector declares; overload or reference unlock is an error, not a reading',
    )
    .addOption(checkedOption('--count <n>', 'readings', countNumber).default(1))
    .option('--settle', 'wait before each reading until 1 % of a step is left')
    .option(
      '--bench-settings',
      'apply the settings of the bench file first; else the instrument is taken as it is',
    )
    .action(async (options: ReadOptions) => (await import('./detector-action.ts')).read(options, context));
}
