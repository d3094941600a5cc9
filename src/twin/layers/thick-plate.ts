import type {Grid} from '../../contract/optics.ts';
import type {KernelPlane, KernelTransfer} from '../propagation/convolver.ts';
import {PixelFilter, type PixelEdges} from './pixel-filter.ts';
import {maskAt, pixelIndices, type PlateModel} from './plate.ts';
import {sampleRelief} from './relief.ts';
import {
  sortIntoSlices,
  writeSlice,
  type Material,
  type SampledRelief,
  type Samples,
} from './slice-screens.ts';
import {layOutPlate, materialMm, type PlateLayout, type ScreenPlace} from './slices.ts';
import type {ThickMedium} from './thick-medium.ts';

/** A screen of a plate with the field that fell on it when light was sent through last. */
export interface LitScreen {
  readonly place: ScreenPlace;
  readonly screen: Samples;
  readonly incident: Samples;
  /** The plane of `incident`. */
  readonly plane: KernelPlane;
}

export interface ThickPlateOptions {
  /** A foil may lie on the plate. */
  readonly hasMask?: boolean | undefined;
  /** Fields whose screens can be held at the same time for the way back. */
  readonly slotCount?: number | undefined;
  /** How the samples see the plate's pixels; `sampled` unless given. */
  readonly edges?: PixelEdges | undefined;
}

/**
 * A printed plate with its thickness, by beam propagation (Feit and Fleck, Appl. Opt. 17, 3990, 1978, with the angular
 * spectrum for the way): the relief is cut into slices along the beam; between their middles light travels in a medium
 * whose permittivity is the mean of air and material, and in the middle of a slice each pixel turns the phase by what its
 * material differs from that medium, with its absorption; the base is a slab of the material. Fresnel's losses of both faces
 * are a factor, 4 n / (n + 1)^2 of the amplitude. Left out: reflections between faces and at the walls of pixels,
 * polarisation. docs/thick-plates.md has the errors.
 *
 * The plate carries a field from its reference plane to its reference plane, as a thin one does, so that gaps stay as they are.
 * Outside of the plate the holder is opaque there, so that nothing depends on how far the grid reaches beyond it.
 */
export class ThickPlate {
  private readonly medium: ThickMedium;
  private readonly sliceCount: number;
  private readonly hasMask: boolean;
  private readonly screens: readonly KernelPlane[];
  /** Slot by slot, the fields that fell on the screens when light was sent through last. */
  private readonly incident: readonly (readonly KernelPlane[])[];
  private plate: PlateModel | undefined;
  private layout!: PlateLayout;
  private ways: readonly KernelTransfer[] = [];
  private readonly edges: PixelEdges;
  /** From the cells of `relief` to samples; without it these are the samples themselves. */
  private filter: PixelFilter | undefined;
  /** Of each cell: a sample, or a pixel of the plate where pixels are band-limited. */
  private relief: SampledRelief = {heights: new Float64Array(0), tops: new Int8Array(0), ending: []};
  private material: Material | undefined;
  /** 1 on the plate and 0 beside it, and the samples beside it. */
  private readonly opening: KernelPlane;
  private outside: Int32Array = new Int32Array(0);

  /** Allocates a plate of `sliceCount` slices in the memory of `medium`. */
  constructor(
    medium: ThickMedium,
    sliceCount: number,
    {hasMask = false, slotCount = 1, edges = 'sampled'}: ThickPlateOptions = {},
  ) {
    this.medium = medium;
    this.edges = edges;
    this.sliceCount = sliceCount;
    this.hasMask = hasMask;
    const planes = (): KernelPlane[] =>
      Array.from({length: sliceCount + (hasMask ? 1 : 0)}, () => medium.convolver.createPlane());
    this.screens = planes();
    this.incident = Array.from({length: slotCount}, planes);
    this.opening = medium.convolver.createPlane();
  }

