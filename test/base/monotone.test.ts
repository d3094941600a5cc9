import {expect, test} from 'vitest';
import {monotone} from '../../src/base/monotone.ts';

test('values are pooled until they rise, and keep their sum', () => {
  expect(monotone([0, 0.3, 0.1, 0.2, 0.5])).toEqual(
    [0, 0.2, 0.2, 0.2, 0.5].map((v) => expect.closeTo(v, 12) as number),
  );
  expect(monotone([3, 2, 1])).toEqual([2, 2, 2]);
  expect(monotone([1, 2, 3])).toEqual([1, 2, 3]);
});
