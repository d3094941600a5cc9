import type {CallOptions, ColumnSpec, SettingValue} from './devices.ts';

/** What a terminal or a window may know of a driver and ask of an instrument by name, without knowing the driver. */

export type ParameterKind = 'number' | 'integer' | 'choice' | 'flag' | 'text';

/** What a driver declares of a setting. */
export interface ParameterMeta {
  /** Carries its unit: `timeConstantS`. */
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly kind: ParameterKind;
  readonly range?: readonly [minimum: number, maximum: number];
  readonly choices?: readonly (number | string)[];
  readonly isReadOnly: boolean;
  readonly group: string;
  readonly hint?: string;
}

/** An action of an instrument: auto phase, unlock, clear the buffer. */
export interface ActionMeta {
  readonly name: string;
  readonly label: string;
  /** Named arguments with their unit in the name. */
  readonly args?: readonly string[];
}

/** Arguments of an action, by name. */
export type ActionArgs = Readonly<Record<string, SettingValue>>;

/** What every connected instrument offers beyond its part in the bench: parameters and actions by name. */
export interface ByName {
  readonly driverName: string;
  readonly parameters: readonly ParameterMeta[];
  readonly actions: readonly ActionMeta[];
  readonly columns: readonly ColumnSpec[];
  get(name: string, options?: CallOptions): Promise<SettingValue>;
  /** Returns the value read back. Out of range is refused before a byte is sent. */
  set(name: string, value: SettingValue, options?: CallOptions): Promise<SettingValue>;
  /**
   * What it found or set, by name: a parameter's, a column's, or one that carries its unit; never a bare number. Throws
   * `device/unknown` for an action it has not.
   */
  call(action: string, args?: ActionArgs, options?: CallOptions): Promise<unknown>;
  /** One reading of what the instrument is for, by column name. */
  readSample(options?: CallOptions): Promise<Readonly<Record<string, SettingValue>>>;
}

/** What an instrument is on a bench. */
export const instrumentKinds = ['stage', 'detector', 'source', 'mount'] as const;
/** Kind of an instrument: the part that it can play on a bench. */
export type InstrumentKind = (typeof instrumentKinds)[number];

/** In a sentence: "... is for a stage". */
export const instrumentLabels: Readonly<Record<InstrumentKind, string>> = {
  stage: 'a stage',
  detector: 'a detector',
  source: 'a source',
  mount: 'a mount',
};

/** A driver as it is listed. */
export interface DriverInfo {
  /** Name in bench files and on the command line. */
  readonly name: string;
  readonly kind: InstrumentKind;
  readonly model: string;
  readonly title: string;
  /** Where the protocol facts come from. */
  readonly manual: string;
  /** Page about its quirks, from the root of the repository. */
  readonly docs: string;
  /** How the instrument names itself, for people. */
  readonly identity: string;
  readonly parameters: readonly ParameterMeta[];
  /** Parameters that are set all day and stand open on the page of the bench, in this order. */
  readonly mainParameters?: readonly string[] | undefined;
  readonly actions: readonly ActionMeta[];
  readonly columns: readonly ColumnSpec[];
}
