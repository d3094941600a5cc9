import {countText} from '../base/count-text.ts';
import type {ColumnSpec, PositionMm, SettingsSnapshot} from './devices.ts';
import type {ContinuedRun, ExitStatus} from './run-records.ts';

/**
 * What a plan may ask for: a closed union, so that an engine without a handler for one of them does not compile.
 * A plan is a generator of these; the comment behind each says what the engine sends back into the generator.
 */
export type Msg =
  | {readonly type: 'open-run'; readonly run: RunRequest} // run uid
  | {readonly type: 'close-run'; readonly exitStatus: ExitStatus; readonly reason: string} // undefined
  /** Opens a stream: reads the settings of the named devices and stores them with the columns. */
  | {
      readonly type: 'declare-stream';
      readonly stream: string;
      readonly columns: readonly ColumnSpec[];
      readonly devices: readonly string[];
    } // undefined
  | {readonly type: 'move'; readonly device: string; readonly targetMm: PositionMm} // PositionMm read back
  /**
   * `onOverload`: what a lock-in's reading does that stays beyond the range: asks a person (the default), or chooses the
   * range anew once, and asks then.
   */
  | {readonly type: 'read'; readonly device: string; readonly onOverload?: 'ask' | 'choose-range'} // Record<string, number>
  | {readonly type: 'record'; readonly stream: string; readonly data: Readonly<Record<string, number>>} // seq_num
  /**
   * Stores what follows from points that were stored, where anything does: computed in the midst of a run, never in a dry
   * run, which answers undefined.
   */
  | {
      readonly type: 'derive';
      readonly stream: string;
      readonly work: () => Readonly<Record<string, number>> | undefined;
    } // what was stored, or undefined
  /** What was measured says that the run cannot go on as it is. `doubtful`: points that count for nothing, by stream. */
  | {
      readonly type: 'distrust';
      readonly reason: string;
      readonly doubtful: Readonly<Record<string, readonly [first: number, last: number]>>;
      /** Whether a person is to look, and lets it go on, or the run ends. */
      readonly then: 'pause' | 'fail';
    } // undefined, when a person has let it go on
  /** Waits bench time until the lock-in's filter has forgotten the last step to `residualRatio`. */
  | {readonly type: 'settle'; readonly device: string; readonly residualRatio: number} // undefined
  | {readonly type: 'sleep'; readonly ms: number; readonly reason: string} // undefined
  | {readonly type: 'set'; readonly device: string; readonly settings: SettingsSnapshot} // undefined
  /** `outputFrequencyHz`: of `turn-on` only, behind the chain; without it the source works where the bench file says. */
  | {
      readonly type: 'call';
      readonly device: string;
      readonly action: DeviceAction;
      readonly outputFrequencyHz?: number | undefined;
    } // unknown
  | {readonly type: 'read-settings'; readonly device: string} // SettingsSnapshot
  /** Compares what gives readings their meaning, on every instrument, with what it should be; before anything moves. */
  | {readonly type: 'judge-settings'} // undefined
  /** A place to which a paused run may come back; pause takes effect here. */
  | {readonly type: 'checkpoint'} // undefined
  /** Asks the operator (or the virtual bench's robot) to do something by hand. */
  | {readonly type: 'operator'; readonly request: OperatorRequest} // undefined, after it is done
  /** Work away from the bench, such as a fit on another thread. Left out in a dry run, which answers undefined. */
  | {
      readonly type: 'compute';
      readonly label: string;
      readonly work: (options: {readonly signal: AbortSignal}) => Promise<unknown>;
    } // what the work resolves with
  | {readonly type: 'note'; readonly text: string} // undefined
  | {readonly type: 'progress'; readonly label: string; readonly done: number; readonly total: number}; // undefined

/** What a plan may have an instrument do beside moves, readings and settings. */
export type DeviceAction =
  | 'home'
  | 'stop'
  | 'turn-on'
  | 'turn-off'
  | 'auto-phase'
  | 'auto-range'
  | 'read-state';

/** What is known of a run before it is opened; lengths in mm. */
export interface RunRequest {
  readonly planName: string;
  readonly planArgs: Readonly<Record<string, unknown>>;
  readonly sample?: string;
  readonly purpose?: string;
  /** Rows (slow axis, y) and columns (fast axis, x) of a grid. */
  readonly shape?: readonly [rows: number, columns: number];
  readonly extentsMm?: readonly [y: readonly [number, number], x: readonly [number, number]];
  readonly isSnaking?: boolean;
  /** Event model hints (`dimensions`, `gridding`, `fields`), so that its viewers choose axes by themselves. */
  readonly hints?: Readonly<Record<string, unknown>>;
  readonly pointCount?: number;
  readonly campaignIndex?: number;
  readonly calibrationUids?: readonly string[];
  readonly isDetectorSetUp?: boolean;
  /** Goes on where another run was cut off. */
  readonly continues?: ContinuedRun;
}

/** A manual step at the bench. */
export type OperatorRequest =
  /** Put the named mask at the object plane. `pixels`: rows from the smallest y, 0..1 amplitude, see conventions. */
  | {
      readonly kind: 'mount-object';
      readonly label: string;
      readonly grid: {readonly count: number; readonly pitchMm: number};
      readonly amplitude: readonly number[] | Float32Array;
    }
  /** Put in the named plates (from 1, the first behind the object) and take out all others of the design's. */
  | {readonly kind: 'set-plates'; readonly plates: readonly number[]; readonly plateCount: number}
  /** Take one plate (from 1) out and put in another with this relief: mm above its base, rows from the smallest y. */
  | {
      readonly kind: 'exchange-plate';
      readonly plate: number;
      readonly grid: {readonly count: number; readonly pitchMm: number};
      readonly heightsMm: Float32Array;
    }
  /** Take the mask out: the light falls through the open frame. */
  | {readonly kind: 'open-frame'}
  | {readonly kind: 'block-beam'}
  | {readonly kind: 'unblock-beam'};

/** What `set-plates` asks for, in a sentence. */
export function platesText({plates, plateCount}: Extract<OperatorRequest, {kind: 'set-plates'}>): string {
  if (plates.length === 0) return 'Take all plates out of the bench.';
  if (plates.length === plateCount)
    return `Put all plates in (${countText(plateCount)}), each in its own place, numbers and notches as marked.`;
  const [last, ...before] = [...plates].reverse();
  const named = before.length === 0 ? `plate ${last}` : `plates ${before.reverse().join(', ')} and ${last}`;
  return `Put ${named} in (counted from the source), numbers and notches as marked, and no other.`;
}

/** A plan: yields messages, receives each one's answer, returns its result. */
export type Plan<Result> = Generator<Msg, Result, unknown>;
