import {type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {checkedOption, finiteNumber} from '../option-values.ts';
import {addTargetOptions, type TargetOptions} from './instrument-target.ts';
import type {MoveOptions} from './stage-action.ts';

const positionText = `
Positions are in the bench frame of the bench file; with --driver and --port they are the machine's own.
Where the stage was left is kept in the data folder. When it is connected and stands elsewhere, was being moved when
the program ended, or is locked, it does not move: home it, or give your word that its position is right
(trust-position, which asks, or --no-home with a command). Ctrl-C stops the stage.`;

const load = () => import('./stage-action.ts');

/** `stage`: a stage by hand. */
export function addStageCommands(program: Command, context: CliContext): void {
  const stage = program
    .command('stage')
    .description('a stage by hand: home, move, where, stop, trust-position')
    .addHelpText('after', positionText);
  const add = (name: string, text: string): Command =>
    addTargetOptions(stage.command(name), 'stage').description(text).addHelpText('after', positionText);

  add('home', 'run the homing cycle').action(async (options: TargetOptions) =>
    (await load()).home(options, context),
  );
  add('where', 'read the position').action(async (options: TargetOptions) =>
    (await load()).where(options, context),
  );
  add('stop', 'stop a stage that was left moving, and prove that it rests').action(
    async (options: TargetOptions) => (await load()).stop(options, context),
  );
  add(
    'trust-position',
    'your word that the stage stands where it reports; shows where it stood before and asks',
  )
    .option('--yes', 'ask nothing: you have looked at the stage')
    .action(async (options: TargetOptions & {yes?: boolean}) =>
      (await load()).trustPosition(options, context),
    );
  add('move', 'move to a position and read it back; beyond the soft limits nothing is sent')
    .addOption(checkedOption('--x-mm <mm>', 'target of x', finiteNumber))
    .addOption(checkedOption('--y-mm <mm>', 'target of y', finiteNumber))
    .addOption(checkedOption('--z-mm <mm>', 'target of z', finiteNumber))
    .action(async (options: MoveOptions) => (await load()).move(options, context));
}
