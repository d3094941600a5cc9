import fc from 'fast-check';
import {expect, test} from 'vitest';
import {BenchError} from '../../../src/contract/errors.ts';
import type {Plan} from '../../../src/contract/messages.ts';
import {callAction, checkpoint, compute, move, sleep, turnOnAt} from '../../../src/host/plans/steps.ts';
import {inRun, returningTo, withSourceOff} from '../../../src/host/plans/wrappers.ts';
import {type EngineFixture, createFixture, eventsOf, safeGrid, stopsOf} from './engine-fixture.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const rejection = (promise: Promise<unknown>): Promise<BenchError> =>
  promise.then(
    () => Promise.reject(new Error('It was expected to fail.')),
    (error: BenchError) => error,
  );
/** Calls `action` when the stage is sent on its way for the `count`th time. */
function onMove({bench}: EngineFixture, count: number, action: () => void): void {
  let moves = 0;
  const before = bench.stage.beforeMove;
  bench.stage.beforeMove = async (targetMm, signal) => {
    if (++moves === count) action();
    await nextTurn();
    await before(targetMm, signal);
  };
}

test('pause waits for the next checkpoint, and a resumed run stores what an unpaused one does', async () => {
  const plain = createFixture();
  await plain.engine.run(safeGrid());
  const expected = eventsOf(plain.recorder).map(({seq_num, data}) => ({seq_num, ...data, bench_time_s: 0}));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.integer({min: 1, max: 9}), {maxLength: 4}), async (pausedMoves) => {
      const fixture = createFixture();
      const {engine, recorder} = fixture;
      for (const count of pausedMoves)
        onMove(fixture, count, () => {
          void engine.pause().then((isPaused) => {
            expect(isPaused).toBe(true);
            expect(engine.state).toBe('paused');
            // The point under way when the pause was asked for is finished and stored.
            expect(eventsOf(recorder)).toHaveLength(count);
            engine.resume();
          });
        });
      await engine.run(safeGrid());
      expect(eventsOf(recorder).map(({seq_num, data}) => ({seq_num, ...data, bench_time_s: 0}))).toEqual(
        expected,
      );
      expect(stopsOf(recorder)).toMatchObject([{exit_status: 'success'}]);
    }),
    {numRuns: 25},
  );
});

test('after a pause a stage that was moved by hand is brought back and the filter waited for', async () => {
  const fixture = createFixture();
  const {engine, bench, recorder} = fixture;
  function* plan(): Plan<void> {
    yield* move('stage', {x: 5, y: 5});
    yield {type: 'settle', device: 'lockin', residualRatio: 0.01};
    yield* checkpoint();
    yield {type: 'read', device: 'lockin'};
  }
  const run = engine.run(plan());
  expect(await engine.pause()).toBe(true);
  bench.stage.positionMm = {x: 0, y: 5};
  bench.clock.waited = [];
  engine.resume();
  await run;
  expect(bench.log.filter((order) => order.startsWith('move'))).toEqual(['move 5,5', 'move 5,5']);
  expect(bench.clock.waited).toHaveLength(1);
  expect(recorder.notes[0]?.text).toContain('brought back');
});

test('the source may be off during a pause and is on again afterwards', async () => {
  const {engine, bench} = createFixture({sourceOnPause: 'off'});
  const run = engine.run(safeGrid());
  await engine.pause();
  expect(bench.source.isOn).toBe(false);
  engine.resume();
  await run;
  expect(bench.log.filter((order) => order.startsWith('turn'))).toEqual([
    'turn-on',
    'turn-off',
    'turn-on',
    'turn-off',
  ]);
});

test('after a pause the source comes back at the frequency that the plan works at', async () => {
  const {engine, bench} = createFixture({sourceOnPause: 'off'});
  const seenHz: number[] = [];
  function* plan(): Plan<void> {
    for (const frequencyHz of [3.5e11, undefined]) {
      if (frequencyHz === undefined) yield* callAction('source', 'turn-on');
      else yield* turnOnAt('source', frequencyHz);
      yield* move('stage', {x: 5, y: 5});
      seenHz.push(bench.source.outputFrequencyHz);
      yield* checkpoint();
      yield* move('stage', {x: 6, y: 5});
      seenHz.push(bench.source.outputFrequencyHz);
    }
  }
  const run = engine.run(withSourceOff(plan(), 'source'));
  expect(await engine.pause()).toBe(true);
  bench.source.outputFrequencyHz = NaN;
  engine.resume();
  await run;
  expect(seenHz).toEqual([3.5e11, 3.5e11, 4e11, 4e11]);
});

