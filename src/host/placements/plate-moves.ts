import {plateAxes, type PlateAxis, type PlateMount, type PlateOffset} from '../../contract/devices.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import type {CalibrationValues} from '../../contract/stored/calibration-records.ts';
import {plateOffsetText} from '../../contract/plate-labels.ts';
import {withDeadline} from '../engine/deadlines.ts';
import type {Store} from '../store/open-store.ts';
import {damagedRowsOf, damagedRowText, type BenchKey} from './damaged-rows.ts';

/**
 * The journal of what mounts do to plates. A move is written down before it begins and again when it has ended, so that
 * one whose end is missing (a power cut, a killed host) is known to have gone anywhere between.
 */
export const plateMoveKinds = {move: 'plate-move', end: 'plate-move-end'} as const;
/** What was known of a plate when a program let its mount go, or when a person confirmed its position. */
export const plateStandKind = 'plate-stand' as const;

/** The bench whose plates move. */
export type MountPlace = BenchKey;

export type PlateMoveRecord = CalibrationValues[typeof plateMoveKinds.move];
export type PlateMoveEnd = CalibrationValues[typeof plateMoveKinds.end];

export interface StoredPlateMove extends PlateMoveRecord {
  readonly uid: string;
  readonly timeS: number;
  /** The run that had been begun last when the move was. */
  readonly afterScanId: number;
  readonly sessionUid: string | undefined;
  /** Undefined while it is under way, and for good when its end was never written. */
  readonly end: PlateMoveEnd | undefined;
}

export interface PlateMoveOrder extends MountPlace {
  readonly plate: number;
  readonly to: PlateOffset;
  readonly by: string;
  readonly why: string;
  readonly correctionUid?: string | null;
  /** Session whose alignment asked for it. */
  readonly sessionUid?: string | undefined;
}

export interface PlateMoveHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((now: PlateOffset) => void) | undefined;
  /** A reply that did not come, and what was done about it; it stands in the journal as well. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/** Real ms for reading where a plate stands after its move was broken off. */
const lookMs = 5000;

/**
 * Moves one plate by its mount, with an entry in the journal before and after. Resolves with the offset read back.
 * Targets beyond the limits are refused (`motion/limit`) before anything is written or moved; what ends a move early
 * is thrown as it came, with where the plate stands in `details.stands`.
 */
export async function movePlate(
  store: Store,
  mount: PlateMount,
  order: PlateMoveOrder,
  {signal, onProgress, onNotice}: PlateMoveHooks = {},
): Promise<PlateOffset> {
  const {plate, to} = order;
  mount.checkMove(plate, to);
  const call = signal ? {signal} : {};
  recallStands(store, mount, order);
  const from = await mount.readOffset(plate, call);
  signal?.throwIfAborted();
  return journalled({store, mount, onNotice}, {...order, from}, (hooks) =>
    mount.moveTo(plate, to, {...call, ...hooks, ...(onProgress ? {onProgress} : {})}),
  );
}

/**
 * Homes one axis of a plate, with an entry in the journal: where the plate stood before is not known any more. Refused
 * (`motion/not-homed`) before anything is written or moved where its zero would not be known afterwards.
 */
export async function homePlate(
  store: Store,
  mount: PlateMount,
  {axis, ...order}: Omit<PlateMoveOrder, 'to'> & {readonly axis: PlateAxis},
  {signal, onNotice}: PlateMoveHooks = {},
): Promise<void> {
  mount.checkHome(order.plate, axis);
  signal?.throwIfAborted();
  await journalled({store, mount, onNotice}, {...order, from: {}, to: {}}, async (hooks) => {
    await mount.home(order.plate, axis, {...hooks, ...(signal ? {signal} : {})});
    return null;
  });
}

