import {fixedText} from '../../base/number-format.ts';
import {pluralOf} from '../../base/count-text.ts';
import type {PlateMove} from '../../contract/correction.ts';
import type {PlateAxis, PlateMount, PlateOffset} from '../../contract/devices.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import {plateOffsetText, plateValueText} from '../../contract/plate-labels.ts';
import type {Store} from '../store/open-store.ts';
import {
  placeOfBench,
  planCorrection,
  targetOf,
  type CorrectionBench,
  type CorrectionChoice,
  type CorrectionPlan,
  type CorrectionSource,
} from './correct-plan.ts';
import {
  addCorrection,
  addCorrectionStep,
  correctionKinds,
  getCorrection,
  listCorrections,
  originsOf,
  type StoredCorrection,
} from './correct-records.ts';
import {damagedRowsOf, damagedRowText} from '../placements/damaged-rows.ts';
import {isSameBench, movePlate, plateMoveKinds, platesText} from '../placements/plate-moves.ts';

/** How far a correction has come. */
export interface CorrectionProgress {
  readonly plate: number;
  /** From 1, of `total` plates. */
  readonly number: number;
  readonly total: number;
  readonly now: PlateOffset;
  readonly target: PlateOffset;
}

export interface CorrectionHooks {
  /** Who does it, for the journal. */
  readonly by: string;
  /** Stops the plate that moves, and ends it. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CorrectionProgress) => void) | undefined;
}

export interface CorrectionOutcome {
  readonly correctionUid: string;
  readonly plan: CorrectionPlan;
  /** Offsets read back, in the order of `plan.moves`. */
  readonly arrived: readonly PlateOffset[];
}

/** The plates have been moved since the list was shown. */
const sameStand = 1e-4;

/**
 * Moves every mounted plate by what an alignment found: one after another, each read back and checked, each in the
 * journal with who, from, to and why. Refused whole before anything moves when one value is too large or the alignment
 * is not to be followed (`planCorrection` says when). What ends it early leaves the plates where they stand, is written
 * down, and can be undone. Nothing is tried twice.
 */
export async function applyCorrection(
  store: Store,
  bench: CorrectionBench,
  source: CorrectionSource,
  {
    by,
    signal,
    onProgress,
    shown,
    ...choice
  }: CorrectionHooks &
    CorrectionChoice & {
      /** The plan that a person has agreed to: refused when it would be another one now. */
      readonly shown?: readonly PlateMove[] | undefined;
    },
): Promise<CorrectionOutcome> {
  const plan = await planCorrection(store, bench, source, {...choice, signal});
  const {mount} = bench.devices;
  if (plan.refusal || !mount) throw plan.refusal ?? new BenchError('internal', 'A plan without mounts.');
  if (shown && !isSamePlan(shown, plan.moves))
    throw new BenchError(
      'plan/invalid',
      'The moves would not be those of the list that was shown: plates were moved since, or the table by which moves are judged was computed since. Nothing moved; look at the new list.',
    );
  if (plan.moves.length === 0)
    throw new BenchError(
      'plan/invalid',
      'There is nothing to move by mounts: every mounted plate stands where it belongs, as far as that matters or these planes tell. Nothing moved.',
    );
  signal?.throwIfAborted();
  const {alignmentUid, moves, leftOut, manualSteps} = plan;
  const record = {
    ...placeOfBench(bench),
    alignmentUid,
    sessionUid: source.sessionUid,
    by,
    moves,
    leftOut,
    manualSteps,
  };
  const uid = addCorrection(store, record);
  // @position correction.begun
  const steps = moves.map((move) => ({plate: move.plate, to: targetOf(move)}));
  const arrived = await moveInTurn({store, mount}, {...record, uid}, steps, {
    why: `correction from alignment ${alignmentUid ?? `of session ${source.sessionUid}`}`,
    done: 'done',
    signal,
    onProgress,
    by,
  });
  return {correctionUid: uid, plan, arrived};
}

/**
 * Moves the plates of a correction back to where they stood before it, the last one first. Refused when they do not
 * stand where the correction left them: a mount that was switched off counts from another zero.
 */
