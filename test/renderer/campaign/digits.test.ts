import {describe, expect, it} from 'vitest';
import {maskPlane, picturePlane} from '../../../src/renderer/parts/digit-picture.ts';
import {
  differencePlane,
  sharedRange,
  symmetricRange,
} from '../../../src/renderer/features/campaign/digit-planes.ts';
import {
  idsOf,
  moved,
  withoutId,
  withPicked,
} from '../../../src/renderer/features/campaign/digit-selection.ts';

describe('pictures of digits', () => {
  it('stand upright: the top row of the picture is the highest row of the plane', () => {
    const picture = new Uint8Array(784);
    picture[3] = 200;
    const plane = picturePlane(picture);
    expect(plane.values[27 * 28 + 3]).toBe(200);
    expect(picturePlane(picture)).toBe(plane);
  });

  it('put the mask around the axis as it is given', () => {
    const plane = maskPlane({
      count: 3,
      pitchMm: 2,
      amplitude: Float32Array.from([1, 0, 0, 0, 0, 0, 0, 0, 0]),
    });
    expect(plane).toMatchObject({rows: 3, xMm: [-2, 2], yMm: [-2, 2]});
    expect(plane.values[0]).toBe(1);
  });
});

describe('planes side by side', () => {
  const plane = (values: number[]) => ({
    rows: 1,
    columns: values.length,
    values: Float32Array.from(values),
    xMm: [0, 1] as const,
    yMm: [0, 0] as const,
  });

  it('share one range in which unmeasured cells have no say', () => {
    expect(sharedRange([plane([NaN, 2]), null, plane([-1, NaN])])).toEqual([-1, 2]);
    expect(sharedRange([null, plane([NaN])])).toEqual([0, 1]);
  });

  it('differ cell by cell where both are known', () => {
    const difference = differencePlane(plane([3, NaN]), plane([1, 1]));
    expect([...(difference?.values ?? [])]).toEqual([2, NaN]);
    expect(differencePlane(plane([1]), plane([1, 2]))).toBeNull();
    expect(symmetricRange(plane([2, -5, NaN]))).toEqual([-5, 5]);
    expect(symmetricRange(plane([NaN]))).toEqual([-1, 1]);
  });
});

describe('the choice of digits', () => {
  it('keeps the order in which they were picked and what the filter hides', () => {
    const shown = ['b', 'c', 'd'];
    expect(withPicked(['z', 'c'], new Set(['c', 'b']), shown)).toEqual(['z', 'c', 'b']);
    expect(withPicked(['z', 'c'], new Set(), shown)).toEqual(['z']);
  });

  it('moves a digit by one place and stops at the ends', () => {
    expect(moved(['a', 'b', 'c'], 'b', 1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b'], 'a', -1)).toEqual(['a', 'b']);
    expect(moved(['a', 'b'], 'x', 1)).toEqual(['a', 'b']);
    expect(withoutId(['a', 'b'], 'a')).toEqual(['b']);
  });

  it('takes over what the host drew once it is changed by hand', () => {
    expect(idsOf({kind: 'drawn', count: 2, seed: 1}, ['p', 'q'])).toEqual(['p', 'q']);
    expect(idsOf({kind: 'picked', ids: ['a']}, ['p', 'q'])).toEqual(['a']);
  });
});
