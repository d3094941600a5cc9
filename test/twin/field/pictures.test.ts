import {expect, test} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {drawLinePattern} from '../../../src/twin/field/line-pattern.ts';
import {resizeImage} from '../../../src/twin/field/resize-image.ts';

test('an image keeps its corners when it is enlarged and its means when it is reduced', () => {
  const image = {rows: 4, columns: 4, bytes: Uint8Array.from({length: 16}, (_, i) => (i === 0 ? 255 : 0))};
  const large = resizeImage(image, 16);
  // The bright corner is at the top left still.
  expect(large[0]).toBeGreaterThan(90);
  expect(Math.max(...large.subarray(8 * 16))).toBe(0);
  const small = resizeImage({rows: 4, columns: 4, bytes: Uint8Array.from({length: 16}, (_, i) => 10 * i)}, 2);
  expect(Array.from(small)).toEqual([25, 45, 105, 125]);
  // Three pixels of four: the middle one takes a part of two.
  const thirds = resizeImage({rows: 4, columns: 4, bytes: new Uint8Array(16).fill(80)}, 3);
  expect(new Set(thirds)).toEqual(new Set([80]));
});

test('lines and bars are drawn by the seed, differ, and are neither empty nor full', () => {
  const draw = (seed: string): Uint8Array => drawLinePattern(60, createRandom(seed));
  expect(draw('a')).toEqual(draw('a'));
  for (let i = 0; i < 30; i++) {
    const pattern = draw(`pattern ${i}`);
    const lit = pattern.filter((value) => value > 50).length / pattern.length;
    expect(lit).toBeGreaterThan(0.002);
    expect(lit).toBeLessThan(0.9);
    expect(pattern).not.toEqual(draw(`pattern ${i + 1}`));
  }
});
