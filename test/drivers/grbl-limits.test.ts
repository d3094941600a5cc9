import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {PositionMm} from '../../src/contract/devices.ts';
import {createBenchAxes, planLegs} from '../../drivers/stage/bench-axes.ts';
import {configWith, setUp} from './grbl-fixture.ts';

const standingAt = async (x: number, y: number, more: object = {}) => {
  const made = await setUp({}, configWith(more));
  made.fake.position = [x, y, 0];
  made.stage.trustPosition();
  await made.stage.readPosition();
  return made;
};

describe('GRBL: a start outside the limits (-50 to 50 mm)', () => {
  it.each<[name: string, from: [number, number], target: PositionMm]>([
    ['one step inward', [59, 59], {x: 58}],
    ['a longer step inward', [59, 59], {x: 49}],
    ['both inward, both end inside', [59, 59], {x: 0, y: 0}],
    ['both inward, none inside yet', [59, 59], {x: 55, y: 58}],
    ['inward from below', [-59, 0], {x: -58}],
    ['inside, while the other comes back', [0, 59], {x: 10, y: 50}],
    ['the same place', [59, 59], {x: 59}],
    ['across the limits to the other end', [59, 0], {x: -50}],
    ['a stage that ended a little beyond its limit', [50.008, 0], {y: 10}],
  ])('%s is allowed', async (_, [x, y], target) => {
    const {stage} = await standingAt(x, y);
    expect(await stage.moveTo(target)).toMatchObject(target);
  });

  it.each<[name: string, from: [number, number], target: PositionMm, message: RegExp]>([
    ['outward', [59, 59], {x: 60}, /x to 60 mm .* stands at 59 mm, outside its limit 50 mm/],
    ['outward on the other axis', [59, 59], {x: 49, y: 60}, /y to 60 mm/],
    ['outward from below', [-59, 0], {x: -60}, /outside its limit -50 mm/],
    ['beyond the other limit', [59, 0], {x: -51}, /x to -51 mm/],
    ['an axis that is inside, while the other stays outside', [49, 59], {x: 40}, /y stands at 59 mm/],
    [
      'an axis that is inside, while the other does not come inside',
      [0, 59],
      {x: 10, y: 55},
      /y stands at 59 mm/,
    ],
    ['an axis that is inside beyond its limit', [0, 59], {x: 51, y: 0}, /x to 51 mm/],
  ])('%s is refused and nothing is sent', async (_, [x, y], target, message) => {
    const {stage, sent} = await standingAt(x, y);
    await expect(stage.moveTo(target)).rejects.toThrow(message);
    expect(() => stage.checkMove(target, {x, y})).toThrow(message);
    expect(sent()).toEqual([]);
  });

  it('counts the approach as a corner of the way', async () => {
    const {stage, sent} = await standingAt(-59, 0, {backlashMm: 0.5});
    await expect(stage.moveTo({x: -58.8})).rejects.toThrow(/approach over 0\.5 mm/);
    expect(sent()).toEqual([]);
    await stage.moveTo({x: -58});
    const above = await standingAt(59, 0, {backlashMm: 0.5});
    await above.stage.moveTo({x: 58.9});
    expect(above.sent()).toEqual(['G21G90G53G0X58.4', 'G21G90G53G0X58.9']);
  });

  it('jogs inward only, and an axis that is inside waits for the other', async () => {
    const {stage, sent} = await standingAt(59, 59);
    await expect(stage.startJog({x: 1}, 1)).rejects.toMatchObject({code: 'motion/limit'});
    await expect(stage.jog('x', 1, 60)).rejects.toMatchObject({code: 'motion/limit'});
    expect(sent()).toEqual([]);
    // y would go further out: it is left where it is.
    expect(await stage.startJog({x: -1, y: 1}, 1)).toEqual({x: -50, y: 59});
    const inside = await standingAt(40, 59);
    await expect(inside.stage.startJog({x: -1}, 1)).rejects.toThrow(
      /y stands at 59\.000 mm.*bring y back first/,
    );
    await expect(inside.stage.jog('x', -1, 60)).rejects.toMatchObject({code: 'motion/limit'});
    expect(inside.sent()).toEqual([]);
    expect(await inside.stage.startJog({y: -1}, 1)).toEqual({x: 40, y: -50});
  });

  it('never lets a corner of an allowed move lie further out than the start', () => {
    const config = configWith({backlashMm: 0.5});
    const axes = createBenchAxes(config);
    const outside = (mm: number): number => Math.max(0, mm - 50, -50 - mm);
    const places = fc.double({min: -80, max: 80, noNaN: true});
    fc.assert(
      fc.property(places, places, fc.option(places), fc.option(places), (fromX, fromY, x, y) => {
        const fromMm = {x: fromX, y: fromY};
        const targetMm = {...(x === null ? {} : {x}), ...(y === null ? {} : {y})};
        try {
          axes.check(targetMm, fromMm);
        } catch {
          return;
        }
        for (const leg of planLegs(fromMm, targetMm, {
          backlashMm: 0.5,
          resolutionMm: 6e-4,
          isSeated: () => false,
        }))
          for (const axis of ['x', 'y'] as const)
            expect(outside(leg[axis] ?? fromMm[axis])).toBeLessThanOrEqual(
              outside(fromMm[axis]) + config.toleranceMm + 1e-5,
            );
      }),
      {numRuns: 1000, endOnFailure: true},
    );
  });
});
