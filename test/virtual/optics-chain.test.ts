import {expect, it} from 'vitest';
import {createRandom} from '../../src/base/random.ts';
import {noPlacement} from '../../src/contract/placement.ts';
import {createOpticalSystem} from '../../src/twin/layers/system.ts';
import {OpticalChain} from '../../src/virtual/optics-chain.ts';

it('agrees with the twin on misplaced and turned plates, though it turns fields another way', () => {
  const random = createRandom('chain');
  const grid = {count: 40, pitchMm: 0.4};
  const relief = {
    grid,
    values: Float64Array.from({length: grid.count ** 2}, () => random.uniform()),
  };
  const plates = [30, 60].map((zMm) => ({
    relief,
    baseMm: 0.5,
    refractiveIndex: 1.7227,
    extinction: 0.031,
    zMm,
    placement: {
      ...noPlacement,
      dxMm: 0.2 * random.normal(),
      dyMm: 0.2 * random.normal(),
      dzMm: 0.2 * random.normal(),
      rotationDeg: random.normal(),
    },
  }));
  const illumination = {
    kind: 'gaussian-beam',
    radiusMm: 6,
    centerXMm: 1,
    centerYMm: -1,
    curvatureRadiusMm: 600,
    tiltXDeg: 0,
    tiltYDeg: 0,
  } as const;
  const objectPlacement = {...noPlacement, dxMm: 0.1, dyMm: -0.07};
  const object = {
    grid: {count: 8, pitchMm: 1.6},
    re: Float64Array.from({length: 64}, (_, i) => (i % 3 === 0 ? 1 : 0)),
    im: new Float64Array(64),
  };
  const wavelengthMm = 0.7495;
  const chain = new OpticalChain({
    wavelengthMm,
    grid: {count: 80, pitchMm: 0.2},
    illumination,
    objectPlacement,
    plates,
    outputZMm: 90.3,
  });
  const twin = createOpticalSystem(
    {wavelengthMm, grid, illumination, plates, outputZMm: 90.3, placement: {object: objectPlacement}},
    {method: 'rs', oversample: 2},
  );
  const [mine, theirs] = [chain.propagate(object), twin.propagate(object)];
  let difference = 0;
  let total = 0;
  for (let i = 0; i < theirs.re.length; i++) {
    difference += (mine.re[i] - theirs.re[i]) ** 2 + (mine.im[i] - theirs.im[i]) ** 2;
    total += theirs.re[i] ** 2 + theirs.im[i] ** 2;
  }
  // Edges of so small a field take part; each of the two interpolations states 1e-3.
  expect(Math.sqrt(difference / total)).toBeLessThan(5e-3);
});
