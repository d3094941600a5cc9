import type {Guide, GuideStep, GuideSummary} from '../../contract/api/align-guide.ts';
import type {Plane} from '../../contract/api/index.ts';
import {decodeNpy} from '../../base/npy.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import {gridFrameOf, meanByCell, planeOf} from '../runs/run-plane.ts';
import type {Store} from '../store/open-store.ts';
import type {SessionFacts} from '../store/sessions.ts';
import {
  guideDetailsOf,
  listAttempts,
  listDecisions,
  statusOfStep,
  type GuideAttempt,
  type GuideDecision,
  type GuideDetails,
} from './guide-records.ts';
import {guideStepsOf, type GuideStepPlan} from './guide-steps.ts';
import {guidePlaneKind} from './step-context.ts';

/** The step that is being carried out now, if one is. */
export interface LiveStep {
  readonly sessionUid: string;
  readonly stepId: string;
  readonly progress: NonNullable<Guide['progress']>;
}

/** A guided alignment as it stands. Throws `store/not-found` for a session of another kind. */
export function viewGuide(store: Store, sessionUid: string, live: LiveStep | null): Guide {
  const session = store.getSession(sessionUid);
  const details = guideDetailsOf(session);
  const [attempts, decisions] = [listAttempts(store, sessionUid), listDecisions(store, sessionUid)];
  const running = live?.sessionUid === sessionUid ? live : null;
  const steps = guideStepsOf(details.options, details.plateCount).map((step) =>
    viewStep(step, attempts, decisions, running?.stepId === step.id),
  );
  return {
    sessionUid,
    title: session.title,
    benchName: session.benchName,
    designName: details.designName,
    designHash: session.designHash ?? '',
    createdAt: session.createdAt,
    options: details.options,
    steps,
    currentStepId: steps.find(({state}) => !isDecided(state))?.id ?? null,
    progress: running?.progress ?? null,
  };
}

export const isDecided = (state: GuideStep['state']): boolean =>
  state === 'accepted' || state === 'overridden' || state === 'skipped';

/** Guided alignments, newest first. */
export function listGuides(store: Store, live: LiveStep | null): GuideSummary[] {
  return store.listSessions().flatMap((session) => {
    const {details} = session;
    return details?.kind === 'align-guide' ? [summaryFrom(store, {...session, details}, live)] : [];
  });
}

/** One of whose records cannot be used is listed as well, and says so in its title. */
function summaryFrom(
  store: Store,
  {uid, title, benchName, createdAt, details}: SessionFacts & {readonly details: GuideDetails},
  live: LiveStep | null,
): GuideSummary {
  const facts = {
    sessionUid: uid,
    benchName,
    designName: details.designName,
    createdAt,
    stepCount: guideStepsOf(details.options, details.plateCount).length,
  };
  try {
    const {steps, progress} = viewGuide(store, uid, live);
    const decidedCount = steps.filter(({state}) => isDecided(state)).length;
    return {...facts, title, decidedCount, isRunning: progress !== null};
  } catch (error) {
    if (!hasCode(error, 'store/damaged', 'store/newer-version')) throw error;
    return {...facts, title: `${title} (a record of it cannot be used)`, decidedCount: 0, isRunning: false};
  }
}

function viewStep(
  step: GuideStepPlan,
  attempts: readonly GuideAttempt[],
  decisions: readonly GuideDecision[],
  isRunning: boolean,
): GuideStep {
  const {attempt, decision} = statusOfStep(step.id, attempts, decisions);
  const state = stateOf(attempt, decision, isRunning);
  return {
    ...step,
    state,
    stateText: stateText(state, attempt, decision),
    attemptCount: attempt?.number ?? 0,
    criteria: [...(attempt?.criteria ?? [])],
    numbers: [...(attempt?.numbers ?? [])],
    agreement: [...(attempt?.agreement ?? [])],
    advice: [...(attempt?.advice ?? [])],
    corrections: [...(attempt?.corrections ?? [])],
    problem: attempt?.problem ? {...attempt.problem, details: {...attempt.problem.details}} : null,
    planes: (attempt?.planes ?? []).map((plane) => ({...plane})),
    note: decision?.note ?? '',
    decidedBy: decision?.author ?? '',
    alignmentUid: attempt?.alignmentUid ?? null,
    campaignUid: attempt?.campaignUid ?? null,
    startedUtc: attempt?.startedUtc ?? null,
    endedUtc: attempt?.endedUtc ?? null,
  };
}

