import {Option, type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, finiteNumber, positiveNumber, wholeNumber} from '../option-values.ts';
import {addSettingsOptions} from '../settings-options.ts';
import {addTimeoutOption} from '../timeout-option.ts';
import {addVirtualOptions} from '../virtual-options.ts';
import type * as Actions from './calibrate-action.ts';
import type * as Curve from './calibrate-read-out-curve-action.ts';
import type * as InPlace from './calibrate-in-place-action.ts';
import type * as Reprint from './calibrate-reprint-action.ts';

const actions = (): Promise<typeof Actions> => import('./calibrate-action.ts');
const reprintActions = (): Promise<typeof Reprint> => import('./calibrate-reprint-action.ts');
const jsonText = 'print the result as one JSON object';
const asBuiltText = 'uid of the as-built record; "calibrate list" shows them';
const workers = (): Option => checkedOption('--workers <n>', 'threads; all cores unless given', countNumber);
const seed = (): Option => checkedOption('--seed <n>', 'decides everything random', wholeNumber).default(1);
const bench = (): Option =>
  new Option(
    '--bench <file>',
    'bench file that says how far a new plate may be off; the default scene of the virtual bench unless given',
  );

/** `calibrate`: what to do with a printed network that is not as designed. */
export function addCalibrateCommand(program: Command, context: CliContext): void {
  const calibrate = program
    .command('calibrate')
    .description('make a printed network work that is not as designed: read-out, mounts, one plate again');
  addRecords(calibrate, context);
  addReadOut(calibrate, context);
  addReadOutCurve(calibrate, context);
  addReprint(calibrate, context);
  addInPlace(calibrate, context);
}

function addRecords(calibrate: Command, context: CliContext): void {
  calibrate
    .command('list')
    .description('as-built records, calibrations of read-outs and plates that were designed again')
    .option('--json', jsonText)
    .action(async () => (await actions()).listCalibrations(context));
  calibrate
    .command('as-built')
    .description('record how a network was built: places, material and heights of its plates')
    .requiredOption('--alignment <uid>', 'alignment of its planes; "align list" shows them')
    .addOption(
      checkedOption(
        '--planes <n>',
        'planes of its session to fit heights to, at most; 0 for none',
        wholeNumber,
      ).default(20),
    )
    .addOption(
      checkedOption(
        '--correlation <mm>',
        'how far errors of the prints hang together; 0 for pixel by pixel',
        finiteNumber,
      ).default(0.5),
    )
    .option('--no-judge', 'do not find out how well these planes show heights, which takes as long again')
    .addOption(workers())
    .option('--json', jsonText)
    .action(async (options: Actions.AsBuiltOptions) => (await actions()).recordAsBuilt(options, context));
  calibrate
    .command('show')
    .argument('<as-built>', asBuiltText)
    .description('a network as it was built, plate by plate')
    .option(
      '--out <folder>',
      'write the record (as-built.json) and the heights of each plate (.npy, mm) there',
    )
    .option('--json', jsonText)
    .action(async (uid: string, options: {out?: string}) =>
      (await actions()).showAsBuilt(uid, options, context),
    );
}

function addReadOut(calibrate: Command, context: CliContext): void {
  calibrate
    .command('read-out')
    .description('learn weights and offsets for the measured energies, tested on objects never used')
    .option('--session <uids>', 'campaigns of one bench and design, as 3f2a or 3f2a,91c0')
    .addOption(checkedOption('--learn <n>', 'measured objects to learn from, at most', countNumber))
    .addOption(checkedOption('--test <n>', 'objects that test it; a third unless given', countNumber))
    .addOption(
      checkedOption(
        '--simulate <n>',
        'simulated objects behind the network as built that it is drawn to',
        wholeNumber,
      ).default(0),
    )
    .addOption(
      checkedOption('--hours <h>', 'for how long it counts; the setting unless given', positiveNumber),
    )
    .option('--try', 'only say what it would gain')
    .option('--revoke <uid>', 'take this calibration back instead')
    .addOption(seed())
    .addOption(workers())
    .option('--json', jsonText)
    .action(async (options: Actions.ReadOutOptions) => (await actions()).calibrateReadOut(options, context));
}

