import {setTimeout as sleepRealMs} from 'node:timers/promises';
import {plainMarks} from '../../base/number-text.ts';
import type {CallOptions, SettingsSnapshot, SettingValue} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ActionArgs, ParameterMeta} from '../../contract/instruments.ts';
import {readQuantity} from '../../contract/quantity-text.ts';
import {unitFromName} from '../../contract/units.ts';
import type {DriverDevice, StageDevice} from '../devices/registry.ts';

/** A value with its unit, for a person. */
export interface NamedValue {
  readonly name: string;
  readonly value: SettingValue;
  readonly unit: string;
}

export interface Assignment {
  readonly name: string;
  readonly value: SettingValue;
}

/** Values by name; all settings when no name is given. Throws `device/unknown` before anything is sent. */
export async function readValues(
  device: DriverDevice,
  names: readonly string[],
  call: CallOptions,
): Promise<NamedValue[]> {
  if (names.length === 0) return namedFrom(device, await device.readSettings(call));
  for (const name of names) parameterOf(device, name);
  const values: Record<string, SettingValue> = {};
  for (const name of names) values[name] = await device.get(name, call);
  return namedFrom(device, values);
}

/** Sets values in the order given and answers with what was read back. When one is not allowed none is sent. */
export async function assignValues(
  device: DriverDevice,
  assignments: readonly Assignment[],
  call: CallOptions,
): Promise<NamedValue[]> {
  for (const {name, value} of assignments) assertSettable(parameterOf(device, name), value, device);
  const values: Record<string, SettingValue> = {};
  for (const {name, value} of assignments) values[name] = await device.set(name, value, call);
  return namedFrom(device, values);
}

/** Throws `device/unknown` for an argument that the action does not take, before anything is sent. */
export function assertArguments(device: DriverDevice, action: string, args: ActionArgs): void {
  const known = device.actions.find(({name}) => name === action);
  const unknown = Object.keys(args).find((name) => known && !(known.args ?? []).includes(name));
  if (unknown !== undefined)
    throw new BenchError(
      'device/unknown',
      `The action ${action} has no argument "${unknown}": ${known?.args?.join(', ') ?? 'it takes none'}. Nothing was sent.`,
    );
}

/** Actions that answer when motion is planned, not when it is done. */
const startsMotion: ReadonlySet<string> = new Set(['jog', 'resume']);
const movingStates: ReadonlySet<string> = new Set(['jog', 'run', 'home']);
const restPollMs = 100;

/**
 * Waits until a stage rests that was set in motion by an action; other actions answer when they are done. `look` asks
 * the controller for its state, in lower case. A stage whose caller is gone is stopped on its way (`plan/aborted`).
 */
export async function awaitRest(
  device: DriverDevice,
  action: string,
  look: (stage: StageDevice) => Promise<string>,
  {signal}: CallOptions,
): Promise<void> {
  if (device.kind !== 'stage' || !startsMotion.has(action)) return;
  try {
    while (movingStates.has(await look(device)))
      await sleepRealMs(restPollMs, undefined, signal ? {signal} : {});
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    await device.stop();
    const why = signal.reason instanceof Error ? signal.reason.message : 'Stopped.';
    throw new BenchError('plan/aborted', `${why} The stage was stopped on its way and rests.`, {
      cause: error,
    });
  }
}

function parameterOf(device: DriverDevice, name: string): ParameterMeta {
  const found = device.parameters.find((parameter) => parameter.name === name);
  if (found) return found;
  throw new BenchError(
    'device/unknown',
    `The ${device.model} has no parameter "${name}". Nothing was sent; its parameters are ${device.parameters
      .map((parameter) => parameter.name)
      .join(', ')}.`,
    {details: {parameter: name}},
  );
}

/** The same as the driver refuses, before the first of several assignments is sent. */
function assertSettable(parameter: ParameterMeta, value: SettingValue, device: DriverDevice): void {
  const {name, unit, range, kind} = parameter;
  if (parameter.isReadOnly)
    throw new BenchError(
      'device/refused',
      `${name} of the ${device.model} can only be read. Nothing was sent.`,
    );
  if (range === undefined || (kind !== 'number' && kind !== 'integer')) return;
  const text = String(value);
  const reading = readQuantity(text, unit, plainMarks);
  if (reading.isRead && reading.value >= range[0] && reading.value <= range[1]) return;
  const withUnit = unit === '' ? '' : ` ${unit}`;
  const reason = reading.isRead ? '' : `${reading.problem} `;
  throw new BenchError(
    'device/out-of-range',
    `${name} = ${text}${withUnit} was refused: ${reason}allowed is ${range[0]} to ${range[1]}${withUnit}. ` +
      'Nothing was sent; give a value in that range.',
    {details: {parameter: name, asked: text, range, unit}},
  );
}

const namedFrom = (device: DriverDevice, values: SettingsSnapshot): NamedValue[] =>
  Object.entries(values).map(([name, value]) => ({
    name,
    value,
    unit: device.parameters.find((parameter) => parameter.name === name)?.unit ?? unitFromName(name),
  }));
