import {isDeepStrictEqual} from 'node:util';
import type {StageConfig} from '../../contract/bench-file.ts';
import type {AxisName, PlaceKeeper, PositionMm, StagePlace} from '../../contract/devices.ts';
import {BenchError, benchErrorFrom, hasCode} from '../../contract/errors.ts';
import type {StageDevice} from '../devices/registry.ts';
import {portText} from './port-text.ts';
import type {StagePlaces, StoredPlace} from './stage-places.ts';

/** A stage at rest that nobody moved reports the same place to the last digit; this is beyond rounding, mm. */
const sameMm = 0.0025;
/** A rest shorter than this is not written: points of a scan follow each other faster, ms. */
const restMs = 1000;

/**
 * What is known of a stage's place from one connection to the next, also when the program has ended in between. It is
 * read at each opening of a bench, and updated with each position that is learned.
 */
export interface StageMemory {
  /**
   * Whether what a stage that was just connected reports is where it is. `before` is the device that a reconnect
   * replaces. `isConfirmed`: a person has said, for this opening, that the position is right. Reads, and moves nothing.
   * Resolves with `unknown` where nothing from earlier speaks for the position or against it.
   */
  receive(
    fresh: StageDevice,
    from: {readonly before?: StageDevice | undefined; readonly isConfirmed?: boolean},
  ): Promise<'judged' | 'unknown'>;
}

/** Of a virtual bench, which is made anew at each opening, nothing is kept. */
export const forgetfulMemory: StageMemory = {
  receive(fresh, {before}) {
    if (before) distrustReconnected(fresh, before);
    return Promise.resolve(before ? 'judged' : 'unknown');
  },
};

/** Reads what is known of the stage of a bench; `benchName` is '' for one that is opened by driver and port. */
export async function openStageMemory(
  places: StagePlaces,
  benchName: string,
  config: StageConfig,
): Promise<StageMemory> {
  const key = {benchName, role: config.role, driver: config.driver, port: portText(config.link)};
  let kept: StoredPlace | undefined;
  let damage = '';
  try {
    kept = await places.find(key);
  } catch (error) {
    damage = `where it stood cannot be read: ${benchErrorFrom(error).message}`;
  }
  let lastKeeper: PlaceKeeper | undefined;

  return {
    async receive(fresh, {before, isConfirmed = false}) {
      // What the one before has not written yet must not come after what is learned now.
      await lastKeeper?.close().catch(() => undefined); // the new one writes at once
      const lastPlace = kept;
      const formerBasis = lastPlace?.basis ?? null;
      const keeper = createPlaceKeeper({
        kept: lastPlace,
        moving: {...key, identity: fresh.identity.text, state: 'moving', basis: null, reason: ''},
        describe: (place) => {
          const content = contentOf(place, config, kept);
          // What it rested on, however often it was opened since.
          const basis = content.basis === 'remembered' ? formerBasis : content.basis;
          return {...key, identity: fresh.identity.text, ...content, basis};
        },
        keep: async (place) => {
          await places.keep(place);
          kept = place;
        },
      });
      lastKeeper = keeper;
      if (before) {
        fresh.keepPlace(keeper);
        distrustReconnected(fresh, before);
        return 'judged';
      }
      // A confirmation given with the command has no effect on a locked controller: that one has to be homed, or
      // unlocked and confirmed again.
      if (isConfirmed) {
        if (fresh.isPositionTrusted) fresh.trustPosition('operator');
        fresh.keepPlace(keeper);
        return 'judged';
      }
      if (!lastPlace && damage === '') {
        fresh.keepPlace(keeper);
        return 'unknown';
      }
      const nowMm = await fresh.readPosition();
      const wasMm = lastPlace && benchFrom(lastPlace.machineMm, config);
      const doubt = damage || doubtOf(lastPlace, {stage: fresh, nowMm, wasMm});
      // Taken as it stood by a command or another bench file, it is no more known to one that asks for homing.
      const isUnproven = doubt === '' && config.homeAtStart && formerBasis === 'bench-file';
      if (doubt === '' && !isUnproven) fresh.trustPosition('remembered');
      fresh.keepPlace(keeper);
      if (doubt !== '')
        fresh.distrustPosition(doubt, wasMm && Object.keys(wasMm).length > 0 ? wasMm : undefined);
      return isUnproven ? 'unknown' : 'judged';
    },
  };
}

/** Waits for what is done with something just connected; lets it go when that fails. */
export async function orDispose(connected: AsyncDisposable, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    await Promise.allSettled([connected[Symbol.asyncDispose]()]);
    throw error;
  }
}

function distrustReconnected(fresh: StageDevice, {lastTrustedMm}: StageDevice): void {
  // While nobody watched, the board may have started anew, or the stage may have been moved by hand.
  fresh.distrustPosition('it was connected anew, and what happened meanwhile is not known', lastTrustedMm);
}

