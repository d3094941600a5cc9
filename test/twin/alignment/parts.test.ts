import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  arrangePlates,
  asDesigned,
  isAsDesigned,
  orientationCount,
  orientPoint,
  orientValues,
  singleAssemblyErrors,
} from '../../../src/twin/alignment/arrangement.ts';
import {chooseParameters, defaultParameters} from '../../../src/twin/alignment/defaults.ts';
import {eigenSymmetric, invertPositive, solvePositive} from '../../../src/twin/metrics/symmetric-matrix.ts';
import {assertMeasuredPlanes, type MeasuredPlane} from '../../../src/twin/alignment/measured-plane.ts';
import {listParameters, moveState, readParameter} from '../../../src/twin/alignment/parameters.ts';
import {createSmoother} from '../../../src/twin/alignment/smoothing.ts';
import {createSettings, designed, measurePlanes, plates, xMm, yMm} from './small-bench.ts';

const positiveMatrix = fc
  .tuple(
    fc.integer({min: 1, max: 8}),
    fc.array(fc.double({min: -2, max: 2, noNaN: true}), {minLength: 64, maxLength: 64}),
  )
  .map(([size, values]) => {
    const matrix = new Float64Array(size * size);
    for (let p = 0; p < size; p++)
      for (let q = 0; q < size; q++) {
        for (let k = 0; k < size; k++) matrix[p * size + q] += values[p * 8 + k] * values[q * 8 + k];
        if (p === q) matrix[p * size + q] += 0.1;
      }
    return {size, matrix};
  });

describe('dense algebra', () => {
  it('solves and inverts positive matrices', () => {
    fc.assert(
      fc.property(positiveMatrix, ({size, matrix}) => {
        const right = Float64Array.from({length: size}, (_, i) => i - 1.5);
        const solved = solvePositive(matrix, right)!;
        const inverse = invertPositive(matrix, size)!;
        for (let p = 0; p < size; p++) {
          let [back, unit] = [0, 0];
          for (let q = 0; q < size; q++) {
            back += matrix[p * size + q] * solved[q];
            unit += matrix[p * size + q] * inverse[q * size + p];
          }
          expect(back).toBeCloseTo(right[p], 6);
          expect(unit).toBeCloseTo(1, 6);
        }
      }),
    );
  });

  it('finds eigenvectors', () => {
    fc.assert(
      fc.property(positiveMatrix, ({size, matrix}) => {
        const {values, vectors} = eigenSymmetric(matrix, size);
        for (let k = 0; k < size; k++)
          for (let p = 0; p < size; p++) {
            let image = 0;
            for (let q = 0; q < size; q++) image += matrix[p * size + q] * vectors[q * size + k];
            expect(image).toBeCloseTo(values[k] * vectors[p * size + k], 6);
          }
        expect([...values]).toEqual([...values].sort((a, b) => a - b));
      }),
    );
  });

  it('refuses what has no inverse', () => {
    expect(solvePositive(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1))).toBeUndefined();
  });
});

describe('arrangement', () => {
  it('has eight different orientations, each a change of place', () => {
    const values = Float64Array.from({length: 9}, (_, i) => i);
    const seen = Array.from({length: orientationCount}, (_, o) => [...orientValues(values, 3, o)].join());
    expect(new Set(seen).size).toBe(8);
    for (let o = 0; o < orientationCount; o++) {
      // The value that a point shows comes from where orientPoint says.
      const turned = orientValues(values, 3, o);
      for (let row = -1; row <= 1; row++)
        for (let column = -1; column <= 1; column++) {
          const [x, y] = orientPoint(column, row, o);
          expect(turned[(row + 1) * 3 + column + 1]).toBe(values[(y + 1) * 3 + x + 1]);
        }
    }
  });

  it('lists every single mistake once and leaves the places where they are', () => {
    const assemblyErrors = singleAssemblyErrors(5);
    expect(assemblyErrors).toHaveLength(7 * 5 + 7 + 7 + 10);
    expect(new Set(assemblyErrors.map(({text}) => text)).size).toBe(assemblyErrors.length);
    expect(assemblyErrors.some(({arrangement}) => isAsDesigned(arrangement))).toBe(false);
    const swapped = arrangePlates(plates, {
      ...asDesigned(2),
      plates: [
        {plate: 1, orientation: 0},
        {plate: 0, orientation: 0},
      ],
    });
    expect(swapped.map(({zMm}) => zMm)).toEqual([10, 20]);
    expect(swapped[0].relief.values).toEqual(plates[1].relief.values);
  });

  it('turns masks with the reliefs that they lie on', () => {
    const masked = plates.map((plate) => ({...plate, mask: plate.relief}));
    for (let orientation = 0; orientation < 8; orientation++) {
      const [first] = arrangePlates(masked, {
        ...asDesigned(2),
        plates: [
          {plate: 0, orientation},
          {plate: 1, orientation: 0},
        ],
      });
      expect(first.mask?.values).toEqual(first.relief.values);
    }
  });
});

