import {fixedText} from '../../base/number-format.ts';
import type {ApiOutputs} from '../../contract/api/index.ts';
import type {PositionMm} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import {confirmAtTerminal} from '../ask-prompt.ts';
import {atInstrument} from '../at-instrument.ts';
import type {CliContext} from '../context.ts';
import type {Output} from '../output/index.ts';
import type {TargetOptions} from './instrument-target.ts';

const atStage: typeof atInstrument = (context, options, work) =>
  atInstrument(context, options, work, 'stage');

type Place = ApiOutputs['stage']['where']['positionMm'];

export const home = (options: TargetOptions, context: CliContext): Promise<void> =>
  atStage(context, options, async ({client, at, call}) =>
    write(context.output, await client.stage.home({at}, call)),
  );

export const where = (options: TargetOptions, context: CliContext): Promise<void> =>
  atStage(context, options, async ({client, at, call}) =>
    write(context.output, await client.stage.where({at}, call)),
  );

export const stop = (options: TargetOptions, context: CliContext): Promise<void> =>
  atStage(context, options, async ({client, at}) => write(context.output, await client.stage.stop({at})));

export interface MoveOptions extends TargetOptions {
  readonly xMm?: number;
  readonly yMm?: number;
  readonly zMm?: number;
}

export function move({xMm, yMm, zMm, ...options}: MoveOptions, context: CliContext): Promise<void> {
  const targetMm: PositionMm = {
    ...(xMm === undefined ? {} : {x: xMm}),
    ...(yMm === undefined ? {} : {y: yMm}),
    ...(zMm === undefined ? {} : {z: zMm}),
  };
  if (Object.keys(targetMm).length === 0)
    throw new BenchError('cli/usage', 'Move where? Give --x-mm, --y-mm or --z-mm. Nothing was opened.');
  return atStage(context, options, async ({client, at, call}) =>
    write(context.output, await client.stage.moveTo({at, targetMm}, call)),
  );
}

/** The confirmation holds for the position that the person was shown: the host refuses it for another. */
export const trustPosition = (
  options: TargetOptions & {readonly yes?: boolean},
  context: CliContext,
): Promise<void> =>
  atStage(context, options, async ({client, at, call}) => {
    const {output, signal} = context;
    const found = await client.stage.where({at, isJudged: true}, call);
    for (const line of wordLines(found)) output.log(line);
    if (
      options.yes !== true &&
      !(await confirmAtTerminal(context, {question: 'Does it stand there?', option: '--yes', signal}))
    )
      throw new BenchError(
        'plan/operator-refused',
        'The position of the stage was not confirmed. Nothing was changed and nothing moved.',
      );
    write(output, await client.stage.trustPosition({at, reportedMm: found.positionMm}, call));
  });

function write(output: Output, {positionMm}: {readonly positionMm: Place}): void {
  for (const [axis, mm] of axesOf(positionMm)) output.line(`${axis} = ${fixedText(mm, 3)} mm`);
  output.result({positionMm});
}

const wordLines = ({positionMm, beforeMm, distrust}: ApiOutputs['stage']['where']): string[] => [
  distrust === ''
    ? 'The position of the stage is trusted as it is.'
    : `The stage does not know where it is: ${distrust}.`,
  `Before:       ${beforeMm ? placeText(beforeMm) : 'not known'}`,
  `Now reported: ${placeText(positionMm)}`,
  'Look at the stage: if it does not stand there, a move could go beyond its limits; home it instead.',
];

const placeText = (positionMm: Place): string =>
  axesOf(positionMm)
    .map(([axis, mm]) => `${axis} ${fixedText(mm, 3)} mm`)
    .join(', ');

const axesOf = (positionMm: Place): [axis: string, mm: number][] =>
  Object.entries(positionMm).flatMap(([axis, mm]) => (mm === undefined ? [] : [[axis, mm]]));
