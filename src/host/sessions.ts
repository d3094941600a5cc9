import type {CampaignJson, CampaignResult} from '../contract/campaign-result.ts';
import {hasCode} from '../contract/errors.ts';
import {computeCampaign} from './campaign/campaign-results.ts';
import {writePicture, writeReport} from './campaign/campaign-report.ts';
import {campaignJsonFrom} from './compare/campaign-json.ts';
import {openDataFolder} from './data-folder.ts';
import {findSession} from './find-session.ts';
import type {Calibration} from './store/calibration-ledger.ts';
import type {StoredNote} from './store/ledger.ts';
import {openStore, type Store} from './store/open-store.ts';
import type {RunSummary} from './store/run-reading.ts';
import type {DamagedSession, StoredSession} from './store/sessions.ts';
import type {DataCheck} from './store/verify.ts';

/** Sessions of the data folder, newest first. */
export async function listSessions(): Promise<(StoredSession | DamagedSession)[]> {
  using store = await openForReading();
  return store.listSessions();
}

export interface SessionContent {
  readonly session: StoredSession;
  readonly runs: readonly RunSummary[];
  readonly notes: readonly StoredNote[];
  readonly calibrations: readonly Calibration[];
}

/** A session by its uid or the beginning of it; throws `store/not-found`. */
export async function showSession(uid: string): Promise<SessionContent> {
  using store = await openForReading();
  const session = findSession(store, uid);
  return {
    session,
    runs: store.listRuns(session.uid),
    notes: store.listNotes(session.uid),
    calibrations: store
      .listAllCalibrations()
      .filter((calibration) => !calibration.isDamaged)
      .filter(({sessionUid}) => sessionUid === session.uid),
  };
}

/** Reads everything in the data folder's database and says what is not as it was stored. Nothing is changed. */
export async function verifyData(): Promise<DataCheck & {readonly path: string}> {
  const {databasePath} = await openDataFolder();
  using store = openStore(databasePath, {readOnly: true});
  return {path: databasePath, ...store.verify()};
}

/** Compares a campaign again from its raw points and writes its report again, and its planes as a PNG where asked. */
export async function reportSession(
  uid: string,
  picturePath?: string,
): Promise<{result: CampaignResult; json: CampaignJson; reportPath: string}> {
  const folder = await openDataFolder();
  using store = await openForReading();
  const data = computeCampaign(store, findSession(store, uid).uid);
  const reportPath = await writeReport(store, data, folder.reportFolder);
  if (picturePath !== undefined) await writePicture(store, data, picturePath);
  const {createdAt, closedAt} = data.session;
  const seconds = closedAt === undefined ? 0 : (Date.parse(closedAt) - Date.parse(createdAt)) / 1000;
  return {
    result: data.result,
    json: campaignJsonFrom(data.result, {session: data.session.uid, seconds, report: reportPath}),
    reportPath,
  };
}

/**
 * Opens the database for looking at it. Where it may be written, runs that a killed process left open are closed
 * first, so that none is shown as under way that is not.
 */
async function openForReading(): Promise<Store> {
  const {databasePath} = await openDataFolder();
  try {
    return openStore(databasePath);
  } catch (error) {
    if (!hasCode(error, 'store/read-only', 'store/locked', 'store/full')) throw error;
    return openStore(databasePath, {readOnly: true});
  }
}