test('stop cuts the wait under way, keeps the data and closes the run as aborted', async () => {
  const fixture = createFixture();
  const {engine, bench, recorder} = fixture;
  onMove(fixture, 4, () => {
    bench.clock.isFrozen = true;
  });
  const run = rejection(engine.run(safeGrid()));
  while (!bench.clock.isFrozen) await nextTurn();
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  await engine.stop();
  expect(await run).toMatchObject({code: 'plan/stopped'});
  expect(stopsOf(recorder)).toMatchObject([
    {exit_status: 'abort', reason: 'stopped by operator', num_events: {primary: 3}},
  ]);
  expect(eventsOf(recorder)).toHaveLength(3);
  expect(bench.log.slice(-2)).toEqual(['turn-off', 'stop']);
});

test('a paused run can be stopped', async () => {
  const {engine, bench, recorder} = createFixture();
  const run = rejection(engine.run(safeGrid()));
  await engine.pause();
  await engine.stop('lunch');
  expect((await run).code).toBe('plan/stopped');
  expect(stopsOf(recorder)).toMatchObject([{exit_status: 'abort', reason: 'lunch'}]);
  expect(bench.source.isOn).toBe(false);
});

test('abort stops the stage while it moves, ahead of everything, and the clean-up still runs', async () => {
  const fixture = createFixture();
  const {engine, bench, recorder} = fixture;
  onMove(fixture, 4, () => void engine.abort());
  bench.stage.beforeMove = ((before) => async (targetMm, signal) => {
    await before(targetMm, signal);
    signal?.throwIfAborted();
  })(bench.stage.beforeMove);
  const error = await rejection(engine.run(safeGrid()));
  expect(error.code).toBe('plan/aborted');
  expect(bench.log.slice(-3)).toEqual(['stop', 'turn-off', 'stop']);
  expect(stopsOf(recorder)).toMatchObject([{exit_status: 'abort', reason: 'aborted by operator'}]);
  expect(eventsOf(recorder)).toHaveLength(3);
});

test('abort does not wait for an instrument that ignores it', async () => {
  const fixture = createFixture();
  const {engine, bench} = fixture;
  bench.stage.beforeMove = ({x}) => (x === 1 ? new Promise(() => undefined) : undefined);
  const run = rejection(engine.run(safeGrid()));
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  await engine.abort();
  expect((await run).code).toBe('plan/aborted');
  expect(bench.log.slice(-3)).toEqual(['stop', 'turn-off', 'stop']);
});

test('a second abort gives up the clean-up, and the engine makes the bench safe itself', async () => {
  const fixture = createFixture();
  const {engine, bench, recorder} = fixture;
  let offAttempts = 0;
  bench.source.beforeTurnOff = () => (++offAttempts === 1 ? new Promise(() => undefined) : undefined);
  onMove(fixture, 2, () => void engine.abort());
  const run = rejection(engine.run(safeGrid()));
  while (offAttempts === 0) await nextTurn();
  await engine.abort();
  expect((await run).code).toBe('plan/aborted');
  expect(offAttempts).toBe(2);
  expect(bench.source.isOn).toBe(false);
  expect(stopsOf(recorder)).toMatchObject([{exit_status: 'abort'}]);
});

test('a signal aborts, a signal with a stop as its reason stops, a spent one begins nothing', async () => {
  const aborted = createFixture();
  const abortController = new AbortController();
  onMove(aborted, 2, () => abortController.abort());
  expect((await rejection(aborted.engine.run(safeGrid(), {signal: abortController.signal}))).code).toBe(
    'plan/aborted',
  );
  expect(stopsOf(aborted.recorder)).toMatchObject([{exit_status: 'abort', reason: 'aborted by operator'}]);

  const stopped = createFixture();
  const stopController = new AbortController();
  onMove(stopped, 2, () => stopController.abort(new BenchError('plan/stopped', 'Ctrl-C')));
  expect((await rejection(stopped.engine.run(safeGrid(), {signal: stopController.signal}))).code).toBe(
    'plan/stopped',
  );
  expect(stopped.bench.stage.stopCount).toBe(1);

  const late = createFixture();
  const signal = AbortSignal.abort();
  expect((await rejection(late.engine.run(safeGrid(), {signal}))).code).toBe('plan/aborted');
  expect(late.bench.log).toEqual([]);
});

