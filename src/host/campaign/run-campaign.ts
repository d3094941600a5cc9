import {userInfo} from 'node:os';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {encodeNpy} from '../../base/npy.ts';
import type {CampaignJson, CampaignResult} from '../../contract/campaign-result.ts';
import {isAbort} from '../../contract/errors.ts';
import type {RunDocument} from '../../contract/run-records.ts';
import type {Design} from '../../twin/design/load.ts';
import {noRegistration} from '../../twin/metrics/index.ts';
import {createBenchEngine, devicesByRole, type RunHooks} from '../bench/bench-engine.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import {campaignJsonFrom} from '../compare/campaign-json.ts';
import {processScan} from '../compare/process-scan.ts';
import type {DataFolder} from '../data-folder.ts';
import type {Engine} from '../engine/engine.ts';
import {runChecked} from '../engine/run-checked.ts';
import {campaign} from '../plans/campaign.ts';
import type {RegistrationOutcome} from '../plans/campaign.ts';
import type {DarkLevel} from '../plans/dark-level.ts';
import type {RegistrationPlane} from '../plans/registration.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {createTwinThread, type TwinThread} from '../workers/twin-thread.ts';
import type {BenchFit} from './bench-fit.ts';
import {campaignOptionsFrom, defaultChoices, type CampaignChoices} from './campaign-plan.ts';
import {writeReport} from './campaign-report.ts';
import {
  artifactKinds,
  computeCampaign,
  findRegistration,
  referencesOf,
  registrationKind,
  scanOf,
  storePrediction,
  type CampaignDetails,
  type RegistrationCalibration,
} from './campaign-results.ts';
import {chooseTestDigits, type TestDigit} from './digits.ts';

export interface CampaignRequest {
  readonly design: Design;
  readonly designFolder: string;
  readonly digitCount: number;
  readonly seed: number;
  readonly choices?: Partial<CampaignChoices>;
  readonly operator?: string;
  readonly title?: string;
}

export interface CampaignHooks extends RunHooks {
  /** Gets what pauses the campaign once it runs. */
  readonly onStart?: (controls: CampaignControls) => void;
}

/** What may be done to a running campaign besides stopping it. */
export type CampaignControls = Pick<Engine, 'state' | 'pause' | 'resume' | 'skipWait'>;

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
  const digits = chooseTestDigits(request.digitCount, seed, design.file);
  const choices = {...defaultChoices, ...request.choices};
  const options = campaignOptionsFrom(design.file, bench.file, digits, choices);
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
  };
  const operator = request.operator ?? userInfo().username;
  const session = store.createSession({
    title: request.title ?? `campaign of ${digits.length} digits on ${bench.file.name}`,
    operator,
    benchName: bench.file.name,
    designHash: design.file.contentHash,
    details: {...details},
  });
  store.audit({
    actor: operator,
    action: 'start-campaign',
    subject: session.uid,
    details: {seed, digits: digits.length},
  });
  await storeDesign(store, session.uid, design, designFolder);

  await using twin = createTwinThread({design, probe: bench.file.probe});
  const predictions = createPredictions(store, session.uid, twin, details, digits);
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
    await runChecked(
      engine,
      () =>
        campaign({
          ...options,
          onRegistration: (planes, dark, {signal}) =>
            register(store, session.uid, twin, details, digits, planes, dark, signal),
        }),
      {devices: devicesByRole(bench)},
      hooks.signal ? {signal: hooks.signal} : {},
    );
  } catch (error) {
    endedEarly = error;
    if (!isAbort(error))
      hooks.onText?.('The campaign failed; what was measured until then is compared and kept.');
  }
  await predictions.finish();
  store.closeSession(session.uid);
  const computed = computeCampaign(store, session.uid);
  store.putResult({
    sessionUid: session.uid,
    kind: 'campaign',
    key: 'result',
    madeBy: `d2nn-bench ${programVersion}`,
    value: computed.result,
  });
  const reportPath = await writeReport(store, computed, data.reportFolder);
  const seconds = (performance.now() - startedMs) / 1000;
  const json = campaignJsonFrom(computed.result, {session: session.uid, seconds, report: reportPath});
  return {sessionUid: session.uid, result: computed.result, json, reportPath, seconds, endedEarly};
}

