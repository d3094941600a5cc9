import type {CalibrationKind} from '../../contract/stored/calibration-records.ts';
import type {DamagedCalibration} from '../store/calibration-rows.ts';
import type {Store} from '../store/open-store.ts';
import {misfitText} from '../store/unreadable.ts';

/** A bench: name, and seed of a virtual one. */
export interface BenchKey {
  readonly benchName: string;
  readonly benchSeed: number | null;
}

/** `north` or `north (seed 4)`, as the ledger names benches. */
export const benchText = ({benchName, benchSeed}: BenchKey): string =>
  benchSeed === null ? benchName : `${benchName} (seed ${benchSeed})`;

/**
 * Rows of some kinds of the ledger that cannot be used and may be about a bench, in the order in which they were
 * written. One that belongs to no session may be about any.
 */
export function damagedRowsOf(
  store: Store,
  kinds: readonly CalibrationKind[],
  place: BenchKey,
): DamagedCalibration[] {
  const own = benchText(place);
  return store.listDamagedCalibrations(kinds).filter(({bench}) => bench === '' || bench === own);
}

/** Which row it is, what is wrong with it and what to do about it, in two sentences. */
export const damagedRowText = ({uid, damage}: Pick<DamagedCalibration, 'uid' | 'damage'>): string =>
  misfitText({table: 'calibrations', key: uid}, damage);
