import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {stageSchema} from '../../src/contract/bench-file.ts';
import type {PositionMm} from '../../src/contract/devices.ts';
import {checkWay, type StageArea} from '../../drivers/stage/keep-out.ts';
import {configWith, setUp} from './grbl-fixture.ts';

const horn = {name: 'horn', xMm: [10, 20], yMm: [-5, 5]} as const;
const areaOf = (area: object): StageArea =>
  stageSchema.parse({
    driver: 'grbl',
    link: {port: 'p'},
    axes: {x: {machineAxis: 'x', limitsMm: [0, 1]}},
    ...area,
  });

const standingAt = async (x: number, y: number, more: object) => {
  const made = await setUp({}, configWith(more));
  made.fake.position = [x, y, 0];
  made.stage.trustPosition();
  await made.stage.readPosition();
  return made;
};

describe('GRBL: keep-out zones and the envelope', () => {
  it.each<[name: string, from: [number, number], target: PositionMm]>([
    ['into a zone', [0, 0], {x: 15}],
    ['through a zone, both ends outside', [0, 0], {x: 30}],
    ['through a corner of it', [8, 0], {x: 15, y: 7}],
    ['further inside', [11, 0], {x: 15}],
  ])('%s is refused by its name, and nothing is sent', async (_, [x, y], target) => {
    const {stage, sent} = await standingAt(x, y, {keepOut: [horn]});
    await expect(stage.moveTo(target)).rejects.toMatchObject({
      code: 'motion/limit',
      message: expect.stringContaining('keep-out zone "horn" (x 10 to 20 mm, y -5 to 5 mm)') as string,
    });
    expect(() => stage.checkMove(target, {x, y})).toThrow(/Nothing moved/);
    expect(sent()).toEqual([]);
  });

  it.each<[name: string, from: [number, number], target: PositionMm]>([
    ['round it', [0, 10], {x: 30}],
    ['along its edge', [0, 5], {x: 30}],
    ['out of it', [15, 0], {x: 30}],
  ])('%s is allowed', async (_, [x, y], target) => {
    const {stage} = await standingAt(x, y, {keepOut: [horn]});
    expect(await stage.moveTo(target)).toMatchObject(target);
  });

  it('counts the approach against play as part of the way', async () => {
    const {stage, sent} = await standingAt(30, 0, {keepOut: [horn], backlashMm: 0.5});
    // It would come from 19.7 mm, which lies within the zone.
    await expect(stage.moveTo({x: 20.2})).rejects.toThrow('keep-out zone "horn"');
    expect(sent()).toEqual([]);
    await stage.moveTo({x: 20.6});
  });

  it('keeps within an outline that is no rectangle', async () => {
    const envelopeMm = [
      [-40, -40],
      [40, -40],
      [40, 0],
      [0, 0],
      [0, 40],
      [-40, 40],
    ];
    const {stage, sent} = await standingAt(-10, 30, {envelopeMm});
    // Both ends lie within, the way does not.
    await expect(stage.moveTo({x: 30, y: -10})).rejects.toThrow('leaves the mechanical envelope');
    await expect(stage.moveTo({x: 20, y: 20})).rejects.toThrow('leaves the mechanical envelope');
    expect(sent()).toEqual([]);
    await stage.moveTo({y: -10});
    await stage.moveTo({x: 30});
  });

  it('ends a jog before a zone, and begins none towards one that it stands at', async () => {
    const {stage, sent, fake} = await standingAt(0, 0, {keepOut: [horn]});
    expect(await stage.startJog({x: 1}, 10)).toMatchObject({x: 9.95});
    expect(sent()).toEqual(['$J=G21G91X9.95F600']);
    await stage.endJog();
    fake.position = [9.95, 0, 0];
    stage.trustPosition();
    await expect(stage.startJog({x: 1}, 10)).rejects.toThrow('keep-out zone "horn"');
    // Along it and away from it there is all the way.
    expect(await stage.startJog({x: -1}, 10)).toMatchObject({x: -50});
  });

  it('moves slowly for the first time after homing, and as always afterwards', async () => {
    const switches = {settings: {$22: '1'}};
    const {stage, sent} = await setUp(switches, configWith());
    await stage.home();
    await stage.moveTo({x: -10});
    await stage.moveTo({x: -12});
    const slow = await setUp(switches, configWith({firstMoveMmPerMin: 120, feedMmPerMin: 3000}));
    await slow.stage.home();
    await slow.stage.moveTo({x: -10});
    await slow.stage.moveTo({x: -12});
    const moves = (lines: readonly string[]): string[] => lines.filter((line) => line.includes('G53'));
    expect(moves(sent())).toEqual(['G21G90G94G53G1X-10F900', 'G21G90G53G0X-12']);
    expect(moves(slow.sent())).toEqual(['G21G90G94G53G1X-10F120', 'G21G90G94G53G1X-12F3000']);
  });
});