  /** Puts a plate in: geometry, heights, and its own material. */
  setPlate(plate: PlateModel): void {
    if (plate.mask && !this.hasMask) throw new RangeError('A plate with a mask was put where none has room.');
    const isSameOutline = this.plate !== undefined && isSameGrid(this.plate.relief.grid, plate.relief.grid);
    this.plate = plate;
    this.layout = layOutPlate(plate, this.sliceCount);
    const {grid, wavelengthMm} = this.medium;
    const isLimited = this.edges === 'band-limited';
    if (isLimited && !isSameOutline) this.filter = new PixelFilter(plate.relief.grid, grid, wavelengthMm);
    const heights = sampleRelief(plate, isLimited ? plate.relief.grid : grid, this.relief.heights);
    this.relief = sortIntoSlices(heights, this.layout, this.relief.tops);
    // What lies beside a plate is found once: a training puts the same plate in at each step.
    if (!isSameOutline) this.writeOpening();
    this.ways = this.layout.ways.map((steps) => this.medium.transferOf(steps));
    this.setMaterial(plate);
  }

  /** The same plate of another material; the medium between the slices and the faces' losses stay those of `setPlate`. */
  setMaterial(material: Material): void {
    const {grid, wavelengthMm, convolver} = this.medium;
    const {plate, layout, edges} = this;
    this.material = material;
    layout.screens.forEach((place, i) => {
      if (place.kind === 'slice') return this.writeScreen(this.screens[i], place.slice);
      const openings = plate?.mask ? maskAt(plate.mask, grid, plate.placement, {edges, wavelengthMm}) : [];
      convolver.write(this.screens[i], Float64Array.from(openings), new Float64Array(grid.count ** 2));
    });
  }

  private writeScreen(plane: KernelPlane, slice: number): void {
    const {convolver, grid} = this.medium;
    // A training writes its screens at every step: where cells are the plane's samples they are not copied.
    if (!this.filter && convolver.stride === grid.count) return this.writeCells(convolver.view(plane), slice);
    const {re, im} = this.onSamples(this.cellsOf(slice));
    convolver.write(plane, re, im);
  }

  private writeCells(to: Samples, slice: number): void {
    const {material = {refractiveIndex: 1, extinction: 0}} = this;
    writeSlice(to, this.relief, this.layout, {slice, material, wavelengthMm: this.medium.wavelengthMm});
  }

  private onSamples({re, im}: Samples): Samples {
    return this.filter ? {re: this.filter.spread(re), im: this.filter.spread(im)} : {re, im};
  }

  /**
   * What a slice does to the light in each cell: its transmission, and with `times` that times the material in the cell, mm; 0
   * outside of the plate. As `setMaterial` has written it at the samples.
   */
  cellsOf(slice: number, times?: 'material'): Samples {
    const {layout} = this;
    const {heights} = this.relief;
    const cells = {re: new Float64Array(heights.length), im: new Float64Array(heights.length)};
    this.writeCells(cells, slice);
    if (times === undefined) return cells;
    for (let i = 0; i < heights.length; i++) {
      if (Number.isNaN(heights[i])) continue;
      const own = materialMm(layout, slice, heights[i]);
      cells.re[i] *= own;
      cells.im[i] *= own;
    }
    return cells;
  }

  /** Values of cells at the samples, and the adjoint; the same where cells are samples. */
  spread(cells: Samples): Samples {
    return this.onSamples(cells);
  }

  gather({re, im}: Samples): Samples {
    return this.filter ? {re: this.filter.gather(re), im: this.filter.gather(im)} : {re, im};
  }

  /** Light through the plate; `from` and `to` may be the same. Fields that fall on screens are kept for the way back. */
  pass(from: KernelPlane, to: KernelPlane, slot = 0): void {
    const count = this.layout.screens.length;
    let at = from;
    for (let i = 0; i <= count; i++) {
      const next = i === count ? to : this.incident[slot][i];
      this.travel(i, at, next);
      at = next;
    }
    this.closeOutside(to);
  }

  /**
   * Carries a change of the incident field to one behind the plate, in place. `add` is called behind each screen, to add what
   * changes by the screen itself.
   */
  carryChange(plane: KernelPlane, add?: (screen: LitScreen, change: Samples) => void): void {
    const {convolver} = this.medium;
    const count = this.layout.screens.length;
    for (let i = 0; i <= count; i++) {
      if (!add || i === 0) this.travel(i, plane, plane);
      else convolver.apply(this.ways[i], plane, plane);
      if (!add || i === count) continue;
      const lit = this.litScreen(i, 0);
      const change = convolver.view(plane);
      multiplyInPlace(change, lit.screen);
      add(lit, change);
    }
    this.closeOutside(plane);
  }

