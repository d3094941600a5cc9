import type {ApiOutputs} from '../../contract/api/index.ts';
import {viewCalibrations} from './view-calibrations.ts';
import type {StoredNote} from '../store/ledger.ts';
import type {Store} from '../store/open-store.ts';
import {runSummaryFrom} from '../runs/run-view.ts';

/** A session with everything that belongs to it, as it is at a time (seconds since the epoch, UTC). */
export function viewSession(store: Store, uid: string, atS: number): ApiOutputs['sessions']['get'] {
  const {details} = store.getSession(uid);
  return {
    summary: store.getSessionListing(uid),
    details: {...details},
    runs: store.listRuns(uid).map(runSummaryFrom),
    notes: store.listNotes(uid).map(noteFrom),
    calibrations: viewCalibrations(store, atS).filter(({sessionUid}) => sessionUid === uid),
    artifacts: store.listArtifacts(uid).map(({uid: artifactUid, kind, name, mediaType, byteCount}) => ({
      uid: artifactUid,
      kind,
      name,
      mediaType,
      byteCount,
    })),
  };
}

/** A note in the words of the API. */
export const noteFrom = ({uid, timeS, author, text, runUid}: StoredNote) => ({
  uid,
  timeS,
  author,
  text,
  runUid: runUid ?? null,
});
