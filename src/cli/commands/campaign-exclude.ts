import type {Command} from 'commander';
import type {CliContext} from '../context.ts';
import type {ExcludeOptions} from './campaign-exclude-action.ts';
import {checkedOption, countNumber} from '../option-values.ts';

/** `campaign exclude` and `include`: which digits count in matrices and rates. Points are never deleted. */
export function addCampaignExclude(campaign: Command, context: CliContext): Command {
  for (const [name, isExcluded, text] of [
    ['exclude', true, 'leave a digit out of matrices and rates, with the reason; its points stay'],
    ['include', false, 'let a digit that was left out count again'],
  ] as const) {
    const command = campaign
      .command(name)
      .argument('<session>', 'uid of the session of the campaign, or its beginning')
      .description(text)
      .option('--digit <class>', 'the digit of this class, where there is one')
      .addOption(
        checkedOption('--position <n>', 'the n-th digit of the campaign, from 1', countNumber).conflicts(
          'digit',
        ),
      )
      .option('--json', 'print the result as one JSON object');
    if (isExcluded) command.requiredOption('--reason <text>', 'why');
    command.action(async (session: string, options: ExcludeOptions) =>
      (await import('./campaign-exclude-action.ts')).excludeDigit(session, isExcluded, options, context),
    );
  }
  return campaign;
}
