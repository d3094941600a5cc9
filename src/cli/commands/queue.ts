import type {Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, wholeNumber} from '../option-values.ts';
import {addSettingsOptions} from '../settings-options.ts';
import {addTimeoutOption} from '../timeout-option.ts';
import {addVirtualOptions} from '../virtual-options.ts';
import type * as Actions from './queue-action.ts';

const actions = (): Promise<typeof Actions> => import('./queue-action.ts');

const jsonText = 'print the result as one JSON object on the last line';

/** `queue`: scans and campaigns that are measured one after the other. */
export function addQueueCommands(program: Command, context: CliContext): void {
  const queue = program
    .command('queue')
    .description('scans and campaigns that are measured one after the other, also after a restart');
  queue
    .command('list')
    .description('what waits, is measured and was, and how long it takes')
    .option('--json', jsonText)
    .action(async () => (await actions()).listQueue(context));
  addQueueAdding(queue, context);
  queue
    .command('move')
    .argument('<item>', 'id of the item, or its beginning')
    .argument('<place>', 'among those that wait, from 1')
    .description('change the order')
    .option('--json', jsonText)
    .action(async (item: string, place: string) => (await actions()).moveItem(item, place, context));
  queue
    .command('remove')
    .argument('<item>', 'id of the item, or its beginning')
    .description('take an item out')
    .option('--json', jsonText)
    .action(async (item: string) => (await actions()).removeItem(item, context));
  queue
    .command('pause')
    .description('begin nothing more; what is measured goes on to its end')
    .option('--json', jsonText)
    .action(async () => (await actions()).pauseQueue(context));
  addTimeoutOption(
    addVirtualOptions(
      queue
        .command('run')
        .description('go on with the queue and wait until it is through, or paused')
        .option('--bench <file>', 'bench file; without one the built-in virtual bench')
        .option('--design <folder>', 'plates on the virtual bench')
        .addOption(checkedOption('--seed <n>', 'virtual bench: its hidden errors', wholeNumber).default(1))
        .option('--json', jsonText),
    ),
  ).action(async (options: Actions.QueueRunOptions) => (await actions()).runQueue(options, context));
}

function addQueueAdding(queue: Command, context: CliContext): void {
  addSettingsOptions(
    queue
      .command('add-scan')
      .description('put a scan at the end')
      .requiredOption('--plan <plan>', 'a JSON object, or a file (see scan --help)')
      .option('--design <folder>', 'design folder whose regions are measured')
      .option('--title <text>', 'title of its session')
      .option('--sample <text>', 'what stands at the object plane')
      .option('--purpose <text>', 'why')
      .option('--set-up-detector', 'choose range and phase of the detector first')
      .option('--go-on', 'when it fails the queue goes on with the next')
      .option('--json', jsonText),
  ).action(async (options: Actions.AddScanOptions) => (await actions()).addScan(options, context));
  addSettingsOptions(
    queue
      .command('add-campaign')
      .description('put a campaign at the end')
      .option('--design <folder>', 'design folder; the one of the bench unless given')
      .addOption(checkedOption('--digits <n>', 'how many test digits', countNumber).default(10))
      .addOption(checkedOption('--digit-seed <n>', 'chooses the digits', wholeNumber).default(1))
      .option('--title <text>', 'title of its session')
      .option('--go-on', 'when it fails the queue goes on with the next')
      .option('--json', jsonText),
  ).action(async (options: Actions.AddCampaignOptions) => (await actions()).addCampaign(options, context));
}
