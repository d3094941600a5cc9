import {describe, expect, it} from 'vitest';
import * as fc from 'fast-check';
import {dxfOf, svgOf} from '../../../src/twin/print/cut-drawing.ts';
import {bridgeIslands, cutLoops, type MaskPixels} from '../../../src/twin/print/mask-cut.ts';
import type {Point} from '../../../src/twin/print/plate-shape.ts';

/** A mask from lines of text, the topmost line at the largest y; # is cut out. */
function maskFrom(...lines: string[]): MaskPixels {
  const count = lines.length;
  const isOpen = new Uint8Array(count * count);
  lines.forEach((line, i) =>
    [...line].forEach((letter, column) => {
      if (letter === '#') isOpen[(count - 1 - i) * count + column] = 1;
    }),
  );
  return {count, pitchMm: 0.5, isOpen};
}

const areaOf = (loop: readonly Point[]): number =>
  loop.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = loop[(i + 1) % loop.length];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
const openCount = ({isOpen}: MaskPixels): number => isOpen.reduce((sum, open) => sum + open, 0);

const zero = maskFrom('.......', '.#####.', '.#...#.', '.#...#.', '.#...#.', '.#####.', '.......');

describe('outlines of a mask', () => {
  it('go around what is cut out, and the other way around an island in it', () => {
    const areas = cutLoops(zero).map(areaOf);
    expect(areas.toSorted((a, b) => a - b)).toEqual([-9 * 0.25, 25 * 0.25]);
    // Corners alone: straight lines have no vertices between.
    expect(cutLoops(zero).map(({length}) => length)).toEqual([4, 4]);
  });

  it('enclose the area of the open pixels, whatever they are', () => {
    const masks = fc
      .integer({min: 1, max: 7})
      .chain((count) =>
        fc
          .array(fc.constantFrom(0, 1), {minLength: count * count, maxLength: count * count})
          .map((bits): MaskPixels => ({count, pitchMm: 0.5, isOpen: Uint8Array.from(bits)})),
      );
    fc.assert(
      fc.property(masks, (mask) => {
        const loops = cutLoops(mask);
        const area = loops.reduce((sum, loop) => sum + areaOf(loop), 0);
        expect(area).toBeCloseTo(0.25 * openCount(mask), 9);
        const bridged = bridgeIslands(mask, 0.5);
        expect(bridged.islandCount).toBe(0);
        expect(openCount(bridged) + bridged.bridgedCount).toBe(openCount(mask));
        // Each outline passes a corner once: what meets at a corner alone has outlines of its own.
        for (const loop of cutLoops(bridged)) expect(new Set(loop.map(String)).size).toBe(loop.length);
        // No island of foil is left inside of a cut.
        expect(cutLoops(bridged).filter((loop) => areaOf(loop) < 0)).toEqual([]);
      }),
      {numRuns: 200},
    );
  });
});

describe('bridges', () => {
  it('hold the inside of a 0 on two sides', () => {
    const bridged = bridgeIslands(zero, 0.5);
    expect(bridged.bridgedCount).toBe(2);
    expect(cutLoops(bridged)).toHaveLength(2);
    expect(bridgeIslands(zero, 1).bridgedCount).toBe(4);
  });

  it('are left out when none are asked for, and the islands are counted', () => {
    expect(bridgeIslands(zero, 0)).toMatchObject({bridgedCount: 0, islandCount: 1, isOpen: zero.isOpen});
  });
});

describe('drawings of a foil', () => {
  // An L: its mirror image is another figure.
  const letter = maskFrom('#...', '#...', '#...', '###.');
  const drawing = {
    title: 'mask <5> "a" & b',
    cut: cutLoops(letter),
    holes: [{centre: [0.25, -0.5] as const, diameterMm: 0.4}],
    marks: [],
  };

  it('have a millimetre as the unit of SVG, y down, and look the right way round', () => {
    const svg = svgOf(drawing);
    const [, width, height] = /width="([\d.]+)mm" height="([\d.]+)mm"/.exec(svg) ?? [];
    expect([width, height]).toEqual(['11.5', '12']);
    expect(svg).toContain(`viewBox="0 0 ${width} ${height}"`);
    expect(svg).toContain('<title>mask &lt;5&gt; &quot;a&quot; &amp; b</title>');
    const points = [...(/<path d="([^"]+)"/.exec(svg)?.[1] ?? '').matchAll(/([\d.]+) ([\d.]+)/g)].map(
      ([, x, y]) => [Number(x), Number(y)],
    );
    // The upright is on the left and the foot at the bottom right: nothing is at the top right.
    expect(points).toContainEqual([5, 5]);
    expect(points).toContainEqual([6.5, 7]);
    expect(points).not.toContainEqual([6.5, 5]);
    expect(svg).toContain('r="0.2"');
  });

  it('are DXF in millimetres with closed polylines, y up', () => {
    const pairs = dxfOf(drawing).trimEnd().split('\n');
    expect(pairs.length % 2).toBe(0);
    const codes = Array.from({length: pairs.length / 2}, (_, i) => [pairs[2 * i], pairs[2 * i + 1]]);
    const unit = codes.findIndex(([, value]) => value === '$INSUNITS');
    expect(codes[unit + 1]).toEqual(['70', '4']);
    expect(codes.filter(([code, value]) => code === '0' && value === 'VERTEX')).toHaveLength(6);
    expect(codes.at(-1)).toEqual(['0', 'EOF']);
    const ys = codes
      .filter(([code], i) => code === '20' && codes[i - 3]?.[1] === 'VERTEX')
      .map(([, y]) => Number(y));
    expect([Math.min(...ys), Math.max(...ys)]).toEqual([-1, 1]);
  });
});
