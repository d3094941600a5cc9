import {expect, test} from 'vitest';
import {BenchError} from '../../../src/contract/errors.ts';
import type {OperatorQuestion} from '../../../src/contract/questions.ts';
import {defaultDwell} from '../../../src/host/plans/measure.ts';
import {createFixture, eventsOf, safeGrid, stopsOf, type EngineFixture} from './engine-fixture.ts';

/** A fixture whose signal is beyond the range until the range was chosen, and whose operator answers in turn. */
function overloaded(answers: readonly string[]): EngineFixture & {readonly asked: OperatorQuestion[]} {
  const asked: OperatorQuestion[] = [];
  const left = [...answers];
  const fixture = createFixture({
    notValidRetry: {count: 1, waitMs: 10},
    ...(answers.length > 0 && {
      ask: async (question: OperatorQuestion) => {
        asked.push(question);
        return left.shift() ?? 'stop';
      },
    }),
  });
  const {bench} = fixture;
  bench.lockIn.signalV = () => {
    if (!bench.log.includes('auto-range'))
      throw new BenchError('device/not-valid', 'Input overload.', {details: {isOverload: true}});
    return 7;
  };
  return {...fixture, asked};
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test('an overload waits for a person, the range is chosen at the point, and the run goes on with a note of it', async () => {
  const {engine, recorder, asked} = overloaded(['again', 'range']);
  await engine.run(safeGrid());
  expect(asked).toHaveLength(2);
  expect(asked[0]).toMatchObject({kind: 'overload', text: expect.stringContaining('point 1') as string});
  expect(asked[0]?.choices.map(({id}) => id)).toEqual(['range', 'again', 'stop']);
  expect(eventsOf(recorder)).toHaveLength(9);
  expect(eventsOf(recorder).every(({data}) => data['x_v'] === 7)).toBe(true);
  const notes = recorder.notes.filter(({runUid}) => runUid !== undefined).map(({text}) => text);
  expect(notes.some((text) => text.includes('at point 1: full scale 0.001 V instead of 0.001 V'))).toBe(true);
  expect(notes.filter((text) => text.includes('the operator chose'))).toHaveLength(2);
});

test('what is chosen to stop ends the run as stopped, source off and points kept', async () => {
  const {engine, recorder, bench} = overloaded(['stop']);
  expect(await rejection(engine.run(safeGrid()))).toMatchObject({code: 'plan/stopped'});
  expect(stopsOf(recorder)).toMatchObject([
    {exit_status: 'abort', reason: 'stopped by the operator at an overload'},
  ]);
  expect(bench.source.isOn).toBe(false);
});

test('where nobody can be asked an overload ends the run with its reason', async () => {
  const {engine, recorder} = overloaded([]);
  expect(await rejection(engine.run(safeGrid()))).toMatchObject({code: 'device/not-valid'});
  expect(stopsOf(recorder)).toMatchObject([
    {exit_status: 'fail', reason: expect.stringContaining('Input overload.') as string},
  ]);
});

test('a plan that sets up the lock-in chooses the range by itself, once, and asks nobody', async () => {
  const {engine, recorder, bench, asked} = overloaded(['stop']);
  await engine.run(safeGrid({dwell: {...defaultDwell, onOverload: 'choose-range'}}));
  expect(asked).toEqual([]);
  expect(bench.log.filter((order) => order === 'auto-range')).toHaveLength(1);
  expect(eventsOf(recorder)).toHaveLength(9);
});

test('a stop while the question stands ends the run at once', async () => {
  const fixture = createFixture({
    notValidRetry: {count: 0, waitMs: 1},
    ask: () => {
      void fixture.engine.stop('seen enough');
      return new Promise(() => undefined);
    },
  });
  fixture.bench.lockIn.signalV = () => {
    throw new BenchError('device/not-valid', 'Input overload.', {details: {isOverload: true}});
  };
  expect(await rejection(fixture.engine.run(safeGrid()))).toMatchObject({code: 'plan/stopped'});
  expect(stopsOf(fixture.recorder)).toMatchObject([{exit_status: 'abort', reason: 'seen enough'}]);
});
