import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {viewCalibrations} from '../../../src/host/views/view-calibrations.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import type {ClockStep} from '../../../src/host/store/clock-watch.ts';
import type {WallClock} from '../../../src/host/store/wall-clock.ts';
import {writeRun} from './sample-run.ts';
import {darkLevelOf, sourcePowerOf} from './calibration-values.ts';

const hourS = 3600;

/** A computer: time passes, its clock can be set, it can be restarted. */
function createComputer() {
  let trueS = 1_800_000_000;
  let setS = 0;
  let boot = 1;
  let bootedS = trueS;
  let asleepS = 0;
  const clock = (countsSleep = true): WallClock => {
    const frame = countsSleep ? `boot ${boot}` : `process ${Math.random()}`;
    const quickNowS = (): number => trueS - bootedS - asleepS;
    return {
      utcNowS: () => trueS + setS,
      quickNowS,
      steadyNowS: countsSleep ? () => trueS - bootedS : quickNowS,
      frame,
      countsSleep,
    };
  };
  return {
    clock,
    pass: (s: number): void => void (trueS += s),
    set: (s: number): void => void (setS += s),
    sleep(s: number): void {
      trueS += s;
      asleepS += s;
    },
    restart(): void {
      boot++;
      bootedS = trueS;
      asleepS = 0;
    },
    nowS: (): number => trueS + setS,
  };
}

