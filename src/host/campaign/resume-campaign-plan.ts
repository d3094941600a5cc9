import {countOf} from '../../base/count-text.ts';
import type {SettingsSnapshot} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {PlanSpec} from '../../contract/plan-spec.ts';
import {campaignScans, isCampaignScan} from '../plans/object-scans.ts';
import {planOfStart, planResume, type ResumePlan, type ResumeRequest} from '../scan/resume-plan.ts';
import type {Store} from '../store/open-store.ts';
import type {RunSummary, StoredRun} from '../store/run-reading.ts';
import {campaignDetailsOf, type CampaignDetails, lastSuccessfulRuns} from './campaign-results.ts';
import {skipReason} from './skip-reason.ts';

/** What of a campaign is left, and with what its scans were made. */
export interface CampaignRest {
  readonly sessionUid: string;
  readonly details: CampaignDetails;
  /** Digits that were measured to their end. */
  readonly doneCount: number;
  /** Indices of the digits that are left, the one that was cut off first. */
  readonly left: readonly number[];
  /** The digit that was cut off; undefined where the cut fell between two. */
  readonly cut: {readonly index: number; readonly run: RunSummary} | undefined;
  readonly grid: Extract<PlanSpec, {plan: 'grid'}>;
  readonly calibrationUids: readonly string[];
  /** Settings of each instrument when the scans began, by role. */
  readonly configuration: Readonly<Record<string, SettingsSnapshot>>;
}

/**
 * What of a campaign is left. Throws `plan/invalid` in words for one that is complete, under way, or was cut off before its
 * first digit: it has measured nothing yet that a new one would not.
 */
export function campaignRestOf(store: Store, sessionUid: string): CampaignRest {
  const session = store.getSession(sessionUid);
  const details = campaignDetailsOf(session);
  const cannot = (why: string): BenchError =>
    new BenchError('plan/invalid', `The campaign "${session.title}" cannot go on: ${why} Nothing was moved.`);
  const runs = store.listRuns(sessionUid);
  if (runs.some(({exitStatus}) => exitStatus === undefined)) throw cannot('it is under way.');
  const scans = runs.filter(({planName}) => planName === campaignScans.own);
  const done = wholeDigits(runs, details);
  const skipped = new Set(
    scans.filter(({reason}) => reason === skipReason).map(({campaignIndex}) => campaignIndex),
  );
  const all = details.digits.map((_, index) => index);
  const open = all.filter((index) => !done.has(index) && !skipped.has(index));
  if (open.length === 0)
    throw cannot('all of its digits are measured. To measure them once more, run it again.');
  const {start, descriptors, grid} = scansOf(store, sessionUid);
  const last = scans.at(-1);
  const index = last?.campaignIndex;
  const cut =
    last && index !== undefined && open.includes(index) && last.pointCount > 0
      ? {index, run: last}
      : undefined;
  return {
    sessionUid,
    details,
    doneCount: done.size,
    left: cut ? [cut.index, ...open.filter((other) => other !== cut.index)] : open,
    cut,
    grid,
    calibrationUids: start.calibration_uids ?? [],
    configuration: Object.fromEntries(
      Object.entries(descriptors[0]?.configuration ?? {}).map(([role, {data}]) => [role, data]),
    ),
  };
}

/** How the digits of a campaign were scanned, by the first of its scans. Throws `plan/invalid` for one without any. */
export function scansOf(
  store: Store,
  sessionUid: string,
): Pick<StoredRun, 'start' | 'descriptors'> & Pick<CampaignRest, 'details' | 'grid'> {
  const session = store.getSession(sessionUid);
  const details = campaignDetailsOf(session);
  const first = store.listRuns(sessionUid).find(({planName}) => planName === campaignScans.own);
  const run = first && store.getRun(first.uid);
  const spec = run && planOfStart(run.start).spec;
  if (!run || spec?.plan !== 'grid')
    throw new BenchError(
      'plan/invalid',
      `The campaign "${session.title}" was cut off before its first digit. Nothing was moved; start it anew, that costs no more.`,
    );
  return {details, grid: spec, start: run.start, descriptors: run.descriptors};
}

/** How the digit that was cut off can go on. Throws `plan/invalid` in words where it has to be measured anew. */
export function planDigit(
  store: Store,
  {cut, details}: Pick<CampaignRest, 'cut' | 'details'>,
  request: Omit<ResumeRequest, 'runUid'>,
): ResumePlan {
  if (!cut)
    throw new BenchError(
      'plan/invalid',
      'No digit was cut off: the campaign goes on with the next one, measured from its first point.',
    );
  if (details.frequenciesHz)
    throw new BenchError(
      'plan/invalid',
      `Digits of this design are measured at ${countOf(details.frequenciesHz.length, 'frequency', 'frequencies')} each: the one that was cut off is measured anew.`,
    );
  return planResume(store, {...request, runUid: cut.run.uid});
}

/** Digits that were measured to their end, at every frequency where there are several. */
function wholeDigits(runs: readonly RunSummary[], {frequenciesHz}: CampaignDetails): ReadonlySet<number> {
  const own = lastSuccessfulRuns(runs.filter(({planName}) => planName === campaignScans.own));
  if (!frequenciesHz) return new Set(own.keys());
  const counts = new Map<number, number>();
  for (const {planName, exitStatus, campaignIndex} of runs)
    if (isCampaignScan(planName) && exitStatus === 'success' && campaignIndex !== undefined)
      counts.set(campaignIndex, (counts.get(campaignIndex) ?? 0) + 1);
  return new Set([...own.keys()].filter((index) => (counts.get(index) ?? 0) >= frequenciesHz.length));
}
