import {setTimeout as sleepMs} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import type {GrblStage} from '../../drivers/stage/grbl-stage.ts';
import type {FakeGrbl} from './fake-grbl.ts';
import {configWith, setUp} from './grbl-fixture.ts';

/** At x 10, y 10, trusted on the bench file's word; homing is possible. */
async function setUpAtTen(): Promise<{stage: GrblStage; fake: FakeGrbl; sent: () => readonly string[]}> {
  const made = await setUp({settings: {$22: '1', $3: '0', $101: '250.000'}});
  await made.stage.moveTo({x: 10, y: 10});
  await made.stage.readPosition();
  expect(made.stage.isPositionTrusted).toBe(true);
  return made;
}

const isMotion = (line: string): boolean => line.includes('G53') || line.startsWith('$J=');

type Happening = (stage: GrblStage, fake: FakeGrbl) => Promise<unknown> | void;
/** What the controller tells by itself has arrived. */
const noticed = (stage: GrblStage): Promise<void> =>
  expect.poll(() => stage.isPositionTrusted, {interval: 2}).toBe(false);

const happenings: [name: string, happening: Happening, reason: RegExp][] = [
  ['a restart by itself', (stage, fake) => (fake.reboot(), noticed(stage)), /restarted by itself/],
  ['an alarm that keeps the position', (stage, fake) => (fake.alarm(2), noticed(stage)), /alarm 2/],
  ['an alarm that loses it', (stage, fake) => (fake.alarm(1), noticed(stage)), /alarm 1/],
  ['a probe alarm', (stage, fake) => (fake.alarm(5), noticed(stage)), /alarm 5/],
  ['a soft reset by hand', (stage) => stage.call('reset'), /reset by hand/],
  [
    'sleep',
    async (stage, fake) => {
      fake.state = 'Sleep';
      await stage.readPosition();
      fake.state = 'Idle';
    },
    /sleeps/,
  ],
  [
    'a lock whose alarm line was missed',
    async (stage, fake) => {
      fake.state = 'Alarm';
      await stage.readPosition();
      fake.state = 'Idle';
    },
    /locked by an alarm/,
  ],
  ['steps per mm', (stage) => stage.set('xStepsPerMm', 100), /xStepsPerMm was set from 250 to 100/],
  ['steps per mm of the other axis', (stage) => stage.set('yStepsPerMm', 100), /yStepsPerMm/],
  ['travel', (stage) => stage.set('xTravelMm', 300), /xTravelMm/],
  ['direction', (stage) => stage.set('directionInvertMask', 1), /directionInvertMask/],
  ['the unit of reports', (stage) => stage.set('isReportInInches', true), /isReportInInches/],
  ['homing off', (stage) => stage.set('isHomingOn', false), /isHomingOn/],
  ['the pull-off', (stage) => stage.set('homingPullOffMm', 2), /homingPullOffMm/],
  [
    'steps per mm, set by somebody else and seen in the position',
    async (stage, fake) => {
      fake.settings['$100'] = '100.000';
      fake.position = [25, 10, 0];
      await stage.readPosition();
    },
    /went from x 10\.000, y 10\.000 mm to x 25\.000/,
  ],
  [
    'travel, set by somebody else and seen in the settings',
    async (stage, fake) => {
      fake.settings['$130'] = '150.000';
      await stage.readSettings();
    },
    /xTravelMm 200 -> 150/,
  ],
  [
    'inches, set by somebody else and seen in the digits',
    async (stage, fake) => {
      fake.settings['$13'] = '1';
      await stage.readPosition();
    },
    /unit of its reports/,
  ],
  [
    'a work offset',
    async (stage, fake) => {
      fake.changeOffset([12, 0, 0]);
      await stage.readPosition();
    },
    /work offset .* from 10, 0, 0 to 12, 0, 0/,
  ],
];

