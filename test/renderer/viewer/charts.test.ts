import {describe, expect, it} from 'vitest';
import {chartPoints, decimateRing} from '../../../src/renderer/viewer/charts/decimate.ts';
import {logTickText} from '../../../src/renderer/viewer/charts/chart-setup.ts';
import {SeriesRing} from '../../../src/renderer/viewer/charts/series-ring.ts';

function filled(count: number, capacity: number, value: (i: number) => number): SeriesRing {
  const ring = new SeriesRing(1, capacity);
  for (let i = 0; i < count; i++) ring.push(i * 0.01, [value(i)]);
  return ring;
}

describe('a ring of readings', () => {
  it('keeps the newest instants', () => {
    const ring = filled(25, 10, (i) => i);
    expect(ring.length).toBe(10);
    expect(ring.value(0, 0)).toBe(15);
    expect(ring.newestS).toBeCloseTo(0.24);
    expect(ring.firstAt(0.2)).toBe(5);
    expect(ring.nearest(0.204)).toBe(5);
    expect(ring.nearest(9)).toBe(9);
    expect(() => ring.push(1, [1, 2])).toThrow(RangeError);
    ring.clear();
    expect(ring.nearest(0)).toBe(-1);
    expect(ring.newestS).toBeNaN();
  });
});

describe('thinning', () => {
  const window = {channel: 0, fromS: 0, toS: 100, zeroS: 100, buckets: 50, factor: 1000};

  it('loses no spike and keeps the order of time', () => {
    const ring = filled(10_000, 20_000, (i) => (i === 5017 ? 9 : i === 5018 ? -9 : Math.sin(i)));
    const points = decimateRing(ring, window, []);
    expect(points.length).toBeLessThan(160);
    expect(points.some(({y}) => y === 9000)).toBe(true);
    expect(points.some(({y}) => y === -9000)).toBe(true);
    for (let i = 1; i < points.length; i++) expect(points[i].x).toBeGreaterThanOrEqual(points[i - 1].x);
  });

  it('uses the points that it is given, keeps gaps, and passes few points as they are', () => {
    const ring = filled(10, 20, (i) => (i === 4 ? NaN : i));
    const reused = Array.from({length: 50}, () => ({x: 0, y: 0}));
    const first = reused[0];
    const points = decimateRing(ring, window, reused);
    expect(points.length).toBe(10);
    expect(points[0]).toBe(first);
    expect(points[0].x).toBe(-100);
    expect(points[4].y).toBeNaN();
    const dense = filled(10_000, 20_000, (i) => (i >= 4000 && i < 6000 ? NaN : 1));
    expect(decimateRing(dense, window, []).some(({y}) => Number.isNaN(y))).toBe(true);
  });

  it('does not shimmer while the window moves within a bucket', () => {
    const ring = filled(10_000, 20_000, (i) => (Math.sin(i * 12.9898) * 43758.5453) % 1);
    const at = (zeroS: number) =>
      decimateRing(ring, {...window, fromS: 10, toS: 60, zeroS}, []).map(({x, y}) => [
        (x + zeroS).toFixed(6),
        y,
      ]);
    expect(at(60)).toEqual(at(60.005));
  });

  it('keeps extremes of long arrays', () => {
    const y = Float32Array.from({length: 9000}, (_, i) => (i === 4321 ? 50 : Math.cos(i)));
    const points = chartPoints(
      y.map((_, i) => i),
      y,
      1000,
    );
    expect(points.length).toBeLessThanOrEqual(1002);
    expect(points.some((point) => point.y === 50 && point.x === 4321)).toBe(true);
  });
});

describe('a logarithmic axis', () => {
  it('writes each decade with its own digits', () => {
    expect([1000, 1, 0.1, 0.01, 1e-5, 1e6].map(logTickText)).toEqual([
      '1000',
      '1',
      '0.1',
      '0.01',
      '10⁻⁵',
      '10⁶',
    ]);
  });
});
