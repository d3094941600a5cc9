import type {BenchDevice, PositionMm, SourceState} from '../../contract/devices.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import type {DeviceAction, Msg, OperatorRequest} from '../../contract/messages.ts';
import type {Clock} from '../../base/clock.ts';
import {
  type DeviceMap,
  deviceOf,
  lockInOf,
  sourceOf,
  stageOf,
  valuesFromPlates,
  valuesFromPosition,
  valuesFromReading,
} from './device-values.ts';
import type {EventHub} from './events.ts';
import type {RunDocuments} from './run-documents.ts';

/** How often and after what wait a reading that the instrument itself calls invalid is taken again. */
export interface NotValidRetry {
  readonly count: number;
  /** Wait before each, ms of bench time; the lock-in's last settle time is waited too. */
  readonly waitMs: number;
}

/** What the handlers may use of the run under way. */
export interface HandlerContext {
  readonly devices: DeviceMap;
  readonly clock: Clock;
  readonly documents: RunDocuments;
  readonly hub: EventHub;
  readonly bench: BenchMemory;
  readonly notValidRetry: NotValidRetry;
  /** Aborted when the operation under way must end. */
  readonly signal: AbortSignal;
  /** Waits bench time; the operator may skip it. Returns nothing when there is nothing to wait for. */
  wait(ms: number, what: string): Promise<void> | undefined;
  askOperator(request: OperatorRequest): Promise<void>;
  /** Work away from the bench; ended by a stop as by an abort. */
  compute(
    label: string,
    work: (options: {readonly signal: AbortSignal}) => Promise<unknown>,
  ): Promise<unknown>;
  reachCheckpoint(): Promise<void> | undefined;
  addNote(text: string): void;
  reportProgress(label: string, done: number, total: number): void;
  passRunEnd(): void;
}

/** What the engine must know of the bench to leave it safe and to go on after a pause. */
export interface BenchMemory {
  /** Something at the bench may be different because of this plan. */
  isTouched: boolean;
  /** Last target of each stage that the plan moved. */
  readonly targetsMm: Map<string, PositionMm>;
  /** Stages that were sent somewhere since they were last stopped. */
  readonly movedStages: Set<string>;
  /** Sources that the plan turned on and did not turn off. */
  readonly sourcesOn: Set<string>;
  /** Sources that the plan turned off, proven, and did not turn on since. */
  readonly provenOff: Set<string>;
  /** Residual that the plan last asked of each lock-in. */
  readonly residualRatios: Map<string, number>;
  /** Lock-ins whose filter may still remember the time before a pause. */
  readonly unsettled: Set<string>;
}

export const createBenchMemory = (): BenchMemory => ({
  isTouched: false,
  targetsMm: new Map(),
  movedStages: new Set(),
  sourcesOn: new Set(),
  provenOff: new Set(),
  residualRatios: new Map(),
  unsettled: new Set(),
});

export type Handlers = {
  readonly [K in Msg['type']]: (message: Extract<Msg, {type: K}>, context: HandlerContext) => unknown;
};

const defaultResidualRatio = 0.01;

/**
 * What the engine does for each message. A handler may answer at once or with a promise; only promises are awaited.
 * A message type without a handler does not compile.
 */
export const handlers: Handlers = {
  'open-run': ({run}, {documents, bench}) => {
    bench.isTouched = true;
    return documents.open(run);
  },
  'close-run': ({exitStatus, reason}, context) => {
    context.documents.close(exitStatus, reason);
    context.passRunEnd();
  },
  'declare-stream': ({stream, columns, devices}, context) => {
    const named = devices.map((role) => deviceOf(context.devices, role));
    return readAllSettings(named, context).then((settings) =>
      context.documents.declareStream(stream, columns, settings),
    );
  },
  move: ({device, targetMm}, context) => {
    const stage = stageOf(context.devices, device);
    stage.checkMove(targetMm);
    const {bench, hub} = context;
    bench.isTouched = true;
    bench.targetsMm.set(device, {...bench.targetsMm.get(device), ...targetMm});
    bench.movedStages.add(device);
    if (!hub.hasListeners) return stage.moveTo(targetMm, {signal: context.signal});
    return stage.moveTo(targetMm, {
      signal: context.signal,
      onProgress: (progress) => hub.emit({type: 'motion', device, progress}),
    });
  },
  read: ({device}, context) => {
    const target = deviceOf(context.devices, device);
    switch (target.kind) {
      case 'stage':
        return target.readPosition({signal: context.signal}).then(valuesFromPosition);
      case 'source':
        return target.readState({signal: context.signal}).then((state) => ({
          output_frequency_hz: state.outputFrequencyHz,
          power_dbm: state.powerDbm,
          modulation_hz: state.modulationHz,
          is_output_on: Number(state.isOutputOn),
        }));
      case 'mount':
        return target.readStates({signal: context.signal}).then(valuesFromPlates);
      case 'lockin':
        return readLockIn(device, context);
    }
  },
  record: ({stream, data}, {documents}) => documents.record(stream, data),
  settle: ({device, residualRatio}, context) => {
    const lockIn = lockInOf(context.devices, device);
    context.bench.residualRatios.set(device, residualRatio);
    context.bench.unsettled.delete(device);
    return context.wait(lockIn.settleMs(residualRatio), `settling of ${device}`);
  },
  sleep: ({ms, reason}, context) => context.wait(ms, reason),
  set: ({device, settings}, context) =>
    lockInOf(context.devices, device).applySettings(settings, {signal: context.signal}),
  call: ({device, action}, context) => {
    deviceOf(context.devices, device);
    context.bench.isTouched = true;
    return announced(device, action, context);
  },
  'read-settings': ({device}, context) =>
    deviceOf(context.devices, device).readSettings({signal: context.signal}),
  checkpoint: (_message, context) => context.reachCheckpoint(),
  operator: ({request}, context) => context.askOperator(request),
  compute: ({label, work}, context) => context.compute(label, work),
  note: ({text}, context) => context.addNote(text),
  progress: ({label, done, total}, context) => context.reportProgress(label, done, total),
};

