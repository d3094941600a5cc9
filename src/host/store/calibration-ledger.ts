import {
  calibrationBases,
  calibrationRecords,
  type CalibrationKind,
  type CalibrationValues,
} from '../../contract/stored/calibration-records.ts';
import type {Stored} from '../../contract/stored/record.ts';
import {textChecksum} from './checksums.ts';
import {clockStepText} from './clock-watch.ts';
import {type StoreContext, notFound, sessionIdOf} from './store-context.ts';
import {damagedRecord} from './stored-documents.ts';
import {type Misfit, notAsStored, unreadableRecord} from './unreadable.ts';

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

export interface NewCalibration<Kind extends CalibrationKind> {
  readonly kind: Kind;
  readonly value: Stored<CalibrationValues[Kind]>;
  readonly timeS?: number;
  readonly validUntilS?: number;
  readonly sessionUid?: string;
  readonly runUid?: string;
  readonly dependsOn?: readonly string[];
}

export interface Validity {
  readonly state: 'valid' | 'expired' | 'age-unknown';
  /** Of an age that is not known: why, in a sentence. */
  readonly text: string;
}

/** What was found out about benches: only ever added to, in the order of its rows. */
export interface CalibrationLedger {
  /** Throws `internal` for a value that could not be read back. */
  addCalibration<Kind extends CalibrationKind>(calibration: NewCalibration<Kind>): string;
  /**
   * The calibration of a kind that was written last, of one bench where it is named, if it is still valid at `atS`
   * (default now) and its bases are not renewed; an older one never comes back. What belongs to no session counts for
   * every bench.
   */
  currentCalibration<Kind extends CalibrationKind>(
    kind: Kind,
    atS?: number,
    bench?: string,
  ): Calibration<Kind> | undefined;
  /**
   * Whether the time of a calibration is over at `atS`, by the time that has really passed: where the computer's clock
   * was set since, by how much is taken off. Where that is not known, its age is not either.
   */
  validityOf(calibration: CalibrationFacts, atS: number): Validity;
  /** The first of the calibrations that one builds on (also through others) of which its bench has a newer one. */
  findRenewedBase(uid: string): Calibration | DamagedCalibration | undefined;
  /** Throws `store/not-found`, and `store/damaged` or `store/newer-version` for one that cannot be used. */
  getCalibration(uid: string): Calibration;
  /** Those of a kind in the order in which they were made. What is damaged says nothing and is left out. */
  listCalibrations<Kind extends CalibrationKind>(kind: Kind): Calibration<Kind>[];
  /** Of all kinds, in the order in which they were made, with those that are damaged. */
  listAllCalibrations(): (Calibration | DamagedCalibration)[];
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

  const findRenewedBase = (calibration: CalibrationFacts): AnyCalibration | undefined => {
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

  const validityOf = ({validUntilS, order}: CalibrationFacts, atS: number): Validity => {
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

  const calibrationOf = (uid: string): AnyCalibration => {
    const row = db
      .prepare<[string], CalibrationRow>(`${calibrationQuery} WHERE calibrations.uid = ?`)
      .get(uid);
    if (!row) throw notFound('calibration', uid, path);
    return calibrationFrom(row);
  };

  const getCalibration = (uid: string): Calibration => {
    const calibration = calibrationOf(uid);
    if (!calibration.isDamaged) return calibration;
    const what = `The calibration ${calibration.kind} ${uid}`;
    throw calibration.damage === notAsStored
      ? damagedRecord(path, what)
      : unreadableRecord(path, {what, table: 'calibrations', key: uid}, calibration.damage);
  };

  const listCalibrations = <Kind extends CalibrationKind>(kind: Kind): Calibration<Kind>[] =>
    db
      .prepare<[string], CalibrationRow>(
        `${calibrationQuery} WHERE calibrations.kind = ? ORDER BY calibrations.id`,
      )
      .all(kind)
      .flatMap((row) => {
        const calibration = readCalibration(kind, row);
        return calibration.isDamaged ? [] : [calibration];
      });

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
        depends_on: calibrationBases.write(calibration.dependsOn ?? []),
        value: calibrationRecords[calibration.kind].write(calibration.value),
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
      const row = db
        .prepare<[string], CalibrationRow>(
          `${calibrationQuery} WHERE calibrations.kind = ? ORDER BY calibrations.id DESC`,
        )
        .all(kind)
        .find((own) => isSameBench(own.bench, bench));
      const newest = row && readCalibration(kind, row);
      if (!newest || newest.isDamaged || findRenewedBase(newest)) return undefined;
      return validityOf(newest, atS).state === 'valid' ? newest : undefined;
    },

    validityOf,

    findRenewedBase: (uid) => findRenewedBase(calibrationOf(uid)),

    getCalibration,

    listCalibrations,

    listAllCalibrations: () =>
      db
        .prepare<[], CalibrationRow>(`${calibrationQuery} ORDER BY calibrations.id`)
        .all()
        .map(calibrationFrom),
  };
}

type AnyCalibration = Calibration | DamagedCalibration;

export const isCalibrationKind = (kind: string): kind is CalibrationKind =>
  Object.hasOwn(calibrationRecords, kind);

/** Whether a calibration is of a kind, with the value of that kind. */
export const isCalibrationOf = <Kind extends CalibrationKind>(
  calibration: Calibration,
  kind: Kind,
): calibration is Calibration<Kind> => calibration.kind === kind;

function calibrationFrom(row: CalibrationRow): AnyCalibration {
  const {kind} = row;
  return isCalibrationKind(kind)
    ? readCalibration(kind, row)
    : damagedFrom(row, {problem: `this program does not know the kind "${kind}"`, isNewer: true});
}

/** The calibration in a row of a kind, or what is wrong with it. */
function readCalibration<Kind extends CalibrationKind>(
  kind: Kind,
  row: CalibrationRow,
): Calibration<Kind> | DamagedCalibration {
  if (row.checksum !== null && row.checksum !== textChecksum(...calibrationTexts(row)))
    return damagedFrom(row, notAsStored);
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
