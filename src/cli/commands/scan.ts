import {Option, type Command} from 'commander';
import {planNames} from '../../contract/plan-names.ts';
import type {CliContext} from '../context.ts';
import {
  checkedOption,
  countNumber,
  finiteNumber,
  positionXy,
  positiveNumber,
  wholeNumber,
} from '../option-values.ts';
import {addVirtualOptions} from '../virtual-options.ts';
import {addTimeoutOption} from '../timeout-option.ts';
import type {ScanCliOptions} from './scan-action.ts';
import type {ScanResumeOptions} from './scan-resume-action.ts';
import {addSettingsOptions, withSuspenderOptions} from '../settings-options.ts';

const helpText = `
Plans are objects with a field "plan" and their own fields, as JSON, as a file (YAML or JSON), or by name with options:
  --plan grid --width-mm 10 --height-mm 10 --step-mm 1
  --plan line --axis x --start-mm -10 --stop-mm 10 --step-mm 0.5
  --plan point --x-mm 0 --y-mm 0
  --plan regions --design designs/digits
  --plan beam-find
  --plan ripple --x-mm 0 --y-mm 0
  --plan grid --width-mm 10 --height-mm 10 --step-mm 1 --average-planes 2
  --plan '{"plan":"grid","widthMm":10,"heightMm":10,"stepMm":1,"readingCount":3}'
The stage is homed first where the bench file says so; the source is on for the scan and off in every ending.`;

/** `scan`: one scan into a session. */
export function addScanCommand(program: Command, context: CliContext): void {
  const scan = program.command('scan');
  addVirtualOptions(
    withSuspenderOptions(
      addSettingsOptions(
        addTimeoutOption(
          addPlanOptions(
            scan
              .description('one scan into a session: points are stored as they are taken')
              .option('--bench <file>', 'bench file; without one the built-in virtual bench')
              .option('--plan <plan>', `needed: ${planNames.join(', ')}, a JSON object, or a file`),
          ),
        ),
      ),
    ),
  )
    .option(
      '--design <folder>',
      'design folder: regions to measure, hash in the log, plates on the virtual bench',
    )
    .option('--dry-run', 'only check limits, path, points and time; nothing moves and RF stays off')
    .option('--session <uid>', 'append to this session (or the beginning of its uid); a new one unless given')
    .option('--title <text>', 'title of the new session')
    .option('--operator <name>', 'who measures; the name of this login unless given')
    .option('--sample <text>', 'what stands at the object plane')
    .option('--purpose <text>', 'why')
    .addOption(checkedOption('--start-index <n>', 'point to begin with, from 0', wholeNumber))
    .option(
      '--set-up-detector',
      'choose range and phase of the detector, as far as it has them, at the middle of the scan first, and the range anew where it is exceeded',
    )
    .addOption(new Option('--set-up-lockin', 'the name of --set-up-detector before').hideHelp())
    .option(
      '--out <file>',
      'also write the points, also of a run that ends early: .csv, or .npy with the plane (rows from the smallest y)',
    )
    .addOption(
      new Option(
        '--quantity <q>',
        'column for min, max and .npy by its name (voltage_v), or x, y, r, theta of a lock-in: x and y follow the reference phase, r does not; r of another detector is its signal',
      ).default('r'),
    )
    .addOption(checkedOption('--seed <n>', 'virtual bench: its hidden errors', wholeNumber).default(1))
    .option('--trace', 'print what goes over the wires to stderr')
    .option('--json', 'print the result as one JSON object on the last line')
    .addHelpText('after', helpText)
    .action(async (options: ScanCliOptions) => (await import('./scan-action.ts')).scan(options, context));
  addScanResume(scan, context);
}

