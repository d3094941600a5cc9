import {type Command} from 'commander';
import {readLockIn} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber} from '../option-values.ts';
import {addTargetOptions, hooksFrom, targetFrom, type TargetOptions} from './instrument-target.ts';

interface ReadOptions extends TargetOptions {
  readonly count: number;
  readonly settle?: boolean;
  readonly benchSettings?: boolean;
}

/** `lockin`: a lock-in by hand. */
export function addLockInCommands(program: Command, context: CliContext): void {
  const {output} = context;
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
    .action(async (options: ReadOptions) => {
      const target = {...targetFrom(options), hasBenchSettings: options.benchSettings === true};
      const request = {count: options.count, isSettled: options.settle === true};
      const readings = await readLockIn(target, request, hooksFrom(context, options));
      output.table(
        [
          {title: 'X', unit: 'V'},
          {title: 'Y', unit: 'V'},
          {title: 'R', unit: 'V'},
          {title: 'theta', unit: 'deg'},
        ],
        readings.map(({xV, yV, rV, thetaDeg}) => [xV, yV, rV, thetaDeg]),
      );
      output.result({readings});
    });
}