function stateOf(
  attempt: GuideAttempt | undefined,
  decision: GuideDecision | undefined,
  isRunning: boolean,
): GuideStep['state'] {
  if (isRunning) return 'running';
  if (decision)
    return decision.decision === 'accept'
      ? 'accepted'
      : decision.decision === 'override'
        ? 'overridden'
        : 'skipped';
  if (!attempt) return 'waiting';
  if (attempt.ending === null || attempt.ending === 'stopped') return 'interrupted';
  return isPassed(attempt) ? 'passed' : 'failed';
}

/** Whether an attempt may be accepted: measured, and every criterion met. */
export const isPassed = ({ending, criteria}: GuideAttempt): boolean =>
  ending === 'measured' && criteria.length > 0 && criteria.every(({isMet}) => isMet);

function stateText(
  state: GuideStep['state'],
  attempt: GuideAttempt | undefined,
  decision: GuideDecision | undefined,
): string {
  const by = decision && decision.author !== '' ? ` by ${decision.author}` : '';
  const note = decision && decision.note !== '' ? ` (${decision.note})` : '';
  switch (state) {
    case 'waiting':
      return 'Not measured yet.';
    case 'running':
      return 'Under way.';
    case 'passed':
      return 'Every criterion is met; accept it to go on.';
    case 'failed': {
      const missed = attempt?.criteria.filter(({isMet}) => !isMet).length ?? 0;
      return attempt?.problem
        ? attempt.problem.message
        : `${missed} of ${attempt?.criteria.length ?? 0} criteria are not met.`;
    }
    case 'interrupted':
      return attempt?.ending === null
        ? 'The program ended in the middle of it; nothing of it counts. Start it again.'
        : (attempt?.problem?.message ?? 'Stopped; nothing of it counts. Start it again.');
    case 'accepted':
      return `Accepted${by}.`;
    case 'overridden':
      return `Accepted${by} although it failed${note}.`;
    case 'skipped':
      return `Skipped${by}${note}.`;
  }
}

/** A plane of a step on the grid of its scan: what was expected, seen and found. Throws `store/not-found`. */
export function readGuidePlanes(
  store: Store,
  artifactUid: string,
): {readonly label: string; readonly expected: Plane; readonly seen: Plane; readonly found: Plane} {
  const {kind, runUid} = store.getArtifact(artifactUid);
  const frame = runUid === undefined ? undefined : gridFrameOf(store.getRun(runUid).start);
  if (kind !== guidePlaneKind || runUid === undefined || !frame)
    throw new BenchError(
      'store/not-found',
      `${artifactUid} is no plane of a guided alignment. Nothing was changed.`,
    );
  const {re, shape} = decodeNpy(store.readArtifact(artifactUid));
  const {data} = store.readPoints(runUid);
  const planeAt = (row: number): Plane =>
    planeOf(
      frame,
      Float32Array.from(
        meanByCell(frame, {
          xMm: data['x_mm'],
          yMm: data['y_mm'],
          values: re.slice(row * shape[1], (row + 1) * shape[1]),
        }).mean,
      ),
      'V',
    );
  return {
    label: store.readMetadata(artifactUid, guidePlaneKind).label,
    expected: planeAt(0),
    seen: planeAt(1),
    found: planeAt(2),
  };
}
