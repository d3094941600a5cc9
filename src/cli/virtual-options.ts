import {Option, type Command} from 'commander';
import {checkedOption, positiveNumber} from './option-values.ts';

/** What a command may choose of the built-in virtual bench, besides its seed; see `BenchCliOptions`. */
export const addVirtualOptions = (command: Command): Command =>
  command
    .addOption(
      checkedOption('--speed <x>', 'virtual bench: times as fast as real time', positiveNumber).default(300),
    )
    .addOption(new Option('--noise <state>', 'virtual bench: noise').choices(['on', 'off']).default('on'))
    .option(
      '--detector <driver>',
      'virtual bench: driver of its detector; sr830 unless given (keithley-2000 is another)',
    )
    .option('--z-axis', 'virtual bench: its stage moves the detector along the beam too')
    .addOption(plateModelOption());

/** How the plates of the virtual bench act on light. */
export const plateModelOption = (): Option =>
  new Option(
    '--plate-model <model>',
    'virtual bench: plates have their thickness, as printed ones have, or act in one plane (docs/thick-plates.md)',
  )
    .choices(['thick', 'thin'])
    .default('thick');
