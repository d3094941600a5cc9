import type {Illumination} from '../contract/illumination.ts';
import type {ComplexPlane, Grid} from '../contract/optics.ts';
import {noPlacement, type Placement} from '../contract/placement.ts';
import {radFromDeg} from '../contract/units.ts';
import {createIllumination, type Frame} from '../twin/field/illumination.ts';
import {cropPlane, multiplyPlanes} from '../twin/field/complex-plane.ts';
import {createThickPass} from '../twin/layers/plate-passes.ts';
import {edgesOn, type PixelEdges} from '../twin/layers/pixel-filter.ts';
import {openFrame, plateTransmission, resampleObject, type PlateModel} from '../twin/layers/plate.ts';
import {reliefExtentOf, standingFace} from '../twin/layers/relief.ts';
import {createThickMedium, type ThickMedium} from '../twin/layers/thick-medium.ts';
import {createPropagator, writeGap, type Propagator} from '../twin/propagation/propagator.ts';
import {createFieldTurn, type FieldTurn} from './field-rotation.ts';
import {orientObject, orientRelief, splitTurn} from './part-orientation.ts';
import {assertApart} from './parts-apart.ts';
import type {Tilt} from './scene-truth.ts';
import type {Transfer} from './short-steps.ts';
import {createPlaneSteps, TiltedPlane, type PlaneSteps} from './tilted-plane.ts';

/** A plate as it stands in the chain; one that is absent is not in the list. */
export interface ChainPlate extends PlateModel {
  /** For a person; `plate 1` and so on unless given. */
  readonly name?: string | undefined;
  /** Of the plate's plane, about the axes of its holder. Upright unless given. */
  readonly tilt?: Tilt | undefined;
}

export interface ChainModel {
  readonly wavelengthMm: number;
  /** Grid of the calculation, over the design's field. */
  readonly grid: Grid;
  readonly illumination: Illumination;
  readonly objectPlacement: Placement;
  readonly plates: readonly ChainPlate[];
  /** True distance of the output plane from the object plane of the design, mm. */
  readonly outputZMm: number;
  /** Plates are thick, their reliefs cut into slices of at most this, mm; they are thin without it. */
  readonly sliceMm?: number | undefined;
  /** How samples see square pixels; band-limited where they are fine enough unless given. */
  readonly edges?: PixelEdges | undefined;
}

interface Part {
  readonly frame: Frame;
  readonly zMm: number;
}
interface Gap {
  readonly transfer: Transfer;
  key: string;
}

/** Samples around the field, which turned samples at its edge need, as long as turns are small. */
const leastMarginCount = 12;

const partOf = (zMm: number, placement: Placement): Part => ({
  zMm: zMm + placement.dzMm,
  frame: {
    xMm: placement.dxMm,
    yMm: placement.dyMm,
    // Quarter turns are made in the pixels of the part.
    rotationRad: radFromDeg(splitTurn(placement.rotationDeg).restDeg),
  },
});

const isTilted = (tilt: Tilt | undefined): tilt is Tilt =>
  tilt !== undefined && (tilt.tiltXDeg !== 0 || tilt.tiltYDeg !== 0);

/**
 * The light's way from the object to the output plane by sampled Rayleigh-Sommerfeld kernels, each part in its own
 * frame: shifts are inside the kernels, rotations turn the smooth field in front of a plate (field-rotation.ts), so
 * that plates keep their square pixels. The output is on the optical axis' frame. Single precision: its error, 1e-6
 * of the largest amplitude, is far below the detector's noise.
 */
export class OpticalChain {
  private readonly model: ChainModel;
  private parts: readonly Part[] = [];
  private passes: readonly ((field: ComplexPlane) => ComplexPlane)[] = [];
  private gaps: Gap[] = [];
  private detectorShiftMm = 0;
  private grid: Grid = {count: 0, pitchMm: 1};
  private propagator!: Propagator;
  private turn!: FieldTurn;
  private light!: ComplexPlane;
  private medium: ThickMedium | undefined;
  private planeSteps: PlaneSteps | undefined;
  /** Field in front of the last gap, which stays as it is when only the output plane moves. */
  private beforeLast: {readonly object: ComplexPlane | null; readonly field: ComplexPlane} | undefined;

  constructor(model: ChainModel) {
    this.model = model;
    this.setPlates(model.plates);
  }

  /** Puts these plates in, in order along the beam. Throws `twin/invalid` when parts would touch; nothing changes then. */
  setPlates(plates: readonly ChainPlate[]): void {
    const {model} = this;
    const placed = plates.map((plate) => ({...plate, placement: {...noPlacement, ...plate.placement}}));
    const parts = [
      partOf(0, model.objectPlacement),
      ...placed.map((plate) => partOf(plate.zMm, plate.placement)),
      partOf(model.outputZMm, noPlacement),
    ];
    const last = parts.length - 1;
    assertApart(
      parts.map(({zMm}, i) => ({
        name: i === 0 ? 'the object' : i === last ? 'the output plane' : (plates[i - 1].name ?? `plate ${i}`),
        zMm,
        tilt: plates[i - 1]?.tilt,
      })),
      model.grid.count * model.grid.pitchMm,
    );
    this.parts = parts;
    this.beforeLast = undefined;
    this.provideGrid();
    this.gaps.length = Math.min(this.gaps.length, parts.length - 1);
    for (let i = 0; i + 1 < parts.length; i++) this.writeGap(i);
    this.passes = placed.map((plate) => this.createPass(plate));
  }

