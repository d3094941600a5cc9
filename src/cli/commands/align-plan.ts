import type {Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, finiteNumber, positiveNumber, wholeNumber} from '../option-values.ts';
import {addTimeoutOption} from '../timeout-option.ts';
import type {AlignPlanOptions} from './align-plan-action.ts';

/** `align plan`: which objects and which scan to measure next. */
export function addAlignPlan(align: Command, context: CliContext): void {
  addTimeoutOption(align.command('plan'))
    .description('which objects and which scan determine the positions of the plates best; nothing moves')
    .option('--bench <file>', 'bench file; without one the built-in virtual bench')
    .addOption(
      checkedOption(
        '--seed <n>',
        'virtual bench: which (its hidden errors are not used)',
        wholeNumber,
      ).default(1),
    )
    .option(
      '--design <folder>',
      'design folder of what is measured; the one that came with the program unless given',
    )
    .option('--result <uid>', 'add to this alignment (its calibration); without it nothing is measured yet')
    .option('--digits <list>', 'objects to choose among: classes (5,3,0) or ids (mnist:5:5654)')
    .addOption(checkedOption('--objects <n>', 'most objects to measure', countNumber).default(4))
    .addOption(checkedOption('--points <n>', 'most points to measure altogether', countNumber))
    .addOption(
      checkedOption('--target-um <um>', 'wanted 1 sigma of the worst plate sideways, in um', positiveNumber),
    )
    .addOption(
      checkedOption(
        '--model-error <ratio>',
        "part of the light that the model will lack (0: readings' noise only); what the alignment found, or 0.07, unless given",
        finiteNumber,
      ),
    )
    .option('--write <file>', 'write the scan that is recommended, for scan --plan and align --scan')
    .option('--json', 'print the result as one JSON object on the last line')
    .action(async (_: unknown, command: Command) => {
      // Options that `align` has too are taken by it, wherever they stand.
      const options = command.optsWithGlobals<AlignPlanOptions>();
      await (await import('./align-plan-action.ts')).alignPlan(options, context);
    });
}