export async function undoCorrection(
  store: Store,
  bench: CorrectionBench,
  correctionUid: string,
  {by, signal, onProgress}: CorrectionHooks,
): Promise<readonly PlateOffset[]> {
  const correction = getCorrection(store, correctionUid);
  const {mount} = bench.devices;
  await assertUndoable(store, bench, correction, signal);
  if (!mount) throw new BenchError('internal', 'An undo without mounts.');
  addCorrectionStep(store, correction, {state: 'undoing', text: 'The plates are being moved back.', by});
  const touched = new Set(correction.made.map(({plate}) => plate));
  const steps = [...originsOf(correction)]
    .filter(([plate]) => touched.has(plate))
    .map(([plate, to]) => ({plate, to}))
    .reverse();
  return moveInTurn({store, mount}, correction, steps, {
    why: `undo of correction ${correctionUid}`,
    done: 'undone',
    signal,
    onProgress,
    by,
  });
}

/** Records the operator's decision that a correction stays. Throws `plan/invalid` for one that is not done. */
export function keepCorrection(store: Store, correctionUid: string, by: string): void {
  const correction = getCorrection(store, correctionUid);
  const refusal = keepRefusalOf(correction);
  if (refusal !== '') throw new BenchError('plan/invalid', `${refusal} Nothing was changed.`);
  addCorrectionStep(store, correction, {state: 'kept', text: 'The correction is kept.', by});
}

/** Why a correction cannot be kept, in a sentence; ''. */
export const keepRefusalOf = ({state}: StoredCorrection): string =>
  state === 'done' ? '' : `This correction is ${stateLabels[state]}, so it cannot be kept.`;

/** Why a correction cannot be undone, as far as that is written down; ''. Where the plates stand is asked when it is. */
export function undoRefusalOf(store: Store, correction: StoredCorrection): string {
  if (correction.state === 'undone') return 'It is undone already.';
  const {order} = store.getCalibration(correction.uid);
  const kinds = [...Object.values(correctionKinds), ...Object.values(plateMoveKinds)];
  const damaged = damagedRowsOf(store, kinds, correction).find((row) => row.order > order);
  if (damaged)
    return `A later record of moves by mounts is damaged, so that nobody knows what was moved since and how it ended. ${damagedRowText(damaged)} Measure again and align those planes instead.`;
  if (correction.made.length === 0) return 'None of its moves was begun.';
  const newer = listCorrections(store, correction).findLast(({state}) => state !== 'undone');
  return newer && newer.uid !== correction.uid ? 'A later one was made; undo that one first.' : '';
}

const stateLabels: Readonly<Record<StoredCorrection['state'], string>> = {
  moving: 'under way, or its host was killed',
  done: 'done',
  stopped: 'stopped on its way',
  failed: 'failed on its way',
  kept: 'kept',
  undoing: 'being undone, or its host was killed',
  undone: 'undone',
  'undo-failed': 'undone in part only',
};

async function moveInTurn(
  {store, mount}: {readonly store: Store; readonly mount: PlateMount},
  correction: Pick<StoredCorrection, 'uid' | 'sessionUid' | 'benchName' | 'benchSeed'>,
  steps: readonly {readonly plate: number; readonly to: PlateOffset}[],
  {
    why,
    done,
    by,
    signal,
    onProgress,
  }: CorrectionHooks & {readonly why: string; readonly done: 'done' | 'undone'},
): Promise<readonly PlateOffset[]> {
  const {uid, sessionUid, benchName, benchSeed} = correction;
  const arrived: PlateOffset[] = [];
  const notices: string[] = [];
  try {
    for (const [index, {plate, to}] of steps.entries()) {
      signal?.throwIfAborted();
      const offset = await movePlate(
        store,
        mount,
        {benchName, benchSeed, plate, to, by, why, correctionUid: uid, sessionUid},
        {
          signal,
          onProgress: (now) => onProgress?.({plate, number: index + 1, total: steps.length, now, target: to}),
          onNotice: (text) => notices.push(text),
        },
      );
      assertArrived(mount, plate, to, offset);
      onProgress?.({plate, number: index + 1, total: steps.length, now: offset, target: to});
      arrived.push(offset);
    }
  } catch (error) {
    const {code, message, details} = benchErrorFrom(error);
    const text = [endedEarlyText(done, steps, arrived.length, message), ...notices].join(' ');
    const state = done === 'undone' ? 'undo-failed' : isAbort(error) ? 'stopped' : 'failed';
    addCorrectionStep(store, correction, {state, text, by});
    throw new BenchError(code, text, {details: {...details, correctionUid: uid}, cause: error});
  }
  const plates = platesText(steps.map(({plate}) => plate).sort((a, b) => a - b));
  const text = [
    done === 'done'
      ? `${capital(plates)} moved as planned, read back.`
      : `${capital(plates)} moved back to where ${pluralOf(steps.length, 'it', 'they')} stood, read back.`,
    ...notices,
  ].join(' ');
  // @position correction.all-moved
  addCorrectionStep(store, correction, {state: done, text, by});
  // @position correction.done
  return arrived;
}

