import type {Command} from 'commander';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import {campaignOnBench, defaultDesignFolder, type CampaignControls} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, wholeNumber} from '../option-values.ts';
import {formatDuration, writeCampaignSummary} from '../output/index.ts';
import {askAtTerminal} from '../ask-operator.ts';
import {followEngine} from '../follow-engine.ts';
import {runMountCommand} from '../mount-command.ts';
import {addSettingsOptions, decisionsFrom, type SettingsCliOptions} from '../settings-options.ts';
import {addVirtualOptions, virtualChoiceOf, type VirtualCliOptions} from '../virtual-options.ts';
import {addCampaignExclude} from './campaign-exclude.ts';
import {addTimeoutOption, type TimeoutCliOptions} from '../timeout-option.ts';
import {listenForPause} from '../pause-key.ts';

interface CampaignCliOptions extends SettingsCliOptions, TimeoutCliOptions, VirtualCliOptions {
  bench?: string;
  design: string;
  digits: number;
  seed: number;
  operator?: string;
  title?: string;
  mountCommand?: string;
}

/** `campaign`: the main job. */
export function addCampaignCommand(program: Command, context: CliContext): void {
  addVirtualOptions(
    addTimeoutOption(addSettingsOptions(addCampaignExclude(program.command('campaign'), context))),
  )
    .description('take test digits through the bench: measure, compare with the simulation, log, report')
    .option('--bench <file>', 'bench file; without one the built-in virtual bench')
    .option('--design <folder>', 'design folder', defaultDesignFolder)
    .addOption(checkedOption('--digits <n>', 'how many test digits', countNumber).default(10))
    .addOption(
      checkedOption('--seed <n>', 'chooses the digits and the virtual bench', wholeNumber).default(1),
    )
    .option('--operator <name>', 'who measures; the name of this login unless given')
    .option('--title <text>', 'title of the session')
    .option(
      '--mount-command <program>',
      'with --bench: changes masks instead of a person (mask changer); see docs/operator.md',
    )
    .option('--json', 'print the result as one JSON object on the last line')
    .action(async (options: CampaignCliOptions) => {
      const {output} = context;
      const follow = followEngine(output, options.bench === undefined ? options.speed : 1);
      let controls: CampaignControls | undefined;
      using keys = listenForPause(context, {
        isUsed: true,
        state: () => controls?.state ?? 'idle',
        pause: async () => (await controls?.pause()) ?? false,
        resume: () => Promise.resolve(controls?.resume()),
      });
      const outcome = await campaignOnBench(
        {
          benchPath: options.bench,
          designFolder: options.design,
          digitCount: options.digits,
          seed: options.seed,
          timeoutScale: options.timeoutScale,
          ...virtualChoiceOf(options),
          operator: options.operator,
          title: options.title,
          ...decisionsFrom(options, {
            before: () => {
              keys.release();
              follow.pause();
            },
            after: () => keys.take(),
          }),
          askOperator: async (request, {signal}) => {
            if (options.mountCommand !== undefined)
              return runMountCommand(options.mountCommand, request, signal);
            keys.release();
            follow.pause();
            try {
              await askAtTerminal(request, signal);
            } finally {
              keys.take();
            }
          },
        },
        {
          signal: context.signal,
          onEvent: follow.onEvent,
          onText: (text) => output.log(text),
          onStart: (started) => {
            controls = started;
          },
        },
      );
      follow.end();
      if (outcome.result.digits.length > 0) writeCampaignSummary(output, outcome.result);
      else output.line('No digit was measured to its end, so there is nothing to compare yet.');
      output.line();
      output.line(`${outcome.result.pointCount} points compared, ${formatDuration(outcome.seconds)}`);
      output.line(`session ${outcome.sessionUid}`);
      output.line(`report  ${outcome.reportPath}`);
      output.result(outcome.json);
      if (outcome.endedEarly === null) return;
      const {code, message, details} = benchErrorFrom(outcome.endedEarly);
      throw new BenchError(
        code,
        `${message} The source is off and the stage stopped; every point taken is kept in session ${outcome.sessionUid}.`,
        {cause: outcome.endedEarly, details},
      );
    });
}
