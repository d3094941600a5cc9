import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import type {ComplexPlane, Grid, RealPlane} from '../../../src/contract/optics.ts';
import {plateTransmission, type PlateModel} from '../../../src/twin/layers/plate.ts';
import {createThickPass} from '../../../src/twin/layers/plate-passes.ts';
import {createThickMedium} from '../../../src/twin/layers/thick-medium.ts';
import {facesTransmission} from '../../../src/twin/layers/slice-screens.ts';
import {ThickPlate, type LitScreen} from '../../../src/twin/layers/thick-plate.ts';
import {computeOrders, type Grating} from './coupled-waves.ts';

const wavelengthMm = 0.75;
const waveNumber = (2 * Math.PI) / wavelengthMm;
const resin = {refractiveIndex: 1.7227, extinction: 0.031};

const plateOf = (relief: RealPlane, own: Partial<PlateModel> = {}): PlateModel => ({
  relief,
  baseMm: 0.5,
  ...resin,
  zMm: 0,
  ...own,
});

const planeOf = (
  grid: Grid,
  value: (row: number, column: number) => readonly [number, number],
): ComplexPlane => {
  const total = grid.count ** 2;
  const plane = {grid, re: new Float64Array(total), im: new Float64Array(total)};
  for (let i = 0; i < total; i++)
    [plane.re[i], plane.im[i]] = value(Math.floor(i / grid.count), i % grid.count);
  return plane;
};

const reliefOf = (grid: Grid, height: (row: number, column: number) => number): RealPlane => ({
  grid,
  values: Float64Array.from({length: grid.count ** 2}, (_, i) =>
    height(Math.floor(i / grid.count), i % grid.count),
  ),
});

const randomField = (grid: Grid, seed: string): ComplexPlane => {
  const random = createRandom(seed);
  return planeOf(grid, () => [random.normal(), random.normal()]);
};

/** Behind a plate whose field repeats itself beyond the edges. */
const behind = (plate: PlateModel, field: ComplexPlane, sliceCount: number): ComplexPlane =>
  createThickPass(
    createThickMedium(field.grid, wavelengthMm, {precision: 'double', guardMm: 0}),
    plate,
    sliceCount,
  )(field);

const throughThin = (plate: PlateModel, {grid, re, im}: ComplexPlane): ComplexPlane => {
  const t = plateTransmission(plate, grid, wavelengthMm);
  const faces = facesTransmission(plate.refractiveIndex);
  return planeOf(grid, (row, column) => {
    const i = row * grid.count + column;
    return [faces * (re[i] * t.re[i] - im[i] * t.im[i]), faces * (re[i] * t.im[i] + im[i] * t.re[i])];
  });
};

function relativeDifference(a: ComplexPlane, b: ComplexPlane): number {
  let [difference, power] = [0, 0];
  for (let i = 0; i < a.re.length; i++) {
    difference += (a.re[i] - b.re[i]) ** 2 + (a.im[i] - b.im[i]) ** 2;
    power += b.re[i] ** 2 + b.im[i] ** 2;
  }
  return Math.sqrt(difference / power);
}

/** A plane wave that fits into the grid `order` times. */
const waveOf = (grid: Grid, order: number): ComplexPlane =>
  planeOf(grid, (_, column) => {
    const angle = (2 * Math.PI * order * column) / grid.count;
    return [Math.cos(angle), Math.sin(angle)];
  });

