import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createFeed} from '../../../src/base/feed.ts';
import type {RunEvent} from '../../../src/contract/api/index.ts';
import {BenchError} from '../../../src/contract/errors.ts';
import {queuedJobSchema} from '../../../src/contract/queue.ts';
import {JobQueue} from '../../../src/host/queue/job-queue.ts';
import {readQueue, writeQueue} from '../../../src/host/queue/queue-file.ts';
import {until} from '../bench-service/bench-fixture.ts';

let folder: string;
const queues: JobQueue[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-queue-'));
});
afterEach(() => {
  for (const queue of queues.splice(0)) queue[Symbol.dispose]();
  rmSync(folder, {recursive: true, force: true});
});

const job = queuedJobSchema.parse({kind: 'scan', request: {plan: {plan: 'point', xMm: 0, yMm: 0}}});

/** A bench that begins what it is asked for, and ends it when the test says so. */
async function createQueue(kept?: Awaited<ReturnType<typeof readQueue>>) {
  const runEvents = createFeed<RunEvent>({capacity: 100});
  const started: string[] = [];
  const said: string[] = [];
  let isBusy = false;
  let refusal: BenchError | undefined;
  const queue = new JobQueue(
    {
      runEvents,
      isBusy: () => isBusy,
      isBenchOpen: () => true,
      start(_job, title) {
        if (refusal) return Promise.reject(refusal);
        started.push(title);
        isBusy = true;
        return Promise.resolve({id: title});
      },
      sessionOfRun: () => 'session',
      secondsLeft: () => 5,
      save: (content) => writeQueue(folder, content),
      say: (_level, text) => said.push(text),
    },
    kept,
  );
  queues.push(queue);
  return {
    queue,
    started,
    said,
    refuse: (error: BenchError | undefined) => (refusal = error),
    /** Ends the job under way. */
    end(code?: string) {
      isBusy = false;
      const error = code === undefined ? null : {code, message: 'it broke', details: {}};
      runEvents.add({
        type: 'ended',
        jobId: started.at(-1) ?? '',
        exitStatus: error ? 'fail' : 'success',
        error,
      });
    },
    add: (title: string, goesOnAfterFailure = false) =>
      queue.add(job, {title, seconds: 60, goesOnAfterFailure}),
    states: () => queue.state.items.map(({title, state}) => `${title} ${state}`),
    hasStarted: (title: string) => until(() => started.includes(title), 5),
    hasEnded: (title: string) =>
      until(() => queue.state.items.some((item) => item.title === title && item.endedUtc !== null), 5),
  };
}

test('items are measured one after the other, in an order that may be changed, with the time of all', async () => {
  const at = await createQueue();
  await at.add('first');
  const second = await at.add('second');
  const third = await at.add('third');
  await at.hasStarted('first');
  await at.queue.move(third, 0);
  expect(at.states()).toEqual(['first running', 'third waiting', 'second waiting']);
  // What is left of the first by its own progress, of the others as they were walked dry.
  expect(at.queue.state.secondsLeft).toBe(125);
  await at.queue.remove(second);
  at.end();
  await at.hasStarted('third');
  at.end();
  await at.hasEnded('third');
  expect(at.states()).toEqual(['first done', 'third done']);
  expect(at.queue.state.items[0]?.sessionUid).toBe('session');
  expect(at.started).toEqual(['first', 'third']);
});

test('one that fails pauses the queue and says why, unless it is set otherwise; STOP always does', async () => {
  const at = await createQueue();
  await at.add('goes on', true);
  await at.add('stops it');
  await at.add('later', true);
  await at.hasStarted('goes on');
  at.end('device/fault');
  await at.hasStarted('stops it');
  at.end('device/fault');
  await at.hasEnded('stops it');
  await until(() => at.queue.state.isPaused, 5);
  expect(at.queue.state.pausedBecause).toBe('"stops it" failed: it broke');
  expect(at.started).not.toContain('later');
  await at.queue.resume();
  await at.hasStarted('later');
  at.end('plan/aborted');
  await until(() => at.queue.state.isPaused, 5);
  expect(at.states()).toEqual(['goes on failed', 'stops it failed', 'later failed']);
});

test('one that is refused at its turn fails with the reason; one that finds the bench busy waits', async () => {
  const at = await createQueue();
  at.refuse(new BenchError('bench/busy', 'Somebody measures by hand.'));
  await at.add('patient');
  await until(() => at.queue.state.items[0]?.state === 'waiting', 5);
  at.refuse(undefined);
  await at.hasStarted('patient');
  at.end();
  await at.hasEnded('patient');
  at.refuse(new BenchError('motion/not-homed', 'Home the stage.'));
  await at.add('refused');
  await until(() => at.queue.state.isPaused, 5);
  expect(at.queue.state.items.at(-1)).toMatchObject({state: 'failed', reason: 'Home the stage.'});
});

test('after a restart of the program all is there, nothing begins by itself, and it goes on when it is told to', async () => {
  const before = await createQueue();
  await before.add('cut off');
  await before.add('next day');
  await before.hasStarted('cut off');
  before.queue[Symbol.dispose]();

  const at = await createQueue(await readQueue(folder));
  expect(at.states()).toEqual(['cut off failed', 'next day waiting']);
  expect(at.queue.state).toMatchObject({isPaused: true});
  expect(at.queue.state.items[0]?.reason).toMatch(/program ended while it was measured/);
  expect(at.started).toEqual([]);
  await at.queue.resume();
  await at.hasStarted('next day');
  at.end();
  await at.hasEnded('next day');
  await until(async () => (await readQueue(folder))?.items.at(-1)?.state === 'done', 5);
});
