import type {Illumination} from '../contract/illumination.ts';
import type {ComplexPlane, Grid} from '../contract/optics.ts';
import {noPlacement, type Placement} from '../contract/placement.ts';
import {radFromDeg} from '../contract/units.ts';
import {createIllumination, type Frame} from '../twin/field/illumination.ts';
import {plateTransmission, resampleObject, type PlateModel} from '../twin/layers/plate.ts';
import {createPropagator, type Propagator} from '../twin/propagation/propagator.ts';
import {turnField} from './field-rotation.ts';
import {cropPlane, multiplyPlanes} from '../twin/field/complex-plane.ts';

export interface ChainModel {
  readonly wavelengthMm: number;
  /** Grid of the calculation, over the design's field. */
  readonly grid: Grid;
  readonly illumination: Illumination;
  readonly objectPlacement: Placement;
  readonly plates: readonly PlateModel[];
  /** True distance of the output plane from the object plane of the design, mm. */
  readonly outputZMm: number;
}

type Transfer = ReturnType<Propagator['prepare']>;

interface Part {
  readonly frame: Frame;
  readonly zMm: number;
}

/** Samples around the field, which turned samples at its edge need. */
const marginCount = 12;

const partOf = (zMm: number, placement: Placement): Part => ({
  zMm: zMm + placement.dzMm,
  frame: {xMm: placement.dxMm, yMm: placement.dyMm, rotationRad: radFromDeg(placement.rotationDeg)},
});

/**
 * The light's way from the object to the output plane by sampled Rayleigh-Sommerfeld kernels, each part in its own
 * frame: shifts are inside the kernels, rotations turn the smooth field in front of a plate (field-rotation.ts), so
 * that plates keep their square pixels. The output is on the optical axis' frame. Single precision: its error, 1e-6
 * of the largest amplitude, is far below the detector's noise.
 */
export class OpticalChain {
  private readonly model: ChainModel;
  private readonly parts: readonly Part[];
  private readonly grid: Grid;
  private readonly propagator: Propagator;
  private readonly gaps: Transfer[];
  private readonly masks: readonly ComplexPlane[];
  private readonly light: ComplexPlane;

  constructor(model: ChainModel) {
    this.model = model;
    const plates = model.plates.map((plate) => ({...plate, placement: {...noPlacement, ...plate.placement}}));
    this.parts = [
      partOf(0, model.objectPlacement),
      ...plates.map((plate) => partOf(plate.zMm, plate.placement)),
      partOf(model.outputZMm, noPlacement),
    ];
    this.grid = {count: model.grid.count + 2 * marginCount, pitchMm: model.grid.pitchMm};
    this.propagator = createPropagator(this.grid, model.wavelengthMm, {method: 'rs', precision: 'single'});
    this.gaps = this.parts.slice(1).map((_, i) => this.prepareGap(i, 0));
    this.masks = plates.map((plate) => plateTransmission(plate, this.grid, model.wavelengthMm));
    this.light = createIllumination(model.illumination, this.grid, model.wavelengthMm, this.parts[0].frame);
  }

  /** Moves the output plane along the beam. */
  setDetectorShift(shiftZMm: number): void {
    const last = this.gaps.length - 1;
    this.gaps[last] = this.prepareGap(last, shiftZMm);
  }

  /** Field at the output plane for an object (null: an open frame of the design's size). */
  propagate(object: ComplexPlane | null): ComplexPlane {
    const {grid} = this.model;
    const open = {
      grid: {count: 1, pitchMm: grid.count * grid.pitchMm},
      re: Float64Array.of(1),
      im: Float64Array.of(0),
    };
    let field = multiplyPlanes(
      this.light,
      resampleObject(object ?? open, this.grid, this.model.objectPlacement),
    );
    for (const [i, gap] of this.gaps.entries()) {
      field = this.propagator.forward(gap, field);
      field = turnField(field, this.parts[i + 1].frame.rotationRad - this.parts[i].frame.rotationRad);
      if (i < this.masks.length) field = multiplyPlanes(field, this.masks[i]);
    }
    return cropPlane(field, grid);
  }

  /** Way from part i to the next, whose origin is expressed in the axes of part i. */
  private prepareGap(index: number, extraMm: number): Transfer {
    const [from, to] = [this.parts[index], this.parts[index + 1]];
    const [dx, dy] = [to.frame.xMm - from.frame.xMm, to.frame.yMm - from.frame.yMm];
    const [cos, sin] = [Math.cos(from.frame.rotationRad), Math.sin(from.frame.rotationRad)];
    return this.propagator.prepare(to.zMm + extraMm - from.zMm, cos * dx + sin * dy, -sin * dx + cos * dy);
  }
}