describe('a thick plate', () => {
  const grid = {count: 16, pitchMm: 0.2};
  const lit = planeOf(grid, () => [1, 0]);

  it('comes to the thin plate as a relief gets low', () => {
    const error = (highestMm: number): number => {
      const relief = reliefOf(
        grid,
        (row, column) => highestMm * (0.5 + 0.5 * Math.cos((row + 2 * column) * (Math.PI / 8))),
      );
      const plate = plateOf(relief, {baseMm: 0});
      return relativeDifference(behind(plate, lit, 4), throughThin(plate, lit));
    };
    expect(error(0.01)).toBeLessThan(2e-4);
    expect(error(0.02) / error(0.01)).toBeGreaterThan(3);
  });

  it.each([0, 1, 2, 3])(
    'is the way through a slab where it is flat, also for an oblique wave (order %d)',
    (order) => {
      const thicknessMm = 0.9;
      const plate = plateOf(
        reliefOf(grid, () => 0.4),
        {extinction: 0},
      );
      const wave = waveOf(grid, order);
      const sine = (order * wavelengthMm) / (grid.count * grid.pitchMm);
      const [inAir, inside] = [Math.sqrt(1 - sine ** 2), Math.sqrt(plate.refractiveIndex ** 2 - sine ** 2)];
      // From reference plane to reference plane: the slab in place of the air.
      const phase = waveNumber * thicknessMm * (inside - inAir);
      const faces = facesTransmission(plate.refractiveIndex);
      const expected = planeOf(grid, (row, column) => {
        const i = row * grid.count + column;
        const [c, s] = [faces * Math.cos(phase), faces * Math.sin(phase)];
        return [wave.re[i] * c - wave.im[i] * s, wave.re[i] * s + wave.im[i] * c];
      });
      expect(relativeDifference(behind(plate, wave, 4), expected)).toBeLessThan(1e-10);
    },
  );

  it('bends light as a prism by the law of refraction, which a thin one does not', () => {
    const wide = {count: 64, pitchMm: 0.25};
    const slope = Math.tan((18 * Math.PI) / 180);
    const prism = plateOf(
      reliefOf(wide, (_, column) => slope * (column + 0.5) * wide.pitchMm),
      {extinction: 0, baseMm: 0},
    );
    const beam = planeOf(wide, (row, column) => {
      const [x, y] = [(column - 31.5) * wide.pitchMm, (row - 31.5) * wide.pitchMm];
      return [Math.exp(-(x * x + y * y) / 9), 0];
    });
    // n sin(18) = sin(18 + deflection), from the flat face at normal incidence.
    const exact = Math.sin(
      Math.asin(resin.refractiveIndex * Math.sin((18 * Math.PI) / 180)) - (18 * Math.PI) / 180,
    );
    expect(meanSine(behind(prism, beam, 48))).toBeCloseTo(exact, 2);
    expect(Math.abs(meanSine(throughThin(prism, beam)) - exact)).toBeGreaterThan(0.008);
  });

  it('has its relief towards the other side when it is turned over, and then passes other light', () => {
    const random = createRandom('faces');
    const heights = Array.from({length: 256}, () => random.uniform() * 1.04);
    const relief = reliefOf(grid, (row, column) => heights[row * 16 + column]);
    const mirrored = reliefOf(grid, (row, column) => heights[row * 16 + 15 - column]);
    const towardsSource = behind(plateOf(relief, {reliefFaces: 'source'}), lit, 4);
    expect(relativeDifference(behind(plateOf(relief), lit, 4), towardsSource)).toBeGreaterThan(0.2);
    const turnedOver = plateOf(mirrored, {placement: {flipX: true}});
    expect(relativeDifference(behind(turnedOver, lit, 4), towardsSource)).toBeLessThan(1e-12);
  });

  it('has a foil on its flat face', () => {
    const mask = reliefOf(grid, (row) => (row < 8 ? 1 : 0));
    const flat = reliefOf(grid, () => 0);
    for (const reliefFaces of ['source', 'detector'] as const) {
      const own = plateOf(flat, {mask, reliefFaces, baseMm: 0});
      expect(relativeDifference(behind(own, lit, 2), throughThin(own, lit))).toBeLessThan(1e-10);
      const closed = plateOf(flat, {mask: reliefOf(grid, () => 0), reliefFaces});
      expect(Math.max(...behind(closed, lit, 2).re)).toBe(0);
    }
  });

  it('keeps its error small with few slices and samples', () => {
    const random = createRandom('convergence');
    const heights = Array.from({length: 64}, () => (Math.floor(random.uniform() * 16) * 1.04) / 16);
    const errorOf = (sliceCount: number, samples: number): number => {
      const [own, fine] = [
        [sliceCount, samples],
        [24, samples],
      ].map(([slices, count]) => {
        const sampled = {count: 8 * count, pitchMm: 0.4 / count};
        const relief = {grid: {count: 8, pitchMm: 0.4}, values: Float64Array.from(heights)};
        return behind(
          plateOf(relief),
          planeOf(sampled, () => [1, 0]),
          slices,
        );
      });
      return relativeDifference(own, fine);
    };
    expect(errorOf(4, 2)).toBeLessThan(0.12);
    expect(errorOf(8, 2)).toBeLessThan(0.035);
    expect(errorOf(1, 2)).toBeGreaterThan(0.3);
  });
});

