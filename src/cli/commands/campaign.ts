import {Option, type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, wholeNumber} from '../option-values.ts';
import {addSettingsOptions} from '../settings-options.ts';
import {addTimeoutOption} from '../timeout-option.ts';
import {addVirtualOptions} from '../virtual-options.ts';
import {addCampaignExclude} from './campaign-exclude.ts';
import type {CampaignCliOptions} from './campaign-action.ts';

/** `campaign`: the main job. */
export function addCampaignCommand(program: Command, context: CliContext): void {
  addVirtualOptions(
    addTimeoutOption(addSettingsOptions(addCampaignExclude(program.command('campaign'), context))),
  )
    .description('take test digits through the bench: measure, compare with the simulation, log, report')
    .option('--bench <file>', 'bench file; without one the built-in virtual bench')
    .option('--design <folder>', 'design folder; the one that came with the program unless given')
    .addOption(checkedOption('--digits <n>', 'how many test digits', countNumber).default(10))
    .addOption(
      checkedOption('--seed <n>', 'chooses the digits and the virtual bench', wholeNumber).default(1),
    )
    .addOption(
      new Option(
        '--align <when>',
        'auto: once five digits are measured, finds from them where the plates stand and predicts as aligned; off: never',
      )
        .choices(['auto', 'off'])
        .default('auto'),
    )
    .option('--operator <name>', 'who measures; the name of this login unless given')
    .option('--title <text>', 'title of the session')
    .option(
      '--mount-command <program>',
      'with --bench: changes masks instead of a person (mask changer); see docs/operator.md',
    )
    .option('--json', 'print the result as one JSON object on the last line')
    .action(async (options: CampaignCliOptions) =>
      (await import('./campaign-action.ts')).campaign(options, context),
    );
}