  /**
   * Adjoint of `pass` in place, for a real number L with b = dL/d(conj U). `visit` is called with b just behind each screen.
   */
  carryBack(plane: KernelPlane, visit?: (screen: LitScreen, behind: Samples) => void, slot = 0): void {
    const {convolver} = this.medium;
    const count = this.layout.screens.length;
    for (let i = count; i >= 0; i--) {
      const mask = i === count ? this.opening : this.screens[i];
      convolver.apply(this.ways[i], plane, plane, {adjoint: true, mask, conjugateMask: true});
      if (i > 0) visit?.(this.litScreen(i - 1, slot), convolver.view(plane));
    }
    this.closeOutside(plane);
  }

  /** The plane for the light that falls on the first screen, of `passScreens`. */
  entry(slot: number): KernelPlane {
    return this.incident[slot][0];
  }

  /**
   * Light that has been written to `entry` through all screens but the last: what falls on the last one, and that screen as the
   * mask that is still to be multiplied with. The ways into and out of the plate are left to the gaps beside it.
   */
  passScreens(slot: number): {readonly from: KernelPlane; readonly mask: KernelPlane} {
    const fields = this.incident[slot];
    const last = this.layout.screens.length - 1;
    for (let i = 1; i <= last; i++) this.travel(i, fields[i - 1], fields[i]);
    return {from: fields[last], mask: this.screens[last]};
  }

  /**
   * Adjoint of `passScreens` in place, from behind the last screen to behind the first one: the mask that is returned is still to
   * be multiplied with, conjugated. `visit` is called while b stands just behind a screen, with the field that fell on it.
   */
  carryScreensBack(
    plane: KernelPlane,
    visit: (place: ScreenPlace, incident: KernelPlane) => void,
    slot: number,
  ): KernelPlane {
    const {convolver} = this.medium;
    for (let i = this.layout.screens.length - 1; i >= 0; i--) {
      visit(this.layout.screens[i], this.incident[slot][i]);
      if (i === 0) break;
      const mask = this.screens[i];
      convolver.apply(this.ways[i], plane, plane, {adjoint: true, mask, conjugateMask: true});
    }
    return this.screens[0];
  }

  /** The slice that a small change of the height of a cell changes; -1 outside of the plate. */
  topSliceOf(cell: number): number {
    return this.relief.tops[cell];
  }

  /** The cells whose heights end in a slice: those for which it is the slice that a small change of the height changes. */
  cellsEndingIn(slice: number): Int32Array {
    return this.relief.ending[slice];
  }

  private writeOpening(): void {
    const {convolver, grid} = this.medium;
    const {count} = grid;
    const pixels = pixelIndices(this.plate?.relief.grid ?? grid, grid);
    const open = Float64Array.from({length: count * count}, (_, i) =>
      pixels[i % count] < 0 || pixels[Math.floor(i / count)] < 0 ? 0 : 1,
    );
    convolver.write(this.opening, open, new Float64Array(open.length));
    const {re} = convolver.view(this.opening);
    this.outside = Int32Array.from(re.keys()).filter((i) => re[i] === 0);
  }

  private closeOutside(plane: KernelPlane): void {
    const {re, im} = this.medium.convolver.view(plane);
    for (const i of this.outside) re[i] = im[i] = 0;
  }

  /** Way i, behind what stands in front of it. */
  private travel(i: number, from: KernelPlane, to: KernelPlane): void {
    const mask = i === 0 ? this.opening : this.screens[i - 1];
    this.medium.convolver.apply(this.ways[i], from, to, {mask});
  }

  /** What stands where along the beam. */
  get places(): readonly ScreenPlace[] {
    return this.layout.screens;
  }

  /** A screen, from the source on, with the field that fell on it. */
  litScreen(i: number, slot: number): LitScreen {
    const {convolver} = this.medium;
    const plane = this.incident[slot][i];
    return {
      plane,
      place: this.layout.screens[i],
      screen: convolver.view(this.screens[i]),
      incident: convolver.view(plane),
    };
  }
}

function multiplyInPlace(field: Samples, by: Samples): void {
  for (let i = 0; i < field.re.length; i++) {
    const re = field.re[i];
    const im = field.im[i];
    field.re[i] = re * by.re[i] - im * by.im[i];
    field.im[i] = re * by.im[i] + im * by.re[i];
  }
}

const isSameGrid = (a: Grid, b: Grid): boolean => a.count === b.count && a.pitchMm === b.pitchMm;
