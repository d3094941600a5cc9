import {randomUUID} from 'node:crypto';
import {BenchError} from '../../contract/errors.ts';
import type {Prompt} from '../../contract/api/index.ts';
import {platesText, type OperatorRequest} from '../../contract/messages.ts';

/** What runs ask of a person at the bench: one thing at a time. */
export interface Prompts {
  /** Resolves when a person says that it is done; rejects when it will not be or the signal ends the asking. */
  ask(request: OperatorRequest, options: {readonly signal: AbortSignal}): Promise<void>;
  /** Throws `plan/invalid` when this is not what is being asked now. */
  answer(answer: {readonly id: string; readonly answer: 'done' | 'refused'; readonly reason: string}): void;
}

export function createPrompts(onChange: (prompt: Prompt | null) => void): Prompts {
  let current: {readonly prompt: Prompt; readonly settle: (error?: Error) => void} | undefined;
  return {
    ask(request, {signal}) {
      signal.throwIfAborted();
      return new Promise((resolve, reject) => {
        const settle = (error?: Error): void => {
          current = undefined;
          signal.removeEventListener('abort', onAbort);
          onChange(null);
          if (error) reject(error);
          else resolve();
        };
        const onAbort = (): void => settle(signal.reason as Error);
        signal.addEventListener('abort', onAbort, {once: true});
        current = {prompt: promptFrom(request), settle};
        onChange(current.prompt);
      });
    },
    answer({id, answer, reason}) {
      if (current?.prompt.id !== id)
        throw new BenchError(
          'plan/invalid',
          'That is not asked any more: it was answered elsewhere, or the run went on or ended. Nothing was changed.',
        );
      if (answer === 'done') return current.settle();
      current.settle(
        new BenchError(
          'plan/operator-refused',
          `What the run asked for was not done (${current.prompt.text})${reason === '' ? '' : `: ${reason}`}. The run ends; points taken until then are kept.`,
          {details: {reason}},
        ),
      );
    },
  };
}

function promptFrom(request: OperatorRequest): Prompt {
  const shared = {id: randomUUID(), sinceUtc: new Date().toISOString()};
  switch (request.kind) {
    case 'mount-object': {
      const {label, grid, amplitude} = request;
      return {
        ...shared,
        kind: 'mount-object',
        text: `Put the mask "${label}" into the object plane, notch as in the picture, and close the cover.`,
        mask: {label, count: grid.count, pitchMm: grid.pitchMm, amplitude: Float32Array.from(amplitude)},
      };
    }
    case 'set-plates':
      return {...shared, kind: 'set-plates', text: platesText(request), mask: null};
    case 'open-frame':
      return {
        ...shared,
        kind: 'open-frame',
        text: 'Take the mask out of the object plane and leave its frame open.',
        mask: null,
      };
    case 'block-beam':
      return {...shared, kind: 'block-beam', text: 'Block the beam right behind the source.', mask: null};
    case 'unblock-beam':
      return {...shared, kind: 'unblock-beam', text: 'Take the beam block out again.', mask: null};
  }
}
