import {fixedText} from '../../base/number-format.ts';
import {utcSecondText} from '../../base/utc-text.ts';
import {auditDetails} from '../../contract/stored/run-document-records.ts';
import Database from 'better-sqlite3';
import type {WallClock} from './wall-clock.ts';

/** The computer's clock was set. */
export interface ClockStep {
  /** What it showed before and after, seconds since the epoch, UTC. */
  readonly fromS: number;
  readonly toS: number;
  /** By how much it was set (forward is positive); null where only the direction is known. */
  readonly stepS: number | null;
}

export interface ClockWatch {
  /**
   * Looks whether the computer's clock was set since the last look, by this program or any other on the database. A
   * step is stored, noted in the runs under way, written into the audit trail and passed to the listeners of `onStep`.
   * Never throws: a disk that is full must not keep anybody from measuring.
   */
  look(): void;
  /** Adds a listener for steps from now on; it is called too for those that opening the store has found. */
  onStep(listener: (step: ClockStep) => void): void;
  /** Steps since a row of the calibration ledger was written, oldest first. */
  stepsSince(calibrationOrder: number): readonly ClockStep[];
}

/** Below this a clock was not set but put right little by little, as time servers do, s. */
export const smallestStepS = 2;
/** How much of that is kept in mind without being written, s. */
const driftS = 0.5;
/** How old the note "the clock showed at least this" may get, s. */
const seenEveryS = 60;

interface WatchContext {
  readonly db: Database.Database;
  readonly clock: WallClock;
  readonly createId: () => string;
  readonly instanceId: number;
  readonly isReadOnly: boolean;
}

interface FrameRow {
  readonly offset_s: number;
  readonly seen_at: number;
}

export function createClockWatch(context: WatchContext): ClockWatch {
  const {db, clock, isReadOnly} = context;
  const {frame} = clock;
  const told: ClockStep[] = [];
  const listeners: ((step: ClockStep) => void)[] = [];
  let quickOffsetS = NaN;
  let seenS = -Infinity;
  let lastStepId = latestStepId(db);

  const compare = (): void => {
    const nowS = clock.utcNowS();
    const offsetS = nowS - clock.steadyNowS();
    const known = db
      .prepare<[string], FrameRow>('SELECT offset_s, seen_at FROM clock_frames WHERE frame = ?')
      .get(frame);
    const step = known ? stepFrom(offsetS - known.offset_s, nowS, clock) : restartFrom(db, nowS);
    if (step) insertStep(context, step);
    db.prepare(
      `INSERT INTO clock_frames (frame, offset_s, seen_at) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET offset_s = excluded.offset_s, seen_at = excluded.seen_at`,
    ).run(frame, offsetS, nowS);
    seenS = nowS;
  };

  const reportNewSteps = (): void => {
    for (const {id, ...step} of newSteps(db, lastStepId)) {
      lastStepId = id;
      noteInRuns(context, step);
      told.push(step);
      for (const listener of listeners) listener(step);
    }
  };

  return {
    look() {
      if (isReadOnly) return;
      const nowS = clock.utcNowS();
      const offsetS = nowS - clock.quickNowS();
      if (Math.abs(offsetS - quickOffsetS) <= driftS && Math.abs(nowS - seenS) < seenEveryS) return;
      try {
        db.transaction(compare).immediate();
        reportNewSteps();
        quickOffsetS = offsetS;
      } catch (error) {
        // Tried again at the next look. What keeps it from being written shows at the next write of anything else.
        if (!(error instanceof Database.SqliteError)) throw error;
      }
    },
    onStep(listener) {
      listeners.push(listener);
      for (const step of told) listener(step);
    },
    stepsSince: (calibrationOrder) =>
      db
        .prepare<[number], ClockStep>(
          `SELECT from_s AS fromS, to_s AS toS, step_s AS stepS FROM clock_steps WHERE calibration_id >= ? ORDER BY id`,
        )
        .all(calibrationOrder),
  };
}

/** A step while the same computer was on, whether a program of ours ran or not. */
function stepFrom(changeS: number, nowS: number, {countsSleep}: WallClock): ClockStep | undefined {
  if (Math.abs(changeS) < smallestStepS) return undefined;
  // Without knowing of sleep, a jump forward may be time that has really passed.
  const isMeasured = countsSleep || changeS < 0;
  return {fromS: nowS - changeS, toS: nowS, stepS: isMeasured ? changeS : null};
}

/** After a restart of the computer only a clock that is behind what it showed before gives itself away. */
function restartFrom(db: Database.Database, nowS: number): ClockStep | undefined {
  const seenS = db.prepare<[], number | null>('SELECT max(seen_at) FROM clock_frames').pluck().get() ?? null;
  return seenS !== null && nowS < seenS - smallestStepS ? {fromS: seenS, toS: nowS, stepS: null} : undefined;
}

function insertStep({db, instanceId}: WatchContext, {fromS, toS, stepS}: ClockStep): void {
  db.prepare(
    `INSERT INTO clock_steps (instance_id, from_s, to_s, step_s, calibration_id) VALUES (?, ?, ?, ?,
       (SELECT coalesce(max(id), 0) FROM calibrations))`,
  ).run(instanceId, fromS, toS, stepS);
  db.prepare(
    'INSERT INTO audit (time, instance_id, actor, action, subject, details) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(toS, instanceId, 'clock', 'notice-clock-step', 'clock', auditDetails.write({fromS, toS, stepS}));
}

const latestStepId = (db: Database.Database): number =>
  db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM clock_steps').pluck().get() ?? 0;

const newSteps = (db: Database.Database, after: number): (ClockStep & {readonly id: number})[] =>
  db
    .prepare<[number], ClockStep & {readonly id: number}>(
      'SELECT id, from_s AS fromS, to_s AS toS, step_s AS stepS FROM clock_steps WHERE id > ? ORDER BY id',
    )
    .all(after);

/** Each process notes a step in the runs that it records. */
function noteInRuns({db, createId, instanceId}: WatchContext, step: ClockStep): void {
  const runs = db
    .prepare<[number], {id: number; session_id: number}>(
      'SELECT id, session_id FROM runs WHERE instance_id = ? AND stop IS NULL',
    )
    .all(instanceId);
  const add = db.prepare(
    `INSERT INTO notes (uid, session_id, run_id, time, author, text) VALUES (?, ?, ?, ?, 'clock', ?)`,
  );
  for (const {id, session_id} of runs)
    add.run(
      createId(),
      session_id,
      id,
      step.toS,
      `${clockStepText(step)} Times of this run before and after it are not of one scale; points stand in the order in which they were taken, and bench_time_s counts on.`,
    );
}

/** A sentence on a step. */
export function clockStepText({fromS, toS, stepS}: ClockStep): string {
  const from = utcSecondText(fromS);
  const to = utcSecondText(toS);
  if (stepS === null)
    return toS < fromS
      ? `The computer's clock shows ${to}, which is before ${from}, when this data folder was last written: it was set back.`
      : `The computer's clock went from ${from} to ${to}: it was set, or the computer slept.`;
  return `The computer's clock was set ${stepS < 0 ? 'back' : 'forward'} by ${fixedText(Math.abs(stepS), 0)} s, from ${from} to ${to}.`;
}
