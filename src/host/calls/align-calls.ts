import type {AlignmentResult, AlignmentSensitivity} from '../../contract/alignment.ts';
import {benchErrorFrom} from '../../contract/errors.ts';
import type {AlignProgress} from '../../twin/alignment/align.ts';
import type {Design} from '../../twin/design/load.ts';
import {readAlignmentData} from '../alignment/align-data.ts';
import {prepareObjects, readAlignScan, type AlignObjects} from '../probes/align-objects.ts';
import {alignPlanes, type AlignRequest} from '../alignment/align-planes.ts';
import {alignSession, type AlignSessionOutcome} from '../alignment/align-session.ts';
import {defaultRunUids} from '../planes/session-planes.ts';
import {computeDesignSensitivity} from '../probes/design-sensitivity.ts';
import {probeDigitsFrom} from '../probes/probe-digits.ts';
import type {CampaignHooks} from '../campaign/run-campaign.ts';
import {openDataFolder} from '../data-folder.ts';
import {openDesign} from '../designs/design-folder.ts';
import {findSession} from '../find-session.ts';
import {openStore} from '../store/open-store.ts';
import {campaignOnBench, type CampaignCall} from './campaign-calls.ts';
import type {OpenChosenBench} from './chosen-bench.ts';

/** Aligns planes that were measured elsewhere; see docs/alignment.md. */
export async function alignData(folder: string, request: AlignRequest): Promise<AlignmentResult> {
  const data = await readAlignmentData(folder);
  return (await alignPlanes(data, request)).result;
}

/** What each displacement does to a design, lit as it says and read at points. */
export const sensitivityOfDesign = (
  design: Design,
  objectCount: number,
  options: {readonly signal?: AbortSignal | undefined},
): Promise<AlignmentSensitivity> =>
  computeDesignSensitivity(
    {design, illumination: design.file.illumination, probe: {kind: 'point'}},
    {objectCount, ...options},
  );

export interface AlignCall {
  readonly free: readonly string[];
  readonly orientation: 'auto' | 'always' | 'never';
}

/** What an alignment is at. */
export type AlignStep = Pick<AlignProgress, 'text' | 'unexplainedRatio'> & {readonly stage: string};

export interface AlignHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: AlignStep) => void;
}

/**
 * Aligns planes of stored sessions of one bench, named by the beginnings of their uids; a result that holds is kept as
 * a calibration with the newest of them.
 */
export async function alignStored(
  sessions: readonly string[],
  call: AlignCall,
  hooks: AlignHooks,
): Promise<AlignSessionOutcome> {
  using store = openStore((await openDataFolder()).databasePath);
  const found = sessions.map((session) => findSession(store, session));
  const newest = found.reduce((a, b) => (store.sessionOrder(b.uid) > store.sessionOrder(a.uid) ? b : a));
  const runUids = found.length > 1 ? found.flatMap(({uid}) => defaultRunUids(store, uid)) : [];
  return await alignSession(store, {sessionUid: newest.uid, runUids, ...call}, hooks);
}

export interface AlignCampaignCall
  extends Omit<CampaignCall, 'digitCount'>, Omit<AlignObjects, 'scan' | 'title'> {
  /** A plan of the kind grid, as `align plan` writes it; the scan of a campaign without one. */
  readonly scanPlan?: string | undefined;
}

/**
 * Measures objects on the chosen bench as a campaign does, those that tell most of the design unless others are named,
 * then aligns their planes.
 */
export async function alignOnBench(
  openBench: OpenChosenBench,
  campaign: AlignCampaignCall,
  call: AlignCall,
  hooks: CampaignHooks & AlignHooks,
): Promise<AlignSessionOutcome & {readonly sessionUid: string}> {
  const {scanPlan, ...rest} = campaign;
  const scan = scanPlan === undefined ? undefined : await readAlignScan(scanPlan);
  // A slip in their names is told before any instrument is opened.
  if (rest.objects) probeDigitsFrom(rest.objects, (await openDesign(rest.designFolder)).file);
  const {sessionUid, endedEarly} = await campaignOnBench(openBench, {...rest, digitCount: 1}, hooks, {
    prepare: (open) => prepareObjects(open, {...rest, scan}, hooks),
  });
  if (endedEarly !== null) throw benchErrorFrom(endedEarly);
  using store = openStore((await openDataFolder()).databasePath);
  const runUids = defaultRunUids(store, sessionUid, 'all');
  return {sessionUid, ...(await alignSession(store, {sessionUid, runUids, ...call}, hooks))};
}
