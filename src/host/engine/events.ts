import type {
  MoveProgress,
  PlateOffset,
  PlateState,
  PositionMm,
  SettingValue,
  SourceState,
} from '../../contract/devices.ts';
import type {DeviceAction, OperatorRequest} from '../../contract/messages.ts';
import type {OperatorQuestion} from '../../contract/questions.ts';
import type {RunDocument} from '../../contract/run-records.ts';

export type EngineState = 'idle' | 'running' | 'pausing' | 'paused' | 'stopping' | 'aborting';

export type EngineEvent =
  | {readonly type: 'state'; readonly state: EngineState; readonly reason: string}
  | {
      readonly type: 'progress';
      readonly label: string;
      readonly done: number;
      readonly total: number;
      /** Bench time since the plan began, without pauses, ms. */
      readonly elapsedMs: number;
      /** Bench time until the plan's end, ms; absent while it cannot be estimated. */
      readonly timeLeftMs?: number;
      /** Bench time until the end of the run under way, ms. */
      readonly runTimeLeftMs?: number;
    }
  | {readonly type: 'document'; readonly document: RunDocument}
  | {readonly type: 'note'; readonly text: string}
  | {readonly type: 'motion'; readonly device: string; readonly progress: MoveProgress}
  /** A mounted plate is on its way. */
  | {
      readonly type: 'plate-motion';
      readonly device: string;
      readonly plate: number;
      readonly now: PlateOffset;
      readonly target: PlateOffset;
    }
  | {readonly type: 'operator'; readonly request: OperatorRequest; readonly isDone: boolean}
  /** A person is asked for a decision. */
  | {readonly type: 'question'; readonly question: OperatorQuestion; readonly isDone: boolean}
  /** The run is suspended, for this reason, or goes on. */
  | {readonly type: 'suspension'; readonly reason: string; readonly isDone: boolean}
  /** A wait that is long enough to be reported; `ms` of bench time. What skips it is `skipWait`. */
  | {readonly type: 'wait'; readonly text: string; readonly ms: number; readonly isDone: boolean}
  /** An instrument does something longer than one exchange; a source tells its state when it was turned on or off. */
  | {
      readonly type: 'action';
      readonly device: string;
      readonly action: DeviceAction;
      readonly isDone: boolean;
      readonly source?: SourceState | 'off';
    }
  /** What a look at an instrument found. */
  | {readonly type: 'look'; readonly device: string; readonly seen: Seen}
  /** Work away from the bench. */
  | {readonly type: 'compute'; readonly label: string; readonly isDone: boolean}
  /** Some documents were left out because this listener was too slow; the store has them all. */
  | {readonly type: 'skipped'; readonly count: number};

/** What a look found, for display. */
export type Seen =
  | {readonly kind: 'source'; readonly state: SourceState}
  | {readonly kind: 'stage'; readonly positionMm: PositionMm; readonly controllerState: string}
  | {readonly kind: 'detector'; readonly settings: Readonly<Record<string, SettingValue>>}
  | {readonly kind: 'mount'; readonly plates: readonly PlateState[]};

export type EngineListener = (event: EngineEvent) => void;

export interface EventHub {
  /** False when nobody listens, so that no event needs to be made. */
  readonly hasListeners: boolean;
  subscribe(listener: EngineListener): () => void;
  emit(event: EngineEvent): void;
}

/** Events that may wait for one listener; beyond, the oldest are dropped and counted. */
const backlogLimit = 5000;

/**
 * Delivers events after the engine's own work, in batches. What only the last value matters of (progress, motion)
 * replaces its waiting predecessor. A listener that throws is reported and left out from then on.
 */
export function createEventHub(onListenerError: (error: unknown) => void): EventHub {
  const listeners = new Set<EngineListener>();
  let waiting: EngineEvent[] = [];
  let skippedCount = 0;
  let isScheduled = false;

  const deliver = (): void => {
    isScheduled = false;
    const batch = waiting;
    waiting = [];
    if (skippedCount > 0) batch.unshift({type: 'skipped', count: skippedCount});
    skippedCount = 0;
    for (const listener of [...listeners]) {
      try {
        for (const event of batch) listener(event);
      } catch (error) {
        listeners.delete(listener);
        onListenerError(error);
      }
    }
  };

  return {
    get hasListeners() {
      return listeners.size > 0;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    emit(event) {
      if (listeners.size === 0) return;
      const last = waiting.at(-1);
      if (last && isReplacedBy(last, event)) waiting[waiting.length - 1] = event;
      else if (waiting.length < backlogLimit || event.type === 'state') waiting.push(event);
      else {
        // One long synchronous stretch of the plan fills this; halving is rare and so costs nothing per event.
        skippedCount += backlogLimit / 2;
        waiting = [...waiting.slice(backlogLimit / 2), event];
      }
      if (!isScheduled) {
        isScheduled = true;
        setImmediate(deliver);
      }
    },
  };
}

const isReplacedBy = (old: EngineEvent, fresh: EngineEvent): boolean =>
  (old.type === 'progress' && fresh.type === 'progress' && old.label === fresh.label) ||
  (old.type === 'motion' && fresh.type === 'motion' && old.device === fresh.device);
