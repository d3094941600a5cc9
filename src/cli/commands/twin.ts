import {Option, type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, finiteNumber, fullScale, positiveNumber} from '../option-values.ts';
import {asBuiltOption} from './as-built-option.ts';
import {addTwinClassify} from './twin-classify.ts';
import {addTwinImage} from './twin-image.ts';
import {addTwinReadOut} from './twin-read-out.ts';
import {addTwinSensitivity} from './twin-sensitivity.ts';
import {addTwinTolerance} from './twin-tolerance.ts';
import {addTwinTradeOff} from './twin-trade-off.ts';
import {addTwinTrain} from './twin-train.ts';
import type * as Actions from './twin-actions.ts';
import type {PredictOptions, PropagateOptions} from './twin-actions.ts';

const actions = (): Promise<typeof Actions> => import('./twin-actions.ts');

const methodOption = (): Option =>
  new Option(
    '--method <method>',
    'rs: sampled Rayleigh-Sommerfeld sum; asm: band-limited angular spectrum',
  ).choices(['rs', 'asm']);
const padOption = (): Option =>
  checkedOption(
    '--pad <factor>',
    'asm: side of the padded transform over the side of the field',
    finiteNumber,
  ).default(2);
const mm = (name: string, text: string): Option =>
  checkedOption(`--${name} <mm>`, text, positiveNumber).makeOptionMandatory();

/** The optical twin from files to files. */
export function addTwinCommands(program: Command, context: CliContext): void {
  const twin = program.command('twin').description('simulate, classify and train diffractive networks');

  addPropagate(twin, context);
  addPredict(twin, context);
  addTwinClassify(twin, context);
  addTwinImage(twin, context);
  addTwinSensitivity(twin, context);
  addTwinTolerance(twin, context);
  addTwinTradeOff(twin, context);
  addTwinTrain(twin, context);
  addTwinReadOut(twin, context);
}

function addPropagate(twin: Command, context: CliContext): void {
  twin
    .command('propagate')
    .description('carry a complex field (.npy, square) over a distance of free space')
    .addOption(methodOption().default('asm'))
    .addOption(padOption())
    .requiredOption('--in <file>', 'field before, .npy, real or complex')
    .addOption(mm('pitch-mm', 'distance between samples'))
    .addOption(mm('wavelength-mm', 'wavelength'))
    .addOption(mm('distance-mm', 'distance'))
    .requiredOption('--out <file>', 'field behind, .npy, complex128')
    .option('--json', 'print the result as one JSON object')
    .action(async (options: PropagateOptions) => (await actions()).propagate(options, context));
}

function addPredict(twin: Command, context: CliContext): void {
  twin
    .command('predict')
    .description("intensity of a design's output plane for one object")
    .requiredOption('--design <folder>', 'design folder')
    .requiredOption(
      '--object <file>',
      "transmission at the object plane on the design's grid, .npy, amplitudes from 0 to 1 or complex",
    )
    .addOption(
      checkedOption(
        '--values <0..max>',
        'which value of the object is full transmission: 0..255 for a picture',
        fullScale,
      ).default(1, '0..1'),
    )
    .option(
      '--placement <file>',
      'where the parts really stand, JSON: {"layers":[{"dxMm":0.1,...},...],"output":{...}}, or what align --json printed',
    )
    .addOption(asBuiltOption().conflicts('placement'))
    .addOption(methodOption().default('asm'))
    .addOption(padOption())
    .addOption(checkedOption('--oversample <n>', 'samples along a pixel of a plate', finiteNumber).default(1))
    .requiredOption('--out <file>', 'intensity, .npy, float64')
    .option('--json', 'print the result as one JSON object')
    .action(async (options: PredictOptions) => (await actions()).predict(options, context));
}
