import type {DetectorDeclaration, DetectorReading} from './detector.ts';

export type {ColumnSpec} from './column.ts';

/** What the engine and the plans may ask of an instrument. Drivers implement these; nothing above sees a wire. */

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Hears of a question that was asked again because its answer was lost or damaged. */
  readonly onRepeat?: ((repeat: RepeatedQuestion) => void) | undefined;
}

/** A question that changes nothing and had to be asked again. */
export interface RepeatedQuestion {
  /** As it was sent. */
  readonly asked: string;
  /** `silent`: no whole answer in time; `damaged`: what came cannot be one. */
  readonly why: 'silent' | 'damaged';
}

/** Who an instrument says that it is. */
export interface DeviceIdentity {
  readonly maker: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly firmware: string;
  /** The instrument's own words, unparsed. */
  readonly text: string;
}

/** Value of a setting, in the unit that its name carries. */
export type SettingValue = number | string | boolean;
/** Settings as they are now, read from the instrument. Names carry their unit (`timeConstantS`). */
export type SettingsSnapshot = Readonly<Record<string, SettingValue>>;

/** Something about an instrument that has to stay as it is while a run measures with it. */
export interface Fact {
  readonly name: string;
  /** In words, as it stands in a sentence: `RF output`, `level into the chain`. */
  readonly label: string;
  readonly unit: string;
  readonly value: SettingValue;
  /**
   * What it must be, where that is known: what the program has set it to, or the only value that is right. Where it is
   * not, it must stay what the run's first look found.
   */
  readonly expected?: SettingValue | undefined;
  /** How far a number may be off, in its unit. */
  readonly tolerance?: number;
  /** A direction in degrees: a whole turn is no difference. */
  readonly isAngle?: boolean;
  /** How often the program itself has changed it; a look from before is no measure for it then. */
  readonly changeCount?: number;
}

/** What one look at an instrument found. */
export interface Condition {
  readonly facts: readonly Fact[];
}

/** A setting that is not what it should be. */
export interface SettingDifference {
  readonly role: string;
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly found: SettingValue;
  readonly wanted: SettingValue;
  /**
   * `bench-file`: it names the value, or what it names asks for it. `operator`: chosen with this program since. `driver`:
   * the safe value, where nobody has said anything.
   */
  readonly wantedBy: 'bench-file' | 'operator' | 'driver';
  /** What the found value does to the data; '' for a setting that readings mean the same with. */
  readonly effect: string;
}

/** Judges the settings that give an instrument's readings their meaning. */
export interface SettingsCheck {
  /** What of `settings`, as `readSettings` gave them, is not as the bench file or the safe values say. Sends nothing. */
  differencesIn(settings: SettingsSnapshot): readonly SettingDifference[];
  /** Sets one to what is wanted and proves it by reading back. A source turns RF off for it. */
  putRight(difference: SettingDifference, options?: CallOptions): Promise<void>;
}

/** What every instrument of a bench can do. */
export interface Device extends AsyncDisposable {
  /** The role it plays on this bench, unique there: `stage`, `detector`, `source`. */
  readonly role: string;
  readonly model: string;
  readonly identity: DeviceIdentity;
  readonly isLineOpen: boolean;
  /** Calls `listener` once when the line ends, unless the program itself closed it; returns a function that removes the listener. */
  onLineEnd(listener: (reason: Error) => void): () => void;
  readSettings(options?: CallOptions): Promise<SettingsSnapshot>;
  /** What must stay as it is during a run, asked of the instrument now. Nothing is changed by it. */
  readCondition(options?: CallOptions): Promise<Condition>;
  /** Absent where no setting changes what a reading means. */
  readonly settingsCheck?: SettingsCheck;
}

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

/** Any instrument that has a role on a bench. */
export type BenchDevice = Stage | Detector | Source | PlateMount;
