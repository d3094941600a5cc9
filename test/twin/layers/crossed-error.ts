import {createRandom} from '../../../src/base/random.ts';
import type {ComplexPlane} from '../../../src/contract/optics.ts';
import {plateTransmission, type PlateModel} from '../../../src/twin/layers/plate.ts';
import {createThickPass} from '../../../src/twin/layers/plate-passes.ts';
import {createThickMedium} from '../../../src/twin/layers/thick-medium.ts';
import {computeCrossedOrders, type CrossedOrders, type CrossedRelief} from './crossed-waves.ts';

const wavelengthMm = 0.75;

/** Random printed pixels, 4 x 4 a period, of 16 heights of one turn of phase. */
export function randomRelief(seed: number, reliefFaces: 'source' | 'detector'): CrossedRelief {
  const random = createRandom(`crossed ${seed}`);
  const heightsMm = Array.from({length: 4}, () =>
    Array.from({length: 4}, () => (Math.floor(random.uniform() * 16) * 1.0378) / 16),
  );
  return {heightsMm, pixelMm: 0.4, baseMm: 0.5, index: [1.7227, 0.031], reliefFaces};
}

/** Errors of thick and thin plates against rigorous orders from -`highestOrder` on. */
export function errorsOf(
  relief: CrossedRelief,
  {
    highestOrder,
    sliceCount,
    samplesPerPixel,
  }: {highestOrder: number; sliceCount: number; samplesPerPixel: number},
): {thick: number; thin: number} {
  const {heightsMm, baseMm, pixelMm, reliefFaces} = relief;
  const [refractiveIndex, extinction] = relief.index;
  const exact = computeCrossedOrders(relief, wavelengthMm, highestOrder);
  const pixels = {count: heightsMm.length, pitchMm: pixelMm};
  const grid = {count: pixels.count * samplesPerPixel, pitchMm: pixelMm / samplesPerPixel};
  const total = grid.count ** 2;
  const field: ComplexPlane = {grid, re: new Float64Array(total).fill(1), im: new Float64Array(total)};
  const values = Float64Array.from(heightsMm.flat());
  const own = {baseMm, refractiveIndex, extinction, zMm: 0, reliefFaces};
  const plate: PlateModel = {relief: {grid: pixels, values}, ...own};
  const medium = createThickMedium(grid, wavelengthMm, {precision: 'double', guardMm: 0});
  return {
    thick: crossedError(createThickPass(medium, plate, sliceCount)(field), relief, exact),
    thin: crossedError(plateTransmission(plate, grid, wavelengthMm), relief, exact),
  };
}

/**
 * What of the field of the orders that travel differs between a scalar field in a relief's reference plane, over one period, and
 * rigorous orders, but for one common factor. What is polarised across counts as an error.
 */
function crossedError(
  {grid: {count}, re, im}: ComplexPlane,
  {heightsMm, baseMm, reliefFaces}: CrossedRelief,
  {transmitted}: CrossedOrders,
): number {
  const heights = heightsMm.flat();
  const middleMm = (Math.max(...heights) + Math.min(...heights)) / 2;
  // From the reference plane, the middle of the relief, to the face where the rigorous fields are given.
  const awayMm = reliefFaces === 'detector' ? Math.max(...heights) - middleMm : middleMm + baseMm;
  let [cross, crossIm, own, known] = [0, 0, 0, 0];
  for (const {x, y, cosine, copolar, crossed} of transmitted) {
    let [a, b] = [0, 0];
    for (let row = 0; row < count; row++)
      for (let column = 0; column < count; column++) {
        const angle = (-2 * Math.PI * (x * (column + 0.5) + y * (row + 0.5))) / count;
        const i = row * count + column;
        a += (re[i] * Math.cos(angle) - im[i] * Math.sin(angle)) / count ** 2;
        b += (re[i] * Math.sin(angle) + im[i] * Math.cos(angle)) / count ** 2;
      }
    const phase = (2 * Math.PI * cosine * awayMm) / wavelengthMm;
    const [u, v] = [a * Math.cos(phase) - b * Math.sin(phase), a * Math.sin(phase) + b * Math.cos(phase)];
    cross += u * copolar[0] + v * copolar[1];
    crossIm += u * copolar[1] - v * copolar[0];
    own += u * u + v * v;
    known += Math.hypot(...copolar, ...crossed) ** 2;
  }
  return Math.sqrt(1 - (cross ** 2 + crossIm ** 2) / (own * known));
}
