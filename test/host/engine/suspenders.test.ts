import {setTimeout as sleepRealMs} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {suspenderSchema, type Suspender} from '../../../src/contract/suspender.ts';
import type {EngineOptions} from '../../../src/host/engine/engine-options.ts';
import type {EngineEvent} from '../../../src/host/engine/events.ts';
import {Suspenders, type Surroundings} from '../../../src/host/engine/suspenders.ts';
import {FakeClock} from './fake-bench.ts';
import {createFixture, eventsOf, safeGrid, stopsOf, type EngineFixture} from './engine-fixture.ts';

/** A look after every point; ten a second of bench time while the run is suspended. */
const watch = {intervalMs: 0, mostPoints: 1, shortestRealMs: 100, deadlineRealMs: 1000};

/** As the fake clock, but other things get their turn while it is waited. */
class TakingTurnsClock extends FakeClock {
  override async sleepMs(
    ms: number,
    options: {readonly signal?: AbortSignal | undefined} = {},
  ): Promise<void> {
    await sleepRealMs(1);
    await super.sleepMs(ms, options);
  }
}

const createSuspendedFixture = (options: Partial<EngineOptions>): EngineFixture =>
  createFixture({watch, clock: new TakingTurnsClock(), ...options});

const suspender = (fields: object): Suspender => suspenderSchema.parse({settleS: 2, ...fields});

/** Does something once, when so many points are stored. */
function after(fixture: EngineFixture, count: number, act: () => void): void {
  let isDone = false;
  fixture.bench.stage.beforeMove = () => {
    if (isDone || eventsOf(fixture.recorder).length < count) return;
    isDone = true;
    act();
  };
}

/** Calls back at each state of the engine. */
function onPaused(fixture: EngineFixture, act: (reason: string) => void): void {
  fixture.engine.subscribe((event: EngineEvent) => {
    if (event.type === 'state' && event.state === 'paused') act(event.reason);
  });
}

const notesOf = ({recorder}: EngineFixture): string => recorder.notes.map(({text}) => text).join('\n');

