import {countOf} from '../../base/count-text.ts';
import {userInfo} from 'node:os';
import type {CampaignJson} from '../../contract/campaign-json.ts';
import type {CampaignResult} from '../../contract/campaign-result.ts';
import type {DesignLayer} from '../../contract/design-file.ts';
import {isAbort} from '../../contract/errors.ts';
import {placementTolerancesOf} from '../../contract/measurement.ts';
import {sFromMs} from '../../contract/units.ts';
import type {Design} from '../../twin/design/load.ts';
import {
  assertPlaceKnown,
  createBenchEngine,
  type MeasurementSite,
  type RunControls,
  type RunHooks,
} from '../bench/bench-engine.ts';
import {activePlacement} from '../placements/placements.ts';
import {campaignJsonFrom} from '../compare/campaign-json.ts';
import type {DataFolder} from '../data-folder.ts';
import {readDesignFile} from '../designs/design-folder.ts';
import type {Plan} from '../../contract/messages.ts';
import {assertWithinLimits} from '../engine/dry-run.ts';
import type {RunOptions} from '../engine/engine-options.ts';
import {campaign, type CampaignQueue} from '../plans/campaign.ts';
import {readCalibrationHours} from '../calibrations/calibration-hours.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {createTwinThread} from './twin-thread.ts';
import {campaignOptionsFrom, defaultChoices, type CampaignChoices} from './campaign-plan.ts';
import type {CreateOwnAlignment} from './own-alignment-hook.ts';
import {createPredictions, type CampaignTwin} from './campaign-predictions.ts';
import {registerCampaign} from './campaign-registration.ts';
import {artifactKinds, type CampaignDetails} from './campaign-results.ts';
import {chooseCampaignDigits, type TestDigit} from './digits.ts';
import {walkCampaign} from './walk-campaign.ts';
import {evaluateCampaign, type CampaignEvaluation} from './evaluate-campaign.ts';

export interface CampaignRequest {
  readonly design: Design;
  readonly designFolder: string;
  /** Chosen digits in order; without them the first `digitCount` that the seed draws. */
  readonly digits?: readonly TestDigit[];
  readonly digitCount: number;
  readonly seed: number;
  readonly choices?: Partial<CampaignChoices>;
  readonly operator?: string;
  readonly title?: string;
  /** What the operator chose of the alignment with own planes, for the record; `CampaignHooks.alignOwn` does it. */
  readonly align?: 'auto' | 'off';
}

export interface CampaignHooks extends RunHooks {
  /** What is measured next, as the operator changes it; all digits once without one. */
  readonly queue?: CampaignQueue;
  /** Gets the session as soon as it is made, before anything moves. */
  readonly onSession?: (sessionUid: string) => void;
  /** Called when a digit's scan is over and its simulated planes are stored. */
  readonly onDigitReady?: (runUid: string) => void;
  /** Aligns with the campaign's own planes beside the measurement; nothing of it without one. */
  readonly alignOwn?: CreateOwnAlignment;
  /** Computes result and report when all is over; on this thread without one. */
  readonly evaluate?: (sessionUid: string) => Promise<CampaignEvaluation>;
}

/** What may be done to a running campaign besides stopping it. */
export type CampaignControls = RunControls;

export interface CampaignOutcome {
  readonly sessionUid: string;
  readonly result: CampaignResult;
  readonly json: CampaignJson;
  readonly reportPath: string;
  readonly seconds: number;
  /** Why it ended early; null when all was measured. */
  readonly endedEarly: unknown;
}

/** The bench that a campaign is measured on, and where it is kept. */
export interface CampaignSite extends MeasurementSite {
  readonly data: DataFolder;
}

/**
 * The main job on an open bench: plan, dry run, measurement into a session, comparison, report. When it is stopped or
 * fails after points were taken, what there is is still compared and reported, and the reason is in `endedEarly`.
 */
export async function runCampaign(
  site: CampaignSite,
  request: CampaignRequest,
  hooks: CampaignHooks,
): Promise<CampaignOutcome> {
  const {bench, store, data} = site;
  const {design, seed} = request;
  const digits = request.digits ?? chooseCampaignDigits(request.digitCount, seed, design.file);
  const choices = {...defaultChoices, ...request.choices};
  const options = campaignOptionsFrom(design.file, bench, digits, choices);
  const walked = await walkCampaign(bench, options, hooks.signal);
  assertWithinLimits(walked.dryRun);
  assertPlaceKnown(bench);
  const operator = request.operator ?? userInfo().username;
  const details = detailsOf(site, request, {digits, stepMm: choices.stepMm});
  const sessionUid = openSession(site, request, {operator, details});
  const hours = await readCalibrationHours(data.path);
  await storeDesign(store, sessionUid, design, request.designFolder);
  // @position campaign.session-opened
  return measureInto(
    site,
    {
      sessionUid,
      operator,
      design,
      digits,
      details,
      planOf: (computed) =>
        campaign({
          ...options,
          ...(hooks.queue ? {queue: hooks.queue} : {}),
          onRegistration: (planes, dark, {signal}) =>
            registerCampaign(computed, planes, dark, {hours, signal}),
        }),
      profile: walked.profileOf(hooks.queue ?? {count: digits.length}),
    },
    hooks,
  );
}

/** What is measured into the session of a campaign. */
interface CampaignMeasurement {
  readonly sessionUid: string;
  readonly operator: string;
  readonly design: Design;
  readonly digits: readonly TestDigit[];
  readonly details: CampaignDetails;
  readonly planOf: (computed: CampaignTwin) => Plan<unknown>;
  /** From the dry run, for the time left. */
  readonly profile: RunOptions['profile'];
}