/** Mean of sin(angle) along x over the power, from the slope of the phase. */
function meanSine({grid: {count, pitchMm}, re, im}: ComplexPlane): number {
  let [sum, power] = [0, 0];
  for (let i = 0; i + 1 < re.length; i++) {
    if (i % count === count - 1) continue;
    const cross = re[i] * im[i + 1] - im[i] * re[i + 1];
    const dot = re[i] * re[i + 1] + im[i] * im[i + 1];
    const weight = Math.hypot(cross, dot);
    sum += (weight * Math.atan2(cross, dot)) / (waveNumber * pitchMm);
    power += weight;
  }
  return sum / power;
}

describe('orders of gratings against rigorous coupled waves', () => {
  const samples = 2;
  /** Random printed pixels: 16 heights of one turn of phase, eight pixels a period. */
  const gratings = (reliefFaces: 'source' | 'detector'): Grating[] =>
    Array.from({length: 5}, (_, i) => {
      const random = createRandom(`grating ${i}`);
      return {
        heightsMm: Array.from({length: 8}, () => (Math.floor(random.uniform() * 16) * 1.0378) / 16),
        pixelMm: 0.4,
        baseMm: 0.5,
        index: [resin.refractiveIndex, resin.extinction],
        reliefFaces,
      };
    });

  /** What of the field of the orders that travel differs, but for one common factor; RMS over the gratings. */
  const errorOf = (
    reliefFaces: 'source' | 'detector',
    polarisation: 'TE' | 'TM',
    predict: (plate: PlateModel, field: ComplexPlane) => ComplexPlane,
  ): number => {
    const squares = gratings(reliefFaces).map((grating) => {
      const {orders, kz, transmitted} = computeOrders(grating, {wavelengthMm, polarisation}, 10);
      const count = 8 * samples;
      const grid = {count, pitchMm: 0.4 / samples};
      const relief: RealPlane = {
        grid: {count: 8, pitchMm: 0.4},
        values: Float64Array.from({length: 64}, (_, i) => grating.heightsMm[i % 8]),
      };
      const {re, im} = predict(
        plateOf(relief, {reliefFaces}),
        planeOf(grid, () => [1, 0]),
      );
      const highestMm = Math.max(...grating.heightsMm);
      const lowestMm = Math.min(...grating.heightsMm);
      let [cross, crossIm, own, known] = [0, 0, 0, 0];
      orders.forEach((order, i) => {
        if (kz[i] === 0) return;
        let [a, b] = [0, 0];
        for (let x = 0; x < count; x++) {
          const angle = (-2 * Math.PI * order * (x + 0.5)) / count;
          a += (re[x] * Math.cos(angle) - im[x] * Math.sin(angle)) / count;
          b += (re[x] * Math.sin(angle) + im[x] * Math.cos(angle)) / count;
        }
        // From the reference plane, the middle of the relief, to the faces where the rigorous fields are given.
        const awayMm =
          reliefFaces === 'detector'
            ? highestMm - (highestMm + lowestMm) / 2
            : (highestMm + lowestMm) / 2 + 0.5;
        const [c, s] = [Math.cos(kz[i] * awayMm), Math.sin(kz[i] * awayMm)];
        const [u, v] = [a * c - b * s, a * s + b * c];
        const [p, q] = transmitted[i];
        cross += u * p + v * q;
        crossIm += u * q - v * p;
        own += u * u + v * v;
        known += p * p + q * q;
      });
      return 1 - (cross ** 2 + crossIm ** 2) / (own * known);
    });
    return Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length);
  };

  it.each([
    ['source', 'TE', 0.22, 0.65],
    ['source', 'TM', 0.28, 0.65],
    ['detector', 'TE', 0.32, 0.5],
    ['detector', 'TM', 0.27, 0.4],
  ] as const)(
    'relief towards the %s, %s: at most %d of the field, a thin plate at least %d',
    (faces, polarisation, most, least) => {
      const thick = errorOf(faces, polarisation, (plate, field) => behind(plate, field, 4));
      const thin = errorOf(faces, polarisation, throughThin);
      expect(thick).toBeLessThan(most);
      expect(thin).toBeGreaterThan(least);
    },
  );
});

