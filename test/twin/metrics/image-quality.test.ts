import {expect, test} from 'vitest';
import {comparePictures, structuralSimilarity} from '../../../src/twin/metrics/image-quality.ts';

// Two pictures of 16 x 16 that anyone can make again.
const first = Float64Array.from({length: 256}, (_, i) => ((i * 37) % 101) / 101);
const second = Float64Array.from({length: 256}, (_, i) =>
  Math.min(0.7 * first[i] + 0.3 * (((i * 53) % 97) / 97), 1),
);

test('structural similarity is that of scipy.ndimage.gaussian_filter(sigma=1.5, radius=5) with the border of 5 left out', () => {
  expect(structuralSimilarity(first, second)).toBeCloseTo(0.8929859147450695, 12);
  expect(structuralSimilarity(first, first)).toBeCloseTo(1, 12);
});

test('structural similarity of pictures of one value each is that of their means', () => {
  // Variances are 0: (2 m n + C1) / (m^2 + n^2 + C1).
  const flat = (value: number): Float64Array => new Float64Array(144).fill(value);
  const [m, n, c1] = [0.2, 0.6, 1e-4];
  expect(structuralSimilarity(flat(m), flat(n))).toBeCloseTo((2 * m * n + c1) / (m * m + n * n + c1), 12);
});

test('a measured picture is compared at the scale that fits best, in units of the ideal one’s maximum', () => {
  const likeness = comparePictures(first, second);
  // numpy: the same scale, -10 log10 of the mean squared error, corrcoef; SSIM of the scaled pictures as above.
  expect(likeness.psnrDb).toBeCloseTo(18.89294631382731, 9);
  expect(likeness.pearson).toBeCloseTo(0.9233179875186036, 12);
  expect(likeness.ssim).toBeCloseTo(0.9044845937776841, 12);
  const brighter = comparePictures(
    first.map((value) => 1e-3 * value),
    second.map((value) => 40 * value),
  );
  expect(brighter.ssim).toBeCloseTo(likeness.ssim, 12);
  expect(brighter.psnrDb).toBeCloseTo(likeness.psnrDb, 9);
});

test('pictures that cannot be compared are refused', () => {
  expect(() => comparePictures(first, new Float64Array(256))).toThrow(/dark/);
  expect(() => structuralSimilarity(first.subarray(0, 100), second.subarray(0, 100))).toThrow(/11 x 11/);
});