test('a plan that swallows a stop meets it again at its next checkpoint', async () => {
  const {engine, bench} = createFixture();
  function* stubborn(): Plan<void> {
    for (let i = 0; i < 100; i++) {
      try {
        yield* sleep(10, 'stubborn');
      } catch {
        yield* move('stage', {x: i, y: 0});
      }
      yield* checkpoint();
    }
  }
  bench.clock.isFrozen = true;
  const run = rejection(engine.run(stubborn()));
  await nextTurn();
  await engine.stop();
  expect((await run).code).toBe('plan/stopped');
  // It never touched the source; after a bad ending the engine wants to know it off all the same.
  expect(bench.log).toEqual(['move 0,0', 'stop', 'turn-off']);
});

test('a skipped wait is skipped alone and noted', async () => {
  const {engine, bench, recorder} = createFixture();
  bench.clock.isFrozen = true;
  const run = engine.run(sleep(1e6, 'warm-up'));
  await nextTurn();
  expect(engine.skipWait()).toBe(true);
  await run;
  expect(engine.skipWait()).toBe(false);
  expect(recorder.notes[0]?.text).toBe('The operator skipped a wait: warm-up.');
});

test('a computation answers the plan, is ended by a stop and cannot be skipped', async () => {
  const {engine} = createFixture();
  expect(await engine.run(compute('fit', () => Promise.resolve(42)))).toBe(42);
  let isReported = false;
  const endless = compute('fit', ({signal}) => {
    signal.addEventListener('abort', () => (isReported = true));
    return new Promise(() => undefined);
  });
  const run = rejection(engine.run(endless));
  await nextTurn();
  expect(engine.skipWait()).toBe(false);
  await engine.stop();
  expect((await run).code).toBe('plan/stopped');
  expect(isReported).toBe(true);
});

test('the stage goes home after a stop but stays where it is after an abort', async () => {
  for (const how of ['stop', 'abort'] as const) {
    const fixture = createFixture();
    onMove(fixture, 2, () => void fixture.engine[how]());
    const plan = returningTo(safeGrid(), 'stage', {x: 9, y: 9});
    await rejection(fixture.engine.run(plan));
    expect(fixture.bench.log.includes('move 9,9')).toBe(how === 'stop');
  }
});

test('with nothing running stop does nothing and abort still stops the stages', async () => {
  const {engine, bench} = createFixture();
  await engine.stop();
  expect(bench.log).toEqual([]);
  await engine.abort();
  expect(bench.log).toEqual(['stop']);
  expect(await engine.pause()).toBe(false);
});

test('whenever and however a run is interrupted, numbers have no gap, counts agree and the source is off', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({min: 1, max: 60}),
      fc.constantFrom('stop', 'abort', 'pause', 'fault'),
      async (turns, how) => {
        const fixture = createFixture();
        const {engine, bench, recorder} = fixture;
        let isFaulty = false;
        bench.lockIn.signalV = () => {
          if (isFaulty) throw new BenchError('port/closed', 'unplugged');
          return 1;
        };
        bench.stage.beforeMove = nextTurn;
        const run = engine
          .run(safeGrid({reference: {every: 2, atMm: {xMm: 0, yMm: 0}}}))
          .catch(() => undefined);
        for (let turn = 0; turn < turns % 20; turn++) await nextTurn();
        if (how === 'pause') void engine.pause().then((isPaused) => isPaused && engine.resume());
        else if (how === 'fault') isFaulty = true;
        else await engine[how]();
        await run;
        expect(bench.source.isOn).toBe(false);
        const stops = stopsOf(recorder);
        expect(stops).toHaveLength(recorder.documents.filter(([name]) => name === 'start').length);
        const byDescriptor = Map.groupBy(eventsOf(recorder), ({descriptor}) => descriptor);
        for (const events of byDescriptor.values())
          expect(events.map(({seq_num}) => seq_num)).toEqual(events.map((_, index) => index + 1));
        const counted = Object.values(stops[0]?.num_events ?? {}).reduce((sum, count) => sum + count, 0);
        expect(counted).toBe(eventsOf(recorder).length);
      },
    ),
    {numRuns: 60},
  );
});

test('an interruption between opening and closing never leaves a run open', async () => {
  const {engine, recorder} = createFixture();
  const plan = inRun({planName: 'short', planArgs: {}}, function* (): Plan<void> {
    yield* checkpoint();
  });
  await engine.run(plan);
  expect(stopsOf(recorder)).toMatchObject([{exit_status: 'success'}]);
});
