import type {Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber} from '../option-values.ts';
import type * as Actions from './data-action.ts';
import type {BackUpOptions, RecoverOptions} from './data-action.ts';

const actions = (): Promise<typeof Actions> => import('./data-action.ts');
const jsonText = 'print the result as one JSON object';

/** `data`: the database as a file, its backups, and what can be saved of a damaged one. */
export function addDataCommands(program: Command, context: CliContext): void {
  const data = program
    .command('data')
    .description('the database as a file: its backups, and what can be saved of a damaged one');
  data
    .command('show')
    .description('where the database is, how large, and its backups')
    .option('--json', jsonText)
    .action(async () => (await actions()).showData(context));
  data
    .command('backup')
    .description(
      'copy the database, also while a run is measuring, check the copy, and keep the newest backups',
    )
    .option('--to <folder>', 'folder of the backups; "backups" of the data folder unless given')
    .addOption(
      checkedOption(
        '--keep <n>',
        'so many stay, this one counted; as the settings say unless given',
        countNumber,
      ),
    )
    .option('--json', jsonText)
    .action(async (options: BackUpOptions) => (await actions()).backUp(options, context));
  data
    .command('recover')
    .description('salvage a damaged database into a new one; the damaged one is only read')
    .requiredOption('--to <folder>', 'folder of the new database, as a new data folder')
    .option('--from <file>', 'the damaged database; that of the data folder unless given')
    .option('--json', jsonText)
    .addHelpText(
      'after',
      `
Exit code: 0 everything that is known of is there, 1 something is lost or nothing was found.`,
    )
    .action(async (options: RecoverOptions) => (await actions()).recover(options, context));
}
