import {describe, expect, it} from 'vitest';
import type {DesignFile} from '../../../src/contract/design-file.ts';
import {plateFrameSchema, printerSchema} from '../../../src/contract/plate-export.ts';
import {
  assertApartInHolder,
  assertPrintable,
  printWarnings,
} from '../../../src/twin/print/assert-printable.ts';
import {standingMask, standingPlate} from '../../../src/twin/print/holder.ts';
import {printedHeightsOf} from '../../../src/twin/print/printed-heights.ts';

const grid = {count: 64, pitchMm: 0.4};
const layer = (over: Partial<DesignFile['layers'][number]> = {}): DesignFile['layers'][number] => ({
  heightMap: 'layer-1.npy',
  sha256: 'a'.repeat(64),
  zMm: 30,
  baseMm: 0.5,
  pitchMm: 0.4,
  refractiveIndex: 1.7,
  extinction: 0.03,
  reliefFaces: 'detector',
  levels: null,
  ...over,
});
const heights = (of: (i: number) => number): Float64Array =>
  Float64Array.from({length: grid.count ** 2}, (_, i) => of(i));
const printed = (values: Float64Array, sliceMm: number, baseMm = 0.5) =>
  printedHeightsOf(
    {relief: {grid, values}, baseMm, refractiveIndex: 1.7, wavelengthMm: 0.75},
    printerSchema.parse({sliceMm}),
  );
const printer = printerSchema.parse({});
const file = (...layers: DesignFile['layers'][number][]): DesignFile => ({layers}) as unknown as DesignFile;

describe('heights as a printer makes them', () => {
  // A golden ratio's multiples spread evenly.
  const spread = heights((i) => (i * 0.6180339887498949) % 1);

  it('are whole slices, with an error that is spread evenly over a slice', () => {
    const {surfaceMm, rounding} = printed(spread, 0.05);
    for (const height of surfaceMm) expect(height / 0.05).toBeCloseTo(Math.round(height / 0.05), 6);
    // The standard deviation of an even spread is its width over the root of 12.
    expect(rounding.rmsMm / (0.05 / Math.sqrt(12))).toBeCloseTo(1, 1);
    expect(rounding.rmsRad).toBeCloseTo((2 * Math.PI * 0.7 * rounding.rmsMm) / 0.75, 9);
    expect(rounding.largestMm).toBeLessThanOrEqual(0.025 + 1e-9);
  });

  it('cost nothing when they are whole slices already, and nothing for a base that is not', () => {
    const whole = heights((i) => 0.05 * (i % 9));
    expect(printed(whole, 0.05).rounding.rmsMm).toBeLessThan(1e-9);
    const offset = printed(whole, 0.05, 0.51).rounding;
    expect(offset.rmsMm).toBeLessThan(1e-9);
    expect(offset.meanMm).toBeCloseTo(-0.01, 9);
  });

  it('are refused when the plate is thinner than the printer can do, with plate and figures', () => {
    const thin = printed(spread, 0.028, 0.2);
    expect(() =>
      assertPrintable(file(layer(), layer({baseMm: 0.2})), [printed(spread, 0.028), thin], printer),
    ).toThrow(/Plate 2 would be 0\.196 mm thick.*needs 0\.28 mm.*Nothing was written/);
  });

  it('are refused when a slice is higher than the relief', () => {
    const low = heights((i) => 0.05 * (i % 2));
    expect(() => assertPrintable(file(layer()), [printed(low, 0.5)], printer)).toThrow(
      /relief of plate 1 would come out at one height/,
    );
  });

  it('come with a warning where pixels are smaller than two dots or steps lower than a slice', () => {
    const design = file(layer({pitchMm: 0.05, levels: {count: 256, maximumMm: 1}}));
    const texts = printWarnings(design, [printed(spread, 0.028)], printer).join('\n');
    expect(texts).toMatch(/Pixels of 0\.05 mm are smaller than two dots/);
    expect(texts).toMatch(/steps of 0\.00392 mm, lower than a slice/);
    expect(printWarnings(file(layer()), [printed(spread, 0.028)], printer)).toEqual([]);
  });
});

describe('plates in the holder', () => {
  const plate = printed(
    heights((i) => (i % 2) * 1),
    0.05,
  );
  const frame = plateFrameSchema.parse({});
  const stand = (zMm: number, reliefFaces: 'source' | 'detector' = 'detector') =>
    standingPlate(layer({zMm, reliefFaces}), plate, {index: 0, rimThicknessMm: 2, foilMm: 0.1});

  it('stand with the middle of their relief in the reference plane, whichever way they face', () => {
    // Base 0.5 mm and relief 1 mm: the middle is 1 mm above the floor.
    expect(stand(30).whole).toEqual({minMm: 29, maxMm: 31});
    expect(stand(30, 'source').whole).toEqual({minMm: 29, maxMm: 31});
    expect(standingPlate(layer(), plate, {index: 0, rimThicknessMm: 1, foilMm: 0.1}).whole).toEqual({
      minMm: 29,
      maxMm: 30.5,
    });
    expect(
      standingPlate(layer({reliefFaces: 'source'}), plate, {index: 0, rimThicknessMm: 1, foilMm: 0.1}).whole,
    ).toEqual({minMm: 29.5, maxMm: 31});
  });

  it('carry a foil on their flat face, or are a foil in the reference plane', () => {
    const mask = {transmissionMap: 'mask.npy', sha256: 'a'.repeat(64), levels: 2};
    const settings = {index: 1, rimThicknessMm: 2, foilMm: 0.1};
    const standing = (over: Partial<DesignFile['layers'][number]>) =>
      standingPlate(layer({zMm: 30, mask, ...over}), plate, settings).whole;
    expect(standing({neurons: 'complex'})).toEqual({minMm: 28.9, maxMm: 31});
    expect(standing({neurons: 'complex', reliefFaces: 'source'})).toEqual({minMm: 29, maxMm: 31.1});
    const {minMm, maxMm} = standing({neurons: 'amplitude', baseMm: 0});
    expect((minMm + 2 + maxMm) / 2).toBeCloseTo(30, 12);
    expect(maxMm - minMm).toBeCloseTo(2.1, 12);
  });

  it('are refused when they touch, and when too little of the holder is left between them', () => {
    const mask = standingMask(2, 0.1);
    expect(() => assertApartInHolder([mask, stand(30), stand(34)], frame)).not.toThrow();
    expect(() => assertApartInHolder([stand(30), stand(31.5)], frame)).toThrow(
      /would touch.*overlap by 0\.5 mm/,
    );
    expect(() => assertApartInHolder([stand(30), stand(32.7)], frame)).toThrow(
      /0\.5 mm would be left standing.*walls need 0\.8 mm/,
    );
    expect(() => assertApartInHolder([mask, stand(1)], frame)).toThrow(/The mask and plate 1 would touch/);
  });
});
