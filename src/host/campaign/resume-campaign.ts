import {BenchError} from '../../contract/errors.ts';
import {msFromS} from '../../contract/units.ts';
import {userInfo} from 'node:os';
import {assertPlaceKnown, devicesByRole, rolesOf} from '../bench/bench-engine.ts';
import {assertWithinLimits, dryRunInTurns, type DryRun} from '../engine/dry-run.ts';
import type {Plan} from '../../contract/messages.ts';
import type {CampaignQueue} from '../plans/campaign.ts';
import {campaignResume} from '../plans/campaign-resume.ts';
import {referenceVisitsFrom} from '../plans/reference-visits.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import {assertSameBench, certifyResume, settableOf} from '../scan/certify-resume.ts';
import {scanMonitors} from '../scan/scan-monitors.ts';
import type {ResumePlan} from '../scan/resume-plan.ts';
import type {Store} from '../store/open-store.ts';
import {beamOver} from './walk-campaign.ts';
import {defaultChoices, mountFrom} from './campaign-plan.ts';
import {
  measureInto,
  type CampaignHooks,
  type CampaignOutcome,
  type CampaignRequest,
  type CampaignSite,
} from './run-campaign.ts';
import type {CampaignRest} from './resume-campaign-plan.ts';

/** The rest of a campaign, and how its digit goes on. */
export interface CampaignResumption {
  readonly rest: CampaignRest;
  /** How the digit that was cut off goes on; it is measured anew without. */
  readonly digit: ResumePlan | undefined;
  /** Homes the stage first, also where the bench file does not ask for it. */
  readonly isHomedFirst: boolean;
}

type ResumeCampaignRequest = Pick<CampaignRequest, 'design' | 'operator' | 'align'> & {
  readonly digits: NonNullable<CampaignRequest['digits']>;
  readonly resume: CampaignResumption;
};

/** Walks the rest of a campaign dry: limits, points, time; nothing moves. Throws what its bench refuses it for. */
export async function walkRest(
  {bench, store}: {readonly bench: OpenBench; readonly store: Store},
  request: Pick<ResumeCampaignRequest, 'digits' | 'resume'>,
  signal?: AbortSignal,
): Promise<DryRun> {
  const {rest, digit, isHomedFirst} = request.resume;
  assertBench(bench, rest);
  if (digit) assertSameBench(bench, digit);
  if (!isHomedFirst) assertPlaceKnown(bench);
  const plan = planOf({bench, store}, request, queueOf(rest.left));
  return dryRunInTurns(plan, {
    devices: devicesByRole(bench),
    speed: bench.clock.speed,
    simulateSignal: beamOver(rest.grid.widthMm),
    signal,
  });
}

/** Goes on with a campaign in its own session: what it was cut off in first, then what is left; comparison and report. */
export async function resumeCampaign(
  site: CampaignSite,
  request: ResumeCampaignRequest,
  hooks: CampaignHooks,
): Promise<CampaignOutcome> {
  const {bench, store} = site;
  const {rest} = request.resume;
  const {sessionUid, details} = rest;
  const walked = await walkRest(site, request, hooks.signal);
  assertWithinLimits(walked);
  const operator = request.operator ?? userInfo().username;
  store.audit({
    actor: operator,
    action: 'resume-campaign',
    subject: sessionUid,
    details: {left: rest.left.length, isDigitContinued: request.resume.digit !== undefined},
  });
  return measureInto(
    site,
    {
      sessionUid,
      operator,
      design: request.design,
      digits: request.digits,
      details,
      planOf: () => planOf({bench, store}, request, hooks.queue ?? queueOf(rest.left)),
      profile: () => walked.profile,
    },
    hooks,
  );
}

function assertBench({file}: OpenBench, {configuration}: CampaignRest): void {
  if (file.stage.role in configuration && file.source.role in configuration) return;
  throw new BenchError(
    'plan/invalid',
    `The campaign was measured with instruments of other roles than those of the bench "${file.name}". Nothing was moved; open its bench.`,
  );
}

function planOf(
  {bench, store}: {readonly bench: OpenBench; readonly store: Store},
  {digits, resume: {rest, digit, isHomedFirst}}: Pick<ResumeCampaignRequest, 'digits' | 'resume'>,
  queue: CampaignQueue,
): Plan<void> {
  const {grid, details, configuration, calibrationUids} = rest;
  const {residualRatio, readingCount, restMs, referenceMm, centerMm} = grid;
  const dwell = {...defaultChoices.dwell, residualRatio, readingCount, restMs};
  const frequencies = details.frequenciesHz;
  return campaignResume({
    roles: rolesOf(bench),
    dwell,
    homeFirst: bench.file.stage.homeAtStart || isHomedFirst,
    warmUpMs: msFromS(bench.file.source.warmUpS),
    darkReadingCount: defaultChoices.darkReadingCount,
    detectorSettings: settableOf(bench, configuration),
    objects: digits.map(({sample, object}) => mountFrom(sample, object)),
    grid,
    reference: referenceVisitsFrom(grid, referenceMm ?? centerMm, scanMonitors),
    monitors: scanMonitors,
    frequenciesHz: frequencies && [frequencies[0], ...frequencies.slice(1)],
    queue,
    digit: digit && {
      index: digit.start.campaign_index ?? -1,
      startIndex: digit.firstIndex,
      certify: () => certifyResume({bench, store}, digit, dwell),
    },
    ...(calibrationUids.length > 0 && {metadata: {calibrationUids}}),
  });
}

/** Digits in the order in which they are left. */
function queueOf(left: readonly number[]): CampaignQueue {
  const waiting = [...left];
  return {count: left.length, next: () => waiting.shift(), isSkipping: () => false};
}
