import type {Prompt, RunEvent} from '../contract/api/index.ts';
import {BenchError, benchErrorFrom, isAbort, isErrorCode} from '../contract/errors.ts';
import {askPrompt, isAttended, type PromptAnswer} from './ask-prompt.ts';
import type {CliContext} from './context.ts';
import {haltOnAbort} from './halt-on-abort.ts';
import type {BenchClient, HostConnection} from './host-client.ts';
import {listenForPause, type PauseKey} from './pause-key.ts';
import {createRunPrinter, type RunPrinter} from './run-printer.ts';

export interface FollowOptions {
  /** Does a manual step at the bench instead of a person. Rejects when it was not done; then the run ends. */
  readonly doManualStep?: ((prompt: Prompt, signal: AbortSignal) => Promise<void>) | undefined;
}

const waitMs = 10_000;

/**
 * Begins a job on the bench by `start` (`scan.start`, `campaign.start`, ...) and shows what it does until it is over:
 * safe, stored and computed. Prompts are put to the person at the terminal, where `p` pauses and goes on. When the context's signal is aborted the
 * bench is stopped as by STOP, and the job's end is waited for. Resolves with what ended it early, null when all was
 * done.
 */
export async function followRun(
  {client}: HostConnection,
  context: CliContext,
  start: () => Promise<{readonly id: string}>,
  options: FollowOptions = {},
): Promise<BenchError | null> {
  const {output, signal} = context;
  signal.throwIfAborted();
  const {id} = await start();
  await using ending = new AsyncDisposableStack();
  ending.use(haltOnAbort(client, context));
  let state = 'running';
  using keys = listenForPause(context, {
    state: () => state,
    pause: async () => (await client.run.pause()).isPaused,
    resume: async () => void (await client.run.resume()),
  });
  const printer = createRunPrinter(output);
  await using prompts = answerPrompts({client, context, printer, keys, ...options});
  for await (const event of eventsOf(client, id)) {
    printer.print(event);
    if (event.type === 'state') ({state} = event);
    if (event.type === 'prompt') prompts.show(event.prompt);
    if (event.type === 'ended') return endingOf(event, signal);
  }
  throw new BenchError('internal', 'The run was not followed to its end.');
}

/** The events of one job, from its beginning; ends never by itself. */
async function* eventsOf(client: BenchClient, id: string): AsyncGenerator<RunEvent> {
  let isOurs = false;
  for (let after = 0; ;) {
    const answer = await client.run.events({after, waitMs});
    for (const event of answer.entries) {
      if (event.type === 'begun') isOurs = event.jobId === id;
      if (isOurs) yield event;
    }
    // @position command.following
    after = answer.last;
  }
}

/** A stop from this terminal is reported with its own reason, any other ending with the host's. */
function endingOf({error}: Extract<RunEvent, {type: 'ended'}>, signal: AbortSignal): BenchError | null {
  if (error === null) return null;
  const known = isErrorCode(error.code)
    ? new BenchError(error.code, error.message, {details: error.details})
    : new BenchError('internal', error.message, {details: error.details});
  return signal.aborted && isAbort(known) ? benchErrorFrom(signal.reason) : known;
}

interface Prompting extends FollowOptions {
  readonly client: BenchClient;
  readonly context: CliContext;
  readonly printer: RunPrinter;
  readonly keys: PauseKey;
}

/** Puts one prompt after the other to the person, or to what does manual steps instead; one that is gone is asked no more. */
function answerPrompts({client, context, printer, keys, doManualStep}: Prompting): AsyncDisposable & {
  show(prompt: Prompt | null): void;
} {
  let asking: {readonly controller: AbortController; readonly done: Promise<void>} | undefined;

  const answerOf = async (prompt: Prompt, signal: AbortSignal): Promise<PromptAnswer> => {
    const isQuestion = prompt.choices.length > 0;
    if (isQuestion || !doManualStep) return askPrompt(context, prompt, signal);
    try {
      await doManualStep(prompt, signal);
      return {answer: 'done'};
    } catch (error) {
      signal.throwIfAborted();
      return {answer: 'refused', reason: benchErrorFrom(error).message};
    }
  };
  const ask = async (prompt: Prompt, signal: AbortSignal): Promise<void> => {
    printer.pause();
    keys.release();
    try {
      const answer = await answerOf(prompt, signal);
      await client.bench.answerPrompt({id: prompt.id, ...answer});
    } catch (error) {
      // It was answered elsewhere, or the run has ended: nobody waits for this answer.
      if (!signal.aborted) context.output.log(benchErrorFrom(error).message);
    } finally {
      keys.take();
    }
  };
  const end = (): void => asking?.controller.abort();
  return {
    show(prompt) {
      end();
      if (!prompt) return;
      const controller = new AbortController();
      const before = asking?.done ?? Promise.resolve();
      asking = {controller, done: before.then(() => ask(prompt, controller.signal))};
    },
    async [Symbol.asyncDispose]() {
      end();
      await asking?.done;
    },
  };
}

/** Options of a job that say whether its follower can answer questions. */
export const attendance = (context: CliContext): {readonly isAttended: boolean} => ({
  isAttended: isAttended(context),
});
