import {describe, expect, it} from 'vitest';
import {frameOfStart, isAveragedStart, RunPoints} from '../../../src/renderer/run-data/run-points.ts';
import {PointRing} from '../../../src/renderer/run-data/point-ring.ts';

/** Points of a run as the host sends them, from rows [x mm, y mm, X V, Y V]. */
function batch(
  rows: readonly (readonly [number, number, number, number])[],
  more: Record<string, number[]> = {},
) {
  const column = (name: string, values: readonly number[]) => ({
    name,
    unit: '',
    values: Float64Array.from(values),
  });
  const degrees = ([, , x, y]: readonly number[]): number => (Math.atan2(y, x) * 180) / Math.PI;
  return {
    count: rows.length,
    timeS: Float64Array.from(rows, (_, i) => 1000 + i),
    columns: [
      column(
        'x_mm',
        rows.map(([x]) => x),
      ),
      column(
        'y_mm',
        rows.map(([, y]) => y),
      ),
      column(
        'x_v',
        rows.map(([, , x]) => x),
      ),
      column(
        'y_v',
        rows.map(([, , , y]) => y),
      ),
      column(
        'r_v',
        rows.map(([, , x, y]) => Math.hypot(x, y)),
      ),
      column('theta_deg', rows.map(degrees)),
      ...Object.entries(more).map(([name, values]) => column(name, values)),
    ],
  };
}

const frame = {rows: 2, columns: 3, xMm: [-1, 1], yMm: [0, 2]} as const;

const meter = {
  columns: [
    {name: 'temperature_k', unit: 'K', label: 'Temperature'},
    {name: 'voltage_v', unit: 'V', label: 'Voltage'},
  ],
  signal: {column: 'voltage_v', proportionalTo: 'power'},
} as const;

