import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {mapAnswersSchema, type MapAnswers} from '../../../src/contract/map-import.ts';
import {fitMap, resampleMap} from '../../../src/twin/maps/fitted-map.ts';
import {mapHeightsMm, roundToLevels} from '../../../src/twin/maps/map-heights.ts';
import {mapStatistics} from '../../../src/twin/maps/map-statistics.ts';
import {cornersOf, orientMap} from '../../../src/twin/maps/oriented-map.ts';

/** An asymmetric table: no turn and no mirroring leaves it as it is. */
const file = {rows: 2, columns: 3, values: Float64Array.of(1, 2, 3, 4, 5, 6)};

/** Rows as they are seen from the detector, the top one first. */
const seen = ({columns, values}: {columns: number; values: Float64Array}): string =>
  Array.from({length: values.length / columns}, (_, row) =>
    values.subarray(row * columns, (row + 1) * columns).join(''),
  )
    .reverse()
    .join('/');

const upright = {firstRow: 'top', seenFrom: 'detector', mirrored: false, quarterTurns: 0} as const;

describe('how a map lies', () => {
  it.each([
    [{}, '123/456'],
    [{firstRow: 'bottom'}, '456/123'],
    [{seenFrom: 'source'}, '321/654'],
    [{mirrored: true}, '321/654'],
    [{mirrored: true, seenFrom: 'source'}, '123/456'],
    [{quarterTurns: 1}, '36/25/14'],
    [{quarterTurns: 2}, '654/321'],
    [{quarterTurns: 3}, '41/52/63'],
    // Counter-clockwise for who looks from the source is clockwise from the detector.
    [{quarterTurns: 1, seenFrom: 'source'}, '63/52/41'],
    [{quarterTurns: 1, mirrored: true}, '14/25/36'],
    [{quarterTurns: 1, firstRow: 'bottom'}, '63/52/41'],
  ] as const)('%j is seen from the detector as %s', (change, rows) => {
    expect(seen(orientMap(file, {...upright, ...change}))).toBe(rows);
  });

  it('is told by the corners of the first row, which are those of the turned map', () => {
    const orientations = fc.record({
      firstRow: fc.constantFrom('top' as const, 'bottom' as const),
      seenFrom: fc.constantFrom('source' as const, 'detector' as const),
      mirrored: fc.boolean(),
      quarterTurns: fc.integer({min: 0, max: 3}),
    });
    fc.assert(
      fc.property(orientations, (orientation) => {
        const rows = seen(orientMap(file, orientation)).split('/');
        const corners = {
          'top left': rows[0].at(0),
          'top right': rows[0].at(-1),
          'bottom left': rows.at(-1)?.at(0),
          'bottom right': rows.at(-1)?.at(-1),
        };
        const {first, rowEnd} = cornersOf(orientation);
        expect([corners[first], corners[rowEnd]]).toEqual(['1', '3']);
      }),
    );
  });
});

const material = {wavelengthMm: 0.75, refractiveIndex: 1.75};
const answersOf = (change: Partial<MapAnswers>): MapAnswers => ({
  ...mapAnswersSchema.parse({
    quantity: {kind: 'height', unit: 'mm'},
    orientation: {firstRow: 'top', seenFrom: 'detector'},
    pitchMm: 0.5,
  }),
  ...change,
});
const phase = (
  change: Partial<Extract<MapAnswers['quantity'], {kind: 'phase'}>> = {},
): MapAnswers['quantity'] => ({
  kind: 'phase',
  unit: 'turns',
  sign: 'delays',
  wrap: false,
  ...change,
});
const heights = (values: readonly number[], change: Partial<MapAnswers>) =>
  [...mapHeightsMm({re: Float64Array.from(values)}, answersOf(change), material)].map((value) =>
    Number(value.toFixed(9)),
  );

describe('what the numbers of a map mean', () => {
  it('as heights in three units', () => {
    expect(heights([0.5], {})).toEqual([0.5]);
    expect(heights([500], {quantity: {kind: 'height', unit: 'um'}})).toEqual([0.5]);
    expect(heights([0.0005], {quantity: {kind: 'height', unit: 'm'}})).toEqual([0.5]);
  });

  it('as phases in three units: a turn that delays is lambda / (n - 1) of relief', () => {
    expect(heights([0, 0.25, 1], {quantity: phase()})).toEqual([0, 0.25, 1]);
    expect(heights([90], {quantity: phase({unit: 'deg'})})).toEqual([0.25]);
    expect(heights([Math.PI / 2], {quantity: phase({unit: 'rad'})})).toEqual([0.25]);
  });

  it('as phases that advance: the thinner material has the larger number, and whole turns are taken off', () => {
    expect(heights([0, 0.25], {quantity: phase({sign: 'advances'})})).toEqual([0, -0.25]);
    expect(heights([0, 0.25, 1.25], {quantity: phase({sign: 'advances', wrap: true})})).toEqual([
      0, 0.75, 0.75,
    ]);
    expect(heights([-0.25, 2.5], {quantity: phase({wrap: true})})).toEqual([0.75, 0.5]);
  });

  it('as raw values of a picture, with an offset in the unit of the quantity', () => {
    const raw = {from: [0, 255] as [number, number], to: [0, 1.02] as [number, number]};
    expect(heights([0, 50, 255], {raw, offset: 0.1})).toEqual([0.1, 0.3, 1.12]);
    expect(() => heights([300], {raw})).toThrow(/value 300 lies outside the raw values 0 to 255/);
  });

  it('as the phase of complex numbers, when that is asked for', () => {
    const numbers = {re: Float64Array.of(1, 0), im: Float64Array.of(0, 1)};
    const asked = answersOf({quantity: phase({unit: 'rad'}), complex: 'phase'});
    expect([...mapHeightsMm(numbers, asked, material)]).toEqual([0, 0.25]);
    expect(() => mapHeightsMm(numbers, {...asked, complex: 'refuse'}, material)).toThrow(/complex/);
    expect(() => mapHeightsMm(numbers, answersOf({complex: 'phase'}), material)).toThrow(/phase in rad/);
  });

  it('as numbers only: infinite ones are refused, missing ones stay missing', () => {
    expect(() => heights([Infinity], {})).toThrow(/infinite/);
    expect(heights([NaN], {})).toEqual([NaN]);
  });
});

