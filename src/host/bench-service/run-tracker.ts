import type {RunStatus} from '../../contract/api/index.ts';
import {
  isDerivedStream,
  type EventDescriptor,
  type ExitStatus,
  type RunDocument,
  type RunEvent,
  type RunStart,
  type RunStop,
} from '../../contract/run-records.ts';
import {sFromMs} from '../../contract/units.ts';
import type {EngineEvent, EngineState} from '../engine/events.ts';

/** Follows a job by the engine's events and says how it stands, in real time. */
export interface RunTracker {
  readonly status: RunStatus;
  onEvent(event: EngineEvent): void;
  end(exitStatus: ExitStatus, reason: string): void;
}

export interface TrackedJob {
  readonly id: string;
  readonly kind: RunStatus['kind'];
  readonly title: string;
  /** Digits of a campaign. */
  readonly itemCount: number | undefined;
  /** What suspends it. */
  readonly suspenders: RunStatus['suspenders'];
  /** Bench time per real time. */
  readonly speed: number;
  readonly onChange: (status: RunStatus) => void;
}

const runStates: Readonly<Record<Exclude<EngineState, 'idle'>, RunStatus['state']>> = {
  running: 'running',
  pausing: 'pausing',
  paused: 'paused',
  stopping: 'stopping',
  aborting: 'aborting',
};

type Fields = Omit<RunStatus, 'elapsedS' | 'timeLeftS' | 'runTimeLeftS' | 'wait'>;

export function createRunTracker(job: TrackedJob): RunTracker {
  const startedMs = performance.now();
  const times = createRunTimes(job.speed);
  const points = createPointCounter();
  /** Text of the longer step under way; shown unless a shorter one (a wait for a person, homing) is reported. */
  let longLabel = '';
  let fields = startingFields(job);
  let elapsedS: number | undefined;

  const status = (): RunStatus => ({
    ...fields,
    elapsedS: elapsedS ?? sFromMs(performance.now() - startedMs),
    ...times.status(fields.state),
  });
  const change = (changes: Partial<Fields>): void => {
    fields = {...fields, ...changes};
    job.onChange(status());
  };

  const changeShortly = (step?: Partial<Fields>): void => step && change({label: longLabel, ...step});

  const onDocument = ([name, document]: RunDocument): void => {
    switch (name) {
      case 'start':
        times.endRun();
        longLabel = [document.plan_name, document.sample].filter(Boolean).join(', ');
        return change({...fieldsOfStart(document, fields.campaign), label: longLabel, ...points.onStart()});
      case 'descriptor':
        return points.onDescriptor(document);
      case 'event':
        return change(points.onEvent(document));
      case 'stop':
        return change(points.onStop(document));
    }
  };

  const onEvent = (event: EngineEvent): void => {
    if (fields.state === 'ended') return;
    times.onEvent(event);
    switch (event.type) {
      case 'state':
        // When the plan is over, what the job computes of it may take a while.
        return change({
          state: event.state === 'idle' ? 'computing' : runStates[event.state],
          reason: event.reason,
        });
      case 'progress':
        longLabel = event.label;
        return change({label: event.label, done: event.done, total: event.total});
      case 'document':
        return onDocument(event.document);
      case 'wait':
        return change({});
      case 'operator':
      case 'question':
      case 'action':
      case 'compute':
      case 'suspension':
        return changeShortly(shortStepOf(event));
      case 'note':
      case 'look':
      case 'motion':
      case 'plate-motion':
      case 'skipped':
        return;
    }
  };

  job.onChange(status());
  return {
    get status() {
      return status();
    },
    onEvent,
    end(exitStatus, reason) {
      elapsedS = sFromMs(performance.now() - startedMs);
      change({state: 'ended', suspension: null, exitStatus, reason, endedUtc: new Date().toISOString()});
    },
  };
}

const startingFields = ({id, kind, title, itemCount, suspenders}: TrackedJob): Fields => ({
  id,
  kind,
  title,
  state: 'starting',
  exitStatus: null,
  reason: '',
  sessionUid: null,
  runUid: null,
  scanId: null,
  planName: '',
  label: '',
  done: 0,
  total: 0,
  pointCount: 0,
  totalPointCount: 0,
  startedUtc: new Date().toISOString(),
  endedUtc: null,
  grid: null,
  sample: '',
  suspenders,
  suspension: null,
  campaign: itemCount === undefined ? null : {itemIndex: null, itemCount, step: ''},
});

/** A time left, and the moment at which it was reported. */
interface Countdown {
  readonly leftMs: number;
  readonly atMs: number;
}

