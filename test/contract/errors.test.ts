import {expect, it} from 'vitest';
import {BenchError, benchErrorFrom, isAbort} from '../../src/contract/errors.ts';

/** Does some work with something open whose closing fails. */
async function failTwice(work: Error): Promise<never> {
  await using open = new AsyncDisposableStack();
  open.defer(() => Promise.reject(new BenchError('port/closed', 'The port went away. Plug it in again.')));
  await Promise.reject(work);
  throw new Error('unreachable');
}
const thrownBy = (work: Error): Promise<unknown> => failTwice(work).catch((error: unknown) => error);

it('tells what went wrong first, and that closing failed as well', async () => {
  const thrown = await thrownBy(
    new BenchError('motion/alarm', 'The stage stopped in an alarm.', {details: {axis: 'x'}}),
  );
  expect(benchErrorFrom(thrown)).toMatchObject({
    code: 'motion/alarm',
    message: 'The stage stopped in an alarm. Closing failed as well: The port went away. Plug it in again.',
    details: {axis: 'x'},
  });
  expect(isAbort(thrown)).toBe(false);
});

it('takes work that was stopped for stopped, whatever became of the closing', async () => {
  expect(isAbort(await thrownBy(new DOMException('stopped', 'AbortError')))).toBe(true);
  expect(isAbort(await thrownBy(new BenchError('plan/stopped', 'Stopped by Ada.')))).toBe(true);
});