/** The driver has proven it already; what is written down as arrived is looked at once more. */
function assertArrived(mount: PlateMount, plate: number, to: PlateOffset, offset: PlateOffset): void {
  const tolerances = mount.tolerancesOf(plate);
  for (const [name, target] of Object.entries(to) as [PlateAxis, number][]) {
    const value = offset[name];
    if (value !== undefined && Math.abs(value - target) <= (tolerances[name] ?? 0)) continue;
    throw new BenchError(
      'motion/not-arrived',
      `Plate ${plate} reads ${plateOffsetText(offset)} after it was sent to ${plateOffsetText(to)}.`,
    );
  }
}

function endedEarlyText(
  done: 'done' | 'undone',
  steps: readonly {readonly plate: number}[],
  arrivedCount: number,
  message: string,
): string {
  const before = steps.slice(0, arrivedCount).map(({plate}) => plate);
  const after = steps.slice(arrivedCount + 1).map(({plate}) => plate);
  return [
    `The ${done === 'done' ? 'correction' : 'undo'} ended at plate ${steps[arrivedCount].plate}: ${message}`,
    before.length > 0 ? `${capital(platesText(before))} moved before that.` : 'No other plate moved.',
    ...(after.length > 0 ? [`${capital(platesText(after))} did not move.`] : []),
    done === 'done' ? 'Undo moves back what moved.' : 'Look at that mount, then undo again.',
  ].join(' ');
}

const capital = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}`;

/** Throws `plan/invalid` with what stands against moving back. Nothing moves. */
async function assertUndoable(
  store: Store,
  bench: CorrectionBench,
  correction: StoredCorrection,
  signal: AbortSignal | undefined,
): Promise<void> {
  const refuse = (why: string): BenchError =>
    new BenchError('plan/invalid', `The correction was not undone: ${why}. Nothing moved.`);
  const {mount} = bench.devices;
  const place = placeOfBench(bench);
  if (!mount) throw refuse(`the bench ${place.benchName} has no motorised mounts`);
  if (!isSameBench(place, correction)) throw refuse(`it was made on ${correction.benchName}, another bench`);
  const written = undoRefusalOf(store, correction);
  if (written !== '')
    throw new BenchError('plan/invalid', `The correction was not undone: ${written} Nothing moved.`);
  for (const move of correction.moves) {
    const last = correction.made.findLast(({plate}) => plate === move.plate);
    if (!last) continue;
    const now = await mount.readOffset(move.plate, signal ? {signal} : {});
    const tolerances = mount.tolerancesOf(move.plate);
    for (const {axis, from, to} of move.axes) {
      const value = now[axis] ?? Number.NaN;
      const slack = 2 * (tolerances[axis] ?? 0);
      const stands = last.end?.stands?.[axis];
      // A move whose end was never written may have ended anywhere on its way.
      const [low, high] = stands === undefined ? [Math.min(from, to), Math.max(from, to)] : [stands, stands];
      if (value >= low - slack && value <= high + slack) continue;
      throw refuse(
        `plate ${move.plate} does not stand where the correction left it (${plateValueText(axis, value)} instead of ` +
          `${low === high ? fixedText(low, 4) : `${fixedText(low, 4)} to ${fixedText(high, 4)}`}); it was moved since, or its mount was switched off`,
      );
    }
  }
}

function isSamePlan(shown: readonly PlateMove[], now: readonly PlateMove[]): boolean {
  const flat = (moves: readonly PlateMove[]) =>
    moves.flatMap(({plate, axes}) => axes.map(({axis, from, to}) => ({key: `${plate} ${axis}`, from, to})));
  const [a, b] = [flat(shown), flat(now)];
  return (
    a.length === b.length &&
    a.every(
      ({key, from, to}, i) =>
        key === b[i].key && Math.abs(from - b[i].from) < sameStand && Math.abs(to - b[i].to) < sameStand,
    )
  );
}
