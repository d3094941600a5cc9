import type {ApiOutputs} from '../../contract/api/index.ts';
import {plateAxes, type PlateAxis, type PlateOffset} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import {plateAxisChoices, plateAxisFrom, plateOffsetText} from '../../contract/plate-labels.ts';
import {atInstrument} from '../at-instrument.ts';
import type {CliContext} from '../context.ts';
import type {Output} from '../output/index.ts';
import type {TargetOptions} from './instrument-target.ts';

const atMount: typeof atInstrument = (context, options, work) =>
  atInstrument(context, options, work, 'mount');

export type PlateOptions = TargetOptions & {readonly plate: number};

export const where = (options: TargetOptions, context: CliContext): Promise<void> =>
  atMount(context, options, async ({client, at, call}) =>
    writeStates(context.output, await client.mount.where({at}, call)),
  );

export const stop = (options: TargetOptions, context: CliContext): Promise<void> =>
  atMount(context, options, async ({client, at}) =>
    writeStates(context.output, await client.mount.stop({at})),
  );

export function move(
  options: PlateOptions & PlateOffset & {readonly why: string},
  context: CliContext,
): Promise<void> {
  const {plate, why} = options;
  const target = offsetOf(options);
  if (Object.keys(target).length === 0)
    throw new BenchError(
      'cli/usage',
      'Move where? Give --dx-mm, --dy-mm, --dz-mm or --rotation-deg. Nothing was opened.',
    );
  return atMount(context, options, async ({client, at, call}) => {
    const {output} = context;
    const {offset, notices} = await client.mount.moveTo({at, plate, target, why}, call);
    for (const notice of notices) output.log(notice);
    output.line(`plate ${plate}: ${textOf(offset)}`);
    output.result({plate, offset});
  });
}

export function home(options: PlateOptions & {readonly axis: string}, context: CliContext): Promise<void> {
  const {plate} = options;
  const axis = axisFrom(options.axis);
  return atMount(context, options, async ({client, at, call}) =>
    writeStates(context.output, await client.mount.home({at, plate, axis}, call)),
  );
}

export const undo = (
  options: TargetOptions & {readonly correction?: string},
  context: CliContext,
): Promise<void> =>
  atMount(context, options, async ({client, at, call}) => {
    const {output} = context;
    if (at?.benchPath === undefined)
      throw new BenchError('cli/usage', 'Whose correction? Give --bench <file>. Nothing moved.');
    const undone = await client.mount.undoCorrection({at, uid: options.correction}, call);
    output.line(undone.text);
    output.result(undone);
  });

export const trustPosition = (options: PlateOptions & PlateOffset, context: CliContext): Promise<void> =>
  atMount(context, options, async ({client, at, call}) =>
    writeStates(
      context.output,
      await client.mount.trustPosition({at, plate: options.plate, shown: offsetOf(options)}, call),
    ),
  );

export const clearFaults = (options: PlateOptions, context: CliContext): Promise<void> =>
  atMount(context, options, async ({client, at, call}) =>
    writeStates(context.output, await client.mount.clearFaults({at, plate: options.plate}, call)),
  );

/** Only the axes that were given. */
const offsetOf = (given: {readonly [K in PlateAxis]?: number | undefined}): PlateOffset =>
  Object.fromEntries(plateAxes.flatMap((axis) => (given[axis] === undefined ? [] : [[axis, given[axis]]])));

function axisFrom(text: string): PlateAxis {
  const axis = plateAxisFrom(text);
  if (axis) return axis;
  throw new BenchError('cli/usage', `There is no axis "${text}": ${plateAxisChoices}. Nothing moved.`);
}

function writeStates(output: Output, {plates, notices}: ApiOutputs['mount']['where']): void {
  for (const notice of notices) output.log(notice);
  for (const {plate, offset, isMoving, problem} of plates) {
    const notes = [isMoving ? 'moving' : '', problem].filter((note) => note !== '').join('; ');
    output.line(`plate ${plate}: ${textOf(offset)}${notes === '' ? '' : ` (${notes})`}`);
  }
  output.result({plates});
}

const textOf = (offset: Parameters<typeof offsetOf>[0]): string =>
  plateOffsetText(offsetOf(offset)) || 'nothing known';
