import type {SettingOutcome} from './questions.ts';

/**
 * The four records of a run, in the terms and with the keys of the Bluesky event model (event-model schemas
 * run_start, event_descriptor, event, run_stop), so that its viewers read our exports. Keys are therefore
 * snake_case here and only here. `time` is seconds since the epoch, UTC. Our own extra keys have no dot or slash.
 */

export type ExitStatus = 'success' | 'abort' | 'fail';

/** The first document of a run; `time` in s since 1970. Keys are those of the event model (decision 0003). */
export interface RunStart {
  readonly uid: string;
  readonly time: number;
  readonly session_uid: string;
  /** Counts up through a data folder: what people call a run by. */
  readonly scan_id: number;
  readonly plan_name: string;
  readonly plan_args: Readonly<Record<string, unknown>>;
  readonly plan_type: 'generator';
  /** Points of the plan along the slow and the fast axis (rows, columns) for a grid. */
  readonly shape?: readonly number[];
  /** First and last position of each axis in the order of `shape`, mm. */
  readonly extents?: readonly (readonly [number, number])[];
  readonly snaking?: readonly boolean[];
  readonly num_points?: number;
  readonly hints?: Readonly<Record<string, unknown>>;
  readonly operator: string;
  /** What stood at the object plane: a label such as `digit 7 (index 9042)`. */
  readonly sample?: string;
  readonly purpose?: string;
  readonly design_hash?: string;
  readonly twin_version?: string;
  readonly bench_name?: string;
  readonly calibration_uids?: readonly string[];
  readonly campaign_index?: number;
  /** Settings that were not as they should be before the run, and what became of them. */
  readonly settings_judged?: readonly SettingOutcome[];
  /** Whether the program chose range and phase of the detector before the scan, and the range anew where it was exceeded. */
  readonly detector_set_up?: boolean;
  /** Of a run that goes on where another was cut off; absent else. */
  readonly continues?: ContinuedRun;
}

/** The run that another one goes on with; both together are one plane. */
export interface ContinuedRun {
  readonly run_uid: string;
  /** The run that measured points of it again; what they said is stored under its uid (`resume-check`). */
  readonly check_uid: string;
  /** 2 for the first continuation. */
  readonly segment: number;
  /** `point_index` with which it begins: later points of the run before do not count. */
  readonly first_index: number;
}

/** A column of a stream: where it comes from, its type, its unit. */
export interface DataKey {
  readonly source: string;
  readonly dtype: 'number' | 'integer' | 'string' | 'boolean';
  readonly shape: readonly [];
  readonly units: string;
  readonly precision?: number;
}

/** Document of a stream: its columns, and the settings of the instruments when it began. */
export interface EventDescriptor {
  readonly uid: string;
  readonly run_start: string;
  readonly time: number;
  /** `primary`, `dark`, `reference`. */
  readonly name: string;
  readonly data_keys: Readonly<Record<string, DataKey>>;
  readonly object_keys: Readonly<Record<string, readonly string[]>>;
  /** Settings of each instrument as they were when measuring began. */
  readonly configuration: Readonly<
    Record<
      string,
      {
        readonly data: Readonly<Record<string, number | string | boolean>>;
        readonly timestamps: Readonly<Record<string, number>>;
        readonly data_keys: Readonly<Record<string, DataKey>>;
      }
    >
  >;
  /**
   * What a detector's columns mean, by its role. Absent for one with the columns `x_v`, `y_v`, `r_v` and `theta_deg` of a
   * lock-in amplifier behind a detector of power, which every run without it was measured with.
   */
  readonly detectors?: Readonly<Record<string, StoredDetector>>;
  /** As in the start record, with what was found since. */
  readonly settings_judged?: readonly SettingOutcome[];
}

/** What a detector has declared of its columns. */
export interface StoredDetector {
  readonly columns: readonly {readonly name: string; readonly label: string; readonly unit: string}[];
  readonly signal: {
    /** Linear in the light; the real part of a complex signal. */
    readonly column: string;
    /** Of a complex signal only. */
    readonly imaginary?: string;
    readonly magnitude?: string;
    readonly phase?: string;
    readonly proportional_to: 'power' | 'field';
  };
}

/** Questions to one instrument that had to be asked again. */
export interface RepeatedQuestions {
  readonly count: number;
  /** Points of all streams that were stored before each; the first thousand. */
  readonly after_points: readonly number[];
}

/** One measured point: an event. */
export interface RunEvent {
  readonly uid: string;
  readonly descriptor: string;
  /** From 1, without gaps, in each stream. */
  readonly seq_num: number;
  readonly time: number;
  readonly data: Readonly<Record<string, number | string | boolean>>;
  readonly timestamps: Readonly<Record<string, number>>;
  /** Only of a point whose row in the database is damaged, read back: what is wrong. It has no data then. */
  readonly damaged?: string;
}

/** Points that do not lie between two looks at the instruments with which all was well; see docs/watching.md. */
export interface DoubtfulPoints {
  /** First and last number by stream. */
  readonly points: Readonly<Record<string, readonly [first: number, last: number]>>;
  readonly why: string;
  /** True when the look after them found something wrong; false when there was none after them. */
  readonly is_changed: boolean;
}

/** A time in which a run was paused because a condition was not met; it went on by itself, or by a person's word. */
export interface RunSuspension {
  /** Seconds since the epoch. */
  readonly from_time: number;
  readonly to_time: number;
  readonly reason: string;
  /** What let it go on. */
  readonly ended_by: 'release' | 'operator';
  /** Points before it that no look has vouched for, first and last number by stream: they count for nothing. */
  readonly points: Readonly<Record<string, readonly [first: number, last: number]>>;
}

/** Streams of what follows from points, such as a place judged or a shift of lines: nothing that was measured, and no points. */
export const derivedStreams = ['position', 'line_shift', 'passes', 'ripple'] as const;

/** Whether a stream holds what follows from points. */
export const isDerivedStream = (stream: string): boolean => derivedStreams.some((name) => name === stream);

/** The last document of a run: how it ended and how many events each stream has. */
export interface RunStop {
  readonly uid: string;
  readonly run_start: string;
  readonly time: number;
  readonly exit_status: ExitStatus;
  readonly reason: string;
  /** Events by stream. */
  readonly num_events: Readonly<Record<string, number>>;
  /** By role; absent when every question was answered the first time. */
  readonly repeated_questions?: Readonly<Record<string, RepeatedQuestions>>;
  /** Absent when every point lies between two good looks. */
  readonly doubtful?: DoubtfulPoints;
  /** Absent when there was none. */
  readonly suspensions?: readonly RunSuspension[];
}

/** A document of a run with its kind, as it is stored and exported. */
export type RunDocument =
  | readonly ['start', RunStart]
  | readonly ['descriptor', EventDescriptor]
  | readonly ['event', RunEvent]
  | readonly ['stop', RunStop];

/** A session as it is stored; times in ISO 8601, UTC. */
export interface SessionRecord {
  readonly uid: string;
  readonly title: string;
  readonly operator: string;
  readonly createdAt: string;
  readonly closedAt?: string;
  readonly benchName: string;
  readonly designHash?: string;
}