let folder: string;
let computer: ReturnType<typeof createComputer>;
let steps: ClockStep[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-clock-'));
  computer = createComputer();
  steps = [];
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

function open(countsSleep = true): Store {
  const store = openStore(join(folder, 'bench.sqlite'), {clock: computer.clock(countsSleep)});
  store.clockWatch.onStep((step) => steps.push(step));
  return store;
}

const darkLevel = (store: Store, value: number, hours = 12): string =>
  store.addCalibration({
    kind: 'dark-level',
    value: darkLevelOf(value),
    validUntilS: computer.nowS() + hours * hourS,
  });
const current = (store: Store): number | undefined =>
  store.currentCalibration('dark-level', computer.nowS())?.value.xV;

describe('a clock that is set', () => {
  it.each([
    ['back by an hour', -hourS],
    ['back by a day', -24 * hourS],
    ['forward by an hour', hourS],
    ['forward by a year', 8766 * hourS],
  ])('%s is noticed and changes no choice', (_, byS) => {
    using store = open();
    darkLevel(store, 1);
    computer.pass(60);
    computer.set(byS);
    const newest = darkLevel(store, 2);
    computer.pass(60);
    expect(current(store)).toBe(2);
    expect(store.listCalibrations('dark-level').map(({value}) => value.xV)).toEqual([1, 2]);
    expect(viewCalibrations(store, computer.nowS())).toMatchObject([
      {uid: newest, status: 'current'},
      {status: 'replaced'},
    ]);
    expect(steps).toHaveLength(1);
    expect(steps[0]?.stepS).toBeCloseTo(byS, 3);
    expect(store.listAudit(1)).toMatchObject([{actor: 'clock', action: 'notice-clock-step'}]);
  });

  it('changes no age: what was measured 11 hours ago counts, 13 hours ago not any more', () => {
    for (const byS of [-24 * hourS, 24 * hourS]) {
      using store = open();
      darkLevel(store, byS);
      computer.pass(hourS);
      computer.set(byS);
      store.clockWatch.look();
      computer.pass(10 * hourS);
      expect(current(store)).toBe(byS);
      computer.pass(2 * hourS);
      expect(current(store)).toBeUndefined();
      expect(viewCalibrations(store, computer.nowS())[0]).toMatchObject({status: 'expired'});
    }
  });

  it('makes nothing that builds on a base older than it', () => {
    using store = open();
    const dark = darkLevel(store, 1);
    computer.set(-hourS);
    store.addCalibration({kind: 'source-power', value: sourcePowerOf(5), dependsOn: [dark]});
    expect(store.currentCalibration('source-power')?.value.referenceV).toBe(5);
    computer.set(-hourS);
    darkLevel(store, 2);
    expect(store.currentCalibration('source-power')).toBeUndefined();
  });

  it('is noted in the run under way, and in no other', () => {
    using store = open();
    const {uid} = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
    const recorder = store.recorder(uid);
    const before = writeRun(recorder, {pointCount: 2});
    const runUid = writeRun(recorder, {
      pointCount: 5,
      onPoint(count) {
        computer.pass(1);
        if (count === 3) computer.set(-hourS);
      },
    });
    expect(store.readPoints(runUid).count).toBe(5);
    const notes = store.listNotes(uid);
    expect(notes).toMatchObject([{runUid, author: 'clock'}]);
    expect(notes[0]?.text).toMatch(/clock was set back by 3600 s, from .* to .* UTC/);
    expect(store.search({}).map((run) => run.uid)).toEqual([runUid, before]);
  });

  it('lets no session and no run end before it began', () => {
    const store = open();
    const {uid, createdAt} = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'});
    const start = {time: computer.nowS()};
    const runUid = writeRun(store.recorder(uid), {pointCount: 2, isStopped: false, start});
    computer.set(-hourS);
    store.closeSession(uid);
    const {closedAt = ''} = store.getSession(uid);
    expect(Date.parse(closedAt)).toBeGreaterThanOrEqual(Date.parse(createdAt));
    store.close();
    using after = open();
    const {stop} = after.getRun(runUid);
    expect(stop?.time).toBeGreaterThanOrEqual(start.time);
  });

  it('keeps the order of sessions', () => {
    using store = open();
    const make = (title: string): string =>
      store.createSession({title, operator: 'Ada', benchName: 'fake'}).uid;
    const first = make('first');
    computer.set(-hourS);
    const second = make('second');
    expect(store.listSessions().map(({uid}) => uid)).toEqual([second, first]);
    expect(store.searchSessions({limit: 10}).map(({uid}) => uid)).toEqual([second, first]);
    expect(store.sessionOrder(second)).toBeGreaterThan(store.sessionOrder(first));
  });
});

describe('what is no setting of the clock', () => {
  it('is a clock that time servers put right little by little', () => {
    using store = open();
    for (let minute = 0; minute < 60; minute++) {
      computer.pass(60);
      computer.set(0.3);
      store.clockWatch.look();
    }
    expect(steps).toEqual([]);
  });

  it('is a computer that slept, where the counter goes on', () => {
    using store = open();
    darkLevel(store, 1);
    computer.sleep(8 * hourS);
    store.clockWatch.look();
    expect(steps).toEqual([]);
    expect(current(store)).toBe(1);
  });
});

it('where sleep cannot be told from a clock that was set forward, the age is not known, and said to be', () => {
  using store = open(false);
  darkLevel(store, 1);
  computer.sleep(8 * hourS);
  store.clockWatch.look();
  expect(current(store)).toBeUndefined();
  expect(viewCalibrations(store, computer.nowS())).toMatchObject([
    {
      status: 'stale',
      statusText: expect.stringMatching(
        /it was set, or the computer slept.* The age of this calibration is not known/,
      ) as string,
    },
  ]);
});

describe('while no program of ours runs', () => {
  it('a clock that was set is noticed at the next start, to the second', () => {
    const before = open();
    darkLevel(before, 1);
    before.close();
    computer.pass(hourS);
    computer.set(-24 * hourS);
    using after = open();
    expect(steps[0]?.stepS).toBeCloseTo(-24 * hourS, 3);
    expect(current(after)).toBe(1);
    computer.pass(12 * hourS);
    expect(current(after)).toBeUndefined();
  });

  it('and the computer was restarted: a clock that is behind is noticed, and ages are not known', () => {
    const before = open();
    const uid = darkLevel(before, 1);
    before.close();
    computer.restart();
    computer.pass(600);
    computer.set(-hourS);
    using after = open();
    expect(steps).toMatchObject([{stepS: null}]);
    expect(current(after)).toBeUndefined();
    expect(viewCalibrations(after, computer.nowS())).toMatchObject([
      {
        uid,
        status: 'stale',
        statusText: expect.stringMatching(
          /it was set back\. The age of this calibration is not known/,
        ) as string,
      },
    ]);
    // Made now, its age is known again.
    darkLevel(after, 2);
    expect(current(after)).toBe(2);
  });

  it('and nothing was set: nothing is said', () => {
    const before = open();
    darkLevel(before, 1);
    before.close();
    computer.pass(hourS);
    open().close();
    computer.restart();
    computer.pass(hourS);
    using after = open();
    expect(steps).toEqual([]);
    expect(current(after)).toBe(1);
  });
});

it('two programs on one folder notice a step once', () => {
  using one = open();
  using other = openStore(join(folder, 'bench.sqlite'), {clock: computer.clock()});
  const received: ClockStep[] = [];
  other.clockWatch.onStep((step) => received.push(step));
  computer.set(hourS);
  one.clockWatch.look();
  other.clockWatch.look();
  one.clockWatch.look();
  expect(steps).toHaveLength(1);
  expect(received).toHaveLength(1);
  expect(one.listAudit().filter(({actor}) => actor === 'clock')).toHaveLength(1);
});
