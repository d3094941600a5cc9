import {randomUUID} from 'node:crypto';
import {BenchError} from '../../contract/errors.ts';
import type {Prompt} from '../../contract/api/index.ts';
import {platesText, type OperatorRequest} from '../../contract/messages.ts';
import type {OperatorQuestion, QuestionHandler} from '../../contract/questions.ts';

/** What runs ask of a person at the bench: one thing at a time. */
export interface Prompts {
  /** Resolves when a person says that it is done; rejects when it will not be or the signal ends the asking. */
  ask(request: OperatorRequest, options: {readonly signal: AbortSignal}): Promise<void>;
  /** Resolves with the choice that a person makes. */
  readonly askQuestion: QuestionHandler;
  /** Throws `plan/invalid` when this is not what is being asked now, or is none of the choices. */
  answer(answer: PromptAnswer): void;
}

export interface PromptAnswer {
  readonly id: string;
  readonly answer: 'done' | 'refused';
  /** Of a question: which of its choices. */
  readonly choice?: string | undefined;
  readonly reason: string;
}

export function createPrompts(onChange: (prompt: Prompt | null) => void): Prompts {
  let current: {readonly prompt: Prompt; readonly settle: (outcome: Error | string) => void} | undefined;
  const show = (prompt: Prompt, signal: AbortSignal): Promise<string> => {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const settle = (outcome: Error | string): void => {
        current = undefined;
        signal.removeEventListener('abort', onAbort);
        onChange(null);
        if (typeof outcome === 'string') resolve(outcome);
        else reject(outcome);
      };
      const onAbort = (): void => settle(signal.reason as Error);
      signal.addEventListener('abort', onAbort, {once: true});
      current = {prompt, settle};
      onChange(prompt);
    });
  };
  return {
    async ask(request, {signal}) {
      await show(promptFrom(request), signal);
    },
    askQuestion: async (question, {signal}) => show(promptFromQuestion(question), signal),
    answer({id, answer, choice, reason}) {
      if (current?.prompt.id !== id)
        throw new BenchError(
          'plan/invalid',
          'That is not asked any more: it was answered elsewhere, or the run went on or ended. Nothing was changed.',
        );
      const {prompt, settle} = current;
      if (answer === 'done') return settle(choiceOf(prompt, choice));
      settle(
        new BenchError(
          'plan/operator-refused',
          `What the run asked for was not done (${prompt.text})${reason === '' ? '' : `: ${reason}`}. The run ends; points taken until then are kept.`,
          {details: {reason}},
        ),
      );
    },
  };
}

/** What was chosen of a question; '' for a manual step, which has nothing to choose. */
function choiceOf({choices}: Prompt, choice: string | undefined): string {
  if (choices.length === 0) return '';
  const chosen = choices.find(({id}) => id === choice);
  if (chosen) return chosen.id;
  throw new BenchError(
    'plan/invalid',
    `"${choice ?? ''}" is none of the choices (${choices.map(({id}) => id).join(', ')}). Nothing was changed; the run still waits.`,
  );
}

const promptFromQuestion = ({kind, text, differences, choices}: OperatorQuestion): Prompt => ({
  id: randomUUID(),
  sinceUtc: new Date().toISOString(),
  kind,
  text,
  mask: null,
  differences: [...differences],
  choices: [...choices],
});

function promptFrom(request: OperatorRequest): Prompt {
  const shared = {id: randomUUID(), sinceUtc: new Date().toISOString(), differences: [], choices: []};
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
      return {
        ...shared,
        kind: 'set-plates',
        text: platesText(request),
        mask: null,
        plates: [...request.plates],
      };
    case 'exchange-plate': {
      const {plate, grid, heightsMm} = request;
      return {
        ...shared,
        kind: 'exchange-plate',
        text: `Put another plate in the place of plate ${plate}, with the relief that comes with this step; numbers and notches as marked.`,
        mask: null,
        plates: [plate],
        relief: {...grid, heightsMm: Float32Array.from(heightsMm)},
      };
    }
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
