import type {Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, positiveNumber, wholeNumber} from '../option-values.ts';
import {addTimeoutOption} from '../timeout-option.ts';
import type {AlignGuideOptions} from './align-guide-action.ts';

/** `align guide`: the guided alignment, step by step. */
export function addAlignGuide(align: Command, context: CliContext): void {
  addTimeoutOption(align.command('guide'))
    .description(
      'guided alignment: dark level, beam, plates one at a time, whole stack; each step by a stated number',
    )
    .option('--bench <file>', 'bench file; without one the built-in virtual bench')
    .addOption(
      checkedOption('--seed <n>', 'virtual bench: which; chooses the objects', wholeNumber).default(1),
    )
    .addOption(
      checkedOption('--speed <x>', 'virtual bench: times as fast as real time', positiveNumber).default(300),
    )
    .option(
      '--design <folder>',
      'design folder of the plates; the one that came with the program unless given',
    )
    .addOption(checkedOption('--objects <n>', 'objects of the whole stack', countNumber).default(5))
    .option('--single-plates', 'plates can be taken out: empty bench first, then plates one at a time')
    .addOption(
      checkedOption(
        '--single-step <mm>',
        'step of the scans with a part of the plates',
        positiveNumber,
      ).default(2),
    )
    .addOption(
      checkedOption('--stack-step <mm>', 'step of the scans of the whole stack', positiveNumber).default(1),
    )
    .option('--resume <uid>', 'go on with a guided alignment that was begun before')
    .option('--operator <name>', 'who measures; the name of this login unless given')
    // --mounts, --correct, --set-right and --keep-settings are options of `align` and taken by it.
    .option('--yes', 'ask nothing: steps that pass are accepted; one that fails twice ends it')
    .option('--json', 'print the result as one JSON object on the last line')
    .action(async (_: unknown, command: Command) => {
      // Options that `align` has too are taken by it, wherever they stand.
      const options = command.optsWithGlobals<AlignGuideOptions>();
      await (await import('./align-guide-action.ts')).alignGuide(options, context);
    });
}
