import type {DetectorDeclaration, DetectorReading} from './detector.ts';
import type {CallOptions, SettingsSnapshot, Condition, Device} from './device.ts';
import type {PlateMount} from './plate-mount.ts';

export type {ColumnSpec} from './column.ts';
export type * from './device.ts';
export * from './plate-mount.ts';

/** An axis of the bench frame. */
export type AxisName = 'x' | 'y' | 'z';
/** A position in the bench frame (see docs/conventions.md), mm. */
export type PositionMm = Readonly<Partial<Record<AxisName, number>>>;
/** Smallest and largest position of each axis in the bench frame, mm. */
export type LimitsMm = Readonly<Partial<Record<AxisName, readonly [minMm: number, maxMm: number]>>>;

/** Where a move began, is and goes, mm. */
export interface MoveProgress {
  readonly startMm: PositionMm;
  readonly nowMm: PositionMm;
  readonly targetMm: PositionMm;
}

/** A raster stage. Positions are in the bench frame, mm. */
export interface Stage extends Device {
  readonly kind: 'stage';
  readonly axes: readonly AxisName[];
  readonly limitsMm: LimitsMm;
  /**
   * Throws `motion/limit` (naming axis, target and limit) when the move is not allowed. A stage that stands outside its
   * limits may only go back towards them, so it matters where it comes from; without `fromMm` the last position
   * known is meant. Sends nothing.
   */
  checkMove(targetMm: PositionMm, fromMm?: PositionMm): void;
  /**
   * Throws `motion/not-homed` or `motion/alarm` when what the controller reports may not be where the stage is. Sends
   * nothing: what the controller has said by itself (restart, alarm) is known at once. A reading that was taken at a
   * place belongs to it only when this does not throw afterwards.
   */
  assertPositionTrusted(): void;
  /** Bench time a move needs, from speeds and accelerations, ms. Sends nothing. */
  estimateMoveMs(fromMm: PositionMm, toMm: PositionMm): number;
  home(options?: CallOptions): Promise<void>;
  /** Resolves with the position read back after arrival is proven; rejects with `motion/not-arrived` otherwise. */
  moveTo(
    targetMm: PositionMm,
    options?: CallOptions & {onProgress?: (progress: MoveProgress) => void},
  ): Promise<PositionMm>;
  readPosition(options?: CallOptions): Promise<PositionMm>;
  /** With the position and the state as the controller names it, in lower case. */
  readCondition(
    options?: CallOptions,
  ): Promise<Condition & {readonly positionMm: PositionMm; readonly controllerState: string}>;
  /** Stops at once, ahead of every queue and whatever any signal says. Resolves when the stage is proven at rest. */
  stop(): Promise<void>;
}

/**
 * On what a trusted position rests: a homing cycle, a person's confirmation, the bench file's `homeAtStart: false`, or
 * that it is the one at which the stage was left when it was last used.
 */
export const trustBases = ['homing', 'operator', 'bench-file', 'remembered'] as const;
/** See `trustBases`. */
export type TrustBasis = (typeof trustBases)[number];

/** A place at rest that is trusted, or why none is. Positions in the bench frame. */
export type StagePlace =
  | {readonly isTrusted: true; readonly positionMm: PositionMm; readonly basis: TrustBasis}
  | {readonly isTrusted: false; readonly reason: string; readonly lastTrustedMm: PositionMm | undefined};

/** Keeps what is known of a stage's place for when it is connected the next time. */
export interface PlaceKeeper {
  /** Before anything that moves is sent. Resolves once it is kept that the place is not known from here on. */
  beforeMotion(): Promise<void>;
  /** The stage is seen at rest, or the trust in its position has ended. */
  onPlace(place: StagePlace): void;
  /** Resolves when what was heard last is kept. */
  close(): Promise<void>;
}

