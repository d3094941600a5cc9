import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {OpenBench} from '../../../src/host/bench/open-bench.ts';
import {readRunPlane} from '../../../src/host/runs/run-plane.ts';
import {scanDisturbed, startWatchedBench, type WatchedBench} from './watched-bench.ts';

let at: WatchedBench;
beforeAll(async () => {
  at = await startWatchedBench();
});
afterAll(() => at[Symbol.asyncDispose]());

interface Disturbance {
  readonly what: string;
  readonly act: () => Promise<void> | void;
  readonly mend: () => Promise<void> | void;
  readonly reason: RegExp;
  /** The stage, the lock-in or the reading itself may tell before a look does: then no point is in doubt by a look. */
  readonly isReported?: boolean;
  /** Point after which it happens. */
  readonly after?: number;
}

const source = (line: string, reason: RegExp, mend = '*RST'): Disturbance => ({
  what: line,
  act: () => at.say('scpi-source', line),
  mend: () => at.say('scpi-source', mend),
  reason,
});
const lockIn = (line: string, reason: RegExp, mend: string): Disturbance => ({
  what: line,
  act: () => at.say('sr830', line),
  mend: () => at.say('sr830', mend),
  reason,
});

const disturbances: readonly Disturbance[] = [
  source('OUTP OFF', /source: RF output is off instead of on/),
  source('POW 0 DBM', /level into the chain is 0 dBm instead of 10 dBm/),
  source('POW 20 DBM', /reports 20 dBm, above the limit of 13 dBm: RF was turned off/),
  source('FREQ 11.15 GHZ', /frequency behind the chain is 401\.4 GHz instead of 400 GHz/),
  source('FREQ:MULT 36', /Factor of the displayed frequency is 36 instead of 1/),
  source('FREQ:OFFS 1 GHZ', /Offset of the displayed frequency is 1 GHz instead of 0 Hz/),
  source('PULM:STAT OFF', /modulation is off instead of on|reference unlock/),
  source('OUTP:MOD OFF', /modulation is off instead of on|reference unlock/),
  source('PULM:INT:FREQ 1500', /rate of the modulation is 1\.5 kHz instead of 1 kHz/),
  source('PULM:SOUR:INT FRUN', /Internal pulse source is FRUN instead of SQU|reference unlock/),
  source('AM:STAT ON', /Amplitude modulation is on instead of off/),
  source('FREQ:MODE SWE', /Frequency mode is SWE instead of CW/),
  lockIn('HARM 2', /lockin: detection harmonic is 2 instead of 1/, 'HARM 1'),
  lockIn('OFLT 10', /time constant is 1 s instead of 30 ms/, 'OFLT 7'),
  lockIn('SENS 26', /full scale is 1 V instead of 500 mV/, 'SENS 25'),
  lockIn('PHAS 90', /reference phase is 90 deg/, 'PHAS 0'),
  lockIn('FMOD 1', /reference source is internal instead of external/, 'FMOD 0'),
  {
    what: 'a plate that another program moves',
    act: () => at.say('zaber', '/2 1 move rel 5000'),
    mend: () => at.say('zaber', '/2 1 move rel -5000'),
    reason:
      /mount: .*x of plate 2 is (.* mm instead of 0 mm|reported at 0.2381 mm; it stood at 0 mm before)|plate 2 is moving instead of at rest/,
  },
  {
    what: 'the stage that another program moves after its last point',
    act: () => at.say('grbl', '$J=G91X3F3000'),
    mend: () => undefined,
    reason: /position of x is|did not arrive|came to rest elsewhere|state of the controller is/,
    after: 25,
    isReported: true,
  },
  {
    what: 'a soft reset of the stage',
    act: () => at.say('grbl', '\x18'),
    mend: () => at.say('grbl', '$X'),
    reason: /reset|restart|rebooted|does not know where it is|ALARM|position is not trusted/i,
    isReported: true,
  },
];

describe('a run is a success only while nothing at the bench has changed', () => {
  let bench: OpenBench;
  beforeAll(async () => {
    bench = await at.open();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  it('ends well when nobody does anything', async () => {
    const {stop, outcome} = await scanDisturbed(at, bench, () => undefined);
    expect(outcome.endedEarly).toBeNull();
    expect(stop).toMatchObject({exit_status: 'success', num_events: {primary: 25}});
    expect(stop.doubtful).toBeUndefined();
    expect(at.virtual.source.core.rf.isOutputOn).toBe(false);
  });

  it.for(disturbances)(
    'fails with its reason after: $what',
    async ({act, mend, reason, isReported, after = 8}) => {
      const {stop, outcome, runUid} = await scanDisturbed(at, bench, act, {after});
      await mend();
      expect(stop.exit_status).toBe('fail');
      expect(stop.reason).toMatch(reason);
      expect(outcome.endedEarly?.message).toMatch(reason);
      expect(at.virtual.source.core.rf.isOutputOn).toBe(false);
      if (isReported === true) return;
      const [first, last] = stop.doubtful?.points['primary'] ?? [0, 0];
      expect(stop.doubtful?.is_changed).toBe(true);
      // What was measured after the disturbance is in doubt, all of it.
      expect(first).toBeGreaterThanOrEqual(1);
      expect(first).toBeLessThanOrEqual(9);
      expect(last).toBe(stop.num_events['primary']);
      // No map shows them as measured.
      const plane = readRunPlane(at.store, runUid, 'r');
      expect(plane?.values.filter((value) => !Number.isNaN(value))).toHaveLength(first - 1);
    },
  );
});

describe('an alarm of the stage in mid-run', () => {
  it('ends it with RF off; what was measured before is kept', async () => {
    await using bench = await at.open();
    const {stop, outcome} = await scanDisturbed(at, bench, () => at.say('grbl', 'G53G0X900'));
    at.say('grbl', '\x18');
    at.say('grbl', '$X');
    expect(stop).toMatchObject({
      exit_status: 'fail',
      reason: expect.stringMatching(/ALARM:2|alarm/i) as string,
    });
    expect(outcome.endedEarly).not.toBeNull();
    expect(stop.num_events['primary']).toBeGreaterThanOrEqual(7);
    expect(stop.num_events['primary']).toBeLessThan(25);
    expect(at.virtual.source.core.rf.isOutputOn).toBe(false);
  });
});
