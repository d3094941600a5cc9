import {setTimeout as sleepMs} from 'node:timers/promises';
import {expect, test} from 'vitest';
import type {DetectorReading} from '../../../src/contract/detector.ts';
import type {BenchError} from '../../../src/contract/errors.ts';
import {createClock} from '../../../src/base/clock.ts';
import {createEngine} from '../../../src/host/engine/engine.ts';
import {createMemoryRecorder} from '../../../src/host/engine/recorder.ts';
import type {FakeGrbl} from '../../drivers/fake-grbl.ts';
import {configWith, setUp} from '../../drivers/grbl-fixture.ts';
import {FakeLockIn, FakeSource} from './fake-bench.ts';
import {eventsOf, safeGrid, stopsOf} from './engine-fixture.ts';

/** Takes a moment for a reading; something happens to the stage while the eighth is taken. */
class SlowLockIn extends FakeLockIn {
  onEighth: () => void = () => undefined;

  override async read(options: {signal?: AbortSignal} = {}): Promise<DetectorReading> {
    const reading = await super.read(options);
    if (this.readCount === 8) this.onEighth();
    await sleepMs(10);
    return reading;
  }
}

const happenings: [name: string, happening: (fake: FakeGrbl) => void, code: string, words: RegExp][] = [
  [
    'a restart of the controller',
    (fake) => fake.reboot(),
    'motion/not-homed',
    /restarted by itself.*nothing is stored/,
  ],
  ['a limit alarm', (fake) => fake.alarm(1), 'motion/alarm', /ALARM:1.*not stored/],
  [
    'an alarm after which the controller still counts',
    (fake) => fake.alarm(2),
    'motion/alarm',
    /ALARM:2.*not stored/,
  ],
];

test.each(happenings)(
  '%s while a point is read: that point is not stored',
  async (_, happening, code, words) => {
    const {stage, fake} = await setUp({}, configWith());
    const log: string[] = [];
    const lockin = new SlowLockIn(log);
    lockin.onEighth = () => happening(fake);
    const recorder = createMemoryRecorder();
    const engine = createEngine({
      devices: new Map<string, typeof stage | FakeLockIn | FakeSource>([
        ['stage', stage],
        ['lockin', lockin],
        ['source', new FakeSource(log)],
      ]),
      clock: createClock(100),
      recorder,
    });
    const error = await engine.run(safeGrid()).then(
      () => Promise.reject(new Error('It was expected to fail.')),
      (thrown: BenchError) => thrown,
    );
    expect(error).toMatchObject({code, message: expect.stringMatching(words) as string});
    expect(eventsOf(recorder)).toHaveLength(7);
    expect(stopsOf(recorder)).toMatchObject([{exit_status: 'fail', num_events: {primary: 7}}]);
    expect(lockin.readCount).toBe(8);
  },
);