describe('derivatives of a thick plate', () => {
  const grid = {count: 12, pitchMm: 0.25};
  const random = createRandom('derivatives');
  const heights = Float64Array.from({length: 144}, () => 0.02 + random.uniform());
  const extent = {lowestMm: 0, highestMm: 1.04};
  const medium = createThickMedium(grid, wavelengthMm, {precision: 'double'});
  const {convolver} = medium;
  const bodyOf = (values: Float64Array, material = resin) => {
    const body = new ThickPlate(medium, 3);
    body.setPlate(plateOf({grid, values}, {extent, reliefFaces: 'source'}));
    body.setMaterial(material);
    return body;
  };
  const body = bodyOf(heights);
  const [light, weight] = [randomField(grid, 'light'), randomField(grid, 'weight')];
  const planeWith = (field: ComplexPlane) => {
    const plane = convolver.createPlane();
    convolver.write(plane, field.re, field.im);
    return plane;
  };
  const passed = (of = body, field = light): ComplexPlane => {
    const plane = planeWith(field);
    of.pass(plane, plane);
    return {grid, ...convolver.read(plane)};
  };
  /** Re sum conj(a) b. */
  const product = (a: ComplexPlane, b: ComplexPlane): number =>
    Array.from(a.re).reduce((sum, value, i) => sum + value * b.re[i] + a.im[i] * b.im[i], 0);
  const difference = (a: ComplexPlane, b: ComplexPlane, step: number): ComplexPlane =>
    planeOf(grid, (row, column) => {
      const i = row * grid.count + column;
      return [(a.re[i] - b.re[i]) / step, (a.im[i] - b.im[i]) / step];
    });

  it('carries back what its way forward carries', () => {
    const plane = planeWith(weight);
    body.carryBack(plane);
    const back = {grid, ...convolver.read(plane)};
    expect(product(weight, passed())).toBeCloseTo(product(back, light), 8);
  });

  it('gives the slopes by the heights, as finite differences do', () => {
    passed();
    const gradient = new Float64Array(heights.length);
    body.carryBack(planeWith(weight), ({place, screen, incident}, b) => {
      heights.forEach((_, i) => {
        if (place.kind !== 'slice' || body.topSliceOf(i) !== place.slice) return;
        // conj(b) screen incident (i (n - 1) - k) k0
        const re = screen.re[i] * incident.re[i] - screen.im[i] * incident.im[i];
        const im = screen.re[i] * incident.im[i] + screen.im[i] * incident.re[i];
        gradient[i] =
          waveNumber *
          (-(resin.refractiveIndex - 1) * (b.re[i] * im - b.im[i] * re) -
            resin.extinction * (b.re[i] * re + b.im[i] * im));
      });
    });
    const step = 1e-5;
    for (const i of [0, 17, 65, 77, 143]) {
      const [more, less] = [1, -1].map((sign) => {
        const values = heights.slice();
        values[i] += (sign * step) / 2;
        return passed(bodyOf(values));
      });
      expect(Math.abs(product(weight, difference(more, less, step)) - gradient[i])).toBeLessThan(
        1e-4 * Math.max(...gradient.map(Math.abs)),
      );
    }
  });

  it.each(['refractiveIndex', 'extinction'] as const)(
    'carries a change of %s to the field behind it',
    (quantity) => {
      passed();
      const plane = planeWith(planeOf(grid, () => [0, 0]));
      body.carryChange(plane, ({place, incident}: LitScreen, change) => {
        if (place.kind !== 'slice') return;
        const m = body.spread(body.cellsOf(place.slice, 'material'));
        const [byRe, byIm] = quantity === 'refractiveIndex' ? [0, waveNumber] : [-waveNumber, 0];
        for (let i = 0; i < change.re.length; i++) {
          const re = m.re[i] * incident.re[i] - m.im[i] * incident.im[i];
          const im = m.re[i] * incident.im[i] + m.im[i] * incident.re[i];
          change.re[i] += byRe * re - byIm * im;
          change.im[i] += byRe * im + byIm * re;
        }
      });
      const step = 1e-5;
      const [more, less] = [1, -1].map((sign) =>
        passed(bodyOf(heights, {...resin, [quantity]: resin[quantity] + (sign * step) / 2})),
      );
      expect(relativeDifference({grid, ...convolver.read(plane)}, difference(more, less, step))).toBeLessThan(
        1e-6,
      );
    },
  );
});