/** What a stage offers to a hand at the window, beyond what a plan may ask of it. */
export interface ManualStage {
  /**
   * False when the controller may not know where the stage is: it has to be homed, or a person has to confirm the
   * position, first.
   */
  readonly isPositionTrusted: boolean;
  /** Why the position is not trusted; '' when it is. */
  readonly distrust: string;
  /** On what the trust rests; undefined without any. */
  readonly trustBasis: TrustBasis | undefined;
  /** Last position that was read while it was trusted, mm. */
  readonly lastTrustedMm: PositionMm | undefined;
  /** Trusts the position reported now: a person has confirmed it, or there is another basis for it. */
  trustPosition(basis?: TrustBasis): void;
  /** Passes what is known of the position to `keeper` from now on; it is closed with the stage. */
  keepPlace(keeper: PlaceKeeper): void;
  /** Ends the trust: after a reconnect, or when something else is known to have happened. `lastTrustedMm` from before. */
  distrustPosition(reason: string, lastTrustedMm?: PositionMm): void;
  /** True when it is locked for no other reason than that it was not homed since it was switched on: no fault. */
  readonly isHomingDue: boolean;
  /** Corners of the way that a move would take after its start, approach included, mm. Sends nothing. */
  planPath(fromMm: PositionMm, targetMm: PositionMm): readonly PositionMm[];
  /**
   * Starts a straight motion along `direction` (any length) from where the stage is now up to the first limit.
   * Resolves with where it would end as soon as it has begun; `endJog`, `stop` or the limit ends it. Throws
   * `motion/limit` when there is no way left, `motion/not-homed` or `motion/alarm` when it may not move.
   */
  startJog(direction: PositionMm, speedMmPerS: number, options?: CallOptions): Promise<PositionMm>;
  /** Ends a jog and resolves with the position at rest; harmless when none is under way. */
  endJog(): Promise<PositionMm>;
}

/** Reads light as numbers: a lock-in amplifier, a multimeter behind a power detector, whatever else declares its columns. */
export interface Detector extends Device {
  readonly kind: 'detector';
  readonly declaration: DetectorDeclaration;
  /** A valid datum for every declared column; never one taken during an overload or without what it is referred to. */
  read(options?: CallOptions): Promise<DetectorReading>;
  /** Bench time until a step of the input has decayed to `residualRatio` of itself, ms, with the present settings. */
  settleMs(residualRatio: number): number;
  /** Bench time that a reading itself takes, ms, where it is measured when it is asked for. */
  readMs?(): number;
  /** Changes settings by name and verifies each by reading it back. */
  applySettings(settings: SettingsSnapshot, options?: CallOptions): Promise<void>;
  /**
   * Turns the reference phase so that the imaginary part is about zero for the signal present now. Absent without a
   * phase.
   */
  autoPhase?(options?: CallOptions): Promise<void>;
  /**
   * Chooses the range that suits the signal present now. Returns full scale, in the unit of the signal. Absent without
   * ranges, or where the instrument chooses them itself.
   */
  autoRange?(options?: CallOptions): Promise<number>;
}

/** What a source does now, as it was read. */
export interface SourceState {
  readonly isOutputOn: boolean;
  /** Frequency behind the multiplier chain, Hz. */
  readonly outputFrequencyHz: number;
  /** Level into the chain, dBm. */
  readonly powerDbm: number;
  readonly isModulationOn: boolean;
  readonly modulationHz: number;
}

/** Where a source is to work instead of where the bench file puts it. */
export interface WorkingPoint {
  /** Level into the chain, dBm. */
  readonly powerDbm?: number | undefined;
  /** Frequency behind the chain, Hz. */
  readonly outputFrequencyHz?: number | undefined;
}

/** A source of continuous waves behind a multiplier chain. */
export interface Source extends Device {
  readonly kind: 'source';
  readonly maxPowerDbm: number;
  /** RF off, proven by reading back. Allowed in every state. */
  turnOff(options?: CallOptions): Promise<void>;
  /** RF off, frequency, lowest level, modulation on, output on, ramp to the level, wait, read back: in that order. */
  turnOn(options?: CallOptions & WorkingPoint): Promise<SourceState>;
  /** RF is off at once when the level is above the limit, whoever has set it: throws `source/limit` then. */
  readState(options?: CallOptions): Promise<SourceState>;
  /** As `readState`, with all that must stay as it was turned on. */
  readCondition(options?: CallOptions): Promise<Condition & {readonly state: SourceState}>;
}

/** Any instrument that has a role on a bench. */
export type BenchDevice = Stage | Detector | Source | PlateMount;
