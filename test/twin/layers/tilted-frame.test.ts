import {expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {positionMm, type ComplexPlane} from '../../../src/contract/optics.ts';
import {thickPlates, thinPlates, type PlateOptics} from '../../../src/contract/plate-optics.ts';
import {createPlatePasses} from '../../../src/twin/layers/plate-passes.ts';
import {createOpticalSystem} from '../../../src/twin/layers/system.ts';

const wavelengthMm = 0.7495;
const waveNumber = (2 * Math.PI) / wavelengthMm;
/** A plate of 80 mm, two samples a pixel. */
const grid = {count: 268, pitchMm: 0.3};
const sideMm = Array.from({length: grid.count}, (_, i) => positionMm(grid, i));
const plateOf = (pixels: number) => {
  const random = createRandom('tilted');
  const heights = Float64Array.from({length: pixels ** 2}, () => 0.065 * random.integer(16));
  return {
    relief: {grid: {count: pixels, pitchMm: 0.6}, values: heights},
    baseMm: 0.5,
    refractiveIndex: 1.7227,
    extinction: 0.031,
    zMm: 30,
  };
};

interface Point {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}
interface Source extends Point {
  readonly re: number;
  readonly im: number;
}

/** Rayleigh-Sommerfeld sum of the first kind over samples of a plane of slopes sx, sy. */
function sumOver(sources: readonly Source[], [sx, sy]: readonly [number, number], {x, y, z}: Point) {
  let [re, im] = [0, 0];
  for (const source of sources) {
    const [dx, dy, dz] = [x - source.x, y - source.y, z - source.z];
    const r = Math.sqrt(dx * dx + dy * dy + dz * dz);
    const factor = (grid.pitchMm ** 2 * (dz - sx * dx - sy * dy)) / r ** 2;
    const [near, far] = [factor / (2 * Math.PI * r), factor / wavelengthMm];
    const [c, s] = [Math.cos(waveNumber * r), Math.sin(waveNumber * r)];
    const [kernelRe, kernelIm] = [near * c + far * s, near * s - far * c];
    re += source.re * kernelRe - source.im * kernelIm;
    im += source.re * kernelIm + source.im * kernelRe;
  }
  return {re, im};
}

const pointsOf = (slopes: readonly [number, number], zMm: number): Point[] =>
  sideMm.flatMap((y) => sideMm.map((x) => ({x, y, z: zMm + slopes[0] * x + slopes[1] * y})));

/** Light of a small opening at the true points of a tilted plate, through it, and summed over these points. */
function sumsBehind(
  tilt: {readonly tiltXDeg: number; readonly tiltYDeg: number},
  plateOptics: PlateOptics,
  outputs: readonly Point[],
) {
  const tangent = (deg: number): number => Math.tan((deg * Math.PI) / 180);
  // Right-handed: a point at +y goes along z for a turn about x, one at +x against it for a turn about y.
  const slopes = [-tangent(tilt.tiltYDeg), tangent(tilt.tiltXDeg)] as const;
  const opening: Source[] = [-1.5, -0.5, 0.5, 1.5].flatMap((i) =>
    [-1.5, -0.5, 0.5, 1.5].map((j) => ({x: i * grid.pitchMm, y: j * grid.pitchMm, z: 0, re: 1, im: 0})),
  );
  const points = pointsOf(slopes, 30);
  const lit = points.map((point) => sumOver(opening, [0, 0], point));
  const field: ComplexPlane = {
    grid,
    re: Float64Array.from(lit, ({re}) => re),
    im: Float64Array.from(lit, ({im}) => im),
  };
  const [pass] = createPlatePasses(
    {plates: [plateOf(134)], plateOptics, wavelengthMm},
    {grid, edges: 'sampled', precision: 'double'},
  );
  const through = pass(field);
  const sources = points.map((point, i) => ({...point, re: through.re[i], im: through.im[i]}));
  return outputs.map((point) => sumOver(sources, slopes, point));
}

const columns = [22, 90, 133, 171, 250];

it.each<[string, PlateOptics]>([
  ['thin', thinPlates],
  ['thick', thickPlates],
])(
  'agrees with sums over the true points of an 80 mm plate, %s, tilted by a degree about both axes',
  (_, plateOptics) => {
    const tilt = {tiltXDeg: 1, tiltYDeg: -1};
    const expected = sumsBehind(
      tilt,
      plateOptics,
      columns.flatMap((row) => columns.map((column) => ({x: sideMm[column], y: sideMm[row], z: 60}))),
    );
    const object = new Float64Array(16).fill(1);
    const differenceOf = (placement: object): number => {
      const got = createOpticalSystem(
        {
          wavelengthMm,
          grid,
          illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
          plates: [{...plateOf(134), placement}],
          plateOptics,
          outputZMm: 60,
        },
        {method: 'rs', edges: 'sampled'},
      ).propagate({grid: {count: 4, pitchMm: grid.pitchMm}, re: object, im: new Float64Array(16)});
      let [difference, total] = [0, 0];
      expected.forEach(({re, im}, i) => {
        const at = columns[Math.floor(i / columns.length)] * grid.count + columns[i % columns.length];
        difference += (got.re[at] - re) ** 2 + (got.im[at] - im) ** 2;
        total += re ** 2 + im ** 2;
      });
      return Math.sqrt(difference / total);
    };
    expect(differenceOf(tilt)).toBeLessThan(4e-3);
    expect(differenceOf({})).toBeGreaterThan(0.15);
  },
);
