import {expect, test} from 'vitest';
import {followComputation, type ComputingClient} from '../../src/cli/follow-computation.ts';
import {BenchError} from '../../src/contract/errors.ts';

const lost = new BenchError('api/disconnected', 'The connection is lost; "halt --host URL" stops the run.', {
  details: {url: 'http://127.0.0.1:1', atTerminal: '"halt --host URL" stops it.'},
});
const unused = (): Promise<never> => Promise.reject(new Error('not asked for'));

test('a lost connection is reported with what becomes of the computation, which STOP of a bench does not end', async () => {
  const client = {
    computations: {status: () => Promise.reject(lost), result: unused, stop: unused},
  } satisfies ComputingClient;
  const following = followComputation(
    client,
    {signal: new AbortController().signal},
    {kind: 'train', start: () => Promise.resolve({id: 'a'})},
  );
  const error: unknown = await following.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BenchError);
  expect(error).toMatchObject({
    code: 'api/disconnected',
    message: expect.stringMatching(/goes on computing.*can stop it.*has ended with it/) as string,
    details: {url: 'http://127.0.0.1:1'},
  });
  expect(String(error)).not.toContain('halt');
});
