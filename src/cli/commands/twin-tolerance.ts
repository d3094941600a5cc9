import type {Command} from 'commander';
import {toleranceDefaults} from '../../contract/tolerance-defaults.ts';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, finiteNumber, imagesOptions, positiveNumber} from '../option-values.ts';
import type {ToleranceOptions} from './twin-tolerance-action.ts';

/** `twin tolerance`: what the errors of a bench cost, and which may be how large. */
export function addTwinTolerance(twin: Command, context: CliContext): void {
  const command = twin
    .command('tolerance')
    .description(
      'Monte Carlo over all errors of a bench: what each costs, and the largest that keep a wanted match rate',
    )
    .option('--design <folder>', 'design folder; the one that came with the program unless given')
    .option(
      '--bench <file>',
      "bench file whose light, probe and errors are assumed; the virtual bench's default scene unless given",
    )
    .addOption(
      checkedOption('--benches <n>', 'benches that are drawn', countNumber).default(
        toleranceDefaults.benchCount,
      ),
    )
    .addOption(
      checkedOption('--digits <n>', 'images on each bench', countNumber).default(
        toleranceDefaults.digitsPerBench,
      ),
    )
    .addOption(
      checkedOption(
        '--match <ratio>',
        'wanted part of the images whose winner is the predicted one',
        positiveNumber,
      ).default(toleranceDefaults.wantedMatch),
    )
    .option('--quick', 'one sample a pixel: a quarter of the time; its error is measured and printed')
    .addOption(
      checkedOption('--seed <n>', 'decides what is drawn', finiteNumber).default(toleranceDefaults.seed),
    )
    .addOption(checkedOption('--workers <n>', 'threads; all cores unless given', countNumber))
    .option('--json', 'print the result as one JSON object');
  for (const option of imagesOptions()) command.addOption(option);
  command.action(async (options: ToleranceOptions) =>
    (await import('./twin-tolerance-action.ts')).tolerance(options, context),
  );
}