/**
 * Measures into the session of a campaign, simulates each digit meanwhile, compares and reports. When it is stopped or
 * fails, what there is is still compared and reported, and the reason is in `endedEarly`.
 */
export async function measureInto(
  site: CampaignSite,
  {sessionUid, operator, design, digits, details, planOf, profile}: CampaignMeasurement,
  hooks: CampaignHooks,
): Promise<CampaignOutcome> {
  const startedMs = performance.now();
  const {bench, store} = site;
  hooks.onSession?.(sessionUid);
  await using twin = createTwinThread({design, probe: bench.file.probe});
  const computed = {store, sessionUid, twin, details, digits};
  await using own = hooks.alignOwn?.({sessionUid, operator, twin, signal: hooks.signal});
  const predictions = createPredictions(computed, (runUid) => {
    hooks.onDigitReady?.(runUid);
    own?.onDigit();
  });
  const engine = createBenchEngine(bench, store, sessionUid, {
    operator,
    designHash: design.file.contentHash,
  });
  engine.subscribe((event) => {
    if (event.type === 'document') predictions.onDocument(event.document);
    hooks.onEvent?.(event);
  });
  hooks.onStart?.(engine);
  const endedEarly = await whatEndedEarly(
    engine.run(planOf(computed), {
      ...(profile && {profile}),
      ...(hooks.signal ? {signal: hooks.signal} : {}),
    }),
    hooks,
  );
  // @position campaign.measured
  await predictions.finish();
  store.closeSession(sessionUid);
  // The bench is safe and its points are kept. A campaign that was ended early does not wait for the alignment.
  if (endedEarly !== null) own?.stop('the campaign was ended');
  await own?.finish();
  const {result, reportPath} = await evaluate(site, sessionUid, hooks);
  const seconds = sFromMs(performance.now() - startedMs);
  const json = campaignJsonFrom(result, {session: sessionUid, seconds, report: reportPath});
  return {sessionUid, result, json, reportPath, seconds, endedEarly};
}

function detailsOf(
  {bench, store}: CampaignSite,
  {design, designFolder, seed, align}: CampaignRequest,
  {digits, stepMm}: {readonly digits: readonly TestDigit[]; readonly stepMm: number},
): CampaignDetails {
  const {file, clock, isVirtual} = bench;
  const {regions, readOut, frequenciesHz} = design.file.detector;
  const benchSeed = bench.seed ?? null;
  const place = {benchName: file.name, benchSeed, designHash: design.file.contentHash};
  return {
    kind: 'campaign',
    programVersion,
    seed,
    designName: design.file.name,
    designFolder,
    regions,
    ...(readOut && {readOut}),
    ...(frequenciesHz && {frequenciesHz}),
    stepMm,
    digits: digits.map(({label, sample, index}) => ({label, sample, index})),
    illuminationNominal: design.file.illumination,
    illuminationKnown: file.illumination ?? design.file.illumination,
    probe: file.probe,
    ...(file.measurement && {tolerances: placementTolerancesOf(file.measurement)}),
    benchSpeed: clock.speed,
    isVirtual,
    benchSeed,
    placementUid: activePlacement(store, place, Date.now() / 1000).placementUid,
    ...(align && {align}),
  };
}

/** The campaign's own session, and the line in the audit trail that says who began it. */
function openSession(
  {bench, store}: CampaignSite,
  {design, seed, title}: CampaignRequest,
  {operator, details}: {readonly operator: string; readonly details: CampaignDetails},
): string {
  const digitCount = details.digits.length;
  const {uid} = store.createSession({
    title: title ?? `campaign of ${countOf(digitCount, 'digit')} on ${bench.file.name}`,
    operator,
    benchName: bench.file.name,
    designHash: design.file.contentHash,
    details,
  });
  store.audit({
    actor: operator,
    action: 'start-campaign',
    subject: uid,
    details: {seed, digits: digitCount},
  });
  return uid;
}

/** Waits for the measurement; what stops it or fails in it is returned, because what was measured until then counts. */
async function whatEndedEarly(measuring: Promise<unknown>, {onText}: CampaignHooks): Promise<unknown> {
  try {
    await measuring;
    return null;
  } catch (error) {
    if (!isAbort(error)) onText?.('The campaign failed; what was measured until then is compared and kept.');
    return error;
  }
}

/** Compares what was measured with what was predicted, reports it, and keeps the result with the session. */
async function evaluate(
  {store, data}: CampaignSite,
  sessionUid: string,
  hooks: CampaignHooks,
): Promise<CampaignEvaluation> {
  const evaluation = await (hooks.evaluate?.(sessionUid) ??
    evaluateCampaign(store, sessionUid, data.reportFolder));
  // @position campaign.report-written
  store.putResult({
    sessionUid,
    kind: 'campaign',
    key: 'result',
    madeBy: `d2nn-bench ${programVersion}`,
    value: evaluation.result,
  });
  // @position campaign.result-stored
  return evaluation;
}

/** Files of a plate of a design. */
const mapNamesOf = ({heightMap, mask}: DesignLayer): string[] =>
  mask ? [heightMap, mask.transmissionMap] : [heightMap];

/** Keeps a design with a session: its folder may change or go. */
export async function storeDesign(
  store: Store,
  sessionUid: string,
  design: Design,
  folder: string,
): Promise<void> {
  for (const name of ['design.json', ...design.file.layers.flatMap(mapNamesOf)]) {
    store.addArtifact({
      sessionUid,
      kind: artifactKinds.design,
      name,
      mediaType: name.endsWith('.json') ? 'application/json' : 'application/x-npy',
      bytes: await readDesignFile(folder, name),
      metadata: {designHash: design.file.contentHash},
    });
  }
}