describe('the points of a run as a page keeps them', () => {
  it('shows what another detector has declared, and its strength where it lacks what was chosen', () => {
    const points = new RunPoints(frame, meter);
    expect(points.quantities.map(({key, label, unit, isPhase}) => [key, label, unit, isPhase])).toEqual([
      ['r', 'Voltage', 'V', false],
      ['temperature_k', 'Temperature', 'K', false],
    ]);
    const {count, timeS, columns} = batch([[-1, 0, 2, 0]], {
      voltage_v: [0.5],
      temperature_k: [293],
      region_index: [0],
      area_mm2: [4],
    });
    const ownColumns = columns.filter(({name}) => !/^(x_v|y_v|r_v|theta_deg)$/.test(name));
    points.append({count, timeS, columns: ownColumns});
    expect(points.plane?.values[0]).toBe(0.5);
    points.show('temperature_k');
    expect(points.plane?.values[0]).toBe(293);
    points.show('theta');
    expect(points.quantity.key).toBe('r');
    expect(points.plane?.values[0]).toBe(0.5);
    expect(points.regionSums).toEqual([{energy: 2, count: 1}]);
  });

  it('names what a lock-in amplifier tells by amplitude, parts and phase', () => {
    expect(new RunPoints(null).quantities.map(({key, label, short}) => [key, label, short])).toEqual([
      ['r', 'Amplitude R', 'R'],
      ['x', 'In phase X', 'X'],
      ['y', 'Quadrature Y', 'Y'],
      ['theta', 'Phase θ', 'θ'],
    ]);
  });

  it('leaves points in doubt out of map and sums, and says so when it had drawn them already', () => {
    const rows = [
      [-1, 0, 1, 0],
      [0, 0, 2, 0],
      [1, 0, 3, 0],
    ] as const;
    const doubtful = {first: 2, last: 3, why: 'RF output was off', isChanged: true};
    const more = {region_index: [0, 0, 0], area_mm2: [1, 1, 1]};
    const points = new RunPoints(frame);
    points.append(batch(rows, more));
    expect(points.isDoubtShown).toBe(true);
    points.append({...batch([]), doubtful});
    expect([points.isDoubtShown, points.doubt]).toEqual([false, doubtful]);
    // Read again from the first, as the page does then, in two pages.
    points.clear();
    points.append({...batch(rows.slice(0, 2), more), doubtful});
    points.append({...batch(rows.slice(2), more), doubtful});
    expect([...(points.plane?.values ?? [])]).toEqual([1, NaN, NaN, NaN, NaN, NaN]);
    expect(points.regionSums).toEqual([{energy: 1, count: 1}]);
    expect([points.count, points.isDoubtShown]).toEqual([3, true]);
    // Nobody looked after these, but nothing is known to have changed: they are told of and shown.
    points.clear();
    points.append({...batch(rows), doubtful: {...doubtful, isChanged: false}});
    expect([...(points.plane?.values ?? [])]).toEqual([1, 2, 3, NaN, NaN, NaN]);
    expect(points.doubt?.isChanged).toBe(false);
  });

  it('puts each point where the stage really was, and shows another quantity without new points', () => {
    const points = new RunPoints(frame);
    points.append(
      batch([
        [-1.2, 0.1, 3, 4],
        [0.9, 1.8, 0, -2],
      ]),
    );
    expect([...(points.plane?.values ?? [])]).toEqual([5, NaN, NaN, NaN, NaN, 2]);
    points.show('y');
    expect([...(points.plane?.values ?? [])]).toEqual([4, NaN, NaN, NaN, NaN, -2]);
    points.append(batch([[0, 0, 7, 1]]));
    expect([...(points.plane?.values ?? [])]).toEqual([4, 1, NaN, NaN, NaN, -2]);
    points.show('theta');
    expect(points.plane?.values[5]).toBe(-90);
    expect(points.count).toBe(3);
  });

  it('writes over a cell that is measured again, and keeps what lies beside the grid in the trace only', () => {
    const points = new RunPoints(frame);
    points.append(
      batch([
        [0, 0, 1, 0],
        [0, 0, 2, 0],
        [50, 0, 9, 0],
      ]),
    );
    expect(points.plane?.values[1]).toBe(2);
    expect(points.plane?.measuredCount).toBe(1);
    expect([...points.ring.latest('r', 'number').values]).toEqual([1, 2, 9]);
    expect(points.place.value).toEqual({xMm: 50, yMm: 0});
  });

  it('holds the mean of a cell that is measured several times on purpose, without what is in doubt', () => {
    const points = new RunPoints(frame, undefined, {isAveraged: true});
    points.append(batch([[-1, 0, 1, 0]]));
    points.append(batch([[-1, 0, 4, 0]]));
    points.append(batch([[-1, 0, NaN, NaN]]));
    points.append(batch([[-1, 0, 7, 0]]));
    expect(points.plane?.values[0]).toBe(4);
    points.show('x');
    expect(points.plane?.values[0]).toBe(4);
    points.clear();
    points.append(batch([[-1, 0, 3, 0]]));
    expect(points.plane?.values[0]).toBe(3);
    const args = (fields: object) => isAveragedStart({plan_args: {plan: 'grid', ...fields}});
    expect([args({}), args({averagePlanes: 2}), args({averagePlanes: 1, averageFrequencies: 3})]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('begins anew when the host was started anew', () => {
    const points = new RunPoints(frame);
    points.append(batch([[0, 0, 1, 0]]));
    points.show('x');
    points.clear();
    points.show('r');
    expect(points.count).toBe(0);
    expect(points.plane?.measuredCount).toBe(0);
    expect(points.track.length).toBe(0);
  });

  it('sums the energy of each region of a region scan', () => {
    const points = new RunPoints(null);
    points.append(
      batch(
        [
          [0, 0, 2, 0],
          [1, 0, 4, 0],
          [9, 9, 1, 0],
        ],
        {region_index: [0, 0, 2], area_mm2: [0.5, 0.5, 2]},
      ),
    );
    points.append(batch([[9, 8, 3, 0]], {region_index: [2], area_mm2: [2]}));
    expect(points.plane).toBeNull();
    expect(points.regionSums[0]).toEqual({energy: 3, count: 2});
    expect(points.regionSums[1]).toBeUndefined();
    expect(points.regionSums[2]).toEqual({energy: 8, count: 2});
  });

  it('tells those who look once a batch', () => {
    const points = new RunPoints(frame);
    let calls = 0;
    const end = points.subscribe(() => calls++);
    points.append(
      batch([
        [0, 0, 1, 0],
        [1, 0, 1, 0],
      ]),
    );
    end();
    points.append(batch([[0, 0, 1, 0]]));
    expect(calls).toBe(1);
  });

  it('stays of one size over a million points', () => {
    const points = new RunPoints({rows: 10, columns: 10, xMm: [0, 9], yMm: [0, 9]});
    const rows = Array.from({length: 10_000}, (_, i) => [i % 10, Math.floor(i / 10) % 10, i, 0] as const);
    for (let i = 0; i < 100; i++) points.append(batch(rows));
    expect(points.count).toBe(1_000_000);
    expect(points.ring.length).toBe(points.ring.capacity);
    expect(points.track.length).toBeLessThanOrEqual(points.track.capacity);
    expect(points.plane?.measuredCount).toBe(100);
  });
});

describe('the ring of the latest points', () => {
  const columns = (from: number, count: number, yMm: (i: number) => number = () => 0) => {
    const numbers = Array.from({length: count}, (_, i) => from + i);
    const values = {r: numbers, x: numbers, y: numbers, theta: numbers};
    return {count, timeS: numbers, xMm: numbers, yMm: numbers.map(yMm), values};
  };

  it('keeps the newest in order, also of a batch larger than itself', () => {
    const ring = new PointRing(4, ['r', 'x', 'y', 'theta']);
    ring.append(columns(1, 3));
    ring.append(columns(4, 3));
    expect([...ring.latest('r', 'number').values]).toEqual([3, 4, 5, 6]);
    expect([...ring.latest('r', 'number', 2).along]).toEqual([5, 6]);
    ring.append(columns(7, 9));
    expect([...ring.latest('x', 'x').along]).toEqual([12, 13, 14, 15]);
    expect(ring.firstNumber).toBe(12);
    expect(ring.last).toEqual({xMm: 15, yMm: 0, timeS: 15});
  });

  it('knows how many points belong to the row under way', () => {
    const ring = new PointRing(100, ['r', 'x', 'y', 'theta']);
    ring.append(columns(0, 10, (i) => (i < 6 ? 1 : 2)));
    expect(ring.presentRowLength(0.1)).toBe(4);
    expect(new PointRing(3, ['r', 'x', 'y', 'theta']).presentRowLength(0.1)).toBe(0);
  });
});

describe('the grid that a start record announces', () => {
  it('is read with y first, as the event model has it', () => {
    expect(
      frameOfStart({
        shape: [2, 3],
        extents: [
          [0, 1],
          [5, 7],
        ],
      }),
    ).toEqual({
      rows: 2,
      columns: 3,
      xMm: [5, 7],
      yMm: [0, 1],
    });
  });

  it('is none for a run without a shape or with one that is no grid', () => {
    expect(frameOfStart({})).toBeNull();
    expect(frameOfStart({shape: [5], extents: [[0, 1]]})).toBeNull();
    expect(frameOfStart({shape: [2, 2], extents: [[0], [1, 2]]})).toBeNull();
  });
});