async function journalled<Stands extends PlateOffset | null>(
  {
    store,
    mount,
    onNotice,
  }: {readonly store: Store; readonly mount: PlateMount} & Pick<PlateMoveHooks, 'onNotice'>,
  {correctionUid = null, sessionUid, ...order}: PlateMoveOrder & {readonly from: PlateOffset},
  work: (hooks: {readonly onNotice: (text: string) => void}) => Promise<Stands>,
): Promise<Stands> {
  const {plate, by} = order;
  const value: PlateMoveRecord = {...order, correctionUid};
  const ofSession = sessionUid === undefined ? {} : {sessionUid};
  const moveUid = store.addCalibration({kind: plateMoveKinds.move, ...ofSession, value});
  store.audit({actor: by, action: 'move-plate', subject: `plate ${plate}`, details: {...value, moveUid}});
  const notices: string[] = [];
  const notice = (text: string): void => {
    notices.push(text);
    onNotice?.(text);
  };
  const place = {benchName: order.benchName, benchSeed: order.benchSeed};
  // As long as nothing else is written, its end is not known: the program may be killed, the power cut.
  store.addCalibration({
    kind: plateStandKind,
    value: {
      ...place,
      plate,
      memory: {offset: null, microsteps: mount.memoryOf(plate)?.microsteps ?? {}},
      by: null,
    } satisfies PlateStand,
  });
  const end = (ending: PlateMoveEnd['ending'], stands: PlateOffset | null, problem: string): void => {
    const closed: PlateMoveEnd = {moveUid, ending, stands, problem, ...(notices.length > 0 ? {notices} : {})};
    store.addCalibration({kind: plateMoveKinds.end, ...ofSession, value: closed});
  };
  try {
    // @position correction.move-noted
    const stands = await work({onNotice: notice});
    // @position correction.plate-moved
    end('arrived', stands, '');
    // @position correction.move-ended
    // Also where it stands after homing, which the way of a plate cannot be computed from.
    if (stands === null) await standsAfterwards(mount, plate);
    keepStand(store, mount, {...place, plate});
    return stands;
  } catch (error) {
    const {code, message, details} = benchErrorFrom(error);
    const stands = await standsAfterwards(mount, plate);
    end(isAbort(error) ? 'stopped' : 'failed', stands, message);
    keepStand(store, mount, {...place, plate});
    const where =
      stands === null ? 'Where it stands could not be read.' : `It stands at ${plateOffsetText(stands)}.`;
    throw new BenchError(code, `Plate ${plate}: ${message} ${where}`, {
      details: {...details, plate, stands},
      cause: error,
    });
  }
}

/** The driver has stopped it; where it stands now is worth a question, and no second failure. */
async function standsAfterwards(mount: PlateMount, plate: number): Promise<PlateOffset | null> {
  try {
    return await withDeadline(mount.readOffset(plate), lookMs, 'Reading where the plate stands');
  } catch {
    // The first error is the one to report; null stands for a position that could not be read.
    return null;
  }
}

type PlateStand = CalibrationValues[typeof plateStandKind];

/** Writes down where a plate stands and by what resolution, where that is known and not yet written. */
export function keepStand(
  store: Store,
  mount: PlateMount,
  {benchName, benchSeed, plate}: MountPlace & {readonly plate: number},
  by: string | null = null,
): void {
  const memory = mount.memoryOf(plate);
  if (memory === undefined) return;
  const {reason, ...known} = memory;
  const stands = reason === undefined ? known : {...known, reason};
  const value: PlateStand = {benchName, benchSeed, plate, memory: stands, by};
  store.addCalibration({kind: plateStandKind, value});
}

/**
 * Tells mounts where their plates stood when they were let go, so that one that reports another place is not trusted. A
 * move without a known end leaves nothing to trust, and neither does an entry that is damaged: it may have been about
 * any plate, and hides what was written before it. Later entries count, whatever the clock says.
 */
export function recallStands(store: Store, mount: PlateMount, place: MountPlace): void {
  // A virtual bench is made anew each time it is opened, with its plates at their zeros.
  if (place.benchSeed !== null) return;
  const stands = store.listCalibrations(plateStandKind).filter(({value}) => isSameBench(value, place));
  const damaged = damagedRowsOf(store, [plateStandKind], place).at(-1);
  for (const plate of mount.plates) {
    const last = stands.findLast(({value}) => value.plate === plate);
    const memory = last?.value.memory;
    if (damaged && damaged.order > (last?.order ?? 0))
      mount.recall(plate, {
        offset: null,
        microsteps: memory?.microsteps ?? {},
        reason: `the entry of the journal that says so is damaged. ${damagedRowText(damaged).replace(/\.$/, '')}`,
      });
    else if (memory) mount.recall(plate, memory);
  }
}

