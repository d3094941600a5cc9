import {setTimeout as sleepRealMs} from 'node:timers/promises';
import {benchErrorFrom, hasCode, isAbort, type BenchError} from '../../contract/errors.ts';
import type {PositionMm, SettingsSnapshot, SettingValue} from '../../contract/devices.ts';
import type {DetectorDevice, MountDevice, SourceDevice, StageDevice} from '../devices/registry.ts';
import type {DeviceConnections} from './live-open-bench.ts';
import type {LiveState} from './live-state.ts';
import type {DeviceConnection} from './device-connection.ts';

/** Asks the instruments how they are while nobody else talks to them. */
export interface Poller {
  /** Ends what is under way and holds the next ones back, so that a run gets quiet lines. */
  hold(): Promise<void>;
  release(): void;
  end(): Promise<void>;
}

export interface PollerOptions {
  readonly connections: DeviceConnections;
  readonly liveState: LiveState;
  /** Whether something is being done by hand with this instrument. */
  readonly isUsed: (role: string) => boolean;
  /** What the last asking found: null when it answered well. */
  readonly onResult: (role: string, problem: BenchError | null) => void;
}

const stagePeriodMs = 200;
const detectorPeriodMs = 200;
const sourcePeriodMs = 1500;
/** A chain answers two questions a plate. */
const mountPeriodMs = 1000;
const settingsPeriodMs = 3000;
const periodAfterErrorMs = 2000;

export function createPoller({connections, liveState, isUsed, onResult}: PollerOptions): Poller {
  const ending = new AbortController();
  let round = new AbortController();
  let isHeld = false;
  const underWay = new Set<Promise<unknown>>();

  const loop = async (
    connection: DeviceConnection,
    periodMs: number,
    ask: (signal: AbortSignal) => Promise<void>,
  ) => {
    while (!ending.signal.aborted) {
      let restMs = periodMs;
      if (!isHeld && connection.state === 'connected' && !isUsed(connection.role)) {
        const {signal} = round;
        const asking = ask(signal);
        underWay.add(asking);
        try {
          await asking;
          onResult(connection.role, null);
        } catch (error) {
          if (!isAbort(error) && !signal.aborted) {
            onResult(connection.role, benchErrorFrom(error));
            // An instrument that says why it has no reading is well; one that does not answer is asked less often.
            if (!hasCode(error, 'device/not-valid')) restMs = periodAfterErrorMs;
          }
        } finally {
          underWay.delete(asking);
        }
      }
      await sleepRealMs(restMs, undefined, {signal: ending.signal}).catch(() => undefined); // the end
    }
  };

  const loops = pollsOf(connections, liveState).map(({connection, periodMs, ask}) =>
    loop(connection, periodMs, ask),
  );

  const hold = async (): Promise<void> => {
    isHeld = true;
    round.abort();
    // A new one at once: it may be released again before the last exchange has ended.
    round = new AbortController();
    await Promise.allSettled([...underWay]);
  };

  return {
    hold,
    release: () => {
      isHeld = false;
    },
    async end() {
      ending.abort();
      await hold();
      await Promise.allSettled(loops);
    },
  };
}

interface Poll {
  readonly connection: DeviceConnection;
  readonly periodMs: number;
  readonly ask: (signal: AbortSignal) => Promise<void>;
}

/** What each instrument is asked, and how often. */
function pollsOf({stage, detector, source, mount}: DeviceConnections, liveState: LiveState): Poll[] {
  const polls: Poll[] = [
    {
      connection: stage,
      periodMs: stagePeriodMs,
      ask: async (signal) => void (await pollStage(stage.require(), liveState, signal)),
    },
    {
      connection: detector,
      periodMs: detectorPeriodMs,
      ask: createDetectorPoll(() => detector.require(), liveState),
    },
    {
      connection: source,
      periodMs: sourcePeriodMs,
      ask: (signal) => pollSource(source.require(), liveState, signal),
    },
  ];
  if (mount)
    polls.push({
      connection: mount,
      periodMs: mountPeriodMs,
      ask: (signal) => pollMount(mount.require(), liveState, signal),
    });
  return polls;
}

/** Reads position and state of the stage into `liveState`; returns the state as the controller names it, in lower case. */
export async function pollStage(
  stage: StageDevice,
  liveState: LiveState,
  signal?: AbortSignal,
): Promise<string> {
  const {state, ...sample} = await stage.readSample(signal ? {signal} : {});
  const positionMm: PositionMm = Object.fromEntries(
    stage.axes.map((axis) => [axis, Number(sample[`${axis}Mm`])]),
  );
  const controllerState = typeof state === 'string' ? state.toLowerCase() : 'idle';
  liveState.onPosition(positionMm, {controllerState});
  return controllerState;
}

/** Where every plate stands. */
export async function pollMount(
  mount: MountDevice,
  liveState: LiveState,
  signal?: AbortSignal,
): Promise<void> {
  liveState.onPlates(await mount.readStates(signal ? {signal} : {}));
}

/** A level above the limit has turned RF off by the asking; then it is shown as it is, and the error tells who did it. */
async function pollSource(source: SourceDevice, liveState: LiveState, signal: AbortSignal): Promise<void> {
  try {
    liveState.onSourceState(await source.readState({signal}));
  } catch (error) {
    if (hasCode(error, 'source/limit')) liveState.onSourceState(await source.readState({signal}));
    throw error;
  }
}

function createDetectorPoll(
  detector: () => DetectorDevice,
  liveState: LiveState,
): (signal: AbortSignal) => Promise<void> {
  let settingsReadMs = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    const device = detector();
    if (performance.now() - settingsReadMs > settingsPeriodMs) {
      liveState.onDetectorSettings(await readShownSettings(device, signal));
      settingsReadMs = performance.now();
    }
    try {
      liveState.onReading(await device.read({signal}));
    } catch (error) {
      if (hasCode(error, 'device/not-valid')) liveState.onNoReading(error.message);
      throw error;
    }
  };
}

/** The settings that stand beside a detector's reading, by name. */
export async function readShownSettings(
  device: DetectorDevice,
  signal?: AbortSignal,
): Promise<SettingsSnapshot> {
  const settings: Record<string, SettingValue> = {};
  for (const {parameter} of device.declaration.shownSettings)
    settings[parameter] = await device.get(parameter, signal ? {signal} : {});
  return settings;
}
