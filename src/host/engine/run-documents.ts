import {isDeepStrictEqual} from 'node:util';
import {type DetectorColumns, impliedColumns, storedColumnsOf} from '../../contract/detector.ts';
import type {BenchDevice, ColumnSpec, SettingsSnapshot} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {RunRequest} from '../../contract/messages.ts';
import type {SettingOutcome} from '../../contract/questions.ts';
import type {
  DataKey,
  DoubtfulPoints,
  EventDescriptor,
  ExitStatus,
  RunDocument,
  RunEvent,
  RunStart,
  RunSuspension,
  RunStop,
  StoredDetector,
} from '../../contract/run-records.ts';
import {unitFromName} from '../../contract/units.ts';
import {columnsOf} from './device-values.ts';
import type {Recorder} from './recorder.ts';

/** What the session knows and every start record repeats. */
export interface RunMetadata {
  readonly operator: string;
  readonly benchName?: string;
  readonly designHash?: string;
  readonly twinVersion?: string;
}

export interface DeviceSettings {
  readonly device: BenchDevice;
  readonly settings: SettingsSnapshot;
}

interface Stream {
  readonly descriptorUid: string;
  readonly names: readonly string[];
  count: number;
}

/** Of questions that were asked again, how many are listed with their point. */
const longestRepeatList = 1000;

export interface RunDocumentsOptions {
  readonly recorder: Recorder;
  readonly metadata: RunMetadata;
  readonly createId: () => string;
  /** Seconds since the epoch, UTC. */
  readonly utcNowS: () => number;
  readonly onDocument: (document: RunDocument) => void;
}

/** Turns what a plan says into the four records of a run and commits each. One run at a time. */
export class RunDocuments {
  readonly #options: RunDocumentsOptions;
  readonly #streams = new Map<string, Stream>();
  readonly #repeats = new Map<string, {count: number; readonly afterPoints: number[]}>();
  #runUid: string | undefined;
  #startS = 0;
  /** Of the run under way, for its stop record. */
  doubtful: DoubtfulPoints | undefined;
  /** Of the run under way: points that its plan has taken back, for its stop record. */
  distrusted: DoubtfulPoints | undefined;
  #suspensions: RunSuspension[] = [];

  constructor(options: RunDocumentsOptions) {
    this.#options = options;
  }

  /** The run under way. */
  get runUid(): string | undefined {
    return this.#runUid;
  }

  /** Points of the run under way in all its streams. */
  get pointCount(): number {
    let count = 0;
    for (const stream of this.#streams.values()) count += stream.count;
    return count;
  }

  /** Points of the run under way, by stream. */
  get pointCounts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#streams].map(([name, {count}]) => [name, count]));
  }