describe('levels', () => {
  const rounded = (values: readonly number[], turnMm: number | null) => [
    ...roundToLevels(Float64Array.from(values), {count: 4, maximumMm: 0.75}, turnMm),
  ];

  it('are the nearest steps; of wrapped phases what rounds up to a whole turn is the lowest one', () => {
    expect(rounded([0, 0.12, 0.13, 0.7], null)).toEqual([0, 0, 0.25, 0.75]);
    expect(rounded([0.9], 1)).toEqual([0]);
    expect(() => rounded([0.9], null)).toThrow(/above the highest of the 4 levels/);
  });
});

describe('the samples of a plate', () => {
  const map = (rows: number, columns: number) => ({
    rows,
    columns,
    values: Float64Array.from({length: rows * columns}, (_, i) => i + 1),
  });
  const grid = {count: 4, pitchMm: 0.5};

  it('are those of the map, about its middle where that is asked for', () => {
    expect(fitMap(map(4, 4), grid, answersOf({}))).toEqual(map(4, 4).values);
    const padded = fitMap(map(2, 6), grid, answersOf({fit: 'pad-or-crop'}));
    expect([...padded]).toEqual([0, 0, 0, 0, 2, 3, 4, 5, 8, 9, 10, 11, 0, 0, 0, 0]);
  });

  it('are not guessed at: another size, pitch or middle is refused', () => {
    expect(() => fitMap(map(2, 6), grid, answersOf({}))).toThrow(/2 x 6 samples.*4 x 4/);
    expect(() => fitMap(map(3, 4), grid, answersOf({fit: 'pad-or-crop'}))).toThrow(/no common middle/);
    expect(() => fitMap(map(4, 4), grid, answersOf({pitchMm: 0.4}))).toThrow(/0\.4 mm apart.*0\.5 mm/);
    expect(() => fitMap(map(4, 4), grid, answersOf({fit: 'resample', pitchMm: 0.3}))).toThrow(
      /lies outside it/,
    );
  });

  it('are read between the samples of a finer map', () => {
    // A slope of 1 along x and 10 along y comes out as it is at any pitch.
    const fine = {
      rows: 21,
      columns: 21,
      values: Float64Array.from({length: 441}, (_, i) => 0.1 * (i % 21) + Math.floor(i / 21)),
    };
    const values = fitMap(fine, grid, answersOf({fit: 'resample', pitchMm: 0.1}));
    const [x, y] = [values[1] - values[0], values[4] - values[0]];
    expect(x).toBeCloseTo(0.5, 9);
    expect(y).toBeCloseTo(5, 9);
    expect(values[0] + values[15]).toBeCloseTo(2 * (1 + 10), 9);
  });

  it('are read where a shifted and turned map shows them, and are missing beyond it', () => {
    const values = new Float64Array(49);
    // One mark at x = +2, y = 0 of the map.
    values[3 * 7 + 5] = 1;
    const at = (placement: {dxMm: number; dyMm: number; rotationDeg: number}) =>
      resampleMap(
        {rows: 7, columns: 7, values},
        1,
        {count: 7, pitchMm: 1},
        {
          isNearest: false,
          placement,
          isRefusedBeyond: false,
        },
      );
    // Turned from x to y the mark lies at y = +2, and is moved from there.
    const turned = at({dxMm: 1, dyMm: 0, rotationDeg: 90});
    expect(turned.findIndex((value) => value > 0.999)).toBe(5 * 7 + 4);
    expect(at({dxMm: 1, dyMm: 0, rotationDeg: 0}).filter((value) => Number.isNaN(value))).toHaveLength(7);
  });
});

it('the statistics of a map count what is no finite number', () => {
  const {min, max, mean, missingCount, infiniteCount, histogram} = mapStatistics([1, NaN, 3, Infinity, 2]);
  expect({min, max, mean, missingCount, infiniteCount}).toEqual({
    min: 1,
    max: 3,
    mean: 2,
    missingCount: 1,
    infiniteCount: 1,
  });
  expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  expect(mapStatistics([NaN])).toMatchObject({min: null, max: null, mean: null, missingCount: 1});
});
