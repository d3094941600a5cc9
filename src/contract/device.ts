/** What the engine and the plans may ask of an instrument. Drivers implement these; nothing above sees a wire. */

/** How one call to an instrument may be ended and followed. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Hears of a question that was asked again because its answer was lost or damaged. */
  readonly onRepeat?: ((repeat: RepeatedQuestion) => void) | undefined;
}

/** A question that changes nothing and had to be asked again. */
export interface RepeatedQuestion {
  /** As it was sent. */
  readonly asked: string;
  /**
   * `silent`: no whole answer in time; `damaged`: what came cannot be one; `contradictory`: the parts of the answer do not
   * agree; `late`: it answers an earlier question.
   */
  readonly why: 'silent' | 'damaged' | 'contradictory' | 'late';
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

/** What a fact is about, where a run may wait until it is well again instead of being ended (see `suspender.ts`). */
export type FactAspect = 'source-level' | 'source-status' | 'reference-lock';

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
  readonly aspect?: FactAspect;
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
