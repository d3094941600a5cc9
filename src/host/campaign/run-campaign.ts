import {userInfo} from 'node:os';
import type {CampaignJson, CampaignResult} from '../../contract/campaign-result.ts';
import {isAbort} from '../../contract/errors.ts';
import type {Design} from '../../twin/design/load.ts';
import {assertPlaceKnown, createBenchEngine, type RunControls, type RunHooks} from '../bench/bench-engine.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import {activePlacement} from '../placements/placements.ts';
import {campaignJsonFrom} from '../compare/campaign-json.ts';
import type {DataFolder} from '../data-folder.ts';
import {readDesignFile} from '../designs/design-folder.ts';
import {assertWithinLimits} from '../engine/dry-run.ts';
import {campaign, type CampaignQueue} from '../plans/campaign.ts';
import {readCalibrationHours} from '../calibrations/calibration-hours.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {createTwinThread} from './twin-thread.ts';
import {campaignOptionsFrom, defaultChoices, type CampaignChoices} from './campaign-plan.ts';
import {createPredictions} from './campaign-predictions.ts';
import {registerCampaign} from './campaign-registration.ts';
import {artifactKinds, type CampaignDetails} from './campaign-results.ts';
import {chooseTestDigits, type TestDigit} from './digits.ts';
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
}

export interface CampaignHooks extends RunHooks {
  /** What is measured next, as the operator changes it; all digits once without one. */
  readonly queue?: CampaignQueue;
  /** Gets the session as soon as it is made, before anything moves. */
  readonly onSession?: (sessionUid: string) => void;
  /** Called when a digit's scan is over and its simulated planes are stored. */
  readonly onDigitReady?: (runUid: string) => void;
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

/**
 * The main job on an open bench: plan, dry run, measurement into a session, comparison, report. When it is stopped or
 * fails after points were taken, what there is is still compared and reported, and the reason is in `endedEarly`.
 */
export async function runCampaign(
  bench: OpenBench,
  store: Store,
  data: DataFolder,
  request: CampaignRequest,
  hooks: CampaignHooks,
): Promise<CampaignOutcome> {
  const startedMs = performance.now();
  const {design, designFolder, seed} = request;
  const digits = request.digits ?? chooseTestDigits(request.digitCount, seed, design.file);
  const choices = {...defaultChoices, ...request.choices};
  const options = campaignOptionsFrom(design.file, bench, digits, choices);
  const walked = await walkCampaign(bench, options, hooks.signal);
  assertWithinLimits(walked.dryRun);
  assertPlaceKnown(bench);
  const illuminationKnown = bench.file.illumination ?? design.file.illumination;
  const details: CampaignDetails = {
    kind: 'campaign',
    programVersion,
    seed,
    designName: design.file.name,
    designFolder,
    regions: design.file.detector.regions,
    stepMm: choices.stepMm,
    digits: digits.map(({label, sample, index}) => ({label, sample, index})),
    illuminationNominal: design.file.illumination,
    illuminationKnown,
    probe: bench.file.probe,
    benchSpeed: bench.clock.speed,
    isVirtual: bench.isVirtual,
    benchSeed: bench.seed ?? null,
    placementUid: activePlacement(
      store,
      {
        benchName: bench.file.name,
        benchSeed: bench.seed ?? null,
        designHash: design.file.contentHash,
      },
      Date.now() / 1000,
    ).placementUid,
  };
  const operator = request.operator ?? userInfo().username;
  const session = store.createSession({
    title: request.title ?? `campaign of ${digits.length} digits on ${bench.file.name}`,
    operator,
    benchName: bench.file.name,
    designHash: design.file.contentHash,
    details,
  });
  store.audit({
    actor: operator,
    action: 'start-campaign',
    subject: session.uid,
    details: {seed, digits: digits.length},
  });
  const hours = await readCalibrationHours(data.path);
  await storeDesign(store, session.uid, design, designFolder);
  hooks.onSession?.(session.uid);

  await using twin = createTwinThread({design, probe: bench.file.probe});
  const computed = {store, sessionUid: session.uid, twin, details, digits};
  const predictions = createPredictions(computed, (runUid) => hooks.onDigitReady?.(runUid));
  const engine = createBenchEngine(bench, store, session.uid, {
    operator,
    designHash: design.file.contentHash,
  });
  engine.subscribe((event) => {
    if (event.type === 'document') predictions.onDocument(event.document);
    hooks.onEvent?.(event);
  });
  hooks.onStart?.(engine);
  let endedEarly: unknown = null;
  try {
    await engine.run(
      campaign({
        ...options,
        ...(hooks.queue ? {queue: hooks.queue} : {}),
        onRegistration: (planes, dark, {signal}) => registerCampaign(computed, planes, dark, {hours, signal}),
      }),
      {
        profile: walked.profileOf(hooks.queue ?? {count: digits.length}),
        ...(hooks.signal ? {signal: hooks.signal} : {}),
      },
    );
  } catch (error) {
    endedEarly = error;
    if (!isAbort(error))
      hooks.onText?.('The campaign failed; what was measured until then is compared and kept.');
  }
  await predictions.finish();
  store.closeSession(session.uid);
  const evaluate = hooks.evaluate ?? ((uid) => evaluateCampaign(store, uid, data.reportFolder));
  const {result, reportPath} = await evaluate(session.uid);
  store.putResult({
    sessionUid: session.uid,
    kind: 'campaign',
    key: 'result',
    madeBy: `d2nn-bench ${programVersion}`,
    value: result,
  });
  const seconds = (performance.now() - startedMs) / 1000;
  const json = campaignJsonFrom(result, {session: session.uid, seconds, report: reportPath});
  return {sessionUid: session.uid, result, json, reportPath, seconds, endedEarly};
}

/** Keeps a design with a session: its folder may change or go. */
export async function storeDesign(
  store: Store,
  sessionUid: string,
  design: Design,
  folder: string,
): Promise<void> {
  for (const name of ['design.json', ...design.file.layers.map((layer) => layer.heightMap)]) {
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
