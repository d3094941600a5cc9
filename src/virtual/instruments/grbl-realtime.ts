import type {Overrides} from './grbl-planner.ts';

/** Real-time bytes (grbl.md section 3). Text must stay ASCII: every byte from 0x80 is taken out of the stream. */
export type RealtimeAction =
  | 'reset'
  | 'status'
  | 'hold'
  | 'resume'
  | 'door'
  | 'jog-cancel'
  | 'flood'
  | 'mist'
  | 'spindle-stop'
  | 'ignored'
  | OverrideAction;

interface OverrideAction {
  readonly what: 'feed' | 'rapid' | 'spindle';
  readonly set?: number;
  readonly add?: number;
}

const actions: ReadonlyMap<number, RealtimeAction> = new Map<number, RealtimeAction>([
  [0x18, 'reset'],
  [0x3f, 'status'],
  [0x21, 'hold'],
  [0x7e, 'resume'],
  [0x84, 'door'],
  [0x85, 'jog-cancel'],
  [0x90, {what: 'feed', set: 100}],
  [0x91, {what: 'feed', add: 10}],
  [0x92, {what: 'feed', add: -10}],
  [0x93, {what: 'feed', add: 1}],
  [0x94, {what: 'feed', add: -1}],
  [0x95, {what: 'rapid', set: 100}],
  [0x96, {what: 'rapid', set: 50}],
  [0x97, {what: 'rapid', set: 25}],
  [0x99, {what: 'spindle', set: 100}],
  [0x9a, {what: 'spindle', add: 10}],
  [0x9b, {what: 'spindle', add: -10}],
  [0x9c, {what: 'spindle', add: 1}],
  [0x9d, {what: 'spindle', add: -1}],
  [0x9e, 'spindle-stop'],
  [0xa0, 'flood'],
  [0xa1, 'mist'],
]);

/** The action of a byte; undefined for a character of a line. */
export const realtimeAction = (byte: number): RealtimeAction | undefined =>
  actions.get(byte) ?? (byte >= 0x80 ? 'ignored' : undefined);

/** Applies an override within 10..200 %. True when something changed. */
export function adjustOverride(overrides: Overrides, {what, set, add = 0}: OverrideAction): boolean {
  const value = Math.max(10, Math.min(200, set ?? overrides[what] + add));
  if (value === overrides[what]) return false;
  overrides[what] = value;
  return true;
}
