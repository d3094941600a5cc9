import {expect, test} from 'vitest';
import {BenchError} from '../../../src/contract/errors.ts';
import type {Plan} from '../../../src/contract/messages.ts';
import type {EngineEvent} from '../../../src/host/engine/events.ts';
import {dryRun} from '../../../src/host/engine/dry-run.ts';
import {createEngine} from '../../../src/host/engine/engine.ts';
import {createMemoryRecorder} from '../../../src/host/engine/recorder.ts';
import {callAction, checkpoint, move, openRun, read, record, settle} from '../../../src/host/plans/steps.ts';
import {finalize} from '../../../src/host/plans/wrappers.ts';
import {createFixture, eventsOf, safeGrid, stopsOf} from './engine-fixture.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const rejection = (promise: Promise<unknown>): Promise<BenchError> =>
  promise.then(
    () => Promise.reject(new Error('It was expected to fail.')),
    (error: BenchError) => error,
  );

test('a scan leaves four kinds of records, with settings, gapless numbers and its success', async () => {
  const {engine, recorder, bench} = createFixture();
  const plane = await engine.run(safeGrid());
  expect(plane.pointCount).toBe(9);
  expect(recorder.documents.map(([name]) => name)).toEqual([
    'start',
    'descriptor',
    ...Array.from({length: 9}, () => 'event'),
    'stop',
  ]);
  const [start, descriptor] = recorder.documents;
  expect(start?.[1]).toMatchObject({
    plan_name: 'grid',
    plan_type: 'generator',
    session_uid: 'memory',
    scan_id: 1,
  });
  expect(descriptor?.[1]).toMatchObject({
    name: 'primary',
    data_keys: {
      x_mm: {source: 'stage (fake-stage)', dtype: 'number', shape: [], units: 'mm'},
      x_v: {source: 'lockin (fake-lockin)', units: 'V'},
      row: {source: 'plan'},
    },
    configuration: {
      lockin: {
        data: {timeConstantS: 0.03},
        data_keys: {timeConstantS: {units: 's'}, slopeDbPerOctave: {units: ''}},
      },
    },
  });
  expect(eventsOf(recorder).map(({seq_num}) => seq_num)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(stopsOf(recorder)).toMatchObject([{exit_status: 'success', num_events: {primary: 9}}]);
  expect(bench.log.slice(-2)).toEqual(['turn-off', 'stop']);
  expect(bench.source.isOn).toBe(false);
  expect(engine.state).toBe('idle');
});

test('a device error closes the run as failed, cleans up and comes out as itself', async () => {
  const {engine, recorder, bench} = createFixture();
  const fault = new BenchError('motion/alarm', 'The stage hit its switch.');
  bench.stage.beforeMove = ({x}) => {
    if (x === 1) throw fault;
  };
  const error = await rejection(engine.run(safeGrid()));
  expect(error).toBe(fault);
  expect(stopsOf(recorder)).toMatchObject([
    {exit_status: 'fail', reason: 'The stage hit its switch.', num_events: {primary: 2}},
  ]);
  expect(bench.log.slice(-2)).toEqual(['turn-off', 'stop']);
});

test('errors of the clean-up are told with the first error, and the engine tries the source once more itself', async () => {
  const {engine, bench} = createFixture();
  bench.stage.beforeMove = () => {
    throw new BenchError('motion/alarm', 'The stage hit its switch.');
  };
  let attempts = 0;
  bench.source.beforeTurnOff = () => {
    if (++attempts === 1) throw new BenchError('port/timeout', 'The synthesiser was silent.');
  };
  const error = await rejection(engine.run(safeGrid()));
  expect(error.code).toBe('motion/alarm');
  expect(error.message).toContain(
    'The stage hit its switch. Cleaning up failed too: The synthesiser was silent.',
  );
  expect(error.details['cleanUpErrors']).toMatchObject([{code: 'port/timeout'}]);
  expect(attempts).toBe(2);
  expect(bench.source.isOn).toBe(false);
  expect(bench.stage.stopCount).toBe(1);
});

test('a silent instrument in the clean-up does not keep the others from being made safe', async () => {
  const {engine, bench} = createFixture({cleanUpDeadlines: {exchangeMs: 30}});
  bench.lockIn.signalV = () => {
    throw new BenchError('port/closed', 'The lock-in was unplugged.');
  };
  let attempts = 0;
  bench.source.beforeTurnOff = () => (++attempts === 1 ? new Promise(() => undefined) : undefined);
  const error = await rejection(engine.run(safeGrid()));
  expect(error.code).toBe('port/closed');
  expect(error.message).toContain('did not end within 0.03 s');
  expect(bench.log.slice(-3)).toEqual(['turn-off', 'stop', 'turn-off']);
});

test('whatever a plan forgets the engine does: source off, stage stopped, run closed', async () => {
  const {engine, recorder, bench} = createFixture();
  function* careless(): Plan<void> {
    yield* callAction('source', 'turn-on');
    yield* openRun({planName: 'careless', planArgs: {}});
    yield* move('stage', {x: 1, y: 1});
  }
  await engine.run(careless());
  expect(bench.log).toEqual(['turn-on', 'move 1,1', 'stop', 'turn-off']);
  expect(stopsOf(recorder)).toMatchObject([
    {exit_status: 'success', reason: 'the plan ended without closing its run'},
  ]);
});

test('a reading that the instrument calls invalid is taken again and never stored', async () => {
  const {engine, recorder, bench} = createFixture({notValidRetry: {count: 2, waitMs: 10}});
  let reads = 0;
  bench.lockIn.signalV = () => {
    if (++reads === 1) throw new BenchError('device/not-valid', 'The reference is unlocked.');
    return 7;
  };
  await engine.run(safeGrid());
  expect(eventsOf(recorder).every(({data}) => data['x_v'] === 7)).toBe(true);
  expect(recorder.notes[0]?.text).toContain('valid at attempt 2');
});

test('a lock-in that stays invalid ends the run after the declared number of tries', async () => {
  const {engine, recorder, bench} = createFixture({notValidRetry: {count: 2, waitMs: 10}});
  bench.lockIn.signalV = () => {
    throw new BenchError('device/not-valid', 'The reference is unlocked.', {details: {lock: false}});
  };
  const error = await rejection(engine.run(safeGrid()));
  expect(error).toMatchObject({code: 'device/not-valid', details: {attempts: 3, lock: false}});
  expect(bench.lockIn.readCount).toBe(3);
  expect(eventsOf(recorder)).toEqual([]);
});

test('what is not a number is refused and the points before it stay', async () => {
  const {engine, recorder, bench} = createFixture();
  let reads = 0;
  bench.lockIn.signalV = () => (++reads === 3 ? NaN : 1);
  const error = await rejection(engine.run(safeGrid()));
  expect(error.code).toBe('plan/invalid');
  expect(error.message).toContain('"x_v"');
  expect(eventsOf(recorder)).toHaveLength(2);
});

test('a full disk ends the scan with source off and stage stopped', async () => {
  const memory = createMemoryRecorder();
  const full = new BenchError('store/full', 'The disk is full.');
  const recorder = {
    ...memory,
    write: (document: (typeof memory.documents)[number]) => {
      if (document[0] === 'event' && document[1].seq_num > 4) throw full;
      memory.write(document);
    },
  };
  const {engine, bench} = createFixture({recorder});
  expect(await rejection(engine.run(safeGrid()))).toBe(full);
  expect(bench.source.isOn).toBe(false);
  expect(bench.log.slice(-2)).toEqual(['turn-off', 'stop']);
  expect(stopsOf(memory)).toMatchObject([{exit_status: 'fail', num_events: {primary: 4}}]);
});

test('a plan may deal with an error itself and goes on from its next checkpoint', async () => {
  const {engine, recorder, bench} = createFixture();
  let reads = 0;
  bench.lockIn.signalV = () => {
    if (++reads === 2) throw new BenchError('port/timeout', 'Silent once.');
    return 1;
  };
  function* tolerant(): Plan<number> {
    let failures = 0;
    for (let i = 0; i < 4; i++) {
      try {
        yield* read('lockin');
      } catch {
        failures++;
      }
      yield* checkpoint();
    }
    return failures;
  }
  expect(await engine.run(tolerant())).toBe(1);
  expect(recorder.notes.map(({text}) => text)).toEqual(['The plan went on after an error: Silent once.']);
});

test('a manual step without anybody to do it is refused with a sentence', async () => {
  const {engine} = createFixture();
  function* plan(): Plan<void> {
    yield {type: 'operator', request: {kind: 'block-beam'}};
  }
  expect((await rejection(engine.run(plan()))).code).toBe('plan/operator-refused');
});

test('one plan at a time; unknown and wrong instruments are named', async () => {
  const {engine} = createFixture();
  const first = engine.run(safeGrid());
  expect((await rejection(engine.run(safeGrid()))).code).toBe('bench/busy');
  await first;
  expect((await rejection(engine.run(move('camera', {x: 1})))).message).toContain('stage, lockin, source');
  expect((await rejection(engine.run(move('source', {x: 1})))).code).toBe('plan/invalid');
  expect((await rejection(engine.run(record('primary', {})))).code).toBe('plan/invalid');
});

test('a slow, missing or broken listener costs the run nothing', async () => {
  const complaints: unknown[] = [];
  const {engine} = createFixture({onListenerError: (error) => complaints.push(error)});
  const events: EngineEvent[] = [];
  engine.subscribe(() => {
    throw new Error('broken view');
  });
  engine.subscribe((event) => events.push(event));
  await engine.run(safeGrid());
  await nextTurn();
  expect(complaints).toHaveLength(1);
  expect(events.filter(({type}) => type === 'document')).toHaveLength(12);
  expect(events.at(-1)).toMatchObject({type: 'state', state: 'idle'});
});

test('answers that are no promises are not awaited, and others still get their turn', async () => {
  const {engine} = createFixture();
  let isTurned = false;
  function* long(): Plan<boolean> {
    for (let i = 0; i < 3_000_000 && !isTurned; i++) yield {type: 'checkpoint'};
    return isTurned;
  }
  setImmediate(() => (isTurned = true));
  expect(await engine.run(long())).toBe(true);
});

test('time left is what the dry run expects of the rest, corrected by the pace so far', async () => {
  const {bench, engine} = createFixture();
  const walked = dryRun(safeGrid(), {...bench, overheadMs: {exchange: 0, turnOn: 0}});
  // This bench is twice as slow as its data sheet.
  bench.stage.beforeMove = ({x = 0, y = 0}) => {
    const {positionMm} = bench.stage;
    bench.clock.advance(2 * Math.hypot(x - positionMm.x, y - positionMm.y) * 100);
  };
  bench.lockIn.settleTimeMs *= 2;
  const leftMs: number[] = [];
  const elapsedMs: number[] = [];
  engine.subscribe((event) => {
    if (event.type !== 'progress') return;
    leftMs.push(event.timeLeftMs ?? NaN);
    elapsedMs.push(event.elapsedMs);
  });
  // Turns of the event loop between points, so that no progress event replaces another.
  const beforeMove = bench.stage.beforeMove;
  bench.stage.beforeMove = async (targetMm) => {
    await nextTurn();
    await beforeMove(targetMm);
  };
  await engine.run(safeGrid(), {profile: walked.profile});
  await nextTurn();
  const totalMs = bench.clock.nowMs();
  expect(leftMs).toHaveLength(9);
  expect(leftMs.at(-1)).toBeLessThan(1);
  expect((leftMs[4] ?? NaN) / (totalMs - (elapsedMs[4] ?? NaN))).toBeGreaterThan(0.85);
  expect((leftMs[4] ?? NaN) / (totalMs - (elapsedMs[4] ?? NaN))).toBeLessThan(1.05);
});

test('the settle time of the lock-in is waited before each reading', async () => {
  const {bench, engine} = createFixture();
  function* plan(): Plan<void> {
    yield* settle('lockin', 0.01);
    yield* read('lockin');
  }
  await engine.run(plan());
  expect(bench.clock.waited[0]).toBeCloseTo(30 * Math.log(100), 6);
});

test('clean-up after a good ending that fails is the error of the run', async () => {
  const {bench, engine} = createFixture();
  bench.source.beforeTurnOff = () => {
    throw new BenchError('port/timeout', 'The synthesiser was silent.');
  };
  const plan = finalize(callAction('source', 'turn-on'), () => callAction('source', 'turn-off'));
  expect((await rejection(engine.run(plan))).code).toBe('port/timeout');
});

test('the engine works with the default clock of ids and times', async () => {
  const recorder = createMemoryRecorder();
  const {bench} = createFixture();
  const startedS = Date.now() / 1000;
  await createEngine({...bench, recorder}).run(safeGrid());
  const stoppedS = stopsOf(recorder)[0]?.time ?? NaN;
  expect(stoppedS).toBeGreaterThanOrEqual(startedS);
  expect(stoppedS).toBeLessThanOrEqual(Date.now() / 1000);
});

test('a plan that is refused before it did anything leaves the source as it was', async () => {
  const {bench, engine} = createFixture();
  bench.source.isOn = true;
  expect((await rejection(engine.run(move('stage', {x: 1000})))).code).toBe('motion/limit');
  expect(bench.log).toEqual([]);
  await engine.run(move('stage', {x: 1, y: 1}));
  expect(bench.source.isOn).toBe(true);
  bench.stage.beforeMove = () => {
    throw new BenchError('motion/alarm', 'The stage hit its switch.');
  };
  await rejection(engine.run(move('stage', {x: 2, y: 2})));
  expect(bench.source.isOn).toBe(false);
});
