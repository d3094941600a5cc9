import {type Command} from 'commander';
import type {PlateOffset} from '../../contract/devices.ts';
import {plateAxisChoices} from '../../contract/plate-labels.ts';
import type {CliContext} from '../context.ts';
import {checkedOption, countNumber, finiteNumber} from '../option-values.ts';
import {addTargetOptions, type TargetOptions} from './instrument-target.ts';
import type {PlateOptions} from './mount-action.ts';

const offsetText = `
Offsets are from each plate's own zero, in the bench frame (docs/conventions.md): mm, and degrees from x to y. Which
plates and axes there are, their limits and the length of a step stand in the bench file (mount:), so that a mount is
moved on a bench that is named only: with --bench, or the one that is open at --host. Nothing is homed unasked. Ctrl-C stops
every plate. Each move goes into the journal.`;

const load = () => import('./mount-action.ts');

/** `mount`: motorised mounts of plates by hand. */
export function addMountCommands(program: Command, context: CliContext): void {
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
    (await load()).where(options, context),
  );
  add('stop', 'stop plates that were left moving, and prove that they rest').action(
    async (options: TargetOptions) => (await load()).stop(options, context),
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
    .action(async (options: PlateOptions & PlateOffset & {why: string}) =>
      (await load()).move(options, context),
    );
  addForPlate(
    'home',
    'drive one axis of a plate to its switch: a long way; needs zeroSteps of the axis in the bench file',
  )
    .requiredOption('--axis <axis>', plateAxisChoices)
    .action(async (options: PlateOptions & {axis: string}) => (await load()).home(options, context));
  add('undo', 'move back what the newest correction of a bench has moved (align --correct)')
    .option('--correction <uid>', 'this correction instead of the newest')
    .action(async (options: TargetOptions & {correction?: string}) => (await load()).undo(options, context));
  addOffsets(
    addForPlate('trust-position', 'your word that a plate stands where its mount reports it, as you name it'),
    'reported place',
  ).action(async (options: PlateOptions & PlateOffset) => (await load()).trustPosition(options, context));
  addForPlate('clear-faults', 'your word that what a mount has reported is mended').action(
    async (options: PlateOptions) => (await load()).clearFaults(options, context),
  );
}
