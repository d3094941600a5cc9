import {describe, expect, test} from 'vitest';
import type {Condition, Fact} from '../../../src/contract/devices.ts';
import {ConditionJudge, chopDifference, textOf} from '../../../src/host/engine/judge-condition.ts';
import {createFixture, eventsOf, safeGrid, stopsOf} from './engine-fixture.ts';

/** A look after every point, whatever the machine's speed. */
const watch = {intervalMs: 0, mostPoints: 1, shortestRealMs: 0, deadlineRealMs: 100};

describe('looks during a run', () => {
  test('a plane is looked at before its first point and after its last', async () => {
    const {bench, engine, recorder} = createFixture({watch: {...watch, intervalMs: 1e9, mostPoints: 1e9}});
    await engine.run(safeGrid());
    expect(bench.stage.lookCount).toBe(2);
    expect(stopsOf(recorder)[0]).toMatchObject({exit_status: 'success'});
    expect(stopsOf(recorder)[0].doubtful).toBeUndefined();
  });

  test('so many points lie between two looks at most', async () => {
    const {bench, engine} = createFixture({watch: {...watch, intervalMs: 1e9, mostPoints: 3}});
    await engine.run(safeGrid());
    // Before, after the third and the sixth point and the ninth, and at the end.
    expect(bench.stage.lookCount).toBe(5);
  });

  test('what changes ends the run with expected and found value, and what lies behind the last good look is marked', async () => {
    const {bench, engine, recorder} = createFixture({watch});
    bench.stage.beforeMove = () => {
      if (eventsOf(recorder).length === 5) bench.source.powerDbm = 1;
    };
    await expect(engine.run(safeGrid())).rejects.toMatchObject({
      code: 'device/changed',
      message: expect.stringContaining('source: level into the chain is 1 dBm instead of 5 dBm') as string,
    });
    const [stop] = stopsOf(recorder);
    expect(stop).toMatchObject({exit_status: 'fail', doubtful: {is_changed: true}});
    const [first, last] = stop.doubtful?.points['primary'] ?? [];
    expect([first, last]).toEqual([6, eventsOf(recorder).length]);
    expect(stop.reason).toContain('In doubt: point');
    expect(bench.source.isOn).toBe(false);
    expect(bench.log.at(-1)).toBe('stop');
  });

  test('a run that ends well by its plan is none when the last look finds a change', async () => {
    const {bench, engine, recorder} = createFixture({watch: {...watch, mostPoints: 1e9, intervalMs: 1e9}});
    bench.stage.beforeMove = () => {
      if (eventsOf(recorder).length === 8) bench.lockIn.harmonic = 2;
    };
    await expect(engine.run(safeGrid())).rejects.toThrow('lockin: detection harmonic is 2 instead of 1');
    expect(stopsOf(recorder)).toMatchObject([
      {exit_status: 'fail', doubtful: {points: {primary: [1, 9]}, is_changed: true}},
    ]);
  });

  test.for(['stage', 'lockIn', 'source'] as const)(
    'the end of the line of the %s ends the run at once',
    async (name) => {
      const {bench, engine, recorder} = createFixture({watch: {...watch, mostPoints: 1e9, intervalMs: 1e9}});
      bench.stage.beforeMove = () => {
        if (eventsOf(recorder).length === 4) bench[name].cutLine();
      };
      await expect(engine.run(safeGrid())).rejects.toMatchObject({code: 'port/closed'});
      expect(eventsOf(recorder)).toHaveLength(4);
      expect(stopsOf(recorder)).toMatchObject([
        {
          exit_status: 'fail',
          reason: expect.stringContaining(`The line of the ${bench[name].role} ended`) as string,
          doubtful: {points: {primary: [1, 4]}, is_changed: true},
        },
      ]);
    },
  );

  test('an instrument that does not answer a look is silent after its time', async () => {
    const {bench, engine, recorder} = createFixture({watch});
    let asked = 0;
    bench.lockIn.readCondition = () =>
      ++asked < 4 ? Promise.resolve({facts: []}) : new Promise<Condition>(() => undefined);
    await expect(engine.run(safeGrid())).rejects.toThrow(/Looking at the lockin did not end within 0\.1 s/);
    expect(stopsOf(recorder)[0].exit_status).toBe('fail');
    expect(bench.source.isOn).toBe(false);
  });

  test('after an abort nothing is asked any more: what was not looked after is told, and not called changed', async () => {
    const {bench, engine, recorder} = createFixture({watch: {...watch, mostPoints: 1e9, intervalMs: 1e9}});
    bench.stage.beforeMove = () => {
      if (eventsOf(recorder).length === 3) void engine.abort().catch(() => undefined);
    };
    await expect(engine.run(safeGrid())).rejects.toMatchObject({code: 'plan/aborted'});
    expect(stopsOf(recorder)).toMatchObject([
      {exit_status: 'abort', doubtful: {points: {primary: [1, 3]}, is_changed: false}},
    ]);
    expect(bench.stage.lookCount).toBe(1);
  });

  test('a stop at a point looks once more, so that all that is kept is vouched for', async () => {
    const {bench, engine, recorder} = createFixture({watch: {...watch, mostPoints: 1e9, intervalMs: 1e9}});
    bench.stage.beforeMove = () => {
      if (eventsOf(recorder).length === 3) void engine.stop().catch(() => undefined);
    };
    await expect(engine.run(safeGrid())).rejects.toMatchObject({code: 'plan/stopped'});
    const [stop] = stopsOf(recorder);
    expect(stop.exit_status).toBe('abort');
    expect(stop.doubtful).toBeUndefined();
  });

  test('a source whose line was cut is turned off over a new line, and the plan says so', async () => {
    const reconnected: string[] = [];
    const {bench, engine, recorder} = createFixture({
      watch,
      reconnect: (role, lost) => {
        reconnected.push(role);
        bench.source.isLineOpen = true;
        return Promise.resolve(lost);
      },
    });
    bench.stage.beforeMove = () => {
      if (eventsOf(recorder).length === 4) bench.source.cutLine();
    };
    const error = await engine.run(safeGrid()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({code: 'port/closed'});
    expect(String(error)).not.toContain('could not be proven off');
    expect(reconnected).toEqual(['source']);
    expect(bench.source.isOn).toBe(false);
    expect(recorder.notes.map(({text}) => text).join()).toContain('connected again and is proven safe');
  });

  test('a source that stays away is sought once, and the error says what to do', async () => {
    let sought = 0;
    const {bench, engine, recorder} = createFixture({
      watch,
      reconnect: () => {
        sought++;
        return Promise.reject(new Error('nothing listens there'));
      },
    });
    bench.stage.beforeMove = () => {
      if (eventsOf(recorder).length === 4) bench.source.cutLine();
    };
    await expect(engine.run(safeGrid())).rejects.toThrow(
      /RF of the source could not be proven off: .*nothing listens there.*front panel/,
    );
    expect(sought).toBe(1);
  });
});

describe('what is compared', () => {
  const fact = (value: Fact['value'], more: Partial<Fact> = {}): Condition => ({
    facts: [{name: 'phase', label: 'phase', unit: 'deg', value, tolerance: 0.02, ...more}],
  });

  test('a value may wander within its tolerance of the first look, and no further by small steps', () => {
    const judge = new ConditionJudge();
    expect(judge.differencesOf('lockin', fact(10))).toEqual([]);
    expect(judge.differencesOf('lockin', fact(10.015))).toEqual([]);
    expect(judge.differencesOf('lockin', fact(10.03))).toMatchObject([
      {text: 'lockin: phase is 10.03 deg instead of 10 deg'},
    ]);
  });

  test('a whole turn is no difference of an angle', () => {
    const judge = new ConditionJudge();
    judge.differencesOf('lockin', fact(-179.995, {isAngle: true}));
    expect(judge.differencesOf('lockin', fact(180.01, {isAngle: true}))).toEqual([]);
    expect(judge.differencesOf('lockin', fact(0, {isAngle: true}))).toHaveLength(1);
  });

  test('what the program itself has changed is the new measure; what must be stays the measure in every look', () => {
    const judge = new ConditionJudge();
    judge.differencesOf('lockin', fact(10, {changeCount: 1}));
    expect(judge.differencesOf('lockin', fact(90, {changeCount: 2}))).toEqual([]);
    expect(judge.differencesOf('lockin', fact(10, {changeCount: 2}))).toHaveLength(1);
    expect(judge.differencesOf('lockin', fact(10, {changeCount: 3, expected: 20}))).toHaveLength(1);
  });

  test('a fact that is told no more is a difference', () => {
    const judge = new ConditionJudge();
    judge.differencesOf('lockin', fact(10));
    expect(judge.differencesOf('lockin', {facts: []})).toEqual([
      {text: 'lockin: phase was 10 deg and cannot be read now'},
    ]);
  });

  test('a reference that is not the chop of the source is found, whatever it was before', () => {
    const lockIn = (hz: number, from = 'external') => ({
      role: 'lockin',
      facts: [
        {name: 'referenceFrequencyHz', label: '', unit: 'Hz', value: hz},
        {name: 'referenceSource', label: '', unit: '', value: from},
      ],
    });
    const source = {role: 'source', isModulationOn: true, modulationHz: 1000};
    expect(chopDifference(lockIn(1003), source)).toBeNull();
    expect(chopDifference(lockIn(2000), source)).toContain('2 kHz, while the source chops at 1 kHz');
    expect(chopDifference(lockIn(2000, 'internal'), source)).toBeNull();
    expect(chopDifference(lockIn(2000), {...source, isModulationOn: false})).toBeNull();
  });

  test('values are written as a person reads them', () => {
    expect([textOf(401.4e9, 'Hz'), textOf(1000, 'Hz'), textOf(true, ''), textOf(-3.5, 'dBm')]).toEqual([
      '401.4 GHz',
      '1 kHz',
      'on',
      '-3.5 dBm',
    ]);
  });
});