const actions: {readonly [K in DeviceAction]: (role: string, context: HandlerContext) => Promise<unknown>} = {
  home: (role, {devices, bench, signal}) => {
    bench.movedStages.add(role);
    bench.targetsMm.delete(role);
    return stageOf(devices, role).home({signal});
  },
  stop: async (role, {devices, bench}) => {
    await stageOf(devices, role).stop();
    bench.movedStages.delete(role);
  },
  'turn-on': (role, {devices, bench, signal}) => {
    // Remembered before it succeeds: half a turn-on is a source that may be on.
    bench.sourcesOn.add(role);
    bench.provenOff.delete(role);
    return sourceOf(devices, role).turnOn({signal});
  },
  'turn-off': async (role, {devices, bench, signal}) => {
    await sourceOf(devices, role).turnOff({signal});
    bench.sourcesOn.delete(role);
    bench.provenOff.add(role);
  },
  'auto-phase': (role, {devices, signal}) => lockInOf(devices, role).autoPhase({signal}),
  'auto-range': (role, {devices, signal}) => lockInOf(devices, role).autoRange({signal}),
  'read-state': (role, {devices, signal}) => {
    const device = deviceOf(devices, role);
    return device.kind === 'source' ? device.readState({signal}) : device.readSettings({signal});
  },
};

/** Does an action and tells when it begins and ends, and what became of a source. */
async function announced(device: string, action: DeviceAction, context: HandlerContext): Promise<unknown> {
  const {hub} = context;
  hub.emit({type: 'action', device, action, isDone: false});
  let source: SourceState | 'off' | undefined;
  try {
    const result = await actions[action](device, context);
    // What a source answers to being turned on is its state.
    if (action === 'turn-on') source = result as SourceState;
    if (action === 'turn-off') source = 'off';
    return result;
  } finally {
    hub.emit({type: 'action', device, action, isDone: true, ...(source === undefined ? {} : {source})});
  }
}

async function readAllSettings(
  devices: readonly BenchDevice[],
  {signal}: HandlerContext,
): Promise<{device: BenchDevice; settings: Readonly<Record<string, number | string | boolean>>}[]> {
  const all = [];
  for (const device of devices) all.push({device, settings: await device.readSettings({signal})});
  return all;
}

function readLockIn(role: string, context: HandlerContext): Promise<Record<string, number>> {
  if (context.bench.unsettled.has(role)) return settleThenRead(role, context);
  return lockInOf(context.devices, role)
    .read({signal: context.signal})
    .then(
      (reading) => valuesFromReading(reading, context.clock.nowMs()),
      (error: unknown) => {
        if (!hasCode(error, 'device/not-valid')) throw error;
        return readAgain(role, context, error);
      },
    );
}

/** A pause may have left anything in the filter. */
async function settleThenRead(role: string, context: HandlerContext): Promise<Record<string, number>> {
  await context.wait(lastSettleMs(role, context), `settling of ${role} after the pause`);
  context.bench.unsettled.delete(role);
  return readLockIn(role, context);
}

const lastSettleMs = (role: string, {devices, bench}: HandlerContext): number =>
  lockInOf(devices, role).settleMs(bench.residualRatios.get(role) ?? defaultResidualRatio);

/** An overload or an unlock may pass: wait, read again, and give up after the declared number of times. */
async function readAgain(
  role: string,
  context: HandlerContext,
  first: BenchError,
): Promise<Record<string, number>> {
  let last = first;
  for (let attempt = 1; attempt <= context.notValidRetry.count; attempt++) {
    await context.wait(
      Math.max(context.notValidRetry.waitMs, lastSettleMs(role, context)),
      `${role} has no valid reading`,
    );
    context.signal.throwIfAborted();
    try {
      const reading = await lockInOf(context.devices, role).read({signal: context.signal});
      context.addNote(`${role} had no valid reading (${first.message}); valid at attempt ${attempt + 1}.`);
      return valuesFromReading(reading, context.clock.nowMs());
    } catch (error) {
      if (!hasCode(error, 'device/not-valid')) throw error;
      last = error;
    }
  }
  throw new BenchError(
    last.code,
    `${last.message} Tried ${context.notValidRetry.count + 1} times; nothing was stored.`,
    {
      cause: last,
      details: {...last.details, attempts: context.notValidRetry.count + 1},
    },
  );
}
