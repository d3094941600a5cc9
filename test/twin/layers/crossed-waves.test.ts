import {expect, it} from 'vitest';
import {computeOrders} from './coupled-waves.ts';
import {errorsOf, randomRelief} from './crossed-error.ts';
import {computeCrossedOrders} from './crossed-waves.ts';

const wavelengthMm = 0.75;
const material = {pixelMm: 0.4, baseMm: 0.5, index: [1.7227, 0.031]} as const;

it.each(['TM', 'TE'] as const)(
  'agrees with the grating of one direction where there is none across (%s)',
  (polarisation) => {
    const heights = [0.1, 0.7, 0.3, 0.5];
    const faces = {...material, reliefFaces: 'detector'} as const;
    // The electric field lies along x: across grooves that run along y, and along those that run along x.
    const isAcross = polarisation === 'TM';
    const heightsMm = heights.map((height) => (isAcross ? heights : heights.map(() => height)));
    const both = computeCrossedOrders({...faces, heightsMm}, wavelengthMm, 2);
    const one = computeOrders({...faces, heightsMm: heights}, {wavelengthMm, polarisation}, 2);
    const inPlane = both.transmitted.filter(({x, y}) => (isAcross ? y : x) === 0);
    expect(inPlane).toHaveLength(5);
    for (const {x, y, copolar, crossed} of inPlane) {
      const [re, im] = one.transmitted[one.orders.indexOf(isAcross ? x : y)];
      expect(Math.hypot(copolar[0] - re, copolar[1] - im)).toBeLessThan(1e-9);
      expect(Math.hypot(...crossed)).toBeLessThan(1e-9);
    }
  },
);

it('keeps the power of what does not absorb', () => {
  const {heightsMm} = randomRelief(1, 'source');
  const clear = {
    ...material,
    heightsMm: heightsMm.slice(0, 2).map((row) => row.slice(0, 2)),
    index: [1.7227, 0],
    reliefFaces: 'source',
  } as const;
  const {transmittance, reflectance} = computeCrossedOrders(clear, wavelengthMm, 2);
  expect(transmittance + reflectance).toBeCloseTo(1, 10);
  expect(reflectance).toBeGreaterThan(0.01);
});

it.each([
  ['source', 1, 0.37, 0.85],
  ['detector', 1, 0.32, 0.5],
] as const)(
  'a thick plate of square pixels, relief towards the %s (%d), is off by at most %d of the field, a thin one by at least %d',
  (reliefFaces, seed, most, least) => {
    const {thick, thin} = errorsOf(randomRelief(seed, reliefFaces), {
      highestOrder: 3,
      sliceCount: 4,
      samplesPerPixel: 2,
    });
    expect(thick).toBeLessThan(most);
    expect(thin).toBeGreaterThan(least);
  },
);
