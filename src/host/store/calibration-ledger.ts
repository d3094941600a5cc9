import {textChecksum} from './checksums.ts';
import {clockStepText} from './clock-watch.ts';
import {type StoreContext, notFound, sessionIdOf} from './store-context.ts';
import {damagedRecord} from './stored-points.ts';

export interface Calibration {
  readonly uid: string;
  /** Counts up with every calibration that is written: which of two is newer, whatever the clock was set to. */
  readonly order: number;
  /** The run that had been begun last when it was written; 0 before the first. */
  readonly afterScanId: number;
  /** `dark-level`, `registration`, `lock-in-phase`, `power-curve`, ... */
  readonly kind: string;
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
  /** Null where it is damaged. */
  readonly value: unknown;
  /** Its record is not as it was stored: it counts for nothing, and hides the one before it. */
  readonly isDamaged: boolean;
}

export type NewCalibration = Omit<
  Calibration,
  'uid' | 'order' | 'afterScanId' | 'timeS' | 'dependsOn' | 'bench' | 'isDamaged'
> & {
  readonly timeS?: number;
  readonly dependsOn?: readonly string[];
};

export interface Validity {
  readonly state: 'valid' | 'expired' | 'age-unknown';
  /** Of an age that is not known: why, in a sentence. */
  readonly text: string;
}

/** What was found out about benches: only ever added to, in the order of its rows. */
export interface CalibrationLedger {
  addCalibration(calibration: NewCalibration): string;
  /**
   * The calibration of a kind that was written last, of one bench where it is named, if it is still valid at `atS`
   * (default now) and its bases are not renewed; an older one never comes back. What belongs to no session counts for
   * every bench.
   */
  currentCalibration(kind: string, atS?: number, bench?: string): Calibration | undefined;
  /**
   * Whether the time of a calibration is over at `atS`, by the time that has really passed: where the computer's clock
   * was set since, by how much is taken off. Where that is not known, its age is not either.
   */
  validityOf(calibration: Calibration, atS: number): Validity;
  /** The first of the calibrations that one builds on (also through others) of which its bench has a newer one. */
  findRenewedBase(uid: string): Calibration | undefined;
  getCalibration(uid: string): Calibration;
  /** In the order in which they were made. What is damaged says nothing and is left out, unless it is asked for. */
  listCalibrations(kind?: string, options?: {readonly withDamaged?: boolean}): Calibration[];
}