describe('GRBL: when the position is trusted', () => {
  it.each(happenings)('%s ends the trust, and nothing moves until a word', async (_, happening, reason) => {
    const {stage, fake, sent} = await setUpAtTen();
    await happening(stage, fake);
    expect(stage.isPositionTrusted).toBe(false);
    expect(stage.distrust).toMatch(reason);
    expect(stage.lastTrustedMm).toEqual({x: 10, y: 10});
    expect(stage.trustBasis).toBeUndefined();
    expect(() => stage.assertPositionTrusted()).toThrow();
    if (fake.state === 'Alarm') await stage.call('unlock');
    const before = sent().length;
    for (const attempt of [
      stage.moveTo({x: 45}),
      stage.moveTo({y: 1}),
      stage.startJog({x: 1}, 1),
      stage.jog('x', 1, 60),
    ])
      await expect(attempt).rejects.toMatchObject({
        code: 'motion/not-homed',
        message: expect.stringMatching(
          /Before: x 10\.000, y 10\.000 mm\. Now reported: x .*home the stage/,
        ) as string,
        details: {lastTrustedMm: {x: 10, y: 10}},
      });
    expect(sent().slice(before).some(isMotion)).toBe(false);
    expect(await stage.readSettings()).toMatchObject({
      isPositionTrusted: false,
      positionTrustBasis: expect.stringMatching(/^none: /) as string,
    });
    expect(await stage.call('trust-position')).toEqual(await stage.readPosition());
    expect(stage.trustBasis).toBe('operator');
    await stage.moveTo({x: 1});
    expect(await stage.readSettings()).toMatchObject({
      isPositionTrusted: true,
      positionTrustBasis: 'operator',
    });
  });

  it.each(happenings.filter(([name]) => !['homing off'].includes(name)))(
    'homing brings the trust back after %s',
    async (_, happening) => {
      const {stage, fake} = await setUpAtTen();
      await happening(stage, fake);
      await stage.home();
      expect(stage.trustBasis).toBe('homing');
      expect(stage.distrust).toBe('');
    },
  );

  it.each([
    ['speed', 'xMaximumMmPerMin', 600],
    ['acceleration', 'yAccelerationMmPerS2', 100],
    ['the value that it has', 'xStepsPerMm', 250],
  ] as const)('is kept when %s is set', async (_, name, value) => {
    const {stage} = await setUpAtTen();
    await stage.set(name, value);
    expect(stage.isPositionTrusted).toBe(true);
  });

  it('is not touched by a value that is refused', async () => {
    const {stage} = await setUpAtTen();
    await expect(stage.set('xStepsPerMm', -1)).rejects.toMatchObject({code: 'device/out-of-range'});
    expect(stage.isPositionTrusted).toBe(true);
  });

  it('is kept by a stop at rest and in motion, not when the board started anew meanwhile', async () => {
    const {stage, fake} = await setUpAtTen();
    await stage.stop();
    expect(stage.isPositionTrusted).toBe(true);
    // The answer to the reset of the stop is the banner of a board that counts from zero.
    const say = fake.say.bind(fake);
    fake.say = (...lines) => {
      if (lines.some((line) => line.startsWith('Grbl'))) fake.position = [0, 0, 0];
      say(...lines);
    };
    await stage.stop();
    expect(stage.isPositionTrusted).toBe(false);
    expect(stage.lastTrustedMm).toEqual({x: 10, y: 10});
  });

  it('is not given for a controller that is locked', async () => {
    const {stage, fake} = await setUpAtTen();
    fake.alarm(3);
    await noticed(stage);
    await expect(stage.call('trust-position')).rejects.toMatchObject({code: 'motion/alarm'});
    expect(stage.isPositionTrusted).toBe(false);
  });

  it('is not there before homing, and carries where another connection saw the stage', async () => {
    const {stage} = await setUp({settings: {$22: '1'}}, configWith({homeAtStart: true}));
    expect(stage.isPositionTrusted).toBe(false);
    stage.distrustPosition('it was connected anew', {x: 10, y: 10});
    await stage.readPosition();
    await expect(stage.moveTo({x: 45})).rejects.toThrow(
      /connected anew\. Before: x 10\.000, y 10\.000 mm\. Now reported: x 0\.000, y 0\.000 mm/,
    );
  });

  it('ends a move under way as soon as it is gone', async () => {
    const {stage, fake} = await setUp({moveMs: 3000});
    const moving = stage.moveTo({x: 40});
    while (!fake.received.some((line) => line.includes('X40'))) await sleepMs(5);
    fake.changeOffset([1, 2, 3]);
    await expect(moving).rejects.toMatchObject({code: 'motion/not-homed'});
  });
});
