import {
  calibrationBases,
  calibrationRecords,
  type CalibrationKind,
  type CalibrationValues,
} from '../../contract/stored/calibration-records.ts';
import type {Stored} from '../../contract/stored/record.ts';
import {
  calibrationFrom,
  calibrationQuery,
  calibrationTexts,
  createCalibrationRows,
  isSameBench,
  readCalibration,
  type Calibration,
  type CalibrationFacts,
  type CalibrationRow,
  type DamagedCalibration,
} from './calibration-rows.ts';
import {textChecksum} from './checksums.ts';
import {clockStepText} from './clock-watch.ts';
import {type StoreContext, sessionIdOf} from './store-context.ts';
import {damagedRecord} from './stored-documents.ts';
import {notAsStored, unreadableRecord} from './unreadable.ts';

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
  /**
   * Those of some kinds that cannot be used, in the order in which they were written; with them rows whose kind itself
   * is damaged, which may have been of any. Who takes the newest of a kind, or a sum of all, asks this as well.
   */
  listDamagedCalibrations(kinds: readonly CalibrationKind[]): DamagedCalibration[];
}

export function createCalibrationLedger(context: StoreContext): CalibrationLedger {
  const {db, path, utcNowS} = context;
  const {calibrationOf, rowsOfKind, findRenewedBase} = createCalibrationRows(context);

  const getCalibration = (uid: string): Calibration => {
    const calibration = calibrationOf(uid);
    if (!calibration.isDamaged) return calibration;
    const what = `The calibration ${calibration.kind} ${uid}`;
    throw calibration.damage === notAsStored
      ? damagedRecord(path, what)
      : unreadableRecord(path, {what, table: 'calibrations', key: uid}, calibration.damage);
  };
  const validityOf = (calibration: CalibrationFacts, atS: number): Validity =>
    validityBy(context.clockWatch, calibration, atS);

  return {
    addCalibration(calibration) {
      for (const base of calibration.dependsOn ?? []) getCalibration(base);
      return insertCalibration(context, calibration);
    },

    currentCalibration(kind, atS = utcNowS(), bench = '') {
      const row = rowsOfKind(kind).findLast((own) => isSameBench(own.bench, bench));
      const newest = row && readCalibration(kind, row);
      if (!newest || newest.isDamaged || findRenewedBase(newest)) return undefined;
      return validityOf(newest, atS).state === 'valid' ? newest : undefined;
    },

    validityOf,

    findRenewedBase: (uid) => findRenewedBase(calibrationOf(uid)),

    getCalibration,

    listCalibrations: (kind) =>
      rowsOfKind(kind).flatMap((row) => {
        const calibration = readCalibration(kind, row);
        return calibration.isDamaged ? [] : [calibration];
      }),

    listAllCalibrations: () =>
      db
        .prepare<[], CalibrationRow>(`${calibrationQuery} ORDER BY calibrations.id`)
        .all()
        .map(calibrationFrom),

    listDamagedCalibrations: (kinds) => damagedOf(context, kinds),
  };
}

/** By the time that has really passed: what the computer's clock was set by is taken off. */
function validityBy(
  clockWatch: StoreContext['clockWatch'],
  {validUntilS, order}: CalibrationFacts,
  atS: number,
): Validity {
  if (validUntilS === undefined) return {state: 'valid', text: ''};
  const steps = clockWatch.stepsSince(order);
  const unknown = steps.find(({stepS}) => stepS === null);
  if (unknown)
    return {
      state: 'age-unknown',
      text: `${clockStepText(unknown)} The age of this calibration is not known; repeat it.`,
    };
  const setS = steps.reduce((sum, {stepS}) => sum + (stepS ?? 0), 0);
  return {state: validUntilS >= atS - setS ? 'valid' : 'expired', text: ''};
}

function insertCalibration<Kind extends CalibrationKind>(
  context: StoreContext,
  calibration: NewCalibration<Kind>,
): string {
  const {db, utcNowS, createId, clockWatch} = context;
  clockWatch.look();
  const uid = createId();
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
}

function damagedOf({db}: StoreContext, kinds: readonly CalibrationKind[]): DamagedCalibration[] {
  const others = Object.keys(calibrationRecords).filter((kind) => !kinds.some((own) => own === kind));
  return db
    .prepare<string[], CalibrationRow>(
      `${calibrationQuery} WHERE calibrations.kind NOT IN (${others.map(() => '?').join(', ')}) ORDER BY calibrations.id`,
    )
    .all(...others)
    .map(calibrationFrom)
    .filter((calibration) => calibration.isDamaged);
}
