import {type Command} from 'commander';
import {plateAxes, type PlateAxis, type PlateOffset, type PlateState} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import {plateAxisChoices, plateAxisFrom, plateOffsetText} from '../../contract/plate-labels.ts';
import {
  clearPlateFaults,
  homeMountedPlate,
  moveMountedPlate,
  stopPlates,
  trustMountedPlate,
  undoMountCorrection,
  wherePlates,
} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, finiteNumber} from '../option-values.ts';
import type {Output} from '../output/index.ts';
import {addTargetOptions, hooksFrom, targetFrom, type TargetOptions} from './instrument-target.ts';

const offsetText = `
Offsets are from each plate's own zero, in the bench frame (docs/conventions.md): mm, and degrees from x to y. Which
plates and axes there are, their limits and the length of a step stand in the bench file (mount:), so that a mount is
moved with --bench only. Nothing is homed unasked. Ctrl-C stops every plate. Each move goes into the journal.`;

type PlateOptions = TargetOptions & {plate: number};

/** `mount`: motorised mounts of plates by hand. */
export function addMountCommands(program: Command, context: CliContext): void {
  const {output} = context;
  const mount = program
    .command('mount')
    .description(
      'motorised mounts of plates by hand: where, move, stop, undo, home, trust-position, clear-faults',
    )
    .addHelpText('after', offsetText);
  const add = (name: string, text: string): Command =>
    addTargetOptions(mount.command(name), 'mount').description(text).addHelpText('after', offsetText);
  const addForPlate = (name: string, text: string): Command =>
    add(name, text).addOption(
      checkedOption('--plate <n>', 'which plate, 1 behind the object', countNumber).makeOptionMandatory(),
    );

  add('where', 'read where every plate stands').action(async (options: TargetOptions) =>
    writeStates(output, await wherePlates(targetFrom(options), hooksFrom(context, options))),
  );
  add('stop', 'stop plates that were left moving, and prove that they rest').action(
    async (options: TargetOptions) =>
      writeStates(output, await stopPlates(targetFrom(options), hooksFrom(context, options))),
  );
  const addOffsets = (command: Command, what: string): Command =>
    command
      .addOption(checkedOption('--dx-mm <mm>', `${what} along x`, finiteNumber))
      .addOption(checkedOption('--dy-mm <mm>', `${what} along y`, finiteNumber))
      .addOption(checkedOption('--dz-mm <mm>', `${what} along the beam`, finiteNumber))
      .addOption(checkedOption('--rotation-deg <deg>', `${what} of the turn`, finiteNumber));
  addOffsets(
    addForPlate('move', 'move a plate and read it back; beyond its limits nothing is sent'),
    'target',
  )
    .option('--why <text>', 'for the journal', 'moved by hand')
    .action(async (options: PlateOptions & PlateOffset & {why: string}) => {
      const {plate, why} = options;
      const to = offsetOf(options);
      if (Object.keys(to).length === 0)
        throw new BenchError(
          'cli/usage',
          'Move where? Give --dx-mm, --dy-mm, --dz-mm or --rotation-deg. Nothing was opened.',
        );
      const offset = await moveMountedPlate(
        targetFrom(options),
        {plate, to, why},
        hooksFrom(context, options),
      );
      output.line(`plate ${plate}: ${textOf(offset)}`);
      output.result({plate, offset});
    });
  addForPlate(
    'home',
    'drive one axis of a plate to its switch: a long way; needs zeroSteps of the axis in the bench file',
  )
    .requiredOption('--axis <axis>', plateAxisChoices)
    .action(async (options: PlateOptions & {axis: string}) => {
      const axis = axisFrom(options.axis);
      const order = {plate: options.plate, axis};
      writeStates(output, await homeMountedPlate(targetFrom(options), order, hooksFrom(context, options)));
    });
  add('undo', 'move back what the newest correction of a bench has moved (align --correct)')
    .option('--correction <uid>', 'this correction instead of the newest')
    .action(async (options: TargetOptions & {correction?: string}) => {
      const undone = await undoMountCorrection(
        targetFrom(options),
        options.correction,
        hooksFrom(context, options),
      );
      output.line(undone.text);
      output.result(undone);
    });
  addOffsets(
    addForPlate('trust-position', 'your word that a plate stands where its mount reports it, as you name it'),
    'reported place',
  ).action(async (options: PlateOptions & PlateOffset) =>
    writeStates(
      output,
      await trustMountedPlate(
        targetFrom(options),
        {plate: options.plate, shown: offsetOf(options)},
        hooksFrom(context, options),
      ),
    ),
  );
  addForPlate('clear-faults', 'your word that what a mount has reported is mended').action(
    async (options: PlateOptions) =>
      writeStates(
        output,
        await clearPlateFaults(targetFrom(options), options.plate, hooksFrom(context, options)),
      ),
  );
}

const offsetOf = (options: PlateOffset): PlateOffset =>
  Object.fromEntries(
    plateAxes.flatMap((axis) => (options[axis] === undefined ? [] : [[axis, options[axis]]])),
  );

function axisFrom(text: string): PlateAxis {
  const axis = plateAxisFrom(text);
  if (axis) return axis;
  throw new BenchError('cli/usage', `There is no axis "${text}": ${plateAxisChoices}. Nothing moved.`);
}

function writeStates(output: Output, plates: readonly PlateState[]): void {
  for (const {plate, offset, isMoving, problem} of plates) {
    const notes = [isMoving ? 'moving' : '', problem].filter((note) => note !== '').join('; ');
    output.line(`plate ${plate}: ${textOf(offset)}${notes === '' ? '' : ` (${notes})`}`);
  }
  output.result({plates});
}

const textOf = (offset: PlateOffset): string => plateOffsetText(offset) || 'nothing known';
