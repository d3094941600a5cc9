import type {CorrectionState} from '../../contract/correction.ts';
import type {PlateOffset} from '../../contract/devices.ts';
import type {CalibrationValues} from '../../contract/stored/calibration-records.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Calibration} from '../store/calibration-rows.ts';
import type {Store} from '../store/open-store.ts';
import {listAlignments, type StoredAlignment} from '../placements/alignment-records.ts';
import {
  isSameBench,
  listPlateMoves,
  plateMoveKinds,
  type MountPlace,
  type StoredPlateMove,
} from '../placements/plate-moves.ts';

/** What is written about corrections. Nothing is ever changed in the ledger, only added. */
export const correctionKinds = {
  correction: 'plate-correction',
  /** How a correction went on: its moves ended, it was kept or undone. */
  step: 'plate-correction-step',
  /** The planes that were measured after it. */
  check: 'plate-correction-check',
} as const;

const journalKinds: ReadonlySet<string> = new Set([
  ...Object.values(plateMoveKinds),
  ...Object.values(correctionKinds),
]);

/** Entries of the journal of moves stand in the ledger, but nothing is calibrated by them. */
export const isJournalKind = (kind: string): boolean => journalKinds.has(kind);

export type CorrectionRecord = CalibrationValues[typeof correctionKinds.correction];
type CorrectionStep = CalibrationValues[typeof correctionKinds.step];
type CorrectionCheck = CalibrationValues[typeof correctionKinds.check];

export interface StoredCorrection extends CorrectionRecord {
  readonly uid: string;
  readonly timeS: number;
  /** `moving` is left by a host that was killed: where the plates stand is not known. */
  readonly state: CorrectionState;
  /** How it came to that, in a sentence. */
  readonly text: string;
  /** In the order in which they were made, undoing included. */
  readonly made: readonly StoredPlateMove[];
  /** Session of the planes that were measured afterwards, the newest; null before. */
  readonly checkSessionUid: string | null;
  /** Alignment of those planes; null before. */
  readonly checkAlignmentUid: string | null;
}

export const addCorrection = (store: Store, record: CorrectionRecord): string =>
  store.addCalibration({kind: correctionKinds.correction, sessionUid: record.sessionUid, value: record});

export function addCorrectionStep(
  store: Store,
  {uid, sessionUid}: Pick<StoredCorrection, 'uid' | 'sessionUid'>,
  step: Omit<CorrectionStep, 'correctionUid'>,
): void {
  const value: CorrectionStep = {...step, correctionUid: uid};
  store.addCalibration({kind: correctionKinds.step, sessionUid, value});
}

/** Writes down which session measured the planes again after a correction. */
export function addCorrectionCheck(store: Store, correctionUid: string, sessionUid: string): void {
  const value: CorrectionCheck = {correctionUid, sessionUid};
  store.addCalibration({kind: correctionKinds.check, sessionUid, value});
}

/** Corrections of a bench in the order in which they were begun; of every bench without one. */
export function listCorrections(store: Store, place?: MountPlace): StoredCorrection[] {
  const steps = store.listCalibrations(correctionKinds.step).map(({value}) => value);
  const checks = store.listCalibrations(correctionKinds.check).map(({value}) => value);
  const alignments = checks.length > 0 ? listAlignments(store) : [];
  return store
    .listCalibrations(correctionKinds.correction)
    .filter(({value}) => place === undefined || isSameBench(value, place))
    .map((calibration) => correctionFrom(store, calibration, {steps, checks, alignments}));
}

/** Throws `store/not-found` for a uid that is no correction. */
export function getCorrection(store: Store, uid: string): StoredCorrection {
  const found = listCorrections(store).find((correction) => correction.uid === uid);
  if (found) return found;
  throw new BenchError('store/not-found', `There is no correction ${uid}. Nothing moved.`);
}

function correctionFrom(
  store: Store,
  {uid, timeS, value}: Calibration<typeof correctionKinds.correction>,
  {
    steps,
    checks,
    alignments,
  }: {
    readonly steps: readonly CorrectionStep[];
    readonly checks: readonly CorrectionCheck[];
    readonly alignments: readonly StoredAlignment[];
  },
): StoredCorrection {
  const last = steps.findLast(({correctionUid}) => correctionUid === uid);
  const check = checks.findLast(({correctionUid}) => correctionUid === uid);
  return {
    ...value,
    uid,
    timeS,
    state: last?.state ?? 'moving',
    text: last?.text ?? 'Its moves were begun, and their end is not written down.',
    made: listPlateMoves(store, value).filter(({correctionUid}) => correctionUid === uid),
    checkSessionUid: check?.sessionUid ?? null,
    checkAlignmentUid: alignments.findLast(({sessionUid}) => sessionUid === check?.sessionUid)?.uid ?? null,
  };
}

/** Where each plate of a correction stood before it, by plate number. */
export const originsOf = ({moves}: CorrectionRecord): ReadonlyMap<number, PlateOffset> =>
  new Map(
    moves.map(({plate, axes}) => [plate, Object.fromEntries(axes.map(({axis, from}) => [axis, from]))]),
  );
