import {createClock} from '../../base/clock.ts';
import type {PlateAxis, PlateOffset, PlateState} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import {plateAxisNames} from '../../contract/plate-labels.ts';
import {undoCorrection} from '../corrections/correct-plates.ts';
import {getCorrection, listCorrections, type StoredCorrection} from '../corrections/correct-records.ts';
import {homePlate, movePlate, recallStands, trustPlate, type MountPlace} from '../placements/plate-moves.ts';
import {readBenchFile} from '../bench/bench-file.ts';
import type {MountDevice} from '../devices/registry.ts';
import type {Store} from '../store/open-store.ts';
import {callOptions, withInstrument, type InstrumentHooks, type InstrumentTarget} from './open-instrument.ts';

/** What moves plates goes into the journal, with who did it. */
export interface MountHooks extends InstrumentHooks {
  readonly store: Store;
  readonly by: string;
  /** Called for each irregularity that did not end the action, with a sentence. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/** How every mounted plate stands. */
export const wherePlates = (target: InstrumentTarget, hooks: MountHooks): Promise<readonly PlateState[]> =>
  withMount(target, hooks, async (mount, call) => {
    recallStands(hooks.store, mount, await placeOf(target));
    return await mount.readStates(call);
  });

/** Takes a person's confirmation that the axes of a plate whose zero is not proven stand where they are reported. */
export const trustMountedPlate = (
  target: InstrumentTarget,
  {plate, shown}: {readonly plate: number; readonly shown: PlateOffset},
  hooks: MountHooks,
): Promise<readonly PlateState[]> =>
  withMount(target, hooks, async (mount, call) => {
    const {store, by} = hooks;
    const place = await placeOf(target);
    recallStands(store, mount, place);
    await trustPlate(store, mount, {...place, plate, shown, by}, call);
    return await mount.readStates(call);
  });

/** Moves the axes of a plate that are named; answers with the offset read back. The move goes into the journal. */
export const moveMountedPlate = (
  target: InstrumentTarget,
  {
    plate,
    to,
    why = 'moved by hand',
  }: {
    readonly plate: number;
    readonly to: PlateOffset;
    readonly why?: string | undefined;
  },
  hooks: MountHooks,
): Promise<PlateOffset> =>
  withMount(target, hooks, async (mount, call) => {
    const {store, by} = hooks;
    const place = await placeOf(target);
    return await movePlate(store, mount, {...place, plate, to, by, why}, noticing(call, hooks));
  });

/** Drives one axis of a plate to its switch and back; answers with how it stands. The journal says that it was done. */
export const homeMountedPlate = (
  target: InstrumentTarget,
  {plate, axis}: {readonly plate: number; readonly axis: PlateAxis},
  hooks: MountHooks,
): Promise<readonly PlateState[]> =>
  withMount(target, hooks, async (mount, call) => {
    const {store, by} = hooks;
    const order = {
      ...(await placeOf(target)),
      plate,
      axis,
      by,
      why: `${plateAxisNames[axis]} homed by hand`,
    };
    await homePlate(store, mount, order, noticing(call, hooks));
    return mount.readStates(call);
  });

/** Stops mounts that were left moving, and proves that they rest. */
export const stopPlates = (target: InstrumentTarget, hooks: MountHooks): Promise<readonly PlateState[]> =>
  withMount(target, hooks, async (mount) => {
    await mount.stop();
    return mount.readStates();
  });

/** Moves back what the newest correction of a bench (or a named one) has moved. Needs the bench file. */
export const undoMountCorrection = (
  target: InstrumentTarget,
  uid: string | undefined,
  hooks: MountHooks,
): Promise<{readonly uid: string; readonly text: string}> =>
  withMount(target, hooks, async (mount, call) => {
    const {store, by} = hooks;
    if (target.benchPath === undefined)
      throw new BenchError('cli/usage', 'Whose correction? Give --bench <file>. Nothing moved.');
    const file = await readBenchFile(target.benchPath);
    const chosen = uid ?? listCorrections(store, await placeOf(target)).findLast(isUndoable)?.uid;
    if (chosen === undefined)
      throw new BenchError(
        'plan/invalid',
        `No correction of the bench ${file.name} is there to be undone. Nothing moved.`,
      );
    const bench = {file, clock: createClock(), devices: {mount}};
    await undoCorrection(store, bench, chosen, {by, ...call});
    return {uid: chosen, text: getCorrection(store, chosen).text};
  });

const isUndoable = ({state}: StoredCorrection): boolean => state !== 'undone';

export const clearPlateFaults = (
  target: InstrumentTarget,
  plate: number,
  hooks: MountHooks,
): Promise<readonly PlateState[]> =>
  withMount(target, hooks, async (mount, call) => {
    await mount.clearFaults(plate, call);
    return mount.readStates(call);
  });

/** A bench file names the bench; without one the journal knows the port only. */
const placeOf = async ({benchPath, port}: InstrumentTarget): Promise<MountPlace> => ({
  benchName: benchPath === undefined ? `mounts at ${port ?? ''}` : (await readBenchFile(benchPath)).name,
  benchSeed: null,
});

/** Call options that also report irregular motions to the caller; without them only the journal has them. */
const noticing = <Call extends object>(call: Call, {onNotice}: MountHooks) => ({
  ...call,
  ...(onNotice ? {onNotice} : {}),
});

function withMount<Result>(
  target: InstrumentTarget,
  hooks: InstrumentHooks,
  work: (mount: MountDevice, call: {signal?: AbortSignal}) => Promise<Result>,
): Promise<Result> {
  return withInstrument(target, 'mount', hooks, ({device}) => {
    if (device.kind !== 'mount')
      throw new BenchError(
        'cli/usage',
        `The ${device.model} is a ${device.kind}, not a mount. Nothing moved.`,
      );
    return work(device, callOptions(hooks));
  });
}
