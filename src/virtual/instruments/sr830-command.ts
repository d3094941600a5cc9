import type {Sr830Core} from './sr830-core.ts';
import type {Sr830Settings} from './sr830-settings.ts';
import type {LatchingByte} from './sr830-status.ts';

/** A value that is missing, out of range or not allowed now: EXE, no output, nothing changed. */
export class ExecutionError extends Error {}

/** Text without its terminator, or the bytes of a binary transfer. */
export type Reply = string | Uint8Array;
/** One mnemonic: what it sets, what it answers with a question mark. */
export interface Command {
  readonly set?: (core: Sr830Core, values: readonly number[]) => void;
  readonly query?: (core: Sr830Core, values: readonly number[]) => Reply;
}

export function integerIn(values: readonly number[], index: number, low: number, high: number): number {
  const value = values[index];
  if (value === undefined) throw new ExecutionError('argument missing');
  const rounded = Math.round(value);
  if (!(rounded >= low && rounded <= high)) throw new ExecutionError('argument out of range');
  return rounded;
}
export function numberIn(values: readonly number[], index: number, low: number, high: number): number {
  const value = values[index];
  if (value === undefined) throw new ExecutionError('argument missing');
  if (!(value >= low && value <= high)) throw new ExecutionError('argument out of range');
  return value;
}
export function expectCount(values: readonly number[], low: number, high = low): void {
  if (values.length < low || values.length > high) throw new ExecutionError('wrong number of arguments');
}

type IndexSetting = {
  [K in keyof Sr830Settings]: Sr830Settings[K] extends number ? K : never;
}[keyof Sr830Settings];

/** A setting that is an index from 0 to `high`; `after` runs when it has been set. */
export const indexed = (
  key: IndexSetting,
  high: number,
  after?: (core: Sr830Core) => void,
  low = 0,
): Command => ({
  set(core, values) {
    expectCount(values, 1);
    core.settings[key] = integerIn(values, 0, low, high);
    after?.(core);
  },
  query(core, values) {
    expectCount(values, 0);
    return String(core.settings[key]);
  },
});

/** `*ESE`-like: whole mask, or bit i to j. */
export const mask = (
  get: (core: Sr830Core) => number,
  put: (core: Sr830Core, value: number) => void,
): Command => ({
  set(core, values) {
    expectCount(values, 1, 2);
    if (values.length === 1) return put(core, integerIn(values, 0, 0, 255));
    const bit = integerIn(values, 0, 0, 7);
    const isSet = integerIn(values, 1, 0, 1);
    put(core, (get(core) & ~(1 << bit)) | (isSet << bit));
  },
  query(core, values) {
    expectCount(values, 0, 1);
    return String(values.length === 0 ? get(core) : (get(core) >> integerIn(values, 0, 0, 7)) & 1);
  },
});
export const enableMask = (pick: (core: Sr830Core) => LatchingByte): Command =>
  mask(
    (core) => pick(core).enable,
    (core, value) => (pick(core).enable = value),
  );
export const eventByte = (pick: (core: Sr830Core) => LatchingByte): Command => ({
  query(core, values) {
    expectCount(values, 0, 1);
    return String(values.length === 0 ? pick(core).take() : pick(core).takeBit(integerIn(values, 0, 0, 7)));
  },
});
export const action = (run: (core: Sr830Core) => void): Command => ({
  set(core, values) {
    expectCount(values, 0);
    run(core);
  },
});