describe('parameters', () => {
  it('are read where they were moved', () => {
    for (const parameter of listParameters(2)) {
      const moved = moveState(designed, [parameter], [0.25]);
      expect(readParameter(moved, parameter), parameter.name).toBeCloseTo(
        readParameter(designed, parameter) + 0.25,
        12,
      );
    }
  });

  it('are chosen by names, alone or as changes', () => {
    const usual = defaultParameters(designed, [true, false]).map(({name}) => name);
    expect(usual).toContain('plate1.dz');
    expect(usual).not.toContain('plate2.dx');
    const names = (wanted: string[]): string[] =>
      chooseParameters(wanted, designed, [true, true]).map(({name}) => name);
    expect(names(['plate2.dx', 'frame.dy'])).toEqual(['plate2.dx', 'frame.dy']);
    expect(names(['-plates.n', '+frame.scale'])).toEqual(
      expect.arrayContaining(['plate1.dx', 'frame.scale', 'beam.centerX']),
    );
    expect(names(['-plates.n', '+frame.scale'])).not.toContain('plates.n');
    expect(() => names(['plate3.dx'])).toThrow(/no number of a bench with 2 plates/);
    expect(() => names(['plate1.colour'])).toThrow(/plate1\.dx, plate1\.dy/);
  });
});

describe('measured planes', () => {
  const [good] = measurePlanes(createSettings(1), designed, 1);
  const changed = (values: Float64Array): MeasuredPlane => ({...good, values});
  it.each<[string, MeasuredPlane[], RegExp]>([
    ['none', [], /no measured plane/],
    [
      'too few points',
      [
        {
          ...good,
          values: good.values.slice(0, 40),
          sigma: good.sigma.slice(0, 40),
          xMm: xMm.slice(0, 40),
          yMm: yMm.slice(0, 40),
        },
      ],
      /40 measured points; at least 100/,
    ],
    ['no light', [changed(good.values.map((_, i) => good.sigma[i] * Math.sin(i)))], /shows no light/],
    ['flat', [changed(good.values.map((_, i) => 1 + 0.01 * Math.sin(i)))], /is flat/],
    [
      'saturated',
      [changed(good.values.map((value) => Math.min(value, 0.3 * Math.max(...good.values))))],
      /saturated/,
    ],
    ['no number', [changed(good.values.map((value, i) => (i === 3 ? NaN : value)))], /no numbers/],
    ['lengths', [{...good, sigma: good.sigma.slice(1)}], /values for/],
  ])('are refused with a sentence: %s', (_, planes, text) => {
    expect(() => assertMeasuredPlanes(planes)).toThrow(text);
    expect(() => assertMeasuredPlanes(planes)).toThrow(/nothing was stored/);
  });

  it('are accepted when they are good', () => expect(() => assertMeasuredPlanes([good])).not.toThrow());
});

it('smooths without changing a constant, keeping a point for each cell', () => {
  const smoother = createSmoother(xMm, yMm, 1.5, 3);
  const means = smoother.apply(new Float64Array(xMm.length).fill(2));
  expect(means.length).toBeLessThan(xMm.length / 4);
  for (const mean of means) expect(mean).toBeCloseTo(2, 12);
});
