import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import * as geometry from '../../../src/renderer/viewer/canvas-geometry.ts';
import {labelRows, spreadLabels, stackBounds} from '../../../src/renderer/viewer/drawing/stack-layout.ts';
import {layoutHeatMap} from '../../../src/renderer/viewer/heat-map/heat-map-layout.ts';
import {mirrored} from '../../../src/renderer/viewer/pictures/MaskPicture.tsx';

const view = {mm: {xMm: [0, 10], yMm: [-5, 5]}, px: {left: 100, top: 50, width: 200, height: 200}} as const;

describe('millimetres and pixels', () => {
  it('come back from each other, y up', () => {
    expect(geometry.xToPx(view, 0)).toBe(100);
    expect(geometry.yToPx(view, 5)).toBe(50);
    expect(geometry.yToPx(view, -5)).toBe(250);
    const {xMm, yMm} = geometry.toMm(view, geometry.xToPx(view, 3.3), geometry.yToPx(view, -1.7));
    expect(xMm).toBeCloseTo(3.3);
    expect(yMm).toBeCloseTo(-1.7);
  });

  it('zoom about a place that stays where it is', () => {
    const about = {xMm: 2, yMm: 1};
    const zoomed = geometry.zoomAbout(view.mm, view.mm, about, 0.5);
    expect(zoomed).toEqual({xMm: [1, 6], yMm: [-2, 3]});
    expect(geometry.zoomAbout(zoomed ?? view.mm, view.mm, about, 4)).toBeNull();
    const atEdge = geometry.zoomAbout({xMm: [6, 10], yMm: [1, 5]}, view.mm, {xMm: 6, yMm: 1}, 1.5);
    expect(atEdge).toEqual({xMm: [4, 10], yMm: [-1, 5]});
  });

  it('snap to whole device pixels', () => {
    expect(geometry.snapPx(10.3, 2)).toBe(10.5);
    expect(geometry.snapLinePx(10.3, 1)).toBe(10.5);
    expect(geometry.snapLinePx(10.3, 2)).toBe(10.25);
  });
});

describe('the layout of a heat-map', () => {
  it.each([
    [800, 600, false],
    [300, 900, true],
    [400, 400, true],
  ])('keeps the aspect inside %i x %i', (width, height, hasProfiles) => {
    const full = {xMm: [0, 40], yMm: [0, 20]} as const;
    const {
      view: shown,
      topPx,
      sidePx,
    } = layoutHeatMap({widthPx: width, heightPx: height, hasProfiles, ratio: 1}, full, null);
    expect(Math.abs(shown.px.width / shown.px.height - 2)).toBeLessThan(0.03);
    expect(shown.px.left + shown.px.width).toBeLessThanOrEqual(width);
    expect(shown.px.top + shown.px.height).toBeLessThanOrEqual(height);
    expect(topPx === null).toBe(!hasProfiles);
    if (sidePx) expect(sidePx.left + sidePx.width).toBeLessThanOrEqual(width);
  });

  it('does not move when it is zoomed', () => {
    const full = {xMm: [0, 40], yMm: [0, 40]} as const;
    const room = {widthPx: 500, heightPx: 500, hasProfiles: false, ratio: 1};
    const whole = layoutHeatMap(room, full, null);
    const zoomed = layoutHeatMap(room, full, {xMm: [0, 10], yMm: [0, 2]});
    expect(zoomed.view.px).toEqual(whole.view.px);
    expect(zoomed.view.mm).toEqual({xMm: [0, 10], yMm: [-4, 6]});
  });
});

describe('drawings', () => {
  it('put labels that would touch into different rows', () => {
    expect(labelRows([10, 20, 100], [30, 30, 30], 4)).toEqual([0, 1, 0]);
    expect(labelRows([], [], 4)).toEqual([]);
  });

  it('spreads labels of a short stack in one row, in order and within its width', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({at: fc.double({min: 100, max: 120, noNaN: true}), width: fc.integer({min: 5, max: 40})}),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        (labels) => {
          const [centres, widths] = [labels.map(({at}) => at), labels.map(({width}) => width)];
          const spread = spreadLabels(centres, widths, {gapPx: 4, lowPx: 0, highPx: 400});
          const order = centres.map((_, i) => i).sort((a, b) => centres[a] - centres[b]);
          order.forEach((i, place) => {
            expect(spread[i] - widths[i] / 2).toBeGreaterThanOrEqual(-1e-9);
            expect(spread[i] + widths[i] / 2).toBeLessThanOrEqual(400 + 1e-9);
            const next = order[place + 1];
            if (next !== undefined)
              expect(spread[next] - spread[i]).toBeGreaterThanOrEqual(
                (widths[i] + widths[next]) / 2 + 4 - 1e-9,
              );
          });
        },
      ),
    );
    expect(spreadLabels([10, 200], [20, 20], {gapPx: 4, lowPx: 0, highPx: 400})).toEqual([10, 200]);
    expect(spreadLabels([50, 50], [20, 20], {gapPx: 4, lowPx: 0, highPx: 400})).toEqual([38, 62]);
  });

  it('reach around all parts of a stack', () => {
    const {zMm, xMm} = stackBounds([
      {label: 'object', kind: 'object', zMm: 0, thicknessMm: 1, heightMm: 40},
      {label: 'detector', kind: 'detector', zMm: 99, thicknessMm: 0, heightMm: 80, xOffsetMm: 2},
    ]);
    expect(zMm[0]).toBeLessThan(0);
    expect(zMm[1]).toBeGreaterThan(99);
    expect(xMm).toEqual([-38, 42]);
  });

  it('exchange left and right of a notch seen from the other side', () => {
    expect(mirrored('top-right')).toBe('top-left');
    expect(mirrored('left')).toBe('right');
    expect(mirrored('bottom')).toBe('bottom');
  });
});
