import type {AsBuiltEntry, ReadOutEntry} from '../../contract/api/index.ts';
import {asBuiltStatusOf, type StoredAsBuilt} from '../placements/as-built-records.ts';
import {readOutStatusOf, type StoredReadOut} from '../placements/read-out-records.ts';
import type {Store} from '../store/open-store.ts';

/** An as-built record as it is shown, with how it stands at a time (seconds since the epoch, UTC). */
export function asBuiltEntryOf(store: Store, stored: StoredAsBuilt, atS: number): AsBuiltEntry {
  const {uid, timeS, sessionUid = '', value} = stored;
  const {benchName, benchSeed, ...record} = value;
  const {status, text} = asBuiltStatusOf(store, stored, atS);
  return {uid, timeS, sessionUid, benchName, benchSeed, status, statusText: text, record};
}

/** A calibration of the read-out as it is shown, with how it stands at a time (seconds since the epoch, UTC). */
export function readOutEntryOf(store: Store, stored: StoredReadOut, atS: number): ReadOutEntry {
  const {uid, timeS, validUntilS = null, sessionUid = '', value} = stored;
  const {benchName, designName, by, study} = value;
  const {status, text} = readOutStatusOf(store, stored, {atS});
  return {
    ...{uid, timeS, sessionUid, benchName, designName, validUntilS, by, study},
    status,
    statusText: text,
  };
}
