import {Option, type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, finiteNumber, numberList, positiveNumber} from '../option-values.ts';
import type {ImportOptions} from './design-import-action.ts';
import type {ImportHeightsOptions} from './design-import-heights-action.ts';

const number = (name: string, text: string): Option => checkedOption(name, text, finiteNumber);
const positive = (name: string, text: string): Option => checkedOption(name, text, positiveNumber);
const choice = (name: string, text: string, values: readonly string[]): Option =>
  new Option(name, text).choices(values);

/** `design import`: a design of maps of heights, phases or transmissions of files. */
export function addDesignImport(design: Command, context: CliContext): void {
  const command = design
    .command('import')
    .description(
      'make a design of maps of heights, phases or transmissions (.npy, .npz, .mat, CSV, PNG, TIFF); without --as it says what the files hold',
    )
    .argument('<files...>', 'files in the order of the plates')
    .option(
      '--arrays <names...>',
      'arrays of the file in the order of the plates, * for any text (layers.*.phase); all in the order of their names unless given',
    )
    .option('--out <folder>', 'design folder to make; it must not exist')
    .option('--name <name>', 'name of the design', 'imported')
    .option('--preview', 'say what the plates would be and write nothing')
    .option('--json', 'print the result as one JSON object');
  for (const option of [
    ...meaningOptions(),
    ...maskOptions(),
    ...layOptions(),
    ...geometryOptions(),
    ...printOptions(),
  ])
    command.addOption(option);
  command.action(async (files: readonly string[], options: ImportOptions) =>
    (await import('./design-import-action.ts')).importDesign(files, options, context),
  );
}

/** `design import-heights`: measured heights of a printed plate. */
export function addDesignImportHeights(design: Command, context: CliContext): void {
  const command = design
    .command('import-heights')
    .description(
      'keep a measured height map as the heights of a plate as printed, for predictions and alignments',
    )
    .argument('<file>', 'height map')
    .requiredOption('--session <uid>', 'session of the bench and design whose plate was measured')
    .addOption(checkedOption('--plate <number>', 'plate, from 1', countNumber).makeOptionMandatory())
    .option('--array <name>', 'array of a file that holds several')
    .addOption(number('--dx-mm <mm>', 'where the middle of the map lies on the plate (0 unless given)'))
    .addOption(number('--dy-mm <mm>', 'the same along y'))
    .addOption(number('--rotation-deg <deg>', 'by how much the map is turned on the plate, from x to y'))
    .option('--as-designed', 'take the design where nothing was measured')
    .option('--level', 'take the mean difference to the design off')
    .option('--preview', 'say how the plate differs and keep nothing')
    .option('--json', 'print the result as one JSON object');
  for (const option of [...meaningOptions(), ...layOptions().filter(({long}) => long !== '--fit')])
    command.addOption(option);
  command.action(async (file: string, options: ImportHeightsOptions) =>
    (await import('./design-import-heights-action.ts')).importHeights(file, options, context),
  );
}

/** What the numbers stand for. */
const meaningOptions = (): readonly Option[] => [
  choice('--as <quantity>', 'what the numbers are; amplitude and intensity are transmissions of masks', [
    'height',
    'phase',
    'amplitude',
    'intensity',
  ]),
  choice('--unit <unit>', 'of a height mm, um, m; of a phase rad, turns, deg', [
    'mm',
    'um',
    'm',
    'rad',
    'turns',
    'deg',
  ]),
  choice(
    '--sign <sign>',
    'of a phase: a larger number delays (thicker, exp(+i phase)) or advances (thinner)',
    ['delays', 'advances'],
  ),
  new Option('--wrap', 'take whole turns off phases'),
  new Option('--raw <range>', 'raw values and the quantity that they stand for: 0..65535=0..1.2'),
  number('--offset <number>', 'added to the quantity, in its unit (0 unless given)'),
  new Option('--complex-phase', 'take the phase of complex numbers'),
  new Option('--complex-modulus', 'take the modulus of complex numbers, an amplitude'),
  choice('--stack <axis>', 'axis from plate to plate of an array of three axes', ['first-axis', 'last-axis']),
];

/** Masks of plates that have reliefs, too. */
const maskOptions = (): readonly Option[] => [
  new Option(
    '--masks <files...>',
    'masks of plates with reliefs, in their order; the maps’ own file unless given',
  ),
  new Option('--mask-arrays <names...>', 'arrays of the masks’ file, as --arrays'),
  choice('--masks-as <quantity>', 'what the masks’ numbers are: part of the amplitude or of the power', [
    'amplitude',
    'intensity',
  ]),
  new Option('--mask-raw <range>', 'raw values of the masks: 0..255=0..1'),
  new Option('--mask-modulus', 'take the modulus of the masks’ complex numbers'),
  checkedOption(
    '--mask-plates <numbers>',
    'plates that have a mask, from 1: 1,3; all unless given',
    numberList,
  ),
  checkedOption(
    '--mask-levels <number>',
    'steps that transmissions are rounded to, 2 for open and closed; as they are unless given',
    countNumber,
  ),
];

/** How the maps lie. */
const layOptions = (): readonly Option[] => [
  choice('--first-row <side>', 'where the first row of the file lies', ['top', 'bottom']),
  choice('--seen-from <side>', 'from where the map is seen like that', ['detector', 'source']),
  new Option('--mirrored', 'left and right are exchanged, before it is turned'),
  choice('--turn-deg <angle>', 'counter-clockwise as it is seen (0 unless given)', ['0', '90', '180', '270']),
  positive('--pitch-mm <mm>', 'from number to number of the file'),
  choice(
    '--fit <kind>',
    'sizes that differ (refused unless given): cut or padded about the middle, or read between',
    ['exact', 'pad-or-crop', 'resample'],
  ),
];

/** Everything else of the design. */
const geometryOptions = (): readonly Option[] => [
  new Option(
    '--like <folder>',
    'design that gives geometry, light, object and regions; the shipped one unless given',
  ),
  positive('--frequency-ghz <GHz>', 'geometry of its own instead, from here on: frequency (400)'),
  checkedOption('--count <number>', 'samples along a side of the plates (200)', countNumber),
  positive('--plate-pitch-mm <mm>', 'pitch of the plates (0.4)'),
  positive('--gap-mm <mm>', 'distance from part to part (30)'),
  positive('--region-mm <mm>', 'side of a detector region (8)'),
  positive('--object-side-mm <mm>', 'side of a digit image at the object plane (44.8)'),
  choice('--object <kind>', 'how a digit is shown (binary-mask)', ['binary-mask', 'grey-amplitude', 'phase']),
  positive('--phase-turns <turns>', 'phase of a phase object where its image is white (1)'),
  positive('--index <number>', 'refractive index of the print (1.7227)'),
  number('--extinction <number>', 'extinction coefficient of the print (0.031)'),
  number('--base-mm <mm>', 'thickness under the relief (0.5)'),
];

/** How the plates are made. */
const printOptions = (): readonly Option[] => [
  checkedOption(
    '--levels <number>',
    'equal steps that heights are rounded to; as they are unless given',
    countNumber,
  ),
  positive('--highest-mm <mm>', 'height of the highest level; levels divide one turn of phase unless given'),
  positive('--slice-mm <mm>', 'slice of the printer (0.028 unless given)'),
  positive('--dpi <dots>', 'dots an inch across the build plate (600 unless given)'),
  positive('--thinnest-mm <mm>', 'thinnest sheet that the printer can make (0.28 unless given)'),
  new Option('--not-printed', 'accept plates that the printer cannot make'),
];
