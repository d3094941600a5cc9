import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {readMnistDigits, readPixels} from '../../../src/host/data/mnist.ts';

test('the pixels of a file are those that a parser of JSON reads in it', () => {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist')), 'digits');
  const bytes = readFileSync(join(folder, '4.json'));
  const {data} = JSON.parse(bytes.toString('utf8')) as {data: number[]};
  expect(readPixels(bytes)).toEqual(Uint8Array.from(data, (value) => Math.round(value * 255)));
});

test('spaces between numbers mean nothing, anything else is refused', () => {
  const read = (json: string): number[] => [...readPixels(Buffer.from(json))];
  expect(read('{"data": [0, 1,\n0.502 ]}')).toEqual([0, 255, 128]);
  for (const wrong of ['{"data": [0,-1]}', '{"data": [1e-3]}', '{"data": ["0"]}', '{"data": [0.1.2]}'])
    expect(() => read(wrong)).toThrow(/not as known/);
});

test('the thousand kept digits are apart from the others, and all are there', () => {
  const {images, trainingIndices, validationIndices} = readMnistDigits();
  expect(images.labels).toHaveLength(10_000);
  expect(validationIndices).toHaveLength(1000);
  expect(new Set([...trainingIndices, ...validationIndices]).size).toBe(10_000);
});
