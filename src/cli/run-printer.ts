import type {RunEvent} from '../contract/api/index.ts';
import type {Output, Progress} from './output/index.ts';

/** Shows on a terminal what a run does: runs as they end, progress with the time left, notes. */
export interface RunPrinter {
  print(event: RunEvent): void;
  /** Takes the bar away, for a question or at the end; the next progress brings it back. */
  pause(): void;
}

export function createRunPrinter(output: Output): RunPrinter {
  let bar: Progress | undefined;
  let label = '';
  const end = (note?: string): void => {
    bar?.end(note);
    bar = undefined;
    label = '';
  };
  const printProgress = ({
    label: next,
    done,
    total,
    secondsLeft,
  }: Extract<RunEvent, {type: 'progress'}>): void => {
    // The runs of a campaign report its steps.
    if (next.startsWith('campaign: ')) return;
    if (!bar || label !== next) {
      end();
      label = next;
      bar = output.progress(next, total, 'points');
    }
    bar.update(done, secondsLeft === null ? {} : {secondsLeft});
    if (done >= total) end();
  };
  return {
    pause: () => end(),
    print(event) {
      switch (event.type) {
        case 'note':
          return output.log(event.text);
        case 'state':
          if (event.state !== 'running' && event.state !== 'idle')
            output.log(event.reason === '' ? event.state : `${event.state}: ${event.reason}`);
          return;
        case 'manual-step':
          if (!event.isDone) output.log(manualStepText(event));
          return;
        case 'prompt':
          if (event.prompt) end();
          return;
        case 'progress':
          return printProgress(event);
        case 'run-ended':
          if (event.exitStatus === 'success') return;
          end('stopped');
          return output.log(`run ended as ${event.exitStatus}: ${event.reason}`);
        case 'begun':
          return;
        case 'ended':
          return end();
      }
    },
  };
}

function manualStepText({kind, label, plates}: Extract<RunEvent, {type: 'manual-step'}>): string {
  switch (kind) {
    case 'mount-object':
      return `mask at the object plane: ${label}`;
    case 'set-plates':
      return `plates in the bench: ${plates.length === 0 ? 'none' : plates.join(', ')}`;
    case 'exchange-plate':
      return `another plate in the place of plate ${plates.join()}`;
    case 'open-frame':
      return 'no mask, open frame';
    case 'block-beam':
      return 'beam blocked';
    case 'unblock-beam':
      return 'beam free';
  }
}