/** Why the place that is remembered is not the one that is reported; '' when it is. */
function doubtOf(
  place: StoredPlace | undefined,
  {stage, nowMm, wasMm}: {stage: StageDevice; nowMm: PositionMm; wasMm: PositionMm | undefined},
): string {
  if (!place || !wasMm) return '';
  const when = `when it was last used (${place.utc.slice(0, 19).replace('T', ' ')} UTC)`;
  if (place.state === 'lost') return place.reason;
  if (place.state === 'moving')
    return `the program ended while it was moved, ${when}, so that nobody knows whether it has arrived and still counts`;
  if (place.identity !== stage.identity.text)
    return `its controller says "${stage.identity.text}", and "${place.identity}" ${when}`;
  const moved = stage.axes.filter((axis) => !isSame(nowMm[axis], wasMm[axis]));
  if (moved.length > 0)
    return (
      `it stood at ${words(wasMm, moved)} ${when}, and reported ${words(nowMm, moved)} when it was opened: its ` +
      'controller started anew, or something else moved it'
    );
  return lockOf(stage);
}

/** An axis of which nothing was remembered is taken as at the first use. */
const isSame = (nowMm: number | undefined, wasMm: number | undefined): boolean =>
  wasMm === undefined || Math.abs((nowMm ?? Number.NaN) - wasMm) <= sameMm;

/** A locked controller was switched off, or has met an alarm, wherever it says that it stands. */
function lockOf(stage: StageDevice): string {
  try {
    stage.assertPositionTrusted();
  } catch (error) {
    if (hasCode(error, 'motion/alarm')) return stage.distrust || 'its controller is locked by an alarm';
    if (!hasCode(error, 'motion/not-homed')) throw error;
  }
  return '';
}

interface KeeperParts {
  readonly kept: StoredPlace | undefined;
  readonly moving: Omit<StoredPlace, 'machineMm' | 'utc'>;
  readonly describe: (place: StagePlace) => StoredPlace;
  readonly keep: (place: StoredPlace) => Promise<void>;
}

/** Writes what changes: a motion before it begins, the loss of the trust at once, a rest when it lasts. */
function createPlaceKeeper({kept, moving, describe, keep}: KeeperParts): PlaceKeeper {
  /** Undefined after a writing that failed: then the file may say anything. */
  let written = kept;
  let lastMm = kept?.machineMm ?? {};
  let next: StoredPlace | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  const write = (place: StoredPlace): Promise<void> => {
    const own = writing
      .catch(() => undefined) // told to whoever began it
      .then(async () => {
        if (written && isSamePlace(written, place)) return;
        written = undefined;
        await keep(place);
        written = place;
        lastMm = place.machineMm;
      });
    writing = own;
    return own;
  };
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const place = next;
    next = undefined;
    if (!place) return void (await writing);
    try {
      await write(place);
    } catch (error) {
      next ??= place; // tried again at the next rest, and told when the stage is closed
      throw error;
    }
  };

  return {
    async beforeMotion() {
      clearTimeout(timer);
      timer = undefined;
      const machineMm = next?.machineMm ?? lastMm;
      next = undefined;
      if (written?.state === 'moving') return;
      try {
        await write({...moving, machineMm, utc: new Date().toISOString()});
      } catch (error) {
        const {code, message} = benchErrorFrom(error);
        throw new BenchError(
          code,
          `That the stage moves could not be written down (${message}), so it was not moved: after a ` +
            'power cut nobody would know where it stands. Points stored before are safe; make room in the data folder.',
          {cause: error},
        );
      }
    },
    onPlace(place) {
      next = describe(place);
      if (!timer && written && isSamePlace(written, next)) next = undefined;
      else
        timer ??= setTimeout(() => void flush().catch(() => undefined), place.isTrusted ? restMs : 0).unref();
    },
    close: flush,
  };
}

const isSamePlace = (one: StoredPlace, other: StoredPlace): boolean =>
  isDeepStrictEqual({...one, utc: ''}, {...other, utc: ''});

function contentOf(
  place: StagePlace,
  config: StageConfig,
  kept: StoredPlace | undefined,
): Omit<StoredPlace, 'benchName' | 'role' | 'driver' | 'port' | 'identity'> {
  const utc = new Date().toISOString();
  if (!place.isTrusted)
    return {
      utc,
      state: 'lost',
      machineMm: place.lastTrustedMm ? machineFrom(place.lastTrustedMm, config) : (kept?.machineMm ?? {}),
      basis: null,
      reason: place.reason,
    };
  return {
    utc,
    state: 'known',
    machineMm: machineFrom(place.positionMm, config),
    basis: place.basis,
    reason: '',
  };
}

/** Kept in the machine's frame: another origin in the bench file moves no stage. */
function machineFrom(positionMm: PositionMm, {axes}: StageConfig): StoredPlace['machineMm'] {
  const machineMm: Partial<Record<AxisName, number>> = {};
  for (const [name, mm] of Object.entries(positionMm) as [AxisName, number][]) {
    const axis = axes[name];
    if (axis) machineMm[axis.machineAxis] = Number((axis.originMm + axis.direction * mm).toFixed(4)) + 0;
  }
  return machineMm;
}

function benchFrom(machineMm: StoredPlace['machineMm'], {axes}: StageConfig): PositionMm {
  const benchMm: Partial<Record<AxisName, number>> = {};
  for (const [name, axis] of Object.entries(axes) as [AxisName, StageConfig['axes']['x'] | undefined][]) {
    const mm = axis && machineMm[axis.machineAxis];
    if (axis && mm !== undefined)
      benchMm[name] = Number(((mm - axis.originMm) * axis.direction).toFixed(4)) + 0;
  }
  return benchMm;
}

const words = (positionMm: PositionMm, axes: readonly AxisName[]): string =>
  `${axes.map((axis) => `${axis} ${positionMm[axis]?.toFixed(3) ?? '?'}`).join(', ')} mm`;
