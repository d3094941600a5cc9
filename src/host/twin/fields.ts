import type {ComplexPlane} from '../../contract/optics.ts';
import {onePlaneOf} from '../../contract/read-out.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {multiplyPlanes} from '../../twin/field/complex-plane.ts';
import {createIllumination} from '../../twin/field/illumination.ts';
import {modelFrom, type Design} from '../../twin/design/load.ts';
import {createPlatePasses} from '../../twin/layers/plate-passes.ts';
import {resampleObject} from '../../twin/layers/plate.ts';
import {intensityOf} from '../../twin/layers/system.ts';
import {
  computePlaneWeights,
  computeRegionEnergies,
  computeShares,
  createReadOut,
  findWinner,
} from '../../twin/metrics/index.ts';
import type {KernelTransfer} from '../../twin/propagation/convolver.ts';
import {createPropagator} from '../../twin/propagation/propagator.ts';

export interface FieldsRequest {
  readonly object: ComplexPlane;
  /** Planes along the beam, mm behind the object; a plane at a plate shows the light just behind it. */
  readonly zMm: readonly number[];
  /** Planes are thinned to at most so many samples a side. */
  readonly maximumCount: number;
}

/** Square plane, row 0 at the smallest y, sample centres `pitchMm` apart around the axis. */
export interface FieldPlane {
  readonly zMm: number;
  readonly count: number;
  readonly pitchMm: number;
  /** Mean over the samples that were put together; 1 is the light on the axis without an object. */
  readonly intensity: Float32Array<ArrayBuffer>;
  /** Phase of the middle sample of each group, rad in -pi..pi. */
  readonly phaseRad: Float32Array<ArrayBuffer>;
  /** Power through the plane over the power behind the object. */
  readonly powerRatio: number;
}

export interface FieldPlanes {
  /** In the order of the request. */
  readonly planes: readonly FieldPlane[];
  /** Region energies at the detector divided by their sum, in the order of the design's regions. */
  readonly shares: readonly number[];
  readonly winner: string | null;
}

/** Shorter gaps than this are none: the plane is the part itself. */
const smallestGapMm = 1e-6;

/**
 * Carries the light of an object through the plates of a design, everything where the design has it, and looks at it
 * on the way. One gap after the other, so that light that left the window on one stretch stays lost.
 */
export function computeFields(design: Design, request: FieldsRequest): FieldPlanes {
  const model = modelFrom(design);
  const {grid, frequencyHz} = design.file;
  const wavelengthMm = wavelengthMmFromHz(frequencyHz);
  const propagator = createPropagator(grid, wavelengthMm, {method: 'asm', pad: 2, precision: 'double'});
  const gaps = new Map<string, KernelTransfer>();
  const carry = (field: ComplexPlane, distanceMm: number): ComplexPlane => {
    if (distanceMm < smallestGapMm) return field;
    // Plates stand in equal gaps and planes often at equal places in them.
    const key = distanceMm.toFixed(6);
    let gap = gaps.get(key);
    if (!gap) gaps.set(key, (gap = propagator.prepare(distanceMm)));
    return propagator.forward(gap, field);
  };
  const wanted = request.zMm
    .map((zMm, index) => ({zMm, index}))
    .sort((a, b) => a.zMm - b.zMm || a.index - b.index);
  const planes: FieldPlane[] = [];
  let field = multiplyPlanes(
    createIllumination(model.illumination, grid, wavelengthMm),
    resampleObject(request.object, grid),
  );
  const inputPower = powerOf(field);
  const parts = [
    ...createPlatePasses(model, {grid, edges: 'sampled', precision: 'double'}).map((pass, i) => ({
      zMm: model.plates[i].zMm,
      pass,
    })),
    {zMm: model.outputZMm, pass: undefined},
  ];
  let fromMm = 0;
  let next = 0;
  let detector = field;
  for (const part of parts) {
    // What lies before this part belongs to the gap in front of it; behind the last part the way goes on.
    for (; next < wanted.length && wanted[next].zMm < part.zMm - smallestGapMm; next++) {
      const {zMm, index} = wanted[next];
      planes[index] = planeFrom(carry(field, zMm - fromMm), zMm, inputPower, request.maximumCount);
    }
    field = carry(field, part.zMm - fromMm);
    if (part.pass) field = part.pass(field);
    else detector = field;
    fromMm = part.zMm;
  }
  for (; next < wanted.length; next++) {
    const {zMm, index} = wanted[next];
    planes[index] = planeFrom(carry(field, zMm - fromMm), zMm, inputPower, request.maximumCount);
  }
  const {detector: plane} = design.file;
  if (plane.regions.length === 0) return {planes, shares: [], winner: null};
  const energies = computeRegionEnergies(computePlaneWeights(grid, plane.regions), intensityOf(detector));
  const shares = Array.from(computeShares(energies));
  const {labels, scoresOf} = createReadOut(onePlaneOf(plane));
  return {planes, shares, winner: labels[findWinner(scoresOf(energies))]};
}

function planeFrom(field: ComplexPlane, zMm: number, inputPower: number, maximumCount: number): FieldPlane {
  const {grid, re, im} = field;
  const step = Math.ceil(grid.count / maximumCount);
  const count = Math.floor(grid.count / step);
  const intensity = new Float32Array(count * count);
  const phaseRad = new Float32Array(count * count);
  // The samples that are left over at the edges when the side does not divide are left out evenly.
  const first = Math.floor((grid.count - count * step) / 2);
  const middle = Math.floor(step / 2);
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++) {
      let sum = 0;
      for (let v = 0; v < step; v++)
        for (let u = 0; u < step; u++) {
          const at = (first + row * step + v) * grid.count + first + column * step + u;
          sum += re[at] ** 2 + im[at] ** 2;
        }
      const at = row * count + column;
      const center = (first + row * step + middle) * grid.count + first + column * step + middle;
      intensity[at] = sum / (step * step);
      phaseRad[at] = Math.atan2(im[center], re[center]);
    }
  return {
    zMm,
    count,
    pitchMm: grid.pitchMm * step,
    intensity,
    phaseRad,
    powerRatio: inputPower > 0 ? powerOf(field) / inputPower : 0,
  };
}

function powerOf({re, im}: ComplexPlane): number {
  let sum = 0;
  for (let i = 0; i < re.length; i++) sum += re[i] ** 2 + im[i] ** 2;
  return sum;
}
