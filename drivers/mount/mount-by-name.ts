import {
  plateAxes,
  type CallOptions,
  type ColumnSpec,
  type PlateAxis,
  type PlateMount,
  type PlateOffset,
  type SettingValue,
} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {
  plateAxisChoices,
  plateAxisFrom,
  plateAxisNames,
  plateAxisUnit,
} from '../../src/contract/plate-labels.ts';
import {integerArg, unknownAction} from '../kit/index.ts';
import type {ActionArgs, ActionMeta, ParameterMeta} from '../kit/index.ts';

/** What every mount of plates offers by name: positions to be read, and its few actions. */

export const mountActions: readonly ActionMeta[] = [
  {
    name: 'move',
    label: 'Move a plate to offsets from its zero (axes that are named)',
    args: ['plate', ...plateAxes],
  },
  {name: 'stop', label: 'Stop every plate at once'},
  {name: 'home', label: 'Drive one axis to its switch and back: a long way', args: ['plate', 'axis']},
  {name: 'clear-faults', label: 'What an axis has reported is mended', args: ['plate']},
  {
    name: 'trust-position',
    label: 'A plate stands where its mount reports it (axes whose zero is not proven)',
    args: ['plate', ...plateAxes],
  },
  {name: 'read-states', label: 'Offsets of every plate, what moves, what is wrong'},
];

/** `plate3DxMm`. */
export const plateValueName = (plate: number, axis: PlateAxis): string =>
  `plate${plate}${axis[0].toUpperCase()}${axis.slice(1)}`;

function* axesOf(mount: PlateMount): Generator<{plate: number; axis: PlateAxis; name: string}> {
  for (const plate of mount.plates) {
    const limits = mount.limitsOf(plate);
    for (const axis of plateAxes) if (limits[axis]) yield {plate, axis, name: plateValueName(plate, axis)};
  }
}

/** Offsets are parameters that can only be read: moving is an action. */
export const mountParameters = (mount: PlateMount): readonly ParameterMeta[] =>
  Array.from(axesOf(mount), ({plate, axis, name}) => ({
    name,
    label: `Plate ${plate}, ${plateAxisNames[axis]}`,
    unit: plateAxisUnit(axis),
    kind: 'number',
    isReadOnly: true,
    group: `Plate ${plate}`,
    hint: 'From its zero; moved by the action move or on the Bench page.',
  }));

export const mountColumns = (mount: PlateMount): readonly ColumnSpec[] =>
  Array.from(axesOf(mount), ({plate, axis, name}) => ({
    name,
    unit: plateAxisUnit(axis),
    label: `plate ${plate} ${plateAxisNames[axis]}`,
    precision: 4,
  }));

/** One offset by name. Throws `device/unknown` for a name that this mount has not. */
export async function getMountValue(
  mount: PlateMount,
  wanted: string,
  options: CallOptions = {},
): Promise<number> {
  for (const {plate, axis, name} of axesOf(mount))
    if (name === wanted) {
      const value = (await mount.readOffset(plate, options))[axis];
      if (value !== undefined) return value;
    }
  throw new BenchError(
    'device/unknown',
    `The ${mount.model} has no "${wanted}". Nothing was sent; it has ${Array.from(axesOf(mount), ({name}) => name).join(', ')}.`,
    {details: {parameter: wanted}},
  );
}

export const refuseMountSetting = (mount: PlateMount, name: string): BenchError =>
  new BenchError(
    'device/refused',
    `${name} of the ${mount.model} is not set but moved to: use the action move. Nothing was sent.`,
    {details: {parameter: name}},
  );

/** All offsets by name, with `state` (`moving` or `idle`) and `problem` of the mount as a whole. */
export async function readMountSample(
  mount: PlateMount,
  options: CallOptions = {},
): Promise<Readonly<Record<string, SettingValue>>> {
  const states = await mount.readStates(options);
  const sample: Record<string, SettingValue> = {};
  for (const {plate, axis, name} of axesOf(mount)) {
    const value = states.find((state) => state.plate === plate)?.offset[axis];
    if (value !== undefined) sample[name] = value;
  }
  const isMoving = states.some((state) => state.isMoving);
  const problems = states.flatMap(({problem}) => (problem === '' ? [] : [problem]));
  return {...sample, state: isMoving ? 'moving' : 'idle', problem: problems.join(' ')};
}

/** Does one of `mountActions`. Throws `device/unknown` for any other. */
export async function callMountAction(
  mount: PlateMount,
  action: string,
  args: ActionArgs,
  options: CallOptions = {},
): Promise<unknown> {
  const plate = (): number => integerArg(args, 'plate', [1, 99]);
  switch (action) {
    case 'move':
      return mount.moveTo(plate(), targetFrom(args), options);
    case 'stop':
      return mount.stop();
    case 'home':
      return mount.home(plate(), axisFrom(args['axis']), options);
    case 'clear-faults':
      return mount.clearFaults(plate(), options);
    case 'trust-position':
      return mount.trustPosition(plate(), targetFrom(args), options);
    case 'read-states':
      return mount.readStates(options);
    default:
      throw unknownAction(mount.model, action, mountActions);
  }
}

function targetFrom(args: ActionArgs): PlateOffset {
  const target: Partial<Record<PlateAxis, number>> = {};
  for (const axis of plateAxes) {
    const text = args[axis];
    if (text === undefined || text === '') continue;
    target[axis] = Number(text);
  }
  if (Object.keys(target).length > 0) return target;
  throw new BenchError(
    'device/out-of-range',
    `Move where? Give ${plateAxes.join(', ')} (offsets from the plate's zero). Nothing moved.`,
  );
}

function axisFrom(value: SettingValue | undefined): PlateAxis {
  const axis = plateAxisFrom(value);
  if (axis !== undefined) return axis;
  throw new BenchError(
    'device/out-of-range',
    `The argument axis = ${String(value)} was refused: give ${plateAxisChoices}. Nothing moved.`,
  );
}