/** `scan resume` and `scan again`. Options that `scan` has too (--bench, --seed, --operator, --json) are taken by it. */
function addScanResume(scan: Command, context: CliContext): void {
  scan
    .command('resume')
    .argument('<run>', 'number of the run, its uid, or the beginning of that')
    .description(
      'go on with a run that was cut off: measures points of it again, and goes on where they read as they did',
    )
    .addOption(
      checkedOption(
        '--significance <p>',
        'probability of a refusal when nothing has changed; 0.01 unless given',
        positiveNumber,
      ),
    )
    .addOption(
      checkedOption(
        '--allow-change <ratio>',
        'what a reading may differ by, as a part of it; the residual of a step that the plan allows (0.01) unless given',
        finiteNumber,
      ),
    )
    .option('--home', 'home the stage first, also where the bench file does not ask for it')
    .action(async (run: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<ScanResumeOptions>();
      await (await import('./scan-resume-action.ts')).scanResume(run, options, context);
    });
  scan
    .command('again')
    .argument('<run>', 'number of the run, its uid, or the beginning of that')
    .description('run again with the plan of a run: same points, sample and purpose, from the first one')
    .action(async (run: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<ScanResumeOptions>();
      await (await import('./scan-resume-action.ts')).scanAgain(run, options, context);
    });
}

function addPlanOptions(command: Command): Command {
  return command
    .addOption(checkedOption('--x-mm <mm>', 'point, ripple: x', finiteNumber))
    .addOption(checkedOption('--y-mm <mm>', 'point, ripple: y', finiteNumber))
    .addOption(new Option('--axis <axis>', 'line: along').choices(['x', 'y']))
    .addOption(checkedOption('--start-mm <mm>', 'line: first position', finiteNumber))
    .addOption(checkedOption('--stop-mm <mm>', 'line: last position', finiteNumber))
    .addOption(checkedOption('--other-mm <mm>', 'line: position of the other axis', finiteNumber))
    .addOption(checkedOption('--center-mm <x,y>', 'grid: centre', positionXy))
    .addOption(checkedOption('--width-mm <mm>', 'grid, beam-find: extent along x', positiveNumber))
    .addOption(checkedOption('--height-mm <mm>', 'grid: extent along y', positiveNumber))
    .addOption(checkedOption('--step-mm <mm>', 'grid, line, beam-find, ripple: step', positiveNumber))
    .addOption(new Option('--order <order>', 'grid: order of the rows').choices(['snake', 'one-way']))
    .addOption(checkedOption('--reference-every <n>', 'grid: points between reference visits', wholeNumber))
    .addOption(checkedOption('--reference-mm <x,y>', 'grid: reference point', positionXy))
    .addOption(
      checkedOption(
        '--reference-patch-mm <mm>',
        'grid: distance of places around the reference point that are read too: lost steps show; 0 for none',
        finiteNumber,
      ),
    )
    .addOption(
      checkedOption('--position-limit-mm <mm>', 'grid: further off there, the place is lost', positiveNumber),
    )
    .addOption(
      new Option('--on-position-lost <then>', 'grid: what the run does then').choices(['pause', 'fail']),
    )
    .addOption(
      checkedOption(
        '--average-planes <n>',
        'grid: distances of the detector over half a wavelength, for the mean: 2 (a quarter wave apart) or 4',
        countNumber,
      ),
    )
    .addOption(
      checkedOption(
        '--average-frequencies <n>',
        'grid: frequencies of the source, for the mean',
        countNumber,
      ),
    )
    .addOption(
      checkedOption('--dither-span-hz <hz>', 'grid: span of those; 250e6 unless given', positiveNumber),
    )
    .addOption(checkedOption('--span-mm <mm>', 'ripple: way along the beam', positiveNumber))
    .addOption(checkedOption('--points-per-side <n>', 'regions: points along a side', countNumber))
    .addOption(checkedOption('--residual-ratio <r>', 'rest of a step allowed when reading', positiveNumber))
    .addOption(checkedOption('--reading-count <n>', 'readings averaged at each point', countNumber))
    .addOption(checkedOption('--rest-ms <ms>', 'extra rest at each point', finiteNumber));
}
