import {beforeEach, describe, expect, it} from 'vitest';
import {stageSchema} from '../../../src/contract/bench-file.ts';
import {GuardDuty, type GuardTask} from '../../../src/host/guard/guard-duty.ts';

const config = stageSchema.parse({
  driver: 'grbl',
  link: {port: '/dev/ttyUSB0'},
  axes: {x: {machineAxis: 'x', limitsMm: [0, 100]}},
});
const instrument = {kind: 'stage', config} as const;

let nowMs: number;
let isHostAlive: boolean;
let tasks: GuardTask[];
let duty: GuardDuty;
let onAct: () => Promise<void>;

beforeEach(() => {
  [nowMs, isHostAlive, tasks] = [0, true, []];
  onAct = () => Promise.resolve();
  duty = new GuardDuty({
    nowMs: () => nowMs,
    isAlive: () => Promise.resolve(isHostAlive),
    begin: () => Promise.resolve(),
    act: (task) => {
      tasks.push(task);
      return onAct();
    },
  });
  duty.hear({
    type: 'hello',
    host: {pid: 1, processStart: ''},
    hostId: 'h',
    dataPath: '/nowhere',
    hangMs: 10_000,
    timeoutScale: 1,
  });
  duty.hear({type: 'watch', id: 'a', instrument});
});

/** Looks as often as the guard does, without a word of the host. */
async function pass(ms: number): Promise<void> {
  for (const endMs = nowMs + ms; nowMs < endMs;) {
    nowMs += 250;
    await duty.look();
  }
}

describe('the duty of a guard', () => {
  it('acts when the process of the host is dead, on what may do harm', async () => {
    duty.hear({type: 'watch', id: 'b', instrument});
    duty.hear({type: 'hazard', id: 'a', isPossible: true});
    duty.hear({type: 'run', run: {uid: 'r', title: 'run 7 (grid)'}});
    isHostAlive = false;
    duty.noteGone();
    await duty.look();
    expect(tasks).toMatchObject([{cause: 'died', instruments: [instrument], run: {uid: 'r'}}]);
    expect(duty.isOver).toBe(true);
    await pass(1000);
    expect(tasks).toHaveLength(1);
  });

  it('is not over before everything has been made safe, and acts once', async () => {
    const acting = Promise.withResolvers<void>();
    onAct = () => acting.promise;
    duty.hear({type: 'hazard', id: 'a', isPossible: true});
    isHostAlive = false;
    duty.noteGone();
    const looking = duty.look();
    await pass(1000);
    expect(tasks).toHaveLength(1);
    expect(duty.isOver).toBe(false);
    acting.resolve();
    await looking;
    expect(duty.isOver).toBe(true);
  });

  it('does nothing while a host that has closed its end still lives, and acts when it is silent for too long', async () => {
    duty.hear({type: 'hazard', id: 'a', isPossible: true});
    duty.noteGone();
    await pass(9000);
    expect(tasks).toEqual([]);
    await pass(2000);
    expect(tasks).toMatchObject([{cause: 'hung'}]);
  });

  it('leaves a host alone that hangs while nothing can do harm', async () => {
    await pass(60_000);
    duty.hear({type: 'hazard', id: 'a', isPossible: true});
    duty.hear({type: 'hazard', id: 'a', isPossible: false});
    await pass(60_000);
    expect(tasks).toEqual([]);
  });

  it('takes every word of the host for a sign of life', async () => {
    duty.hear({type: 'hazard', id: 'a', isPossible: true});
    for (let beat = 0; beat < 20; beat++) {
      await pass(5000);
      duty.hear({type: 'beat'});
    }
    expect(tasks).toEqual([]);
  });

  it('gives the host its whole time again when it was the guard that stood still', async () => {
    duty.hear({type: 'hazard', id: 'a', isPossible: true});
    await pass(1000);
    nowMs += 3_600_000; // the computer slept
    await pass(9000);
    expect(tasks).toEqual([]);
  });

  it('does nothing after a good-bye, and keeps a hazard over a new connection', async () => {
    duty.hear({type: 'hazard', id: 'a', isPossible: true});
    duty.hear({type: 'watch', id: 'a', instrument});
    const other = duty;
    duty.hear({type: 'bye'});
    isHostAlive = false;
    other.noteGone();
    await pass(20_000);
    expect(tasks).toEqual([]);
    expect(duty.isOver).toBe(true);
  });
});