/** How long plan, run and wait still take, in real time; `speed` is bench time per real time. */
function createRunTimes(speed: number) {
  let left: Countdown | undefined;
  let runLeft: Countdown | undefined;
  let wait: {readonly text: string; readonly left: Countdown} | undefined;

  const countdownOf = (benchMs: number): Countdown => ({leftMs: benchMs / speed, atMs: performance.now()});
  const countdownOrNone = (benchMs: number | undefined): Countdown | undefined =>
    benchMs === undefined ? undefined : countdownOf(benchMs);
  /** A pause stops the count; an overdue one stands at nothing left rather than going below. */
  const secondsOf = (countdown: Countdown | undefined, state: RunStatus['state']): number | null => {
    if (countdown === undefined || state === 'ended') return null;
    const sinceMs = state === 'paused' ? 0 : performance.now() - countdown.atMs;
    return sFromMs(Math.max(0, countdown.leftMs - sinceMs));
  };

  return {
    onEvent(event: EngineEvent): void {
      if (event.type === 'progress') {
        left = countdownOrNone(event.timeLeftMs);
        runLeft = countdownOrNone(event.runTimeLeftMs);
      }
      if (event.type === 'wait')
        wait = event.isDone ? undefined : {text: event.text, left: countdownOf(event.ms)};
      if (event.type === 'state' && event.state !== 'running') wait = undefined;
      if (event.type === 'state' && event.state === 'idle') left = runLeft = undefined;
    },
    endRun(): void {
      runLeft = undefined;
    },
    status: (state: RunStatus['state']): Pick<RunStatus, 'timeLeftS' | 'runTimeLeftS' | 'wait'> => ({
      timeLeftS: secondsOf(left, state),
      runTimeLeftS: secondsOf(runLeft, state),
      wait: wait ? {text: wait.text, leftS: secondsOf(wait.left, state) ?? 0} : null,
    }),
  };
}

type PointCounts = Pick<RunStatus, 'pointCount' | 'totalPointCount'>;

/** Counts the points of the run under way and of all runs of the job, by their documents. */
function createPointCounter() {
  let endedPointCount = 0;
  const streamCounts = new Map<string, number>();
  /** Descriptors of what follows from points. */
  const derived = new Set<string>();
  return {
    onStart(): Pick<PointCounts, 'pointCount'> {
      streamCounts.clear();
      derived.clear();
      return {pointCount: 0};
    },
    onDescriptor({uid, name}: EventDescriptor): void {
      if (isDerivedStream(name)) derived.add(uid);
    },
    onEvent({descriptor, seq_num: number}: RunEvent): PointCounts {
      // By its number and not one by one: an event that was left out for a slow listener is counted all the same.
      if (!derived.has(descriptor)) streamCounts.set(descriptor, number);
      const pointCount = sumOf(streamCounts.values());
      return {pointCount, totalPointCount: endedPointCount + pointCount};
    },
    onStop({num_events: counts}: RunStop): PointCounts {
      const measured = Object.entries(counts).filter(([name]) => !isDerivedStream(name));
      const pointCount = sumOf(measured.map(([, count]) => count));
      endedPointCount += pointCount;
      return {pointCount, totalPointCount: endedPointCount};
    },
  };
}

type ShortStepEvent = Extract<
  EngineEvent,
  {readonly type: 'operator' | 'question' | 'action' | 'compute' | 'suspension'}
>;

/** What a step changes that is shorter than what `progress` tells of; without `label` that one's is shown again. */
function shortStepOf(
  event: ShortStepEvent,
): Partial<Pick<Fields, 'label' | 'state' | 'suspension'>> | undefined {
  switch (event.type) {
    case 'operator':
      return event.isDone ? {} : {label: waitingLabels[event.request.kind]};
    case 'question':
      return event.isDone ? {} : {label: 'waiting for your decision'};
    case 'action':
      if (event.action === 'stop') return undefined;
      return event.isDone ? {} : {label: actionLabels[event.action]};
    case 'suspension':
      return {suspension: event.isDone ? null : {reason: event.reason, sinceUtc: new Date().toISOString()}};
    case 'compute':
      return event.isDone ? {state: 'running'} : {state: 'computing', label: event.label};
  }
}

const actionLabels = {
  home: 'homing',
  stop: 'stopping the stage',
  'turn-on': 'turning RF on',
  'turn-off': 'turning RF off',
  'auto-phase': 'setting the phase',
  'auto-range': 'choosing the range',
  'read-state': 'reading the state',
} as const;

const waitingLabels = {
  'mount-object': 'waiting for the mask',
  'set-plates': 'waiting for the plates',
  'exchange-plate': 'waiting for the next plate',
  'open-frame': 'waiting for the mask to be out',
  'block-beam': 'waiting for the beam to be blocked',
  'unblock-beam': 'waiting for the beam to be free',
} as const;

function fieldsOfStart(start: RunStart, campaign: RunStatus['campaign']) {
  return {
    sessionUid: start.session_uid,
    runUid: start.uid,
    scanId: start.scan_id,
    planName: start.plan_name,
    sample: start.sample ?? '',
    grid: gridOf(start),
    campaign:
      campaign === null
        ? null
        : {...campaign, itemIndex: start.campaign_index ?? campaign.itemIndex, step: start.plan_name},
  };
}

function gridOf({shape, extents}: RunStart): RunStatus['grid'] {
  const [rows, columns] = shape ?? [];
  const [y, x] = extents ?? [];
  if (rows === undefined || columns === undefined || !x || !y) return null;
  return {rows, columns, xMm: [x[0], x[1]], yMm: [y[0], y[1]]};
}

const sumOf = (counts: Iterable<number>): number => {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
};
