import {userInfo} from 'node:os';
import type {PositionMm} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import {confirmPosition, type PositionConfirmation} from '../bench/stage-trust.ts';
import {openDataFolder} from '../data-folder.ts';
import type {DriverDevice, StageDevice} from '../devices/registry.ts';
import {openStore} from '../store/open-store.ts';
import {withInstrument, type InstrumentHooks, type InstrumentTarget} from './open-instrument.ts';

/** Homing cycle; answers with the position afterwards. */
export const homeStage = (target: InstrumentTarget, hooks: InstrumentHooks): Promise<PositionMm> =>
  withStage(target, hooks, async (stage, call) => {
    await stage.home(call);
    return stage.readPosition(call);
  });

/** Moves the axes that are named; answers with the position read back. Beyond the soft limits nothing is sent. */
export const moveStage = (
  target: InstrumentTarget,
  targetMm: PositionMm,
  hooks: InstrumentHooks,
): Promise<PositionMm> =>
  withStage(target, hooks, async (stage, call) => {
    await stage.moveTo(targetMm, call);
    return stage.readPosition(call);
  });

export const whereStage = (target: InstrumentTarget, hooks: InstrumentHooks): Promise<PositionMm> =>
  withStage({...target, leavesPlace: true}, hooks, (stage, call) => stage.readPosition(call));

/**
 * A person's word that the stage stands where its controller says: `confirm` is asked with the positions before and now, and
 * why the word is needed ('' when the position is trusted as it is). Kept for what is opened next, with an audit line.
 */
export const trustStage = (
  target: InstrumentTarget,
  confirm: (word: PositionConfirmation) => Promise<boolean>,
  hooks: InstrumentHooks,
): Promise<PositionMm> =>
  withStage(target, hooks, async (stage, call) => {
    const positionMm = await stage.readPosition(call);
    // A locked one is refused before anybody is asked.
    if (stage.isHomingDue) stage.assertPositionTrusted();
    const asked = {positionMm, beforeMm: stage.lastTrustedMm ?? null, reason: stage.distrust};
    if (!(await confirm(asked)))
      throw new BenchError(
        'plan/operator-refused',
        `The position of the ${stage.role} was not confirmed. Nothing was changed and nothing moved.`,
      );
    const word = await confirmPosition(stage, positionMm, call);
    using store = openStore((await openDataFolder()).databasePath);
    store.audit({
      action: 'trust-position',
      actor: userInfo().username,
      subject: 'stage trust-position',
      details: {...word},
    });
    return word.positionMm;
  });

/** Stops a stage that was left moving, and proves that it rests. */
export const stopStage = (target: InstrumentTarget, hooks: InstrumentHooks): Promise<PositionMm> =>
  withStage({...target, leavesPlace: true}, hooks, async (stage) => {
    await stage.stop();
    return stage.readPosition();
  });

function withStage(
  target: InstrumentTarget,
  hooks: InstrumentHooks,
  work: (stage: StageDevice, call: {signal?: AbortSignal}) => Promise<PositionMm>,
): Promise<PositionMm> {
  const {signal} = hooks;
  return withInstrument(target, 'stage', hooks, async ({device}) => {
    const stage = asStage(device);
    try {
      return await work(stage, signal ? {signal} : {});
    } catch (error) {
      if (signal?.aborted !== true) throw error;
      // The driver has stopped it already; what a person wants to know is where it stands.
      const standsMm = await stage.readPosition();
      throw new BenchError(
        'plan/aborted',
        `${signal.reason instanceof Error ? signal.reason.message : 'Stopped.'} The stage rests at ${textOf(standsMm)}; home it if its position was lost.`,
        {details: {positionMm: standsMm}, cause: error},
      );
    }
  });
}

function asStage(device: DriverDevice): StageDevice {
  if (device.kind === 'stage') return device;
  throw new BenchError('cli/usage', `The ${device.model} is a ${device.kind}, not a stage. Nothing moved.`);
}

const textOf = (positionMm: PositionMm): string =>
  Object.entries(positionMm)
    .map(([axis, mm]) => `${axis} ${mm.toFixed(3)} mm`)
    .join(', ');
