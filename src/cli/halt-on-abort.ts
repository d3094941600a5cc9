import {benchErrorFrom, hasCode} from '../contract/errors.ts';
import type {CliContext} from './context.ts';
import type {BenchClient} from './host-client.ts';

/**
 * Until it is disposed: an abort of `signal` (Ctrl-C) stops the bench as STOP does, or breaks its opening off. Disposing
 * waits for the host's answer, which is logged: what was proven safe, and what could not be. A running host keeps its
 * bench open, so that nothing else would say it.
 */
export function haltOnAbort(
  client: BenchClient,
  {signal, output}: Pick<CliContext, 'signal' | 'output'>,
): AsyncDisposable {
  let halting: Promise<void> | undefined;
  const halt = (): void => {
    const {message, details} = benchErrorFrom(signal.reason);
    const reason = typeof details['reason'] === 'string' ? details['reason'] : message;
    halting = haltNow(client, reason.slice(0, 200), output);
  };
  if (signal.aborted) halt();
  else signal.addEventListener('abort', halt, {once: true});
  return {
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', halt);
      await halting;
    },
  };
}

async function haltNow(client: BenchClient, reason: string, output: CliContext['output']): Promise<void> {
  try {
    const {sentence, problems} = await client.app.halt({reason});
    output.log(sentence);
    for (const problem of problems) output.log(`NOT SAFE: ${problem}`);
  } catch (error) {
    // What was being done ends with the lost connection, which says what that means.
    if (!hasCode(error, 'api/disconnected'))
      output.log(`STOP was not carried out: ${benchErrorFrom(error).message} Look at the bench.`);
  }
}
