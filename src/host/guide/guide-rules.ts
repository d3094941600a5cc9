import {BenchError} from '../../contract/errors.ts';
import {sFromMs} from '../../contract/units.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import type {EngineEvent} from '../engine/events.ts';
import type {GuideAttempt, GuideDetails} from './guide-records.ts';
import type {GuideStepPlan} from './guide-steps.ts';
import {isPassed, type LiveStep} from './guide-view.ts';

/** Tries of the same step before one. */
export const earlierTries = (
  attempts: readonly GuideAttempt[],
  {stepId, number}: GuideAttempt,
): GuideAttempt[] => attempts.filter((own) => own.stepId === stepId && own.number < number);

export const newAttempt = (stepId: string, number: number): GuideAttempt => ({
  stepId,
  number,
  startedUtc: new Date().toISOString(),
  endedUtc: null,
  ending: null,
  criteria: [],
  numbers: [],
  agreement: [],
  advice: [],
  corrections: [],
  problem: null,
  planes: [],
  finding: null,
  parameters: [],
  alignmentUid: null,
  campaignUid: null,
});

/** What is found on one bench says nothing of another. */
export function assertSameBench({file, seed}: OpenBench, benchName: string, {benchSeed}: GuideDetails): void {
  if (file.name === benchName && (seed ?? null) === benchSeed) return;
  const was = benchSeed === null ? `"${benchName}"` : `"${benchName}" of seed ${benchSeed}`;
  throw new BenchError(
    'plan/invalid',
    `This guided alignment belongs to the bench ${was}, and another one is open. Nothing was begun; open that bench, or begin anew on this one.`,
  );
}

export function assertMayDecide(
  {title, isOptional}: GuideStepPlan,
  attempt: GuideAttempt | undefined,
  decision: 'accept' | 'override' | 'skip',
  note: string,
): void {
  const refuse = (why: string): never => {
    throw new BenchError('plan/invalid', `"${title}" was not decided: ${why} Nothing was changed.`);
  };
  if (decision === 'skip') {
    if (!isOptional) refuse('this step cannot be left out.');
    return;
  }
  const isOver = attempt?.ending === 'measured' || attempt?.ending === 'failed';
  if (!attempt || !isOver) return refuse('it was not measured to its end; measure it first.');
  if (decision === 'accept' && !isPassed(attempt))
    refuse('not every criterion is met. Repeat it, or override it with a note that says why.');
  if (decision === 'override' && note.trim() === '') refuse('an override needs a note that says why.');
}

/** What an event of the engine says of a step's progress, in real time; undefined for one that says nothing of it. */
export function progressOf(event: EngineEvent, speed: number): Partial<LiveStep['progress']> | undefined {
  if (event.type === 'progress')
    return {
      text: event.label,
      doneRatio: event.total > 0 ? event.done / event.total : null,
      timeLeftS: event.timeLeftMs === undefined ? null : sFromMs(event.timeLeftMs) / speed,
    };
  if (event.type === 'operator')
    return {
      text: event.isDone ? 'getting ready' : 'waiting for a hand at the bench',
      doneRatio: null,
      timeLeftS: null,
    };
  return undefined;
}
