import {Option, type Command} from 'commander';
import {plateFormatNames} from '../../contract/plate-formats.ts';
import type {CliContext} from '../context.ts';
import {checkedOption, finiteNumber, numberList, positiveNumber} from '../option-values.ts';
import type {ExportPlatesOptions} from './design-export-action.ts';
import {addDesignImport, addDesignImportHeights} from './design-import.ts';

const positive = (name: string, text: string): Option => checkedOption(name, text, positiveNumber);

/** `design`: what is made of a network. */
export function addDesignCommands(program: Command, context: CliContext): void {
  const design = program
    .command('design')
    .description('make plates, holder and masks of a design, or a design of maps');
  addDesignImport(design, context);
  addDesignImportHeights(design, context);
  const command = design
    .command('export')
    .description('write plates, holder, mask foils and print sheet for the workshop')
    .option('--design <folder>', 'design folder; the shipped design unless given')
    .requiredOption('--out <folder>', 'folder to write; made when it is missing')
    .addOption(
      new Option('--format <formats...>', 'what to write; all unless given').choices(plateFormatNames),
    )
    .addOption(positive('--slice-mm <mm>', 'slice of the printer (0.028 unless given)'))
    .addOption(positive('--dpi <dots>', 'dots an inch across the build plate (600 unless given)'))
    .addOption(positive('--thinnest-mm <mm>', 'thinnest sheet that the printer can make (0.28 unless given)'))
    .addOption(positive('--density <g/cm3>', 'of the material (1.18 unless given)'))
    .addOption(
      new Option(
        '--relief <kind>',
        'flat pixels as simulated (unless given), or triangles between them',
      ).choices(['square-pixels', 'sampled-surface']),
    )
    .addOption(positive('--rim-mm <mm>', 'width of the rim around the relief (8 unless given)'))
    .addOption(positive('--rim-thickness-mm <mm>', 'thickness of the rim (2 unless given)'))
    .addOption(
      checkedOption('--clearance-mm <mm>', 'play of a plate in its slot (0.2 unless given)', finiteNumber),
    )
    .addOption(
      checkedOption(
        '--bridge-mm <mm>',
        'width of the bridges that hold islands of a foil; 0 for none (0.28 unless given)',
        finiteNumber,
      ),
    )
    .option(
      '--digits <digits...>',
      'digits of the mask foils, classes or ids; one of each class unless given',
    )
    .addOption(
      checkedOption(
        '--plates <list>',
        'plates to print, as 3 or 1,3, without mask frame, holder and mask foils; everything unless given',
        numberList,
      ),
    )
    .option('--json', 'print the result as one JSON object');
  command.action(async (options: ExportPlatesOptions) =>
    (await import('./design-export-action.ts')).exportPlates(options, context),
  );
}