/** Fits frame and light from the registration planes, stores them as a calibration, and re-centres the scans. */
async function register(
  store: Store,
  sessionUid: string,
  twin: TwinThread,
  details: CampaignDetails,
  digits: readonly TestDigit[],
  planes: readonly RegistrationPlane[],
  dark: DarkLevel,
  signal: AbortSignal,
): Promise<RegistrationOutcome> {
  const known = planes.map(({object, plane}) => {
    const digit = digits.find((candidate) => candidate.sample === object.label) ?? digits[0];
    const references = referencesOf(store, plane.runUid);
    const scan = processScan({
      scan: scanOf(store, plane.runUid),
      dark: {xV: [dark.xV], yV: [dark.yV]},
      ...(references ? {references} : {}),
    });
    return {object: digit.object, points: {xMm: scan.xMm, yMm: scan.yMm, values: scan.values}};
  });
  const fit = await twin.fit(details.illuminationKnown, known, signal);
  const calibrationUid = store.addCalibration({
    kind: registrationKind,
    sessionUid,
    runUid: planes[0].plane.runUid,
    value: calibrationFrom(fit),
  });
  const {dxMm, dyMm, rotationDeg} = fit.frame;
  if (fit.registration.isAmbiguous) {
    return {
      note: 'Registration is ambiguous: no place of the output frame fits clearly. The frame is taken as designed.',
    };
  }
  // The design's centre as the scan's frame sees it: s = R(-rotation) (0 - shift).
  const angle = (-rotationDeg * Math.PI) / 180;
  return {
    centerMm: {
      xMm: -(Math.cos(angle) * dxMm - Math.sin(angle) * dyMm),
      yMm: -(Math.sin(angle) * dxMm + Math.cos(angle) * dyMm),
    },
    calibrationUids: [calibrationUid],
    note:
      `Output frame registered: dx ${dxMm.toFixed(3)} mm, dy ${dyMm.toFixed(3)} mm, rotation ${rotationDeg.toFixed(3)} deg; ` +
      `correlation ${fit.pearsonBefore.toFixed(3)} before, ${fit.pearsonAfter.toFixed(3)} after.`,
  };
}

function calibrationFrom(fit: BenchFit): RegistrationCalibration {
  const {registration, frame, sigma} = fit;
  return {
    frame: {
      ...frame,
      fit: {
        sigma: {
          dxMm: sigma.dxMm ?? registration.sigma.dxMm,
          dyMm: sigma.dyMm ?? registration.sigma.dyMm,
          rotationDeg: sigma.rotationDeg ?? registration.sigma.rotationDeg,
        },
        gain: registration.gain,
        offset: registration.offset,
        pearsonBefore: fit.pearsonBefore,
        pearsonAfter: fit.pearsonAfter,
        pearsonSecond: registration.pearsonSecond,
        isAmbiguous: registration.isAmbiguous,
        isAtBound: registration.isAtBound,
        pointCount: registration.pointCount,
      },
    },
    illumination: fit.illumination,
    sigma,
  };
}

/** Predicts each digit's plane at the points that were really measured, as soon as its scan is done. */
function createPredictions(
  store: Store,
  sessionUid: string,
  twin: TwinThread,
  details: CampaignDetails,
  digits: readonly TestDigit[],
) {
  const runs = new Map<string, number>();
  const jobs = new Map<string, Promise<void>>();
  const predict = async (runUid: string, digit: TestDigit): Promise<void> => {
    const {xMm, yMm} = scanOf(store, runUid);
    const {count, pitchMm} = digit.object.grid;
    store.addArtifact({
      sessionUid,
      runUid,
      kind: artifactKinds.mask,
      name: `${digit.sample}.npy`,
      mediaType: 'application/x-npy',
      bytes: encodeNpy({shape: [count, count], dtype: '<f4', re: digit.object.re}),
      metadata: {pitchMm, label: digit.label},
    });
    const calibration = findRegistration(store, sessionUid);
    const views = [
      [artifactKinds.nominal, details.illuminationNominal, noRegistration],
      [
        artifactKinds.registered,
        calibration?.illumination ?? details.illuminationKnown,
        calibration?.frame ?? noRegistration,
      ],
    ] as const;
    for (const [kind, illumination, frame] of views) {
      const values = await twin.predict({object: digit.object, illumination, frame, xMm, yMm});
      storePrediction(store, sessionUid, runUid, kind, values, {illumination, frame, probe: details.probe});
    }
  };
  const start = (runUid: string, index: number): void => {
    if (!jobs.has(runUid)) jobs.set(runUid, predict(runUid, digits[index]));
  };
  return {
    onDocument([name, document]: RunDocument): void {
      if (
        name === 'start' &&
        document.plan_name === 'campaign-scan' &&
        document.campaign_index !== undefined
      ) {
        runs.set(document.uid, document.campaign_index);
      }
      if (name !== 'stop') return;
      const index = runs.get(document.run_start);
      if (index === undefined || document.exit_status !== 'success') return;
      start(document.run_start, index);
    },
    /** Waits for all of them. The store decides what there is: a listener may miss a document, the store does not. */
    async finish(): Promise<void> {
      for (const {uid, planName, exitStatus, campaignIndex} of store.listRuns(sessionUid)) {
        if (planName !== 'campaign-scan' || exitStatus !== 'success' || campaignIndex === undefined) continue;
        start(uid, campaignIndex);
      }
      await Promise.all(jobs.values());
    },
  };
}

async function storeDesign(store: Store, sessionUid: string, design: Design, folder: string): Promise<void> {
  for (const name of ['design.json', ...design.file.layers.map((layer) => layer.heightMap)]) {
    store.addArtifact({
      sessionUid,
      kind: artifactKinds.design,
      name,
      mediaType: name.endsWith('.json') ? 'application/json' : 'application/x-npy',
      bytes: new Uint8Array(await readFile(join(folder, name))),
      metadata: {designHash: design.file.contentHash},
    });
  }
}
