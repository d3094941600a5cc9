import {expect, test} from 'vitest';
import {readApart} from '../../../src/host/threads/read-apart.ts';

const read = (
  what: 'number' | 'endless',
  {deadlineMs = 60_000, signal}: {deadlineMs?: number; signal?: AbortSignal} = {},
): Promise<number> =>
  readApart(new URL('./reading-thread.ts', import.meta.url), what, {
    subject: 'The file',
    meaning: 'Nothing was opened.',
    deadlineMs,
    signal,
  });

test('a thread that has read reads the next file, and two files at a time have a thread each', async () => {
  const first = await read('number');
  expect(await read('number')).toBe(first);
  const [one, other] = await Promise.all([read('number'), read('number')]);
  expect(one).not.toBe(other);
  expect([one, other]).toContain(await read('number'));
});

test('a thread that is late or that nobody waits for is ended, and the next file is read by another', async () => {
  const before = await read('number');
  await expect(read('endless', {deadlineMs: 50})).rejects.toMatchObject({
    code: 'file/invalid',
    message:
      'The file cannot be used: reading it was given up after 0.05 s, so it is not what it should be. Nothing was opened.',
  });
  const after = await read('number');
  expect(after).not.toBe(before);
  await expect(read('endless', {signal: AbortSignal.timeout(50)})).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  expect(await read('number')).not.toBe(after);
});
