import type {StageStatus} from '../../contract/api/index.ts';
import type {AxisName, PositionMm} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {StageDevice} from '../devices/registry.ts';

/** Part of the status that says whether the stage's position is trusted; there also while the stage is not read. */
export type StageTrust = Pick<StageStatus, 'isHomed' | 'distrust' | 'lastTrustedMm' | 'trustBasis'>;

export const trustOfDevice = (device: StageDevice): StageTrust => ({
  isHomed: device.isPositionTrusted,
  distrust: device.distrust,
  lastTrustedMm: device.lastTrustedMm ?? null,
  trustBasis: device.trustBasis ?? null,
});

/** What is known of the line to the stage. */
export interface StageConnection {
  readonly role: string;
  readonly state: string;
  readonly device: StageDevice | undefined;
}

/** Of a stage that is not connected nothing is known but where it stood last. */
export function trustOf({device, state, role}: StageConnection): StageTrust {
  if (state === 'connected' && device) return trustOfDevice(device);
  return {
    isHomed: false,
    distrust: `the ${role} is not connected`,
    lastTrustedMm: device?.lastTrustedMm ?? null,
    trustBasis: null,
  };
}

/** Positions closer than this are the one that the person was shown, mm. */
const shownMm = 0.0025;

/** A confirmed position, with the reason for asking: what the audit line is made of. */
export interface PositionConfirmation {
  readonly positionMm: PositionMm;
  readonly beforeMm: PositionMm | null;
  /** Why the position had to be confirmed. */
  readonly reason: string;
}

/**
 * Takes a person's confirmation that the stage stands where its controller reports. It holds for the position that the
 * person was shown: throws `device/refused` when it reports another one by now, `motion/alarm` when it is locked.
 */
export async function confirmPosition(
  stage: StageDevice,
  askedMm: PositionMm,
  options: {readonly signal?: AbortSignal},
): Promise<PositionConfirmation> {
  const {distrust: reason, lastTrustedMm} = stage;
  const nowMm = await stage.readPosition(options);
  const other = stage.axes.find(
    (axis) => Math.abs((askedMm[axis] ?? Number.NaN) - (nowMm[axis] ?? 0)) > shownMm,
  );
  const isIncomplete = stage.axes.some((axis) => askedMm[axis] === undefined);
  if (other !== undefined || isIncomplete)
    throw new BenchError(
      'device/refused',
      `The position was confirmed as ${wordsOf(askedMm, stage.axes)}, but the stage reports ${wordsOf(nowMm, stage.axes)} now. ` +
        'Nothing was changed and nothing moved; look where it stands and say so again.',
      {details: {askedMm, reportedMm: nowMm}},
    );
  await stage.call('trust-position', {}, options);
  return {positionMm: nowMm, beforeMm: lastTrustedMm ?? null, reason};
}

const wordsOf = (positionMm: PositionMm, axes: readonly AxisName[]): string =>
  axes.map((axis) => `${axis} ${positionMm[axis]?.toFixed(3) ?? 'unknown'}`).join(', ');