/**
 * Takes a person's confirmation that a plate stands where its mount reports it. Throws `device/refused` for another
 * place.
 */
export async function trustPlate(
  store: Store,
  mount: PlateMount,
  {
    plate,
    shown,
    by,
    ...place
  }: MountPlace & {readonly plate: number; readonly shown: PlateOffset; readonly by: string},
  options: {readonly signal?: AbortSignal | undefined} = {},
): Promise<void> {
  await mount.trustPosition(plate, shown, options.signal ? {signal: options.signal} : {});
  keepStand(store, mount, {...place, plate}, by);
  store.audit({actor: by, action: 'trust-plate', subject: `plate ${plate}`, details: {...place, shown}});
}

/** Moves of a bench's plates in the order in which they were begun. */
export function listPlateMoves(store: Store, place: MountPlace): StoredPlateMove[] {
  const ends = new Map(
    store.listCalibrations(plateMoveKinds.end).map(({value}) => [value.moveUid, value] as const),
  );
  return store
    .listCalibrations(plateMoveKinds.move)
    .map(({uid, timeS, afterScanId, sessionUid, value}): StoredPlateMove => ({
      ...value,
      uid,
      timeS,
      afterScanId,
      sessionUid,
      end: ends.get(uid),
    }))
    .filter((move) => isSameBench(move, place));
}

export const isSameBench = (a: MountPlace, b: MountPlace): boolean =>
  a.benchName === b.benchName && a.benchSeed === b.benchSeed;

/** Ways that sum up to less than these are none: a plate that was moved back stands where it stood. */
const sameMm = 0.005;
const sameDeg = 0.01;

/**
 * Which plates stand elsewhere than they stood when a run was begun, now or when a later run was begun, as the journal
 * has it: numbers, ascending. The order of rows decides, for the clock may have been set in between. A move without a known end counts. Sums of ways, not positions: a mount that was switched off counts from
 * another zero afterwards.
 */
export function platesMovedSince(
  store: Store,
  place: MountPlace,
  sinceScanId: number,
  untilScanId = Infinity,
): number[] {
  const ways = new Map<number, Record<PlateAxis, number>>();
  const lost = new Set<number>();
  for (const {plate, from, end, afterScanId} of listPlateMoves(store, place)) {
    if (afterScanId < sinceScanId || afterScanId >= untilScanId) continue;
    if (!end?.stands) {
      lost.add(plate);
      continue;
    }
    const way = ways.get(plate) ?? {dxMm: 0, dyMm: 0, dzMm: 0, rotationDeg: 0};
    for (const axis of plateAxes) way[axis] += (end.stands[axis] ?? 0) - (from[axis] ?? 0);
    ways.set(plate, way);
  }
  const moved = [...ways].flatMap(([plate, way]) =>
    plateAxes.some((axis) => Math.abs(way[axis]) > (axis === 'rotationDeg' ? sameDeg : sameMm))
      ? [plate]
      : [],
  );
  return [...new Set([...moved, ...lost])].sort((a, b) => a - b);
}

/**
 * Why nobody knows which plates were moved since a run was begun, now or until a later run was begun, as a sentence:
 * the journal of their moves has a damaged entry from then; '' when it has none.
 */
export function unknownMovesSince(
  store: Store,
  place: MountPlace,
  sinceScanId: number,
  untilScanId = Infinity,
): string {
  const damaged = damagedRowsOf(store, Object.values(plateMoveKinds), place).find(
    ({afterScanId}) => afterScanId >= sinceScanId && afterScanId < untilScanId,
  );
  return damaged === undefined
    ? ''
    : `An entry of the journal of moves by mounts from then is damaged, so that nobody knows which plates were moved: ${damagedRowText(damaged)}`;
}

/** `plates 2 and 3`. */
export const platesText = (plates: readonly number[]): string =>
  plates.length === 1
    ? `plate ${plates[0]}`
    : `plates ${plates.slice(0, -1).join(', ')} and ${String(plates.at(-1))}`;