function addReadOutCurve(calibrate: Command, context: CliContext): void {
  calibrate
    .command('read-out-curve')
    .description('how many objects a read-out has to be learnt from, foretold by simulated ones')
    .addOption(
      new Option('--as-built <uid>', `of a network as it was built: ${asBuiltText}`).conflicts([
        'design',
        'bench',
      ]),
    )
    .option('--design <folder>', 'of a design on drawn benches; the shipped one unless given')
    .option(
      '--bench <file>',
      'bench file whose errors are drawn; the default scene of the virtual bench unless given',
    )
    .addOption(checkedOption('--benches <n>', 'benches that are drawn', countNumber).default(4))
    .option('--quick', 'drawn benches with one sample a pixel, in a quarter of the time')
    .addOption(
      checkedOption('--learn <n>', 'objects of each to learn from, at most', countNumber).default(80),
    )
    .addOption(checkedOption('--test <n>', 'other objects that test it', countNumber).default(60))
    .addOption(seed())
    .addOption(workers())
    .option('--json', jsonText)
    .action(async (options: Curve.CurveOptions) =>
      (await import('./calibrate-read-out-curve-action.ts')).showReadOutCurve(options, context),
    );
}

function addReprint(calibrate: Command, context: CliContext): void {
  calibrate
    .command('offers')
    .description('what each way of making a network work again would gain, cost and risk')
    .requiredOption('--as-built <uid>', asBuiltText)
    .addOption(bench())
    .addOption(checkedOption('--judge <n>', 'drawn objects that judge', countNumber).default(100))
    .addOption(
      checkedOption('--learn <n>', 'measured objects that a read-out would learn from', countNumber).default(
        50,
      ),
    )
    .addOption(
      checkedOption(
        '--trying-steps <n>',
        'steps of each short training; 0 tries no plate',
        wholeNumber,
      ).default(40),
    )
    .addOption(seed())
    .addOption(workers())
    .option('--json', jsonText)
    .action(async (options: Reprint.OffersOptions) => (await reprintActions()).showOffers(options, context));
  calibrate
    .command('reprint')
    .description('design one plate again for the network as it was built, all others frozen')
    .requiredOption('--as-built <uid>', asBuiltText)
    .requiredOption('--out <folder>', 'design folder to write')
    .option('--name <name>', 'name of the new design')
    .addOption(bench())
    .addOption(
      checkedOption(
        '--plate <n>',
        'plate to design again; the one that recovers most unless given',
        countNumber,
      ),
    )
    .addOption(checkedOption('--steps <n>', 'steps of the training', countNumber).default(400))
    .addOption(checkedOption('--trying-steps <n>', 'steps of each short training', countNumber).default(40))
    .addOption(checkedOption('--batch <n>', 'objects a step', countNumber).default(16))
    .addOption(checkedOption('--rate <rad>', "Adam's rate at the start", positiveNumber).default(0.15))
    .addOption(checkedOption('--judge <n>', 'drawn objects that judge', countNumber).default(100))
    .addOption(
      checkedOption('--training-count <n>', 'objects to train on; 0 for all', wholeNumber).default(0),
    )
    .addOption(seed())
    .addOption(workers())
    .option('--json', jsonText)
    .action(async (options: Reprint.ReprintOptions) => (await reprintActions()).reprint(options, context));
}

function addInPlace(calibrate: Command, context: CliContext): void {
  addVirtualOptions(addTimeoutOption(addSettingsOptions(calibrate.command('in-place'))))
    .description('learn one plate on the bench: measured forward, carried back by the twin as built')
    .requiredOption('--as-built <uid>', asBuiltText)
    .requiredOption('--out <folder>', 'design folder to write')
    .option('--name <name>', 'name of the new design')
    .option('--bench <file>', 'bench file; the virtual bench of the record unless given')
    .option(
      '--design <folder>',
      'design folder that stands on the virtual bench; the shipped one unless given',
    )
    .option(
      '--start <folder>',
      'design whose plate is the first to be changed; the one that stands there unless given',
    )
    .addOption(checkedOption('--plate <n>', 'plate to learn; the last one unless given', countNumber))
    .addOption(checkedOption('--steps <n>', 'plates to put in', countNumber).default(60))
    .addOption(checkedOption('--batch <n>', 'objects measured behind each', countNumber).default(8))
    .addOption(checkedOption('--rate <rad>', "Adam's rate at the start", positiveNumber).default(0.06))
    .addOption(checkedOption('--points <n>', 'points along the side of a region', countNumber).default(8))
    .addOption(checkedOption('--judge <n>', 'objects measured before and after', countNumber).default(50))
    .addOption(
      checkedOption('--training-count <n>', 'objects to draw from; 0 for all', wholeNumber).default(0),
    )
    .addOption(seed())
    .option('--operator <name>', 'who measures; the name of this login unless given')
    .option(
      '--mount-command <program>',
      'with --bench: changes masks and plates instead of a person; see docs/operator.md',
    )
    .addOption(workers())
    .option('--json', jsonText)
    .action(async (options: InPlace.InPlaceOptions) =>
      (await import('./calibrate-in-place-action.ts')).learnInPlace(options, context),
    );
}
