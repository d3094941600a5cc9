import {
  calibrationBases,
  calibrationRecords,
  type CalibrationKind,
  type CalibrationValues,
} from '../../contract/stored/calibration-records.ts';
import {textChecksum} from './checksums.ts';
import {type StoreContext, notFound} from './store-context.ts';
import {type Misfit, notAsStored} from './unreadable.ts';

/** What the row of a calibration says beside its value. */
export interface CalibrationFacts {
  readonly uid: string;
  /** Counts up with every calibration that is written: which of two is newer, whatever the clock was set to. */
  readonly order: number;
  /** The run that had been begun last when it was written; 0 before the first. */
  readonly afterScanId: number;
  readonly timeS: number;
  /** Without one the calibration does not age. */
  readonly validUntilS?: number;
  readonly sessionUid?: string;
  /** Run that it was measured by. */
  readonly runUid?: string;
  /** Uids of calibrations that it builds on: when one of them is renewed, this one is stale. */
  readonly dependsOn: readonly string[];
  /** Bench that it was made on, as its session says: name, and seed of a virtual one; '' without a session. */
  readonly bench: string;
}

/** One that fits its declaration (contract/stored/calibration-records.ts). */
export interface Calibration<Kind extends CalibrationKind = CalibrationKind> extends CalibrationFacts {
  readonly kind: Kind;
  readonly value: CalibrationValues[Kind];
  readonly isDamaged: false;
}

/** One that is not as it was stored, or does not fit its declaration: it counts for nothing, and hides the one before it. */
export interface DamagedCalibration extends CalibrationFacts {
  /** Also one that this program does not know. */
  readonly kind: string;
  readonly value: null;
  readonly isDamaged: true;
  readonly damage: Misfit;
}

export type AnyCalibration = Calibration | DamagedCalibration;

export const isCalibrationKind = (kind: string): kind is CalibrationKind =>
  Object.hasOwn(calibrationRecords, kind);

/** Whether a calibration is of a kind, with the value of that kind. */
export const isCalibrationOf = <Kind extends CalibrationKind>(
  calibration: Calibration,
  kind: Kind,
): calibration is Calibration<Kind> => calibration.kind === kind;

export interface CalibrationRow {
  readonly id: number;
  readonly after_scan_id: number;
  readonly uid: string;
  readonly kind: string;
  readonly time: number;
  readonly valid_until: number | null;
  readonly session_uid: string | null;
  readonly run_uid: string | null;
  readonly depends_on: string;
  readonly bench: string;
  readonly value: string;
  readonly checksum: number | null;
}

export const calibrationQuery = `
  SELECT calibrations.id, after_scan_id, calibrations.uid, calibrations.kind, time, valid_until, sessions.uid AS session_uid, run_uid, depends_on, value,
    calibrations.checksum, coalesce(bench_name || coalesce(' (seed ' ||
      CASE WHEN json_valid(details) THEN json_extract(details, '$.benchSeed') END || ')', ''), '') AS bench
  FROM calibrations LEFT JOIN sessions ON sessions.id = session_id`;

/** What the checksum of a calibration covers. */
export const calibrationTexts = (row: {
  readonly uid: string;
  readonly kind: string;
  readonly time: number;
  readonly valid_until: number | null;
  readonly depends_on: string;
  readonly value: string;
}): [string, ...string[]] => [
  row.value,
  row.uid,
  row.kind,
  String(row.time),
  String(row.valid_until),
  row.depends_on,
];

/** Whether two calibrations may be of one bench: what belongs to no session counts for every bench. */
export const isSameBench = (one: string, other: string): boolean =>
  one === '' || other === '' || one === other;

/** Reads calibrations by their rows, damaged ones too. */
export function createCalibrationRows({db, path}: StoreContext) {
  const calibrationOf = (uid: string): AnyCalibration => {
    const row = db
      .prepare<[string], CalibrationRow>(`${calibrationQuery} WHERE calibrations.uid = ?`)
      .get(uid);
    if (!row) throw notFound('calibration', uid, path);
    return calibrationFrom(row);
  };
  /** Oldest first, those that were written after the calibration of that order. */
  const rowsOfKind = (kind: string, afterOrder = 0): CalibrationRow[] =>
    db
      .prepare<[string, number], CalibrationRow>(
        `${calibrationQuery} WHERE calibrations.kind = ? AND calibrations.id > ? ORDER BY calibrations.id`,
      )
      .all(kind, afterOrder);
  const findRenewedBase = ({dependsOn}: CalibrationFacts): AnyCalibration | undefined => {
    for (const uid of dependsOn) {
      const base = calibrationOf(uid);
      const isRenewed = rowsOfKind(base.kind, base.order).some(({bench}) => isSameBench(bench, base.bench));
      const renewed = isRenewed ? base : findRenewedBase(base);
      if (renewed) return renewed;
    }
    return undefined;
  };
  return {calibrationOf, rowsOfKind, findRenewedBase};
}

/** The calibration in a row, or what is wrong with it. */
export function calibrationFrom(row: CalibrationRow): AnyCalibration {
  const {kind} = row;
  if (isCalibrationKind(kind)) return readCalibration(kind, row);
  return damagedFrom(
    row,
    isAsWritten(row)
      ? {problem: `this program does not know the kind "${kind}"`, isNewer: true}
      : notAsStored,
  );
}

/** The calibration in a row of a kind, or what is wrong with it. */
export function readCalibration<Kind extends CalibrationKind>(
  kind: Kind,
  row: CalibrationRow,
): Calibration<Kind> | DamagedCalibration {
  if (!isAsWritten(row)) return damagedFrom(row, notAsStored);
  const bases = calibrationBases.readText(row.depends_on);
  if (bases.problem !== undefined)
    return damagedFrom(row, {...bases, problem: `depends_on: ${bases.problem}`});
  const read = calibrationRecords[kind].readText(row.value);
  if (read.problem !== undefined) return damagedFrom(row, read);
  return {...calibrationFacts(row), kind, dependsOn: bases.value, value: read.value, isDamaged: false};
}

const damagedFrom = (row: CalibrationRow, damage: Misfit): DamagedCalibration => ({
  ...calibrationFacts(row),
  kind: row.kind,
  dependsOn: [],
  value: null,
  isDamaged: true,
  damage,
});

const calibrationFacts = (row: CalibrationRow): Omit<CalibrationFacts, 'dependsOn'> => ({
  uid: row.uid,
  order: row.id,
  afterScanId: row.after_scan_id,
  timeS: row.time,
  ...(row.valid_until !== null && {validUntilS: row.valid_until}),
  ...(row.session_uid !== null && {sessionUid: row.session_uid}),
  ...(row.run_uid !== null && {runUid: row.run_uid}),
  bench: row.bench,
});

const isAsWritten = (row: CalibrationRow): boolean =>
  row.checksum === null || row.checksum === textChecksum(...calibrationTexts(row));
