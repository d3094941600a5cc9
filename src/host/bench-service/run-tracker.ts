import type {RunStatus} from '../../contract/api/index.ts';
import type {RunDocument, RunStart} from '../../contract/run-records.ts';
import {sFromMs} from '../../contract/units.ts';
import type {EngineEvent, EngineState} from '../engine/events.ts';
import type {ExitStatus} from '../../contract/run-records.ts';

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

/** A time left, and the moment at which it was reported. */
interface Countdown {
  readonly leftMs: number;
  readonly atMs: number;
}

export function createRunTracker(job: TrackedJob): RunTracker {
  const startedMs = performance.now();
  const realMs = (benchMs: number): number => benchMs / job.speed;
  let left: Countdown | undefined;
  let runLeft: Countdown | undefined;
  let wait: {readonly text: string; readonly left: Countdown} | undefined;
  let endedPointCount = 0;
  /** Text of the longer step under way; shown unless a shorter one (a wait for a person, homing) is reported. */
  let longLabel = '';
  let streamCounts = new Map<string, number>();
  let fields: Omit<RunStatus, 'elapsedS' | 'timeLeftS' | 'runTimeLeftS' | 'wait'> = {
    id: job.id,
    kind: job.kind,
    title: job.title,
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
    campaign: job.itemCount === undefined ? null : {itemIndex: null, itemCount: job.itemCount, step: ''},
  };
  let elapsedS: number | undefined;

  /** A pause stops the count; an overdue one stands at nothing left rather than going below. */
  const secondsOf = (countdown: Countdown | undefined): number | null => {
    if (countdown === undefined || fields.state === 'ended') return null;
    const sinceMs = fields.state === 'paused' ? 0 : performance.now() - countdown.atMs;
    return sFromMs(Math.max(0, countdown.leftMs - sinceMs));
  };
  const status = (): RunStatus => ({
    ...fields,
    elapsedS: elapsedS ?? sFromMs(performance.now() - startedMs),
    timeLeftS: secondsOf(left),
    runTimeLeftS: secondsOf(runLeft),
    wait: wait ? {text: wait.text, leftS: secondsOf(wait.left) ?? 0} : null,
  });
  const change = (changes: Partial<typeof fields>): void => {
    fields = {...fields, ...changes};
    job.onChange(status());
  };
  const countdownOf = (benchMs: number | undefined): Countdown | undefined =>
    benchMs === undefined ? undefined : {leftMs: realMs(benchMs), atMs: performance.now()};

  const onDocument = ([name, document]: RunDocument): void => {
    switch (name) {
      case 'start':
        streamCounts = new Map();
        runLeft = undefined;
        longLabel = [document.plan_name, document.sample].filter(Boolean).join(', ');
        return change({...fieldsOfStart(document, fields.campaign), label: longLabel, pointCount: 0});
      case 'descriptor':
        return;
      case 'event': {
        // By its number and not one by one: an event that was left out for a slow listener is counted all the same.
        streamCounts.set(document.descriptor, document.seq_num);
        const pointCount = sumOf(streamCounts.values());
        return change({pointCount, totalPointCount: endedPointCount + pointCount});
      }
      case 'stop': {
        const pointCount = sumOf(Object.values(document.num_events));
        endedPointCount += pointCount;
        return change({pointCount, totalPointCount: endedPointCount});
      }
    }
  };

  const onEvent = (event: EngineEvent): void => {
    if (fields.state === 'ended') return;
    switch (event.type) {
      case 'state':
        if (event.state === 'idle') {
          // The plan is over; what the job computes of it may take a while.
          wait = undefined;
          left = undefined;
          runLeft = undefined;
          return change({state: 'computing', reason: event.reason});
        }
        if (event.state !== 'running') wait = undefined;
        return change({state: runStates[event.state], reason: event.reason});
      case 'progress':
        left = countdownOf(event.timeLeftMs);
        runLeft = countdownOf(event.runTimeLeftMs);
        longLabel = event.label;
        return change({label: event.label, done: event.done, total: event.total});
      case 'document':
        return onDocument(event.document);
      case 'wait':
        wait = event.isDone
          ? undefined
          : {text: event.text, left: {leftMs: realMs(event.ms), atMs: performance.now()}};
        return change({});
      case 'operator':
        return change({label: event.isDone ? longLabel : waitingLabels[event.request.kind]});
      case 'question':
        return change({label: event.isDone ? longLabel : 'waiting for your decision'});
      case 'action':
        if (event.action === 'stop') return;
        return change({label: event.isDone ? longLabel : actionLabels[event.action]});
      case 'compute':
        return change(
          event.isDone ? {state: 'running', label: longLabel} : {state: 'computing', label: event.label},
        );
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
      change({state: 'ended', exitStatus, reason, endedUtc: new Date().toISOString()});
    },
  };
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