interface CalibrationRow {
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

const calibrationQuery = `
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

export function createCalibrationLedger(context: StoreContext): CalibrationLedger {
  const {db, path, utcNowS, createId, clockWatch} = context;

  const isSameBench = (one: string, other: string): boolean => one === '' || other === '' || one === other;

  const findRenewedBase = (calibration: Calibration): Calibration | undefined => {
    for (const uid of calibration.dependsOn) {
      const base = calibrationOf(uid);
      const isRenewed = db
        .prepare<[string, number], CalibrationRow>(
          `${calibrationQuery} WHERE calibrations.kind = ? AND calibrations.id > ?`,
        )
        .all(base.kind, base.order)
        .some(({bench}) => isSameBench(bench, base.bench));
      const renewed = isRenewed ? base : findRenewedBase(base);
      if (renewed) return renewed;
    }
    return undefined;
  };

  const validityOf = ({validUntilS, order}: Calibration, atS: number): Validity => {
    if (validUntilS === undefined) return {state: 'valid', text: ''};
    const steps = clockWatch.stepsSince(order);
    const unknown = steps.find(({stepS}) => stepS === null);
    if (unknown)
      return {
        state: 'age-unknown',
        text: `${clockStepText(unknown)} How old this calibration is cannot be said; make it anew.`,
      };
    const setS = steps.reduce((sum, {stepS}) => sum + (stepS ?? 0), 0);
    return {state: validUntilS >= atS - setS ? 'valid' : 'expired', text: ''};
  };

  const calibrationOf = (uid: string): Calibration => {
    const row = db
      .prepare<[string], CalibrationRow>(`${calibrationQuery} WHERE calibrations.uid = ?`)
      .get(uid);
    if (!row) throw notFound('calibration', uid, path);
    return calibrationFrom(row);
  };

  const getCalibration = (uid: string): Calibration => {
    const calibration = calibrationOf(uid);
    if (calibration.isDamaged) throw damagedRecord(path, `The calibration ${uid}`);
    return calibration;
  };

  return {
    addCalibration(calibration) {
      clockWatch.look();
      const uid = createId();
      for (const base of calibration.dependsOn ?? []) getCalibration(base);
      const row = {
        uid,
        kind: calibration.kind,
        time: calibration.timeS ?? utcNowS(),
        valid_until: calibration.validUntilS ?? null,
        depends_on: JSON.stringify(calibration.dependsOn ?? []),
        value: JSON.stringify(calibration.value),
      };
      db.prepare(
        `INSERT INTO calibrations (uid, kind, time, valid_until, session_id, run_uid, depends_on, value,
           checksum, after_scan_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT value FROM counters WHERE name = 'scan_id'))`,
      ).run(
        uid,
        calibration.kind,
        row.time,
        row.valid_until,
        calibration.sessionUid === undefined ? null : sessionIdOf(context, calibration.sessionUid),
        calibration.runUid ?? null,
        row.depends_on,
        row.value,
        textChecksum(...calibrationTexts(row)),
      );
      return uid;
    },

    currentCalibration(kind, atS = utcNowS(), bench = '') {
      const newest = db
        .prepare<[string], CalibrationRow>(
          `${calibrationQuery} WHERE calibrations.kind = ? ORDER BY calibrations.id DESC`,
        )
        .all(kind)
        .map(calibrationFrom)
        .find((calibration) => isSameBench(calibration.bench, bench));
      if (!newest || newest.isDamaged || findRenewedBase(newest)) return undefined;
      return validityOf(newest, atS).state === 'valid' ? newest : undefined;
    },

    validityOf,

    findRenewedBase: (uid) => findRenewedBase(calibrationOf(uid)),

    getCalibration,

    listCalibrations: (kind, {withDamaged = false} = {}) =>
      db
        .prepare<[string | null], CalibrationRow>(
          `${calibrationQuery} WHERE calibrations.kind = coalesce(?, calibrations.kind) ORDER BY calibrations.id`,
        )
        .all(kind ?? null)
        .map(calibrationFrom)
        .filter(({isDamaged}) => withDamaged || !isDamaged),
  };
}

const calibrationFrom = (row: CalibrationRow): Calibration => {
  const isDamaged = row.checksum !== null && row.checksum !== textChecksum(...calibrationTexts(row));
  return {...calibrationFacts(row), ...readCalibration(row, isDamaged)};
};

/** What the JSON of a calibration says; nothing where it cannot be relied on. */
function readCalibration(
  {depends_on, value}: CalibrationRow,
  isDamaged: boolean,
): Pick<Calibration, 'dependsOn' | 'value' | 'isDamaged'> {
  try {
    if (!isDamaged)
      return {dependsOn: JSON.parse(depends_on) as string[], value: JSON.parse(value), isDamaged};
  } catch (error) {
    // A row from before checksums.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return {dependsOn: [], value: null, isDamaged: true};
}

const calibrationFacts = (row: CalibrationRow): Omit<Calibration, 'dependsOn' | 'value' | 'isDamaged'> => ({
  uid: row.uid,
  order: row.id,
  afterScanId: row.after_scan_id,
  kind: row.kind,
  timeS: row.time,
  ...(row.valid_until !== null && {validUntilS: row.valid_until}),
  ...(row.session_uid !== null && {sessionUid: row.session_uid}),
  ...(row.run_uid !== null && {runUid: row.run_uid}),
  bench: row.bench,
});