describe('what suspends a run', () => {
  test('a level that is off pauses it, and it goes on when the level is back; points in between count for nothing', async () => {
    const fixture = createSuspendedFixture({suspenders: [suspender({when: 'source-level'})]});
    const {bench, engine, recorder} = fixture;
    const reasons: string[] = [];
    after(fixture, 4, () => (bench.source.powerDbm = 3));
    onPaused(fixture, (reason) => {
      reasons.push(reason);
      setTimeout(() => (bench.source.powerDbm = 5), 30);
    });
    await engine.run(safeGrid());
    expect(reasons).toEqual(['suspended: level into the chain of the source is 3 dBm instead of 5 dBm']);
    const [stop] = stopsOf(recorder);
    expect(stop).toMatchObject({exit_status: 'success', num_events: {primary: 9}});
    expect(stop.doubtful).toBeUndefined();
    const [suspension] = stop.suspensions ?? [];
    expect(suspension).toMatchObject({
      ended_by: 'release',
      reason: expect.stringContaining('3 dBm') as string,
    });
    const [first, last] = suspension.points['primary'];
    expect(first).toBe(5);
    expect(last).toBeLessThan(9);
    expect(suspension.to_time).toBeGreaterThan(suspension.from_time);
    expect(notesOf(fixture)).toMatch(/Suspended: level into the chain[^]*the run goes on/);
    expect(bench.source.isOn).toBe(false);
  });

  test('what lies within the hysteresis is not well again, and the settle time begins anew', async () => {
    const fixture = createSuspendedFixture({
      suspenders: [suspender({when: 'source-level', toleranceDb: 1, hysteresisDb: 0.5})],
    });
    const {bench, engine, recorder} = fixture;
    after(fixture, 3, () => (bench.source.powerDbm = 3));
    let isWell = false;
    onPaused(fixture, () => {
      setTimeout(() => (bench.source.powerDbm = 4.2), 10); // tolerated before, not now
      setTimeout(() => {
        isWell = true;
        bench.source.powerDbm = 4.7;
      }, 80);
    });
    fixture.engine.subscribe((event) => {
      if (event.type === 'state' && event.state === 'running' && eventsOf(recorder).length > 3)
        expect(isWell).toBe(true);
    });
    await engine.run(safeGrid());
    expect(isWell).toBe(true);
    expect(stopsOf(recorder)[0].suspensions).toHaveLength(1);
  });

  test('without a suspender for it the same ends the run', async () => {
    const fixture = createSuspendedFixture({suspenders: [suspender({when: 'reference-lock'})]});
    after(fixture, 4, () => (fixture.bench.source.powerDbm = 3));
    await expect(fixture.engine.run(safeGrid())).rejects.toMatchObject({code: 'device/changed'});
  });

  test('something else that goes wrong meanwhile ends it', async () => {
    const fixture = createSuspendedFixture({suspenders: [suspender({when: 'source-level'})]});
    const {bench, engine, recorder} = fixture;
    after(fixture, 4, () => (bench.source.powerDbm = 3));
    onPaused(fixture, () => setTimeout(() => (bench.lockIn.harmonic = 2), 10));
    await expect(engine.run(safeGrid())).rejects.toThrow('detection harmonic is 2 instead of 1');
    expect(stopsOf(recorder)[0]).toMatchObject({exit_status: 'fail', suspensions: [{}]});
    expect(bench.source.isOn).toBe(false);
  });

  test('a room or an input out of range suspends with RF off, and RF comes back', async () => {
    let freeBytes = 1e9;
    let temperature = 21;
    const surroundings: Surroundings = {
      freeBytes: () => Promise.resolve(freeBytes),
      absentS: () => 0,
      readInput: () => Promise.resolve(temperature),
    };
    const fixture = createSuspendedFixture({
      surroundings,
      suspenders: [
        suspender({when: 'disk-space', source: 'off'}),
        suspender({
          when: 'input',
          role: 'lockin',
          parameter: 'auxInput1V',
          minimum: 20,
          maximum: 22,
          hysteresis: 0.5,
        }),
      ],
    });
    const {bench, engine, recorder} = fixture;
    after(fixture, 4, () => (freeBytes = 1e6));
    const wasOn: boolean[] = [];
    onPaused(fixture, () => {
      wasOn.push(bench.source.isOn);
      temperature = 25;
      setTimeout(() => (freeBytes = 1e9), 20);
      setTimeout(() => (temperature = 21), 60);
    });
    await engine.run(safeGrid());
    expect(wasOn).toEqual([false]);
    const [stop] = stopsOf(recorder);
    expect(stop).toMatchObject({
      exit_status: 'success',
      suspensions: [{reason: 'only 1 MB are left for data'}],
    });
    expect(notesOf(fixture)).toContain(
      'Suspended for another reason too: auxInput1V of the lockin is 25, outside 20 to 22',
    );
  });

  test('a person may go on, and it is not suspended for the same again before that was well', async () => {
    const fixture = createSuspendedFixture({
      suspenders: [suspender({when: 'operator-absent', absentS: 60})],
      surroundings: {
        freeBytes: () => Promise.resolve(1e9),
        absentS: () => 100,
        readInput: () => Promise.resolve(0),
      },
    });
    const {engine, recorder} = fixture;
    let pauses = 0;
    onPaused(fixture, () => {
      pauses++;
      setTimeout(() => engine.resume(), 10);
    });
    await engine.run(safeGrid());
    expect(pauses).toBe(1);
    expect(stopsOf(recorder)[0].suspensions).toMatchObject([{ended_by: 'operator'}]);
  });

  test('no look is made while RF comes on again at the word of a person', async () => {
    const fixture = createSuspendedFixture({
      suspenders: [suspender({when: 'disk-space', source: 'off'})],
      surroundings: {
        freeBytes: () => Promise.resolve(0),
        absentS: () => 0,
        readInput: () => Promise.resolve(0),
      },
    });
    const {bench, engine, recorder} = fixture;
    onPaused(fixture, () => {
      // Looks come every few milliseconds.
      bench.source.whileTurningOn = () => sleepRealMs(50);
      setTimeout(() => engine.resume(), 10);
    });
    await engine.run(safeGrid());
    expect(stopsOf(recorder)[0]).toMatchObject({
      exit_status: 'success',
      suspensions: [{ended_by: 'operator'}],
    });
  });

  test('a person who pauses a suspended run keeps it paused when all is well again', async () => {
    const fixture = createSuspendedFixture({suspenders: [suspender({when: 'source-level', settleS: 0})]});
    const {bench, engine} = fixture;
    after(fixture, 4, () => (bench.source.powerDbm = 3));
    let isResumed = false;
    onPaused(fixture, () => {
      void engine.pause();
      bench.source.powerDbm = 5;
      setTimeout(() => {
        isResumed = true;
        engine.resume();
      }, 100);
    });
    await engine.run(safeGrid());
    expect(isResumed).toBe(true);
  });

  test('a stop ends a suspended run, and so does a suspension that lasts too long', async () => {
    const stopped = createSuspendedFixture({suspenders: [suspender({when: 'source-level'})]});
    after(stopped, 4, () => (stopped.bench.source.powerDbm = 3));
    onPaused(stopped, () => void stopped.engine.stop('enough'));
    await expect(stopped.engine.run(safeGrid())).rejects.toMatchObject({code: 'plan/stopped'});

    const long = createSuspendedFixture({suspenders: [suspender({when: 'source-level', longestS: 60})]});
    after(long, 4, () => (long.bench.source.powerDbm = 3));
    await expect(long.engine.run(safeGrid())).rejects.toThrow('suspended for more than 60 s');
    expect(long.bench.source.isOn).toBe(false);
    expect(stopsOf(long.recorder)[0].suspensions).toHaveLength(1);
  });

  test('a phase at the reference point that is turned trips it as well, the shorter way round', () => {
    const {bench} = createSuspendedFixture({});
    const suspenders = new Suspenders(
      [suspender({when: 'reference-drift', phaseDeg: 5, hysteresisDeg: 1})],
      undefined,
    );
    const read = (thetaDeg: number): readonly string[] => {
      suspenders.noteReference({r_v: 1e-3, theta_deg: thetaDeg}, bench.lockIn);
      return [...suspenders.tripped.values()];
    };
    suspenders.beginRun();
    expect(read(178)).toEqual([]);
    expect(read(-178)).toEqual([]);
    expect(read(-175)).toEqual([expect.stringContaining('its phase 7.0 deg off its first value')]);
    // Within the hysteresis it is not well again.
    expect(read(-177.5)).toHaveLength(1);
    expect(read(-178.5)).toEqual([]);
  });

  test('a signal at the reference point that drifts suspends, and is read there until it is back', async () => {
    const fixture = createSuspendedFixture({
      suspenders: [suspender({when: 'reference-drift', ratio: 0.1, hysteresisRatio: 0.02})],
    });
    const {bench, engine, recorder} = fixture;
    const signalV = bench.lockIn.signalV;
    after(fixture, 5, () => (bench.lockIn.signalV = () => signalV() / 2));
    onPaused(fixture, () => setTimeout(() => (bench.lockIn.signalV = signalV), 30));
    await engine.run(safeGrid({reference: {every: 2, atMm: {xMm: 0, yMm: 0}}}));
    expect(stopsOf(recorder)[0].suspensions).toMatchObject([
      {ended_by: 'release', reason: expect.stringContaining('-50.0 % off its first value') as string},
    ]);
  });
});
