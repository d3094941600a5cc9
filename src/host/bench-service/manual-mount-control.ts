import {numberFrom} from '../../base/number-text.ts';
import {plateAxes, type PlateAxis, type PlateOffset, type PlateState} from '../../contract/devices.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import {plateAxisChoices, plateAxisFrom, plateAxisNames} from '../../contract/plate-labels.ts';
import type {ActionArgs} from '../../contract/instruments.ts';
import {sFromMs} from '../../contract/units.ts';
import {homePlate, movePlate, trustPlate} from '../placements/plate-moves.ts';
import type {MountDevice} from '../devices/registry.ts';
import type {Store} from '../store/open-store.ts';
import type {ManualActivity} from './manual-activity.ts';
import type {Jobs} from './jobs.ts';
import type {LiveOpenBench} from './live-open-bench.ts';
import {pollMount} from './poller.ts';
import type {LiveState} from './live-state.ts';
import type {DeviceConnection} from './device-connection.ts';

export interface PlateMovePreview {
  readonly isAllowed: boolean;
  readonly refusal: string;
  readonly from: PlateOffset;
  readonly target: PlateOffset;
  /** Real time; null where it is refused or the mount does not tell its speed. */
  readonly seconds: number | null;
}

/** Who moves a plate, and why, for the journal. */
export interface PlateOrder {
  readonly by: string;
  readonly why?: string | undefined;
  /** Called for each irregularity that did not end the action, with a sentence. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/** Mounted plates by hand: refused with `bench/busy` while a run has the instruments, every move in the journal. */
export interface ManualMountControl {
  /** What a move would do. Nothing moves. */
  preview(plate: number, target: PlateOffset): Promise<PlateMovePreview>;
  /** Resolves with the offset read back. */
  moveTo(plate: number, target: PlateOffset, order: PlateOrder): Promise<PlateOffset>;
  /** Drives an axis to its switch. Never done unasked. */
  home(plate: number, axis: PlateAxis, by: string): Promise<void>;
  clearFaults(plate: number): Promise<void>;
  /** How every plate stands, read now. */
  states(): Promise<readonly PlateState[]>;
  /** Stops all plates, and proves that they rest. Always allowed. */
  stop(): Promise<readonly PlateState[]>;
  /** Takes a person's confirmation that axes whose zero is not proven stand where reported, and journals it. */
  trustPosition(plate: number, shown: PlateOffset, by: string): Promise<void>;
}

export interface ManualMountOptions {
  readonly bench: LiveOpenBench;
  readonly manualActivity: ManualActivity;
  readonly jobs: Jobs;
  readonly liveState: LiveState;
  readonly store: Store;
}

export function createManualMountControl(options: ManualMountOptions): ManualMountControl {
  const {bench, manualActivity, liveState, store} = options;
  const connection = (): DeviceConnection<MountDevice> => mountOf(bench);
  const exclusive = <T>(what: string, task: (mount: MountDevice, signal: AbortSignal) => Promise<T>) => {
    const own = connection();
    return manualActivity.run({role: own.role, what, isExclusive: true}, (signal) =>
      task(own.require(), signal),
    );
  };
  const place = {benchName: bench.file.name, benchSeed: bench.seed ?? null};
  const seenAfterwards = <T>(mount: MountDevice, work: () => Promise<T>): Promise<T> =>
    lookAfter(work, bench, mount, liveState);

  return {
    ...createPlateStates(connection, manualActivity, liveState),
    preview: (plate, target) => previewMove(options, plate, target),
    moveTo: (plate, target, {by, why = 'moved by hand', onNotice}) =>
      exclusive(`moving plate ${plate}`, (mount, signal) =>
        seenAfterwards(mount, () =>
          movePlate(
            store,
            mount,
            {...place, plate, to: target, by, why},
            {
              signal,
              ...(onNotice && {onNotice}),
              onProgress: (now) => liveState.onPlateMotion(plate, now, target),
            },
          ),
        ),
      ),
    home: (plate, axis, by) =>
      exclusive(`homing plate ${plate}`, (mount, signal) =>
        seenAfterwards(mount, () =>
          homePlate(
            store,
            mount,
            {...place, plate, axis, by, why: `${plateAxisNames[axis]} homed by hand`},
            {signal},
          ),
        ),
      ),
    trustPosition: (plate, shown, by) =>
      exclusive(`taking a word for plate ${plate}`, async (mount, signal) => {
        await trustPlate(store, mount, {...place, plate, shown, by}, {signal});
        await pollMount(mount, liveState, signal);
      }),
    clearFaults: (plate) =>
      exclusive(`clearing faults of plate ${plate}`, async (mount, signal) => {
        await mount.clearFaults(plate, {signal});
        await pollMount(mount, liveState, signal);
      }),
  };
}

function mountOf({connections, file}: LiveOpenBench): DeviceConnection<MountDevice> {
  if (connections.mount) return connections.mount;
  throw new BenchError(
    'device/unknown',
    `The bench ${file.name} has no motorised mounts of plates. Nothing moved; name them in the bench file (mount:).`,
  );
}

async function previewMove(
  {bench, jobs, manualActivity}: ManualMountOptions,
  plate: number,
  target: PlateOffset,
): Promise<PlateMovePreview> {
  const mount = mountOf(bench).require();
  let refusal = '';
  let from: PlateOffset = {};
  try {
    mount.checkMove(plate, target);
    // Not read while a run or other manual work uses the mount.
    if (!jobs.isLive && !manualActivity.isUsing(mount.role)) from = await mount.readOffset(plate);
  } catch (error) {
    if (!hasCode(error, 'motion/limit', 'motion/not-homed', 'device/out-of-range')) throw error;
    refusal = error.message;
  }
  if (refusal === '' && jobs.isLive) refusal = `"${jobs.title}" is under way: the mounts are not free.`;
  const ms = refusal === '' ? mount.estimateMoveMs(plate, from, target) : undefined;
  const seconds = ms === undefined ? null : sFromMs(ms) / bench.clock.speed;
  return {isAllowed: refusal === '', refusal, from, target, seconds};
}

/** After a STOP too: where it stands is what everybody wants to see. */
async function lookAfter<T>(
  work: () => Promise<T>,
  bench: LiveOpenBench,
  mount: MountDevice,
  liveState: LiveState,
): Promise<T> {
  try {
    return await work();
  } finally {
    // A line that is gone has been told by its connection.
    if (bench.connections.mount?.state === 'connected')
      await pollMount(mount, liveState).catch(() => undefined);
  }
}

/** How plates stand, and stopping them, which nothing stands against. */
const createPlateStates = (
  connection: () => DeviceConnection<MountDevice>,
  manualActivity: ManualActivity,
  liveState: LiveState,
): Pick<ManualMountControl, 'states' | 'stop'> => ({
  states: () => {
    const own = connection();
    return manualActivity.run({role: own.role, what: 'reading plates', isExclusive: false}, (signal) =>
      own.require().readStates({signal}),
    );
  },
  async stop() {
    const mount = connection().require();
    await mount.stop();
    await pollMount(mount, liveState);
    return mount.readStates();
  },
});

/** Offsets among the arguments of an action; the mount refuses those that are none. */
export const offsetFromArgs = (args: ActionArgs): PlateOffset =>
  Object.fromEntries(
    plateAxes.flatMap((axis) => (args[axis] === undefined ? [] : [[axis, numberFrom(args[axis])] as const])),
  );

/** Throws `device/out-of-range` for what is no axis of a plate. */
export function axisFromArg(value: unknown): PlateAxis {
  const axis = plateAxisFrom(value);
  if (axis) return axis;
  throw new BenchError(
    'device/out-of-range',
    `The argument axis = ${String(value)} was refused: give ${plateAxisChoices}. Nothing moved.`,
  );
}