  /** Moves the output plane along the beam. */
  setDetectorShift(shiftZMm: number): void {
    this.detectorShiftMm = shiftZMm;
    this.writeGap(this.parts.length - 2);
  }

  /** Field at the output plane for an object (null: an open frame of the design's size), which must not be changed. */
  propagate(object: ComplexPlane | null): ComplexPlane {
    const last = this.gaps.length - 1;
    if (this.beforeLast?.object !== object)
      this.beforeLast = {object, field: this.pass(this.lightBehind(object), 0, last)};
    return cropPlane(this.pass(this.beforeLast.field, last, last + 1), this.model.grid);
  }

  private get edges(): PixelEdges {
    return this.model.edges ?? edgesOn(this.grid, this.model.wavelengthMm);
  }

  private lightBehind(object: ComplexPlane | null): ComplexPlane {
    const {grid, objectPlacement, wavelengthMm} = this.model;
    const standing = orientObject(object ?? openFrame(grid), objectPlacement);
    const {edges} = this;
    return multiplyPlanes(this.light, resampleObject(standing, this.grid, {}, {edges, wavelengthMm}));
  }

  /** Through some of the gaps, each with the plate behind it. */
  private pass(start: ComplexPlane, from: number, to: number): ComplexPlane {
    let field = start;
    for (let i = from; i < to; i++) {
      field = this.propagator.forward(this.gaps[i].transfer, field);
      field = this.turn(field, this.parts[i + 1].frame.rotationRad - this.parts[i].frame.rotationRad);
      field = this.passes[i]?.(field) ?? field;
    }
    return field;
  }

  /** The grid of the calculation, larger where a turn needs it, and what hangs on it. */
  private provideGrid(): void {
    const {grid, wavelengthMm, illumination} = this.model;
    const turns = this.parts
      .slice(1)
      .map((part, i) => Math.abs(part.frame.rotationRad - this.parts[i].frame.rotationRad));
    const corner = Math.max(
      ...turns.map((turn) => (grid.count / 2) * (Math.abs(Math.sin(turn)) + Math.abs(Math.cos(turn)) - 1)),
    );
    const margin = Math.max(leastMarginCount, Math.ceil(corner) + 4);
    const count = grid.count + 2 * margin;
    if (count <= this.grid.count) return;
    this.grid = {count, pitchMm: grid.pitchMm};
    this.propagator = createPropagator(this.grid, wavelengthMm, {method: 'rs', precision: 'single'});
    this.turn = createFieldTurn(this.propagator.convolver);
    this.light = createIllumination(illumination, this.grid, wavelengthMm, this.parts[0].frame);
    this.medium = undefined;
    this.planeSteps = undefined;
    this.gaps = [];
  }

  private createPass(
    plate: ChainPlate & {readonly placement: Placement},
  ): (field: ComplexPlane) => ComplexPlane {
    const {wavelengthMm} = this.model;
    const relief = orientRelief(plate.relief, plate.placement);
    const mask = plate.mask && orientRelief(plate.mask, plate.placement);
    const through = this.createFlatPass({...plate, relief, mask}, plate.placement);
    if (!isTilted(plate.tilt)) return through;
    this.planeSteps ??= createPlaneSteps(this.propagator, wavelengthMm);
    const plane = new TiltedPlane(this.propagator, wavelengthMm, this.planeSteps, plate.tilt);
    return (field) => plane.leave(through(plane.enter(field)));
  }

  /** Relief and mask as they stand: turns are made in their pixels. */
  private createFlatPass(plate: ChainPlate, placement: Placement): (field: ComplexPlane) => ComplexPlane {
    const {wavelengthMm, sliceMm} = this.model;
    const {edges} = this;
    if (sliceMm === undefined || plate.isFoil) {
      const mask = plateTransmission({...plate, placement: noPlacement}, this.grid, wavelengthMm, edges);
      return (field) => multiplyPlanes(field, mask);
    }
    const {kernel, precision} = this.propagator.convolver;
    this.medium ??= createThickMedium(this.grid, wavelengthMm, {precision, kernel});
    const {lowestMm, highestMm} = reliefExtentOf(plate);
    const sliceCount = Math.max(1, Math.ceil((highestMm - lowestMm) / sliceMm - 1e-9));
    const reliefFaces = standingFace({...plate, placement});
    return createThickPass(this.medium, {...plate, reliefFaces, placement: noPlacement}, sliceCount, edges);
  }

  /** Way from part i to the next, whose origin is expressed in the axes of part i. */
  private writeGap(index: number): void {
    const [from, to] = [this.parts[index], this.parts[index + 1]];
    const extraMm = index === this.parts.length - 2 ? this.detectorShiftMm : 0;
    const [dx, dy] = [to.frame.xMm - from.frame.xMm, to.frame.yMm - from.frame.yMm];
    const [cos, sin] = [Math.cos(from.frame.rotationRad), Math.sin(from.frame.rotationRad)];
    const way = {
      distanceMm: to.zMm + extraMm - from.zMm,
      shiftXMm: cos * dx + sin * dy,
      shiftYMm: -sin * dx + cos * dy,
    };
    const key = JSON.stringify(way);
    const {convolver} = this.propagator;
    const gap = (this.gaps[index] ??= {transfer: convolver.createTransfer(), key: ''});
    if (gap.key === key) return;
    writeGap(convolver, gap.transfer, {grid: this.grid, wavelengthMm: this.model.wavelengthMm, ...way}, 'rs');
    gap.key = key;
  }
}
