import {type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber} from '../option-values.ts';
import type {SensitivityOptions} from './twin-sensitivity-action.ts';

/** `twin sensitivity`: which displacement matters, before anything is measured. */
export function addTwinSensitivity(twin: Command, context: CliContext): void {
  twin
    .command('sensitivity')
    .description('what each displacement does to accuracy, match and correlation of a design')
    .option('--design <folder>', 'design folder; the one that came with the program unless given')
    .addOption(checkedOption('--objects <n>', 'how many test digits', countNumber).default(30))
    .option('--json', 'print the result as one JSON object')
    .action(async (options: SensitivityOptions) =>
      (await import('./twin-sensitivity-action.ts')).sensitivity(options, context),
    );
}