const mm = fc.integer({min: -40, max: 40});
const place = fc.record({x: mm, y: mm});
const range = fc.tuple(mm, fc.integer({min: 1, max: 30})).map(([low, size]) => [low, low + size] as const);

/** Places along a straight way, mm. */
const along = (from: PositionMm, to: PositionMm, count = 400): {x: number; y: number}[] =>
  Array.from({length: count + 1}, (_, i) => ({
    x: (from.x ?? 0) + (((to.x ?? 0) - (from.x ?? 0)) * i) / count,
    y: (from.y ?? 0) + (((to.y ?? 0) - (from.y ?? 0)) * i) / count,
  }));

const isRefused = (area: StageArea, from: PositionMm, to: PositionMm): boolean => {
  try {
    checkWay(area, from, [to]);
    return false;
  } catch {
    return true;
  }
};

describe('keep-out zones', () => {
  it('refuse every way with a place inside, and no way without one', () => {
    fc.assert(
      fc.property(place, place, range, range, (from, to, xMm, yMm) => {
        const depth = ({x, y}: {x: number; y: number}): number =>
          Math.min(x - xMm[0], xMm[1] - x, y - yMm[0], yMm[1] - y);
        fc.pre(depth(from) <= 0); // out of a zone one may go
        const deepest = Math.max(...along(from, to).map(depth));
        const refused = isRefused(areaOf({keepOut: [{name: 'z', xMm, yMm}]}), from, to);
        if (deepest > 1e-3) expect(refused).toBe(true);
        if (deepest < -0.3) expect(refused).toBe(false);
      }),
    );
  });

  it('refuse a way in one direction as in the other', () => {
    fc.assert(
      fc.property(place, place, range, range, (from, to, xMm, yMm) => {
        const isIn = ({x, y}: {x: number; y: number}): boolean =>
          x > xMm[0] && x < xMm[1] && y > yMm[0] && y < yMm[1];
        fc.pre(!isIn(from) && !isIn(to));
        const area = areaOf({keepOut: [{name: 'z', xMm, yMm}]});
        expect(isRefused(area, from, to)).toBe(isRefused(area, to, from));
      }),
    );
  });

  it('have an outline refuse exactly the ways that leave it', () => {
    // An L, whose corner two of its places cannot see each other around.
    const outline = [
      [-40, -40],
      [40, -40],
      [40, 0],
      [0, 0],
      [0, 40],
      [-40, 40],
    ];
    const isOutside = ({x, y}: {x: number; y: number}, marginMm: number): boolean =>
      x > marginMm && y > marginMm;
    fc.assert(
      fc.property(place, place, (from, to) => {
        fc.pre(!isOutside(from, 0) && !isOutside(to, 0));
        const refused = isRefused(areaOf({envelopeMm: outline}), from, to);
        const way = along(from, to, 2000);
        if (way.some((at) => isOutside(at, 0.05))) expect(refused).toBe(true);
        if (!way.some((at) => isOutside(at, -0.3))) expect(refused).toBe(false);
      }),
    );
  });
});
