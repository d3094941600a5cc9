import {type Command} from 'commander';
import {BenchError} from '../../contract/errors.ts';
import type {PositionMm} from '../../contract/devices.ts';
import {
  homeStage,
  moveStage,
  stopStage,
  trustStage,
  whereStage,
  type PositionConfirmation,
} from '../../host/compose.ts';
import {confirmAtTerminal} from '../ask-operator.ts';
import type {CliContext} from '../context.ts';
import {checkedOption, finiteNumber} from '../option-values.ts';
import {addTargetOptions, hooksFrom, targetFrom, type TargetOptions} from './instrument-target.ts';

const positionText = `
Positions are in the bench frame of the bench file; with --driver and --port they are the machine's own.
Where the stage was left is kept in the data folder. When it is connected and stands elsewhere, was being moved when
the program ended, or is locked, it does not move: home it, or give your word that its position is right
(trust-position, which asks, or --no-home with a command). Ctrl-C stops the stage.`;

/** `stage`: a stage by hand. */
export function addStageCommands(program: Command, context: CliContext): void {
  const {output} = context;
  const stage = program
    .command('stage')
    .description('a stage by hand: home, move, where, stop, trust-position')
    .addHelpText('after', positionText);
  const write = (positionMm: PositionMm): void => {
    for (const [axis, mm] of Object.entries(positionMm)) output.line(`${axis} = ${mm.toFixed(3)} mm`);
    output.result({positionMm});
  };

  const simple = [
    ['home', 'run the homing cycle', homeStage],
    ['where', 'read the position', whereStage],
    ['stop', 'stop a stage that was left moving, and prove that it rests', stopStage],
  ] as const;
  for (const [name, text, work] of simple)
    addTargetOptions(stage.command(name), 'stage')
      .description(text)
      .addHelpText('after', positionText)
      .action(async (options: TargetOptions) =>
        write(await work(targetFrom(options), hooksFrom(context, options))),
      );

  addTargetOptions(stage.command('trust-position'), 'stage')
    .description('your word that the stage stands where it reports; shows where it stood before and asks')
    .option('--yes', 'ask nothing: you have looked at the stage')
    .addHelpText('after', positionText)
    .action(async (options: TargetOptions & {yes?: boolean}) => {
      const confirm = (word: PositionConfirmation): Promise<boolean> => {
        for (const line of wordLines(word)) output.log(line);
        if (options.yes === true) return Promise.resolve(true);
        return confirmAtTerminal('Does it stand there?', '--yes', context.signal);
      };
      write(await trustStage(targetFrom(options), confirm, hooksFrom(context, options)));
    });

  addTargetOptions(stage.command('move'), 'stage')
    .description('move to a position and read it back; beyond the soft limits nothing is sent')
    .addOption(checkedOption('--x-mm <mm>', 'target of x', finiteNumber))
    .addOption(checkedOption('--y-mm <mm>', 'target of y', finiteNumber))
    .addOption(checkedOption('--z-mm <mm>', 'target of z', finiteNumber))
    .addHelpText('after', positionText)
    .action(async (options: TargetOptions & {xMm?: number; yMm?: number; zMm?: number}) => {
      const {xMm, yMm, zMm} = options;
      const targetMm: PositionMm = {
        ...(xMm === undefined ? {} : {x: xMm}),
        ...(yMm === undefined ? {} : {y: yMm}),
        ...(zMm === undefined ? {} : {z: zMm}),
      };
      if (Object.keys(targetMm).length === 0)
        throw new BenchError('cli/usage', 'Move where? Give --x-mm, --y-mm or --z-mm. Nothing was opened.');
      write(await moveStage(targetFrom(options), targetMm, hooksFrom(context, options)));
    });
}

const wordLines = ({positionMm, beforeMm, reason}: PositionConfirmation): string[] => [
  reason === ''
    ? 'The position of the stage is trusted as it is.'
    : `The stage does not know where it is: ${reason}.`,
  `Before:       ${beforeMm ? placeText(beforeMm) : 'not known'}`,
  `Now reported: ${placeText(positionMm)}`,
  'Look at the stage: if it does not stand there, a move could go beyond its limits; home it instead.',
];

const placeText = (positionMm: PositionMm): string =>
  Object.entries(positionMm)
    .map(([axis, mm]) => `${axis} ${mm.toFixed(3)} mm`)
    .join(', ');
