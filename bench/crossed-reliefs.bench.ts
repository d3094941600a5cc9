/**
 * Thick and thin plates against rigorous coupled waves of reliefs of random square pixels, 4 x 4 a period: what of the field of
 * the orders that travel differs but for one common factor, RMS over the reliefs (docs/thick-plates.md). SEEDS (1,2,3,4,5) and
 * ORDERS (3: from -3 to 3 in both directions) are read from the environment.
 */
import {errorsOf, randomRelief} from '../test/twin/layers/crossed-error.ts';
import type {BenchResult} from './figures.ts';

const seeds = (process.env['SEEDS'] ?? '1,2,3,4,5').split(',').map(Number);
const highestOrder = Number(process.env['ORDERS'] ?? 3);
const rms = (values: readonly number[]): number => Math.hypot(...values) / Math.sqrt(values.length);

export function run(): BenchResult[] {
  return (['source', 'detector'] as const).map((reliefFaces) => {
    const errors = seeds.map((seed) =>
      errorsOf(randomRelief(seed, reliefFaces), {highestOrder, sliceCount: 4, samplesPerPixel: 2}),
    );
    return {
      name: `crossed reliefs towards the ${reliefFaces}, orders to ${highestOrder}: part of the field that differs`,
      figures: {thick: rms(errors.map(({thick}) => thick)), thin: rms(errors.map(({thin}) => thin))},
    };
  });
}
