import {useStore} from 'zustand';
import {createStore} from 'zustand/vanilla';
import {client, problemFrom, wasSent} from '../connection/index.ts';

/** What became of the last STOP. */
export type HaltState =
  | {readonly phase: 'none'}
  | {readonly phase: 'sending'; readonly sinceMs: number}
  | {
      readonly phase: 'done';
      readonly atMs: number;
      /** From the press to the answer, as this window saw it. */
      readonly tookMs: number;
      readonly sentence: string;
      readonly problems: readonly string[];
    }
  | {
      readonly phase: 'failed';
      readonly atMs: number;
      readonly wasSent: boolean;
      readonly message: string;
    };

const haltStore = createStore<{readonly halt: HaltState}>(() => ({halt: {phase: 'none'}}));

export const useHalt = (): HaltState => useStore(haltStore, ({halt}) => halt);

export const forgetHalt = (): void => haltStore.setState({halt: {phase: 'none'}});

let presses = 0;

/**
 * STOP: stages stopped, source off, run ended and kept. Sent at once, at every press, whatever else is going on. A STOP
 * that could not be sent is not kept for later: after a reconnection the bench may be doing what somebody wants.
 */
export async function halt(reason: string): Promise<void> {
  const press = ++presses;
  const startMs = performance.now();
  const show = (state: HaltState): void => {
    if (press === presses) haltStore.setState({halt: state});
  };
  show({phase: 'sending', sinceMs: Date.now()});
  try {
    const {sentence, problems} = await client.app.halt({reason});
    show({phase: 'done', atMs: Date.now(), tookMs: performance.now() - startMs, sentence, problems});
  } catch (error) {
    show({
      phase: 'failed',
      atMs: Date.now(),
      wasSent: wasSent(error),
      message: problemFrom(error).message,
    });
  }
}

/**
 * Makes Escape STOP, everywhere and only that: heard on the window before any library or field hears it, and told to
 * nobody else. Call before anything is drawn.
 */
export function bindEscapeToStop(): void {
  const take = (event: KeyboardEvent): boolean => {
    if (event.key !== 'Escape') return false;
    event.preventDefault();
    event.stopImmediatePropagation();
    return true;
  };
  window.addEventListener('keydown', (event) => void (take(event) && !event.repeat && halt('Esc pressed')), {
    capture: true,
  });
  window.addEventListener('keyup', (event) => void take(event), {capture: true});
}
