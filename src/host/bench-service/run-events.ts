import {createFeed, type Feed} from '../../base/feed.ts';
import type {Prompt, RunEvent, RunStatus} from '../../contract/api/index.ts';
import type {BenchError} from '../../contract/errors.ts';
import type {OperatorRequest} from '../../contract/messages.ts';
import type {EngineEvent} from '../engine/events.ts';

/** What runs do, for whoever follows them by their words: the newest entries. */
export interface RunEvents {
  readonly feed: Feed<RunEvent>;
  /** A job begins; `speed` is bench time per real time. */
  begin(status: Pick<RunStatus, 'id' | 'kind' | 'title'>, speed: number): void;
  onEngineEvent(event: EngineEvent): void;
  note(text: string): void;
  prompt(prompt: Prompt | null): void;
  /** The job is over, records and all; `error` is what ended it early. */
  end(status: Pick<RunStatus, 'id' | 'exitStatus'>, error: BenchError | null): void;
}

const capacity = 5000;
const quietMs = 33;

export function createRunEvents(): RunEvents {
  const feed = createFeed<RunEvent>({capacity, quietMs});
  let speed = 1;
  return {
    feed,
    begin({id, kind, title}, benchSpeed) {
      speed = benchSpeed;
      feed.add({type: 'begun', jobId: id, kind, title});
    },
    onEngineEvent(event) {
      const entry = entryFrom(event, speed);
      if (entry) feed.add(entry);
    },
    note: (text) => void feed.add({type: 'note', text}),
    prompt: (prompt) => void feed.add({type: 'prompt', prompt}),
    end: ({id, exitStatus}, error) =>
      void feed.add({
        type: 'ended',
        jobId: id,
        exitStatus,
        error: error && {code: error.code, message: error.message, details: {...error.details}},
      }),
  };
}

/** Plates that a manual step is about. */
function platesOf(request: OperatorRequest): number[] {
  if (request.kind === 'set-plates') return [...request.plates];
  return request.kind === 'exchange-plate' ? [request.plate] : [];
}

/** Undefined for what only pictures need. */
function entryFrom(event: EngineEvent, speed: number): RunEvent | undefined {
  switch (event.type) {
    case 'note':
      return {type: 'note', text: event.text};
    case 'state':
      return {type: 'state', state: event.state, reason: event.reason};
    case 'operator': {
      const {request, isDone} = event;
      return {
        type: 'manual-step',
        kind: request.kind,
        label: request.kind === 'mount-object' ? request.label : '',
        plates: platesOf(request),
        isDone,
      };
    }
    case 'progress': {
      const {label, done, total, timeLeftMs} = event;
      const secondsLeft = timeLeftMs === undefined ? null : timeLeftMs / 1000 / speed;
      return {type: 'progress', label, done, total, secondsLeft};
    }
    case 'document': {
      const [name, document] = event.document;
      if (name !== 'stop') return undefined;
      return {type: 'run-ended', exitStatus: document.exit_status, reason: document.reason ?? ''};
    }
    case 'question':
    case 'motion':
    case 'plate-motion':
    case 'skipped':
    case 'wait':
    case 'suspension':
    case 'action':
    case 'compute':
    case 'look':
      return undefined;
  }
}
