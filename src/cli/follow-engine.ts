import type {EngineEvent} from '../host/compose.ts';
import type {Output, Progress} from './output/index.ts';

/**
 * Shows on a terminal what the engine does: runs as they start and end, progress with the time left, notes. `speed`:
 * bench time per real time, since people wait in real time.
 */
export interface EngineFollower {
  readonly onEvent: (event: EngineEvent) => void;
  /** Takes the bar away, for a question; the next event brings it back. */
  pause(): void;
  end(): void;
}

export function followEngine(output: Output, speed = 1): EngineFollower {
  let bar: Progress | undefined;
  let label = '';
  const end = (note?: string): void => {
    bar?.end(note);
    bar = undefined;
    label = '';
  };
  return {
    pause: () => end(),
    end: () => end(),
    onEvent(event) {
      switch (event.type) {
        case 'note':
          output.log(event.text);
          return;
        case 'state':
          if (event.state !== 'running' && event.state !== 'idle')
            output.log(`${event.state}: ${event.reason}`);
          return;
        case 'operator':
          if (!event.isDone) output.log(requestText(event.request));
          return;
        case 'question':
          if (!event.isDone) end();
          return;
        case 'progress': {
          // A campaign's own steps are told by its runs.
          if (event.label.startsWith('campaign: ')) return;
          if (!bar || label !== event.label) {
            end();
            label = event.label;
            bar = output.progress(event.label, event.total, 'points');
          }
          bar.update(
            event.done,
            event.timeLeftMs === undefined ? {} : {secondsLeft: event.timeLeftMs / 1000 / speed},
          );
          if (event.done >= event.total) end();
          return;
        }
        case 'document': {
          const [name, document] = event.document;
          if (name === 'stop' && document.exit_status !== 'success') {
            end('stopped');
            output.log(`run ended as ${document.exit_status}: ${document.reason}`);
          }
          return;
        }
        case 'motion':
        case 'plate-motion':
        case 'skipped':
        case 'wait':
        case 'action':
        case 'compute':
        case 'look':
          return;
      }
    },
  };
}

function requestText(request: Extract<EngineEvent, {type: 'operator'}>['request']): string {
  switch (request.kind) {
    case 'mount-object':
      return `mask at the object plane: ${request.label}`;
    case 'set-plates':
      return `plates in the bench: ${request.plates.length === 0 ? 'none' : request.plates.join(', ')}`;
    case 'open-frame':
      return 'no mask, open frame';
    case 'block-beam':
      return 'beam blocked';
    case 'unblock-beam':
      return 'beam free';
  }
}
