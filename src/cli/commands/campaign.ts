import {Option, type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, finiteNumber, positiveNumber, wholeNumber} from '../option-values.ts';
import {addSettingsOptions, withSuspenderOptions} from '../settings-options.ts';
import {addTimeoutOption} from '../timeout-option.ts';
import {addVirtualOptions} from '../virtual-options.ts';
import {addCampaignExclude} from './campaign-exclude.ts';
import type {CampaignCliOptions, CampaignResumeOptions} from './campaign-action.ts';

/** `campaign`: the main job. */
export function addCampaignCommand(program: Command, context: CliContext): void {
  const command = program.command('campaign');
  addVirtualOptions(
    addTimeoutOption(withSuspenderOptions(addSettingsOptions(addCampaignExclude(command, context)))),
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
    .addOption(
      checkedOption(
        '--reference-patch-mm <mm>',
        'distance of places around the reference point that are read too: lost steps pause the campaign; 0 for none',
        finiteNumber,
      ),
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
  addCampaignResume(command, context);
}

/** `campaign resume` and `campaign again`. Options that `campaign` has too (--bench, --seed, --json) are taken by it. */
function addCampaignResume(campaign: Command, context: CliContext): void {
  campaign
    .command('resume')
    .argument('<session>', 'uid of the session of the campaign, or its beginning')
    .description('go on with a campaign that was cut off, in its own session, at the digit where it ended')
    .option('--anew', 'measure that digit from its first point instead of going on with its points')
    .addOption(
      checkedOption(
        '--significance <p>',
        'probability of a refusal when nothing has changed; 0.01 unless given',
        positiveNumber,
      ),
    )
    .addOption(
      checkedOption('--allow-change <ratio>', 'what a reading may differ by, as a part of it', finiteNumber),
    )
    .option('--home', 'home the stage first, also where the bench file does not ask for it')
    .action(async (session: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<CampaignResumeOptions>();
      await (await import('./campaign-action.ts')).resumeCampaign(session, options, context);
    });
  campaign
    .command('again')
    .argument('<session>', 'uid of the session of the campaign, or its beginning')
    .description('run a campaign again: the same digits, design and scan, as a new one')
    .action(async (session: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<CampaignResumeOptions>();
      await (await import('./campaign-action.ts')).campaignAgain(session, options, context);
    });
}