  open(request: RunRequest, settingOutcomes: readonly SettingOutcome[] = []): string {
    if (this.#runUid !== undefined)
      throw new BenchError('plan/invalid', `The plan opens a run "${request.planName}" inside another one.`);
    const {recorder, metadata, createId, utcNowS} = this.#options;
    const uid = createId();
    const start: RunStart = {
      uid,
      time: utcNowS(),
      session_uid: recorder.sessionUid,
      scan_id: recorder.allocateScanId(),
      plan_name: request.planName,
      plan_args: request.planArgs,
      plan_type: 'generator',
      operator: metadata.operator,
      ...(request.shape && {shape: request.shape}),
      ...(request.extentsMm && {extents: request.extentsMm}),
      // The slow axis of a raster never snakes.
      ...(request.isSnaking !== undefined && {snaking: [false, request.isSnaking]}),
      ...(request.pointCount !== undefined && {num_points: request.pointCount}),
      ...(request.hints && {hints: request.hints}),
      ...(request.sample !== undefined && {sample: request.sample}),
      ...(request.purpose !== undefined && {purpose: request.purpose}),
      ...(metadata.designHash !== undefined && {design_hash: metadata.designHash}),
      ...(metadata.twinVersion !== undefined && {twin_version: metadata.twinVersion}),
      ...(metadata.benchName !== undefined && {bench_name: metadata.benchName}),
      ...(request.calibrationUids && {calibration_uids: request.calibrationUids}),
      ...(request.campaignIndex !== undefined && {campaign_index: request.campaignIndex}),
      ...(settingOutcomes.length > 0 && {settings_judged: [...settingOutcomes]}),
      ...(request.isDetectorSetUp !== undefined && {detector_set_up: request.isDetectorSetUp}),
      ...(request.continues && {continues: request.continues}),
    };
    this.#commit(['start', start]);
    this.#startS = start.time;
    this.#runUid = uid;
    this.#streams.clear();
    return uid;
  }

  declareStream(
    name: string,
    columns: readonly ColumnSpec[],
    devices: readonly DeviceSettings[],
    settingOutcomes: readonly SettingOutcome[] = [],
  ): void {
    const runUid = this.#requireRun('declares a stream');
    if (this.#streams.has(name))
      throw new BenchError('plan/invalid', `The plan declares the stream "${name}" twice in one run.`);
    const uid = this.#options.createId();
    const time = this.#options.utcNowS();
    const descriptor: EventDescriptor = {
      uid,
      run_start: runUid,
      time,
      name,
      ...describeColumns(columns, devices),
      ...describeDetectors(devices),
      configuration: Object.fromEntries(
        devices.map(({device, settings}) => [device.role, describeSettings(device, settings, time)]),
      ),
      ...(settingOutcomes.length > 0 && {settings_judged: [...settingOutcomes]}),
    };
    this.#commit(['descriptor', descriptor]);
    this.#streams.set(name, {descriptorUid: uid, names: columns.map((column) => column.name), count: 0});
  }

  /** Commits one point and returns its number in the stream. A number that is none is refused, never stored. */
  record(streamName: string, data: Readonly<Record<string, number>>): number {
    this.#requireRun('records a point');
    const stream = this.#streams.get(streamName);
    if (!stream)
      throw new BenchError('plan/invalid', `The plan records into "${streamName}" before declaring it.`);
    const time = this.#options.utcNowS();
    const timestamps: Record<string, number> = {};
    for (const name of stream.names) {
      const value = data[name];
      if (value === undefined || !Number.isFinite(value)) throw notANumber(streamName, name, value);
      timestamps[name] = time;
    }
    if (Object.keys(data).length !== stream.names.length) throw undeclared(streamName, stream.names, data);
    const seqNum = stream.count + 1;
    const event: RunEvent = {
      // Unique because the descriptor's uid is; spares a random number and 36 bytes a point.
      uid: `${stream.descriptorUid}:${seqNum}`,
      descriptor: stream.descriptorUid,
      seq_num: seqNum,
      time,
      data,
      timestamps,
    };
    this.#commit(['event', event]);
    stream.count = seqNum;
    return seqNum;
  }

  /** For the stop record of the run under way. */
  addSuspension(suspension: RunSuspension): void {
    this.#suspensions.push(suspension);
  }

  /** Counts a question that was asked again; true for the first one of its instrument in this run. */
  countRepeat(role: string): boolean {
    const counted = this.#repeats.get(role) ?? {count: 0, afterPoints: []};
    this.#repeats.set(role, counted);
    counted.count += 1;
    if (counted.afterPoints.length < longestRepeatList) counted.afterPoints.push(this.pointCount);
    return counted.count === 1;
  }

  close(exitStatus: ExitStatus, reason: string): void {
    const runUid = this.#requireRun('closes a run');
    this.#commit([
      'stop',
      {
        uid: this.#options.createId(),
        run_start: runUid,
        // Also where the clock was set back: no run ends before it began.
        time: Math.max(this.#startS, this.#options.utcNowS()),
        exit_status: exitStatus,
        reason,
        num_events: Object.fromEntries([...this.#streams].map(([name, stream]) => [name, stream.count])),
        ...(this.#repeats.size > 0 && {repeated_questions: this.#repeatedQuestions()}),
        ...(this.doubtful && {doubtful: this.doubtful}),
        ...(this.#suspensions.length > 0 && {suspensions: this.#suspensions}),
      },
    ]);
    this.doubtful = undefined;
    this.distrusted = undefined;
    this.#suspensions = [];
    this.#runUid = undefined;
    this.#streams.clear();
    this.#repeats.clear();
  }

  #repeatedQuestions(): NonNullable<RunStop['repeated_questions']> {
    return Object.fromEntries(
      [...this.#repeats].map(([role, {count, afterPoints}]) => [role, {count, after_points: afterPoints}]),
    );
  }

  #commit(document: RunDocument): void {
    this.#options.recorder.write(document);
    this.#options.onDocument(document);
  }

  #requireRun(what: string): string {
    if (this.#runUid === undefined)
      throw new BenchError('plan/invalid', `The plan ${what} although no run is open.`);
    return this.#runUid;
  }
}

const notANumber = (stream: string, name: string, value: number | undefined): BenchError =>
  new BenchError(
    'plan/invalid',
    `The point was not stored: its "${name}" in stream "${stream}" is ${String(value)}, not a number. ` +
      'Points stored before it are kept.',
    {details: {stream, name}},
  );

function undeclared(
  stream: string,
  names: readonly string[],
  data: Readonly<Record<string, number>>,
): BenchError {
  const extra = Object.keys(data).filter((name) => !names.includes(name));
  return new BenchError('plan/invalid', `The stream "${stream}" has no column ${extra.join(', ')}.`);
}

function describeColumns(
  columns: readonly ColumnSpec[],
  devices: readonly DeviceSettings[],
): Pick<EventDescriptor, 'data_keys' | 'object_keys'> {
  const owners = new Map<string, BenchDevice>();
  for (const {device} of devices) for (const name of columnsOf(device)) owners.set(name, device);
  const dataKeys: Record<string, DataKey> = {};
  const objectKeys: Record<string, string[]> = {};
  for (const column of columns) {
    const owner = owners.get(column.name);
    dataKeys[column.name] = {
      source: owner ? `${owner.role} (${owner.model})` : 'plan',
      dtype: 'number',
      shape: [],
      units: column.unit,
      ...(column.precision !== undefined && {precision: column.precision}),
    };
    (objectKeys[owner?.role ?? 'plan'] ??= []).push(column.name);
  }
  return {data_keys: dataKeys, object_keys: objectKeys};
}

/** What the columns of detectors mean, where their names alone do not tell it. */
function describeDetectors(devices: readonly DeviceSettings[]): Pick<EventDescriptor, 'detectors'> {
  const described = devices.flatMap(({device}) => {
    if (device.kind !== 'detector') return [];
    const stored = storedDetectorOf(device.declaration);
    return isDeepStrictEqual(stored, impliedDetector) ? [] : [[device.role, stored] as const];
  });
  return described.length > 0 ? {detectors: Object.fromEntries(described)} : {};
}

function storedDetectorOf(declaration: DetectorColumns): StoredDetector {
  const {columns, signal} = storedColumnsOf(declaration);
  const {column, complex, proportionalTo} = signal;
  return {
    columns: columns.map(({name, label, unit}) => ({name, label, unit})),
    signal: {column, ...complex, proportional_to: proportionalTo},
  };
}

const impliedDetector = storedDetectorOf(impliedColumns);

type DeviceConfiguration = EventDescriptor['configuration'][string];

function describeSettings(
  device: BenchDevice,
  settings: SettingsSnapshot,
  time: number,
): DeviceConfiguration {
  const data: SettingsSnapshot = {...settings, identity: device.identity.text};
  const entries = Object.entries(data);
  return {
    data,
    timestamps: Object.fromEntries(entries.map(([name]) => [name, time])),
    data_keys: Object.fromEntries(
      entries.map(([name, value]): [string, DataKey] => [
        name,
        {
          source: `${device.role} (${device.model})`,
          dtype: typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string',
          shape: [],
          units: typeof value === 'number' ? unitFromName(name) : '',
        },
      ]),
    ),
  };
}
