import {describe, expect, it, vi} from 'vitest';
import {LivePlane} from '../../../src/renderer/viewer/plane/live-plane.ts';
import {LiveTrack} from '../../../src/renderer/viewer/plane/live-track.ts';
import {cellAtMm, cellCentreMm, planeBoundsMm, valueAtMm} from '../../../src/renderer/viewer/plane/plane.ts';

const frame = {rows: 3, columns: 4, xMm: [0, 3], yMm: [10, 14]} as const;

describe('a live plane', () => {
  it('starts unmeasured and tells only the rows that changed', () => {
    const plane = new LivePlane(frame);
    expect(plane.measuredCount).toBe(0);
    expect(plane.values.every(Number.isNaN)).toBe(true);
    const before = plane.version;
    plane.setCell(1, 2, 5);
    expect([...plane.rowVersions].map((version) => version > before)).toEqual([false, true, false]);
    expect(plane.measuredCount).toBe(1);
  });

  it('takes a point into the nearest cell and refuses one outside', () => {
    const plane = new LivePlane(frame);
    expect(plane.setPoint(2.4, 12.9, 7)).toBe(true);
    expect(plane.values[1 * 4 + 2]).toBe(7);
    const version = plane.version;
    expect(plane.setPoint(3.6, 12, 7)).toBe(false);
    expect(plane.setPoint(NaN, 12, 7)).toBe(false);
    expect(plane.version).toBe(version);
    expect(() => plane.setCell(3, 0, 1)).toThrow(RangeError);
  });

  it('keeps extremes of what is measured, also after the extreme was written over', () => {
    const plane = new LivePlane(frame);
    plane.setPoints([0, 1, 2], [10, 10, 10], [-1, 4, 9]);
    expect(plane.extremes).toEqual({min: -1, max: 9, minPositive: 4});
    plane.setCell(0, 2, 3);
    expect(plane.extremes).toEqual({min: -1, max: 4, minPositive: 3});
    plane.setCell(0, 0, NaN);
    expect(plane.extremes).toEqual({min: 3, max: 4, minPositive: 3});
    expect(plane.measuredCount).toBe(2);
    plane.setCell(1, 1, Infinity);
    expect(plane.extremes.max).toBe(4);
  });

  it('knows extremes that single precision has rounded', () => {
    const plane = new LivePlane(frame);
    plane.setCell(0, 0, 0.1);
    plane.setCell(0, 0, 0.05);
    expect(plane.extremes.max).toBe(Math.fround(0.05));
  });

  it('calls back until it is told to stop, once for many points', () => {
    const plane = new LivePlane(frame);
    const listener = vi.fn();
    const stop = plane.subscribe(listener);
    plane.setPoints([0, 1], [10, 10], [1, 2]);
    expect(listener).toHaveBeenCalledTimes(1);
    stop();
    plane.clear();
    expect(listener).toHaveBeenCalledTimes(1);
    expect(plane.measuredCount).toBe(0);
  });
});

describe('places of a plane', () => {
  it('belong to cells around their centres, y from row 0 upwards', () => {
    const plane = new LivePlane(
      frame,
      Array.from({length: 12}, (_, i) => i),
    );
    expect(planeBoundsMm(plane)).toEqual({xMm: [-0.5, 3.5], yMm: [9, 15]});
    expect(cellAtMm(plane, {xMm: 0.49, yMm: 10.9})).toEqual({row: 0, column: 0});
    expect(cellAtMm(plane, {xMm: 0, yMm: 15.1})).toBeNull();
    expect(cellCentreMm(plane, {row: 2, column: 3})).toEqual({xMm: 3, yMm: 14});
    expect(valueAtMm(plane, {xMm: 3, yMm: 14})).toBe(11);
    expect(valueAtMm(plane, {xMm: 9, yMm: 14})).toBeNaN();
  });

  it('work for grids stored from high to low and for a single row', () => {
    const falling = new LivePlane({rows: 2, columns: 2, xMm: [1, 0], yMm: [1, 0]}, [1, 2, 3, 4]);
    expect(valueAtMm(falling, {xMm: 1, yMm: 1})).toBe(1);
    expect(planeBoundsMm(falling)).toEqual({xMm: [-0.5, 1.5], yMm: [-0.5, 1.5]});
    const line = new LivePlane({rows: 1, columns: 3, xMm: [0, 1], yMm: [4, 4]}, [1, 2, 3]);
    expect(planeBoundsMm(line)).toEqual({xMm: [-0.25, 1.25], yMm: [3.75, 4.25]});
  });
});

describe('a live track', () => {
  it('grows coarser at its capacity, never longer, and keeps its newest point', () => {
    const track = new LiveTrack(8);
    for (let i = 0; i < 100; i++) track.append(i, -i);
    expect(track.length).toBeLessThanOrEqual(8);
    expect(track.last).toEqual({xMm: 99, yMm: -99});
    expect(track.generation).toBeGreaterThan(0);
    track.append(NaN, 0);
    expect(track.last).toEqual({xMm: 99, yMm: -99});
  });
});
