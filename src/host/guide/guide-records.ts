import type {
  GuideAgreement,
  GuideCriterion,
  GuideNumber,
  GuideOptions,
} from '../../contract/api/align-guide.ts';
import type {AlignedParameter} from '../../contract/alignment.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Illumination, Probe} from '../../contract/illumination.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import type {Store} from '../store/open-store.ts';
import type {StoredSession} from '../store/sessions.ts';
import {programVersion} from '../version.ts';

/** What a guided alignment writes into its session's details at the start. */
export interface GuideDetails {
  readonly kind: 'align-guide';
  readonly programVersion: string;
  readonly designName: string;
  readonly designFolder: string;
  readonly plateCount: number;
  readonly options: GuideOptions;
  readonly illuminationKnown: Illumination;
  readonly probe: Probe;
  readonly benchSpeed: number;
  readonly isVirtual: boolean;
  readonly benchSeed: number | null;
}

/** What a step says of the bench: where the next one begins, and what is known there. */
export interface GuideFinding {
  readonly state: BenchState;
  /** By the names of parameters: value and one standard deviation, as later steps take them for known. */
  readonly known: Readonly<Record<string, {readonly mean: number; readonly sigma: number}>>;
}

/** One try of a step. Written when it begins and again when it ends, never afterwards. */
export interface GuideAttempt {
  readonly stepId: string;
  /** From 1. */
  readonly number: number;
  readonly startedUtc: string;
  /** Null while it is under way, and for good where the host ended in the middle. */
  readonly endedUtc: string | null;
  readonly ending: 'measured' | 'failed' | 'stopped' | null;
  readonly criteria: readonly GuideCriterion[];
  readonly numbers: readonly GuideNumber[];
  readonly agreement: readonly GuideAgreement[];
  readonly advice: readonly string[];
  readonly corrections: readonly string[];
  readonly problem: {
    readonly code: string;
    readonly message: string;
    readonly details: Readonly<Record<string, unknown>>;
  } | null;
  readonly planes: readonly {readonly artifactUid: string; readonly label: string}[];
  readonly finding: GuideFinding | null;
  readonly parameters: readonly AlignedParameter[];
  readonly alignmentUid: string | null;
  readonly campaignUid: string | null;
}

/** What a person decided of an attempt. */
export interface GuideDecision {
  readonly stepId: string;
  /** 0 for a step that was skipped before it was tried. */
  readonly attempt: number;
  readonly decision: 'accept' | 'override' | 'skip';
  readonly note: string;
  readonly author: string;
  readonly timeS: number;
}

const kinds = {attempt: 'align-guide-attempt', decision: 'align-guide-decision'} as const;

export const attemptKey = (stepId: string, number: number): string =>
  `${stepId} ${String(number).padStart(4, '0')}`;

/** Throws `store/not-found` for a session of another kind. */
export function guideDetailsOf(session: StoredSession): GuideDetails {
  const details = session.details as Partial<GuideDetails>;
  if (details.kind === 'align-guide') return details as GuideDetails;
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
  // Written by this program under this kind.
  store.listResults(sessionUid, kinds.attempt).map(({value}) => value as GuideAttempt);

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
  // Written by this program under this kind.
  store.listResults(sessionUid, kinds.decision).map(({value}) => value as GuideDecision);

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
