import {fixedText} from '../../base/number-format.ts';
import type {PositionMm} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import {confirmPosition, type PositionConfirmation} from '../bench/stage-trust.ts';
import type {DriverDevice, StageDevice} from '../devices/registry.ts';
import {callOptions, withInstrument, type InstrumentHooks, type InstrumentTarget} from './open-instrument.ts';

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

/** Where a stage reports that it stands, and whether that is known to be right. */
export interface StagePlaceReport {
  readonly positionMm: PositionMm;
  /** Where it stood when its position was last trusted. */
  readonly beforeMm: PositionMm | null;
  /** Why its position is not trusted; ''. */
  readonly distrust: string;
}

/** Reads the position; nothing is judged by where the stage was left, and nothing stands against it. */
export const whereStage = (target: InstrumentTarget, hooks: InstrumentHooks): Promise<StagePlaceReport> =>
  withStage({...target, leavesPlace: true}, hooks, async (stage, call) => ({
    positionMm: await stage.readPosition(call),
    beforeMm: null,
    distrust: '',
  }));

/**
 * Reads the position and whether it is trusted, for a person who is to say that it is right. A locked stage is refused
 * (`motion/alarm`): it is homed or unlocked first.
 */
export const judgeStage = (target: InstrumentTarget, hooks: InstrumentHooks): Promise<StagePlaceReport> =>
  withStage(target, hooks, async (stage, call) => {
    const positionMm = await stage.readPosition(call);
    if (stage.isHomingDue) stage.assertPositionTrusted();
    return {positionMm, beforeMm: stage.lastTrustedMm ?? null, distrust: stage.distrust};
  });

/**
 * Records the confirmation of a person that the stage stands where it reports; `reportedMm` is the position that the
 * person was shown.
 */
export const trustStage = (
  target: InstrumentTarget,
  reportedMm: PositionMm,
  hooks: InstrumentHooks,
): Promise<PositionConfirmation> =>
  withStage(target, hooks, (stage, call) => confirmPosition(stage, reportedMm, call));

/** Stops a stage that was left moving, and proves that it rests. */
export const stopStage = (target: InstrumentTarget, hooks: InstrumentHooks): Promise<PositionMm> =>
  withStage({...target, leavesPlace: true}, hooks, async (stage) => {
    await stage.stop();
    return stage.readPosition();
  });

function withStage<Result>(
  target: InstrumentTarget,
  hooks: InstrumentHooks,
  work: (stage: StageDevice, call: {signal?: AbortSignal}) => Promise<Result>,
): Promise<Result> {
  const {signal} = hooks;
  return withInstrument(target, 'stage', hooks, async ({device}) => {
    const stage = asStage(device);
    try {
      return await work(stage, callOptions(hooks));
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
    .map(([axis, mm]) => `${axis} ${fixedText(mm, 3)} mm`)
    .join(', ');
