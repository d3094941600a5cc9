import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {timeoutMarginMs} from './grbl-arrival.ts';
import type {GrblController, MachineStatus} from './grbl-controller.ts';
import {isCriticalAlarm} from './grbl-labels.ts';
import {isAtRest} from './grbl-status.ts';
import type {StagePlace} from './stage-place.ts';

const proofCount = 5;

export interface HaltedStage {
  readonly controller: GrblController;
  readonly place: StagePlace;
  /** Longest time in which it brakes, ms. */
  readonly brakingMs: number;
}

/**
 * After the byte that stops a stage: waits for rest and empties the controller's buffers, so that nothing moves later.
 * `stopReset` is the reset that ends a homing cycle, which knows no feed hold.
 */
export async function haltAndClear(
  {controller, place, brakingMs}: HaltedStage,
  stopReset: Promise<void> | undefined,
): Promise<void> {
  if (stopReset !== undefined) {
    place.lose('homing was stopped');
    await stopReset;
    return;
  }
  if (isCriticalAlarm(controller.alarmCode)) return; // the motors are already off and nothing is answered
  let status: MachineStatus;
  try {
    status = await controller.awaitRest(brakingMs + timeoutMarginMs);
  } catch (error) {
    if (hasCode(error, 'port/closed')) throw error;
    // No report of rest: a hard reset is the last means, at the price of the position.
    place.lose('the stage had to be reset while it may have moved');
    await controller.reset();
    return;
  }
  if (controller.isLocked || status.state === 'Sleep') return;
  await controller.reset();
  await place.compareAfterReset(status);
}

/** Two reports of rest in a row at one place; undefined after an alarm in which nothing is answered. Throws `device/fault`. */
export async function proveRest(controller: GrblController): Promise<MachineStatus | undefined> {
  if (isCriticalAlarm(controller.alarmCode)) return undefined;
  let before = await controller.readStatus();
  for (let attempt = 0; attempt < proofCount; attempt++) {
    const now = await controller.readStatus();
    if (isAtRest(now) && now.machineMm.every((value, index) => value === before.machineMm[index])) return now;
    before = now;
  }
  throw new BenchError('device/fault', 'its position still changes.');
}
