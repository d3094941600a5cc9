import {BenchError} from '../../contract/errors.ts';
import type {ResultValues} from '../../contract/stored/result-records.ts';
import type {SessionDetailsByKind} from '../../contract/stored/session-records.ts';
import type {Store} from '../store/open-store.ts';
import type {StoredSession} from '../store/sessions.ts';
import {programVersion} from '../version.ts';

/** What a guided alignment writes into its session's details at the start. */
export type GuideDetails = SessionDetailsByKind['align-guide'];
/** One try of a step. Written when it begins and again when it ends, never afterwards. */
export type GuideAttempt = ResultValues[typeof kinds.attempt];
/** What a step says of the bench: where the next one begins, and what is known there. */
export type GuideFinding = NonNullable<GuideAttempt['finding']>;
/** What a person decided of an attempt. */
export type GuideDecision = ResultValues[typeof kinds.decision];

const kinds = {attempt: 'align-guide-attempt', decision: 'align-guide-decision'} as const;

export const attemptKey = (stepId: string, number: number): string =>
  `${stepId} ${String(number).padStart(4, '0')}`;

/** Throws `store/not-found` for a session of another kind. */
export function guideDetailsOf(session: StoredSession): GuideDetails {
  if (session.details.kind === 'align-guide') return session.details;
  throw new BenchError(
    'store/not-found',
    `The session ${session.uid} ("${session.title}") is no guided alignment. Nothing was changed; choose one from the list or begin anew.`,
  );
}

export function writeAttempt(store: Store, sessionUid: string, attempt: GuideAttempt): void {
  store.putResult({
    sessionUid,
    kind: kinds.attempt,
    key: attemptKey(attempt.stepId, attempt.number),
    madeBy: `d2nn-bench ${programVersion}`,
    value: attempt,
  });
}

/** In the order of each step's tries. */
export const listAttempts = (store: Store, sessionUid: string): GuideAttempt[] =>
  store.readResults(sessionUid, kinds.attempt).map(({value}) => value);

/** Decisions are only added: what was decided before stays readable. */
export function writeDecision(store: Store, sessionUid: string, decision: GuideDecision): void {
  const number = listDecisions(store, sessionUid).length + 1;
  store.putResult({
    sessionUid,
    kind: kinds.decision,
    key: String(number).padStart(6, '0'),
    madeBy: `d2nn-bench ${programVersion}`,
    value: decision,
  });
}

export const listDecisions = (store: Store, sessionUid: string): GuideDecision[] =>
  store.readResults(sessionUid, kinds.decision).map(({value}) => value);

/** Attempt and decision that count for a step now: the newest try, and what was decided of that try. */
export function statusOfStep(
  stepId: string,
  attempts: readonly GuideAttempt[],
  decisions: readonly GuideDecision[],
): {readonly attempt: GuideAttempt | undefined; readonly decision: GuideDecision | undefined} {
  const attempt = attempts.findLast((own) => own.stepId === stepId);
  const decision = decisions.findLast((own) => own.stepId === stepId);
  return {attempt, decision: decision?.attempt === (attempt?.number ?? 0) ? decision : undefined};
}

/**
 * What the steps before one know together: of each number the newest step that says it. Steps that were skipped say
 * nothing, overridden ones what they found.
 */
export function findingBefore(
  stepIds: readonly string[],
  stepId: string,
  attempts: readonly GuideAttempt[],
  decisions: readonly GuideDecision[],
): GuideFinding | null {
  const before = stepIds.slice(0, stepIds.indexOf(stepId)).flatMap((id) => {
    const {attempt, decision} = statusOfStep(id, attempts, decisions);
    return attempt?.finding && decision && decision.decision !== 'skip' ? [attempt.finding] : [];
  });
  return before.reduce<GuideFinding | null>(
    (all, {state, known}) => ({state, known: {...all?.known, ...known}}),
    null,
  );
}
