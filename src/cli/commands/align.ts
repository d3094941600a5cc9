import {Option, type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, positiveNumber, wholeNumber} from '../option-values.ts';
import {addSettingsOptions} from '../settings-options.ts';
import {addTimeoutOption} from '../timeout-option.ts';
import {plateModelOption} from '../virtual-options.ts';
import type {AlignCliOptions} from './align-options.ts';
import {addAlignGuide} from './align-guide.ts';
import {addAlignPlan} from './align-plan.ts';
import {addAlignRecords} from './align-records.ts';

/** `align`: where every plate really stands. */
export function addAlignCommand(program: Command, context: CliContext): void {
  const align = addTimeoutOption(addSettingsOptions(addAlignRecords(program.command('align'), context)))
    .description('find from measured planes where plates, light and scan really stand, with error bars')
    .option(
      '--session <uid>',
      'planes of a stored session (campaign), or of several of one bench, comma-separated',
    )
    .option('--bench <file>', 'measure first, on the bench of this file')
    .option('--data <folder>', 'planes measured elsewhere: a folder with data.json (docs/alignment.md)')
    .addOption(
      checkedOption('--seed <n>', 'measure first, on the virtual bench of this seed', wholeNumber).default(1),
    )
    .addOption(
      checkedOption(
        '--objects <n>',
        'how many objects to measure, the most informative ones of the design; as many as make the plates known to 15 um unless given',
        countNumber,
      ),
    )
    .option('--digits <list>', 'which objects to measure instead: classes (5,3,0) or ids (mnist:5:5654)')
    .option('--scan <plan>', 'how to scan them: a grid plan, as "align plan --write" makes it')
    .option(
      '--design <folder>',
      'design folder of what is measured; the one that came with the program unless given',
    )
    .addOption(
      checkedOption('--speed <x>', 'virtual bench: times as fast as real time', positiveNumber).default(300),
    )
    .option(
      '--free <names>',
      'what may turn, comma-separated: names alone are all (plate3.dx,frame.dx); +name and -name change the default set',
    )
    .addOption(orientationOption())
    .addOption(platesOption())
    .option('--mounts', 'virtual bench: a motorised mount under each plate')
    .addOption(plateModelOption())
    .option(
      '--correct',
      'move the mounted plates as found, measure the same planes again, say what it did; moved back when it did not help',
    )
    .option('--allow-doubtful', 'with --correct: also where the alignment is doubtful')
    .option('--json', 'print the result as one JSON object on the last line')
    .addHelpText(
      'after',
      `
Exit code: 0 trusted or doubtful (look at the reasons), 1 failed (nothing was found or stored) or refused, 2 wrong usage, 130 stopped.`,
    )
    .action(async (options: AlignCliOptions) => (await import('./align-action.ts')).align(options, context));
  addAlignPlan(align, context);
  addAlignGuide(align, context);
}

const orientationOption = (): Option =>
  new Option('--orientation <when>', 'auto: looks for assembly errors when nothing else explains the planes')
    .choices(['auto', 'always', 'never'])
    .default('auto');

const platesOption = (): Option =>
  new Option(
    '--plates <model>',
    'take the plates as thin or as thick; what explains the planes is found out unless given',
  ).choices(['thin', 'thick']);
