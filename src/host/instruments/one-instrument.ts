import type {ActionArgs} from '../../contract/instruments.ts';
import {hasCode} from '../../contract/errors.ts';
import type {ProbeResult} from '../devices/registry.ts';
import {
  assertArguments,
  assignValues,
  awaitRest,
  readValues,
  type Assignment,
  type NamedValue,
} from './device-work.ts';
import {callOptions, withInstrument, type InstrumentHooks, type InstrumentTarget} from './open-instrument.ts';

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
export const getValues = (
  target: InstrumentTarget,
  names: readonly string[],
  hooks: InstrumentHooks,
): Promise<NamedValue[]> =>
  withInstrument(target, undefined, hooks, ({device}) => readValues(device, names, callOptions(hooks)));

/** Sets values in the order given and answers with what was read back. When one is not allowed none is sent. */
export const setValues = (
  target: InstrumentTarget,
  assignments: readonly Assignment[],
  hooks: InstrumentHooks,
): Promise<NamedValue[]> =>
  withInstrument(target, undefined, hooks, ({device}) =>
    assignValues(device, assignments, callOptions(hooks)),
  );

/** Does an action by name. A stage is waited for until it rests; a source is off afterwards. */
export const callInstrument = (
  target: InstrumentTarget,
  {action, args}: {readonly action: string; readonly args: ActionArgs},
  hooks: InstrumentHooks,
): Promise<unknown> =>
  withInstrument(target, undefined, hooks, async ({device}) => {
    const call = callOptions(hooks);
    assertArguments(device, action, args);
    const result = (await device.call(action, args, call)) ?? null;
    const look = async (): Promise<string> => String((await device.readSample(call))['state']).toLowerCase();
    await awaitRest(device, action, look, call);
    return result;
  });
