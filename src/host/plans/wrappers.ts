import {BenchError, hasCode, isAbort, isBenchError} from '../../contract/errors.ts';
import type {Plan, RunRequest} from '../../contract/messages.ts';
import type {PositionMm} from '../../contract/devices.ts';
import type {ExitStatus} from '../../contract/run-records.ts';
import {callAction, closeRun, move, openRun} from './steps.ts';

/**
 * Clean-up and options around a plan. The messages in a `finally` block are yielded one by one even after the
 * engine threw into the plan, so these hold in every ending.
 */

/** How a run ends when `error` left its plan. */
export function endingFrom(error: unknown): {readonly exitStatus: ExitStatus; readonly reason: string} {
  const message = error instanceof Error ? error.message : String(error);
  const given = isBenchError(error) ? error.details['reason'] : undefined;
  return {
    exitStatus: isAbort(error) ? 'abort' : 'fail',
    reason: isAbort(error) && typeof given === 'string' ? given : message,
  };
}

/** Runs `body` within a run of its own, closed as what happened: success, abort or fail with the reason. */
export function* inRun<Result>(request: RunRequest, body: (runUid: string) => Plan<Result>): Plan<Result> {
  const runUid = yield* openRun(request);
  // What a bare generator.return() would leave: the plan was given up without an error.
  let ending: {exitStatus: ExitStatus; reason: string} = {
    exitStatus: 'abort',
    reason: 'the plan was given up',
  };
  try {
    const result = yield* body(runUid);
    ending = {exitStatus: 'success', reason: ''};
    return result;
  } catch (error) {
    ending = endingFrom(error);
    throw error;
  } finally {
    yield* closeRun(ending.exitStatus, ending.reason);
  }
}

/** Runs `cleanUp` after `body` in every ending. */
export function* finalize<Result>(body: Plan<Result>, cleanUp: () => Plan<unknown>): Plan<Result> {
  try {
    return yield* body;
  } finally {
    yield* cleanUp();
  }
}

/** Source off after the plan, in every ending. */
export const withSourceOff = <Result>(body: Plan<Result>, source: string): Plan<Result> =>
  finalize(body, () => callAction(source, 'turn-off'));

/** Stage stopped after the plan, in every ending. */
export const withStageStopped = <Result>(body: Plan<Result>, stage: string): Plan<Result> =>
  finalize(body, () => callAction(stage, 'stop'));

/** Source on for the plan, off after it in every ending, also when turning on failed half-way. */
export function* withSourceOn<Result>(body: Plan<Result>, source: string): Plan<Result> {
  try {
    yield* callAction(source, 'turn-on');
    return yield* body;
  } finally {
    yield* callAction(source, 'turn-off');
  }
}

/**
 * Brings the stage to `positionMm` when the plan ended well or was stopped by the operator. After an abort or a
 * fault nothing moves any more: motion would be the last thing that the people at the bench expect.
 */
export function* returningTo<Result>(
  body: Plan<Result>,
  stage: string,
  positionMm: PositionMm,
): Plan<Result> {
  let mayMove = false;
  try {
    const result = yield* body;
    mayMove = true;
    return result;
  } catch (error) {
    mayMove = hasCode(error, 'plan/stopped');
    throw error;
  } finally {
    if (mayMove) yield* move(stage, positionMm);
  }
}

/**
 * Gives `body` up when `isSkipped` says so: asked at each checkpoint and after each request to the operator. The runs
 * of the body end as aborted with the reason, its clean-up is done, and the plan goes on with undefined.
 */
export function* skippable<Result>(
  body: Plan<Result>,
  isSkipped: () => boolean,
  reason = 'skipped by operator',
): Plan<Result | undefined> {
  const skip = new BenchError('plan/stopped', `This part was ended: ${reason}. Its points are kept.`, {
    details: {reason},
  });
  let hasSkipped = false;
  try {
    let pulled = body.next();
    while (!pulled.done) {
      const message = pulled.value;
      let answer: unknown;
      try {
        answer = yield message;
      } catch (error) {
        pulled = body.throw(error);
        continue;
      }
      const mayEnd = message.type === 'checkpoint' || message.type === 'operator';
      if (mayEnd && !hasSkipped && isSkipped()) {
        hasSkipped = true;
        pulled = body.throw(skip);
      } else pulled = body.next(answer);
    }
    return pulled.value;
  } catch (error) {
    if (error === skip) return undefined;
    throw error;
  }
}
