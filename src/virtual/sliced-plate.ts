import type {ComplexPlane, Grid, RealArray, RealPlane} from '../contract/optics.ts';
import {maskAt, pixelIndices} from '../twin/layers/plate.ts';
import type {Propagator} from '../twin/propagation/propagator.ts';
import {createShortStep, type Transfer} from './short-steps.ts';

export interface SlicedPlateModel {
  /** Relief above the base as it stands (flips and quarter turns made), mm. */
  readonly relief: RealPlane;
  readonly baseMm: number;
  readonly refractiveIndex: number;
  readonly extinction: number;
  /** The face that carries the relief, as it stands. */
  readonly reliefFaces: 'source' | 'detector';
  /** Transmission 0..1 of a foil on the flat face, as it stands; none without. */
  readonly mask?: RealPlane | undefined;
}

/** Short ways inside of plates, shared by all that need them. */
export type ShortSteps = (distanceMm: number) => Transfer;

/** Ways of one chain, each made once. Distances are told apart by the nanometre. */
export function createShortSteps(propagator: Propagator, wavelengthMm: number): ShortSteps {
  const known = new Map<string, Transfer>();
  return (distanceMm) => {
    const key = distanceMm.toFixed(6);
    let step = known.get(key);
    if (!step) known.set(key, (step = createShortStep(propagator, wavelengthMm, distanceMm)));
    return step;
  };
}

/**
 * Heights of the relief at the samples of a grid; NaN outside of the plate, where the holder is opaque. Each sample
 * sees the square pixel in which it lies.
 */
function sampleHeights(relief: RealPlane, grid: Grid): Float64Array {
  const pixels = pixelIndices(relief.grid, grid);
  const heights = new Float64Array(grid.count * grid.count).fill(Number.NaN);
  for (let row = 0; row < grid.count; row++)
    for (let column = 0; column < grid.count; column++)
      if (pixels[row] >= 0 && pixels[column] >= 0)
        heights[row * grid.count + column] = relief.values[pixels[row] * relief.grid.count + pixels[column]];
  return heights;
}

/**
 * A plate that light takes its time to pass: the relief is cut into slices of at most `sliceMm`; each slice turns the
 * phase by its part of the material, exp(i 2 pi (n - 1) h / lambda) with its absorption, and between the middles of
 * the slices the light travels as in air (split-step beam propagation: Feit and Fleck, Appl. Opt. 17, 3990, 1978). The
 * relief, from its lowest face to its highest place, lies around the plate's reference plane, half before it and half
 * behind; the base is one more factor, and so is a foil on the flat face. Light spreads sideways inside of the relief and tall pixels shadow their
 * neighbours, which a thin plate leaves out. Left out here too: refraction (the way through material counts as a way
 * through air plus its phase) and reflections.
 */
export class SlicedPlate {
  private readonly propagator: Propagator;
  private readonly steps: ShortSteps;
  private readonly plate: SlicedPlateModel;
  private readonly heights: Float64Array;
  private readonly foil: RealArray | undefined;
  private readonly wavelengthMm: number;
  private readonly lowestMm: number;
  private readonly depthMm: number;
  private readonly sliceCount: number;

  constructor(
    propagator: Propagator,
    wavelengthMm: number,
    steps: ShortSteps,
    {plate, sliceMm}: {readonly plate: SlicedPlateModel; readonly sliceMm: number},
  ) {
    this.propagator = propagator;
    this.steps = steps;
    this.plate = plate;
    this.wavelengthMm = wavelengthMm;
    this.heights = sampleHeights(plate.relief, propagator.grid);
    this.foil = plate.mask && maskAt(plate.mask, propagator.grid);
    let [lowest, highest] = [Infinity, -Infinity];
    for (const height of plate.relief.values) {
      if (height < lowest) lowest = height;
      if (height > highest) highest = height;
    }
    // Print roughness may dip below the base; then the base is what is left everywhere.
    this.lowestMm = Math.min(0, lowest);
    this.depthMm = Math.max(0, highest) - this.lowestMm;
    this.sliceCount = Math.max(1, Math.ceil(this.depthMm / sliceMm - 1e-9));
  }

  /** Field behind the plate, both fields as if at its reference plane. */
  pass(field: ComplexPlane): ComplexPlane {
    const {sliceCount, depthMm, plate} = this;
    const sliceMm = depthMm / sliceCount;
    const toOuterMm = (depthMm - sliceMm) / 2;
    let light = this.travel(field, -toOuterMm);
    for (let i = 0; i < sliceCount; i++) {
      if (i > 0) light = this.travel(light, sliceMm);
      // The relief grows towards the face that carries it.
      const slice = plate.reliefFaces === 'detector' ? i : sliceCount - 1 - i;
      const baseMm = i === 0 ? plate.baseMm + this.lowestMm : 0;
      light = this.passSlice(light, this.lowestMm + slice * sliceMm, {sliceMm, baseMm});
      if (slice === 0) light = this.passFoil(light);
    }
    return this.travel(light, -toOuterMm);
  }

  /** The foil lies at the lowest slice; multiplication with that slice's own factor may come before or behind it. */
  private passFoil(field: ComplexPlane): ComplexPlane {
    const {foil} = this;
    if (!foil) return field;
    return {
      grid: field.grid,
      re: field.re.map((value, i) => value * foil[i]),
      im: field.im.map((value, i) => value * foil[i]),
    };
  }

  private travel(field: ComplexPlane, distanceMm: number): ComplexPlane {
    return distanceMm === 0 ? field : this.propagator.forward(this.steps(distanceMm), field);
  }

  private passSlice(
    field: ComplexPlane,
    fromMm: number,
    {sliceMm, baseMm}: {readonly sliceMm: number; readonly baseMm: number},
  ): ComplexPlane {
    const {refractiveIndex, extinction} = this.plate;
    const phasePerMm = (2 * Math.PI * (refractiveIndex - 1)) / this.wavelengthMm;
    const lossPerMm = (2 * Math.PI * extinction) / this.wavelengthMm;
    const factor = (heightMm: number): readonly [number, number] => {
      const amplitude = Math.exp(-lossPerMm * heightMm);
      return [amplitude * Math.cos(phasePerMm * heightMm), amplitude * Math.sin(phasePerMm * heightMm)];
    };
    // Most pixels are full or empty here.
    const full = factor(sliceMm + baseMm);
    const empty = factor(baseMm);
    const re = new Float64Array(field.re.length);
    const im = new Float64Array(field.re.length);
    for (let at = 0; at < re.length; at++) {
      const filledMm = this.heights[at] - fromMm;
      if (Number.isNaN(filledMm)) continue;
      const [c, s] =
        filledMm >= sliceMm ? full : filledMm <= 0 ? empty : factor(Math.min(filledMm, sliceMm) + baseMm);
      re[at] = field.re[at] * c - field.im[at] * s;
      im[at] = field.re[at] * s + field.im[at] * c;
    }
    return {grid: field.grid, re, im};
  }
}
