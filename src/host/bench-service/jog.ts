import {setTimeout as sleepRealMs} from 'node:timers/promises';
import {BenchError, hasCode} from '../../contract/errors.ts';
import type {PositionMm} from '../../contract/devices.ts';
import type {StageDevice} from '../devices/registry.ts';
import type {ManualActivity} from './manual-activity.ts';
import {pollStage} from './poller.ts';
import type {LiveState} from './live-state.ts';

/** A key or button held down in a window. */
export interface JogPress {
  readonly pressId: string;
  readonly direction: PositionMm;
  readonly speedMmPerS: number;
  /** Real time after which the jog ends when no call has come. */
  readonly holdMs: number;
}

/** Hold to move. */
export interface Jog {
  /** Starts a jog or keeps it up; true when it was started. Resolves once the stage moves. */
  hold(press: JogPress): Promise<boolean>;
  /** Resolves with the position at rest. */
  end(pressId: string): Promise<PositionMm>;
}

interface Current {
  readonly press: JogPress;
  readonly released: PromiseWithResolvers<void>;
  readonly finished: Promise<PositionMm>;
  deadlineMs: number;
}

const pollMs = 80;
/** Presses that are over: a call of one that comes late must not start it again. */
const rememberedCount = 200;

export interface JogOptions {
  readonly stage: () => StageDevice;
  readonly manualActivity: ManualActivity;
  readonly liveState: LiveState;
}

export function createJog(options: JogOptions): Jog {
  const {liveState} = options;
  let current: Current | undefined;
  let over: string[] = [];

  const forget = (pressId: string): void => {
    over = [...over.slice(1 - rememberedCount), pressId];
    current = undefined;
  };

  return {
    async hold(press) {
      if (over.includes(press.pressId)) return false;
      if (current?.press.pressId === press.pressId) {
        current.deadlineMs = performance.now() + press.holdMs;
        return false;
      }
      if (current)
        throw new BenchError(
          'bench/busy',
          'The stage is being jogged already, by another key or window. Nothing was changed; let go of the other one first.',
        );
      const {begun, jog} = start(press, options);
      current = jog;
      endWhenSilent(jog);
      const done = (): void => forget(press.pressId);
      jog.finished.then(done, done);
      await begun;
      return true;
    },
    async end(pressId) {
      const jog = current;
      if (jog?.press.pressId !== pressId) {
        if (!over.includes(pressId)) over = [...over.slice(1 - rememberedCount), pressId];
        return liveState.position?.mm ?? {};
      }
      jog.released.resolve();
      return jog.finished;
    },
  };
}

/** Resolves the press when its calls stop, by a clock of its own: a stage that does not answer cannot delay it. */
function endWhenSilent(jog: Current): void {
  const leftMs = jog.deadlineMs - performance.now();
  if (leftMs <= 0) return jog.released.resolve();
  const timer = setTimeout(() => endWhenSilent(jog), leftMs);
  void jog.released.promise.then(() => clearTimeout(timer));
}

function start(
  press: JogPress,
  {stage: stageOf, manualActivity, liveState}: JogOptions,
): {readonly begun: Promise<void>; readonly jog: Current} {
  const stage = stageOf();
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const finished = manualActivity.run({role: stage.role, what: 'jogging', isExclusive: true}, (signal) =>
    jogUntilReleased(stage, press, {signal, begun, released, liveState}),
  );
  const jog: Current = {press, released, finished, deadlineMs: performance.now() + press.holdMs};
  finished.then(
    () => begun.resolve(),
    (error: Error) => begun.reject(error),
  );
  return {begun: begun.promise, jog};
}

/** Jogs until the press is released or `signal` aborts; resolves with the position at rest. */
async function jogUntilReleased(
  stage: StageDevice,
  {direction, speedMmPerS}: JogPress,
  {
    signal,
    begun,
    released,
    liveState,
  }: {
    readonly signal: AbortSignal;
    readonly begun: PromiseWithResolvers<void>;
    readonly released: PromiseWithResolvers<void>;
    readonly liveState: LiveState;
  },
): Promise<PositionMm> {
  let isOver = false;
  const onAbort = (): void => released.resolve();
  signal.addEventListener('abort', onAbort, {once: true});
  try {
    await stage.startJog(direction, speedMmPerS, {signal});
    begun.resolve();
    const following = follow(stage, liveState, () => isOver);
    await released.promise;
    isOver = true;
    // After a STOP the stage is being stopped by that already.
    if (signal.aborted) throw signal.reason;
    const positionMm = await stage.endJog();
    liveState.onPosition(positionMm, {controllerState: 'idle'});
    await following;
    return positionMm;
  } finally {
    isOver = true;
    released.resolve();
    signal.removeEventListener('abort', onAbort);
  }
}

/** Reads where the stage is while it is jogged. */
async function follow(stage: StageDevice, liveState: LiveState, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    try {
      await pollStage(stage, liveState);
    } catch (error) {
      // Only the picture suffers: the jog ends by its own rules.
      if (!hasCode(error, 'port/timeout', 'device/bad-reply', 'motion/alarm', 'port/closed', 'plan/stopped'))
        throw error;
    }
    await sleepRealMs(pollMs);
  }
}
