import {expect, it} from 'vitest';
import {computeOrders, type Grating, type Orders} from './coupled-waves.ts';

const wavelengthMm = 0.75;
const pixels: Grating = {
  heightsMm: [0, 0.3, 0.6, 1, 0.2, 0.9, 0.1, 0.7],
  pixelMm: 0.4,
  baseMm: 0.5,
  index: [1.7227, 0],
  reliefFaces: 'detector',
};

const flux = ({kz}: Orders, amplitudes: Orders['transmitted']): number =>
  amplitudes.reduce(
    (sum, [re, im], i) => sum + ((re * re + im * im) * kz[i]) / ((2 * Math.PI) / wavelengthMm),
    0,
  );

it.each(['TE', 'TM'] as const)('loses no energy without absorption (%s)', (polarisation) => {
  for (const reliefFaces of ['detector', 'source'] as const) {
    const found = computeOrders({...pixels, reliefFaces}, {wavelengthMm, polarisation});
    expect(flux(found, found.transmitted) + flux(found, found.reflected)).toBeCloseTo(1, 8);
  }
});

it.each(['TE', 'TM'] as const)(
  'sends as much straight on from either side, by reciprocity (%s)',
  (polarisation) => {
    const straight = (reliefFaces: 'source' | 'detector'): readonly [number, number] => {
      const {orders, transmitted} = computeOrders({...pixels, reliefFaces}, {wavelengthMm, polarisation});
      return transmitted[orders.indexOf(0)];
    };
    const [there, back] = [straight('detector'), straight('source')];
    expect(there[0]).toBeCloseTo(back[0], 6);
    expect(there[1]).toBeCloseTo(back[1], 6);
  },
);

it("is Airy's formula for a slab with absorption", () => {
  // t = 4 n / ((n + 1)^2 e^(-i d) - (n - 1)^2 e^(i d)), d = k0 n thickness (Born and Wolf, section 1.6.4), computed apart.
  const found = computeOrders(
    {heightsMm: [0.2, 0.2], pixelMm: 0.4, baseMm: 0.5, index: [1.7227, 0.031], reliefFaces: 'detector'},
    {wavelengthMm, polarisation: 'TE'},
    3,
  );
  const [re, im] = found.transmitted[3];
  expect(Math.hypot(re, im)).toBeCloseTo(0.7799442, 6);
  expect(Math.atan2(im, re)).toBeCloseTo(-2.4198887, 6);
});

it.each([
  ['TE', [0.2083, 0.0665, 0.0021, 0.3294, 0.1081, 0.0371, 0.0108, 0.2837, 0.0281]],
  ['TM', [0.1459, 0.0258, 0.0067, 0.1169, 0.0506, 0.0227, 0.0182, 0.8025, 0.0683]],
] as const)('agrees with a calculation by modes of its layers (%s)', (polarisation, known) => {
  // |t|^2 of orders -4 to 4, by eigenmodes and 97 orders, in another program.
  const {orders, transmitted} = computeOrders(pixels, {wavelengthMm: 0.749481145, polarisation}, 20);
  known.forEach((value, i) => {
    const [re, im] = transmitted[orders.indexOf(i - 4)];
    expect(Math.abs(re * re + im * im - value)).toBeLessThan(0.002);
  });
});
