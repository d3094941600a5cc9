import type {CallOptions, Condition, Device} from './device.ts';

/** How a mount moves a plate from its own zero, in the bench frame; names as in a placement. */
export type PlateAxis = 'dxMm' | 'dyMm' | 'dzMm' | 'rotationDeg';
/** Every `PlateAxis`, in the order in which they are shown. */
export const plateAxes = ['dxMm', 'dyMm', 'dzMm', 'rotationDeg'] as const satisfies readonly PlateAxis[];
/** How far a plate stands from its zero, by axis: mm, degrees for the rotation. */
export type PlateOffset = Readonly<Partial<Record<PlateAxis, number>>>;
/** How far a plate may be moved from its zero, by axis: mm, degrees for the rotation. */
export type PlateLimits = Readonly<Partial<Record<PlateAxis, readonly [minimum: number, maximum: number]>>>;

/** What was last known of a plate's mount, for the next connection to compare with. */
export interface PlateMemory {
  /** Null where it could not be known. */
  readonly offset: PlateOffset | null;
  /** Microsteps a full step that its axes were set to. */
  readonly microsteps: PlateOffset;
  /** Why the offset could not be known, as the end of a sentence; without it, nothing more than that is known. */
  readonly reason?: string | undefined;
}

/** How a mounted plate stands. */
export interface PlateState {
  readonly plate: number;
  /** Axes whose position is not known are absent. */
  readonly offset: PlateOffset;
  readonly isMoving: boolean;
  /** What keeps it from being moved, in a sentence: a fault, a zero that is not known; '' for nothing. */
  readonly problem: string;
  /** As reported by axes whose zero is not proven: what a person may give a word for. Absent where there is none. */
  readonly unproven?: PlateOffset | undefined;
}

/**
 * Motorised mounts of plates. Plates are counted from 1, the first behind the object. A zero is where the bench
 * file says or, for an axis that was never homed, where it was switched on.
 */
export interface PlateMount extends Device {
  readonly kind: 'mount';
  /** Numbers of the plates that it carries, ascending. */
  readonly plates: readonly number[];
  /** Offsets that are allowed, by the axes that a plate's mount has. */
  limitsOf(plate: number): PlateLimits;
  /** How far one correction may move each axis at most. */
  correctionLimitsOf(plate: number): PlateOffset;
  /** How far from its target a move of each axis may end. */
  tolerancesOf(plate: number): PlateOffset;
  /** Throws `motion/limit` (naming plate, axis, target and limit) when the target is not allowed. Sends nothing. */
  checkMove(plate: number, target: PlateOffset): void;
  /** Throws `motion/not-homed` when homing an axis would leave its plate without a zero. Sends nothing. */
  checkHome(plate: number, axis: PlateAxis): void;
  /** Bench time a move needs, ms; undefined where the mount does not tell its speed. Sends nothing. */
  estimateMoveMs(plate: number, from: PlateOffset, to: PlateOffset): number | undefined;
  readOffset(plate: number, options?: CallOptions): Promise<PlateOffset>;
  /** Of every plate, in the order of `plates`; what keeps one from being moved is told, not thrown. */
  readStates(options?: CallOptions): Promise<readonly PlateState[]>;
  readCondition(options?: CallOptions): Promise<Condition & {readonly plates: readonly PlateState[]}>;
  /**
   * Moves the axes that `target` names, all at once. Resolves with the offset read back after arrival is proven. Never
   * homes: throws `motion/not-homed` when the zero of an axis is not known, `device/fault` when an axis reports one. A
   * command to move that is not answered is not told again blindly: the state is asked until the axis rests, and its
   * position decides; `onNotice` is told.
   */
  moveTo(
    plate: number,
    target: PlateOffset,
    options?: CallOptions & {
      onProgress?: (now: PlateOffset) => void;
      onNotice?: (text: string) => void;
    },
  ): Promise<PlateOffset>;
  /** Stops every plate at once, ahead of every queue. Resolves when all are proven at rest. */
  stop(): Promise<void>;
  /**
   * Drives an axis to its switch to count from there: a long way for a plate, and never done unasked. Refused as
   * `checkHome` has it.
   */
  home(
    plate: number,
    axis: PlateAxis,
    options?: CallOptions & {onNotice?: (text: string) => void},
  ): Promise<void>;
  /**
   * Takes the operator's confirmation that what an axis has reported is repaired. Throws `device/fault` when it is not.
   */
  clearFaults(plate: number, options?: CallOptions): Promise<void>;
  /**
   * Takes a person's confirmation that axes whose zero is not proven stand where they are reported. Throws
   * `device/refused` when the mount reports another place than the person was shown.
   */
  trustPosition(plate: number, shown: PlateOffset, options?: CallOptions): Promise<void>;
  /** What was known of a plate before this connection: what it reports otherwise is not trusted. */
  recall(plate: number, memory: PlateMemory): void;
  /** For the next connection; undefined where nothing was read yet. */
  memoryOf(plate: number): PlateMemory | undefined;
}
