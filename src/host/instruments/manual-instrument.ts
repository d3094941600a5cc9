import {setTimeout as sleepRealMs} from 'node:timers/promises';
import {plainMarks} from '../../base/number-text.ts';
import type {SettingsSnapshot, SettingValue, SourceState} from '../../contract/devices.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import type {ActionArgs, ParameterMeta} from '../../contract/instruments.ts';
import {readQuantity} from '../../contract/quantity-text.ts';
import type {DriverDevice, ProbeResult} from '../devices/registry.ts';
import {unitFromName} from '../../contract/units.ts';
import {withInstrument, type InstrumentHooks, type InstrumentTarget} from './open-instrument.ts';

/** A value with its unit, for a person. */
export interface NamedValue {
  readonly name: string;
  readonly value: SettingValue;
  readonly unit: string;
}

/** Identity, settings and a reading of one instrument. A source is turned off by it, nothing else changes. */
export function probeInstrument(target: InstrumentTarget, hooks: InstrumentHooks): Promise<ProbeResult> {
  return withInstrument(target, undefined, hooks, async ({device, driver, port}) => {
    const call = callOptions(hooks);
    const settings = await device.readSettings(call);
    let reading: ProbeResult['reading'] = null;
    let readingError: string | null = null;
    try {
      reading = await device.readSample(call);
    } catch (error) {
      // No valid reading now (no reference, overload) is a finding of a probe, not its failure.
      if (!hasCode(error, 'device/not-valid', 'motion/alarm')) throw error;
      readingError = error.message;
    }
    return {driver, model: device.model, port, identity: device.identity, settings, reading, readingError};
  });
}

/** Values by name; all settings when no name is given. */
export function getValues(
  target: InstrumentTarget,
  names: readonly string[],
  hooks: InstrumentHooks,
): Promise<NamedValue[]> {
  return withInstrument(target, undefined, hooks, async ({device}) => {
    const call = callOptions(hooks);
    if (names.length === 0) return namedFrom(device, await device.readSettings(call));
    for (const name of names) parameterOf(device, name);
    const values: Record<string, SettingValue> = {};
    for (const name of names) values[name] = await device.get(name, call);
    return namedFrom(device, values);
  });
}

/** Sets values in the order given and answers with what was read back. When one is not allowed none is sent. */
export function setValues(
  target: InstrumentTarget,
  assignments: readonly (readonly [name: string, value: string])[],
  hooks: InstrumentHooks,
): Promise<NamedValue[]> {
  return withInstrument(target, undefined, hooks, async ({device}) => {
    for (const [name, text] of assignments) assertSettable(parameterOf(device, name), text, device);
    const values: Record<string, SettingValue> = {};
    for (const [name, text] of assignments) values[name] = await device.set(name, text, callOptions(hooks));
    if (values['isOutputOn'] === true)
      hooks.onText?.(
        'RF was on and goes off again with this command; "instrument call turn-on --keep-on" holds it.',
      );
    return namedFrom(device, values);
  });
}

export interface CallRequest {
  readonly action: string;
  readonly args: ActionArgs;
  /** Source: hold RF on until the signal is aborted. */
  readonly keepsOn?: boolean;
  /** Called with the result while RF is still held on. */
  readonly onHeld?: (result: unknown) => void;
}

/** Runs an action by name. A stage is waited for until it rests; a source is off afterwards. */
export function callInstrument(
  target: InstrumentTarget,
  {action, args, keepsOn = false, onHeld}: CallRequest,
  hooks: InstrumentHooks,
): Promise<unknown> {
  return withInstrument(target, undefined, hooks, async ({device}) => {
    if (keepsOn && (device.kind !== 'source' || action !== 'turn-on'))
      throw new BenchError(
        'cli/usage',
        '--keep-on goes with the action turn-on of a source only. Nothing was sent.',
      );
    const known = device.actions.find(({name}) => name === action);
    const unknown = Object.keys(args).find((name) => known && !(known.args ?? []).includes(name));
    if (unknown !== undefined)
      throw new BenchError(
        'device/unknown',
        `The action ${action} has no argument "${unknown}": ${known?.args?.join(', ') ?? 'it takes none'}. Nothing was sent.`,
      );
    const result = (await device.call(action, args, callOptions(hooks))) ?? null;
    if (device.kind === 'stage' && startsMotion.has(action)) await awaitRest(device, hooks);
    if (device.kind === 'source' && action === 'turn-on') {
      if (keepsOn) {
        onHeld?.(result);
        await holdOn(device, hooks);
      } else
        hooks.onText?.('RF was on and goes off again with this command; --keep-on holds it until Ctrl-C.');
    }
    return result;
  });
}

/** Actions that answer when motion is planned, not when it is done. */
const startsMotion: ReadonlySet<string> = new Set(['jog', 'resume']);
const restPollMs = 100;

async function awaitRest(
  device: Extract<DriverDevice, {kind: 'stage'}>,
  {signal}: InstrumentHooks,
): Promise<void> {
  try {
    for (;;) {
      const {state} = await device.readSample(signal ? {signal} : {});
      if (state !== 'Jog' && state !== 'Run' && state !== 'Home') return;
      await sleepRealMs(restPollMs, undefined, signal ? {signal} : {});
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    await device.stop();
    const why = signal.reason instanceof Error ? signal.reason.message : 'Stopped.';
    throw new BenchError('plan/aborted', `${why} The stage was stopped on its way and rests.`, {
      cause: error,
    });
  }
}

/** Time between two looks at a source that is held on, ms: its level is checked against the limit each time. */
const holdPollMs = 1000;

async function holdOn(
  device: Extract<DriverDevice, {kind: 'source'}>,
  hooks: InstrumentHooks,
): Promise<void> {
  while (await waitUnlessAborted(holdPollMs, hooks.signal)) {
    const state: SourceState = await device.readState();
    if (!state.isOutputOn)
      throw new BenchError(
        'device/fault',
        'The source went off while it was held on: by its front panel, an interlock or a fault. It stays off.',
      );
  }
  hooks.onText?.('RF goes off.');
}

/** True after the time, false as soon as the signal is aborted. */
function waitUnlessAborted(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  return sleepRealMs(ms, true, signal ? {signal} : {}).catch((error: unknown) => {
    if (signal?.aborted === true) return false;
    throw error;
  });
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
function assertSettable(parameter: ParameterMeta, text: string, device: DriverDevice): void {
  const {name, unit, range, kind} = parameter;
  if (parameter.isReadOnly)
    throw new BenchError(
      'device/refused',
      `${name} of the ${device.model} can only be read. Nothing was sent.`,
    );
  if (range === undefined || (kind !== 'number' && kind !== 'integer')) return;
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

const callOptions = ({signal}: InstrumentHooks): {signal?: AbortSignal} => (signal ? {signal} : {});
