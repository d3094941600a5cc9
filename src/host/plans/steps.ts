import type {ColumnSpec, PositionMm, SettingsSnapshot} from '../../contract/devices.ts';
import type {DeviceAction, Msg, OperatorRequest, Plan, RunRequest} from '../../contract/messages.ts';
import type {ExitStatus} from '../../contract/run-records.ts';

/**
 * One message each, with the type of its answer. The casts are the one place where the engine's promise of
 * contract/messages.ts (what each message is answered with) becomes a type.
 */

/** Opens a run; answers with its uid. */
export function* openRun(run: RunRequest): Plan<string> {
  return (yield {type: 'open-run', run}) as string;
}

export function* closeRun(exitStatus: ExitStatus, reason: string): Plan<void> {
  yield {type: 'close-run', exitStatus, reason};
}

export function* declareStream(
  stream: string,
  columns: readonly ColumnSpec[],
  devices: readonly string[],
): Plan<void> {
  yield {type: 'declare-stream', stream, columns, devices};
}

/** Moves and answers with the position read back, mm. */
export function* move(device: string, targetMm: PositionMm): Plan<PositionMm> {
  return (yield {type: 'move', device, targetMm}) as PositionMm;
}

/** One valid reading: a number for each column of the detector under its stored name, and `bench_time_s`. */
export function* read(
  device: string,
  onOverload: 'ask' | 'choose-range' = 'ask',
): Plan<Readonly<Record<string, number>>> {
  return (yield {type: 'read', device, onOverload}) as Readonly<Record<string, number>>;
}

/** Stores one point; answers with its number in the stream, from 1. */
export function* record(stream: string, data: Readonly<Record<string, number>>): Plan<number> {
  return (yield {type: 'record', stream, data}) as number;
}

/** Stores what follows from what was stored; answers with it. Undefined where nothing does, and in a dry run. */
export function* derive(
  stream: string,
  work: () => Readonly<Record<string, number>> | undefined,
): Plan<Readonly<Record<string, number>> | undefined> {
  return (yield {type: 'derive', stream, work}) as Readonly<Record<string, number>> | undefined;
}

/** Pauses the run until a person lets it go on, or ends it; the points named count for nothing. */
export function* distrust(distrusted: Omit<Extract<Msg, {type: 'distrust'}>, 'type'>): Plan<void> {
  yield {type: 'distrust', ...distrusted};
}

export function* settle(device: string, residualRatio: number): Plan<void> {
  yield {type: 'settle', device, residualRatio};
}

export function* sleep(ms: number, reason: string): Plan<void> {
  if (ms > 0) yield {type: 'sleep', ms, reason};
}

export function* applySettings(device: string, settings: SettingsSnapshot): Plan<void> {
  yield {type: 'set', device, settings};
}

export function* callAction(device: string, action: DeviceAction): Plan<unknown> {
  return yield {type: 'call', device, action};
}

export function* readSettings(device: string): Plan<SettingsSnapshot> {
  return (yield {type: 'read-settings', device}) as SettingsSnapshot;
}

export function* checkpoint(): Plan<void> {
  yield {type: 'checkpoint'};
}

export function* askOperator(request: OperatorRequest): Plan<void> {
  yield {type: 'operator', request};
}

/** RF on at a frequency behind the chain, by the same safe order as `turn-on`: RF is off while the frequency changes. */
export function* turnOnAt(source: string, outputFrequencyHz: number): Plan<void> {
  yield {type: 'call', device: source, action: 'turn-on', outputFrequencyHz};
}

/** Result of work away from the bench; undefined in a dry run. */
export function* compute<Result>(
  label: string,
  work: (options: {readonly signal: AbortSignal}) => Promise<Result>,
): Plan<Result | undefined> {
  return (yield {type: 'compute', label, work}) as Result | undefined;
}

export function* addNote(text: string): Plan<void> {
  yield {type: 'note', text};
}

export function* reportProgress(label: string, done: number, total: number): Plan<void> {
  yield {type: 'progress', label, done, total};
}
