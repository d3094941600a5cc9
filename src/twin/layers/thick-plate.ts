import type {Grid, RealArray} from '../../contract/optics.ts';
import type {KernelPlane, KernelTransfer} from '../propagation/convolver.ts';
import {PixelFilter, type PixelEdges} from './pixel-filter.ts';
import {maskAt, pixelIndices, type PlateModel} from './plate.ts';
import {sampleRelief} from './relief.ts';
import {layOutPlate, materialMm, topSliceOf, type PlateLayout, type ScreenPlace} from './slices.ts';
import type {ThickMedium} from './thick-medium.ts';

/** Real and imaginary parts of the samples of a plane, in rows of the convolver's stride. */
export interface Samples {
  readonly re: RealArray;
  readonly im: RealArray;
}

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

/** Index and extinction of a plate's material. */
export interface Material {
  readonly refractiveIndex: number;
  readonly extinction: number;
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
  /** From the cells of `heights` to samples; without it these are the samples themselves. */
  private filter: PixelFilter | undefined;
  /** Of each cell: a sample, or a pixel of the plate where pixels are band-limited. NaN outside of the plate. */
  private heights: Float64Array = new Float64Array(0);
  private material: Material | undefined;
  /** The slice that a small change of a cell's height changes; -1 outside of the plate. */
  private tops: Int8Array = new Int8Array(0);
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
    this.heights = sampleRelief(plate, isLimited ? plate.relief.grid : grid);
    this.tops = Int8Array.from(this.heights, (height) =>
      Number.isNaN(height) ? -1 : topSliceOf(this.layout, height),
    );
    // What lies beside a plate is found once: a training puts the same plate in at each step.
    if (!isSameOutline) this.writeOpening();
    this.ways = this.layout.ways.map((steps) => this.medium.transferOf(steps));
    this.setMaterial(plate);
  }

  /** The same plate of another material; the medium between the slices and the faces' losses stay those of `setPlate`. */
  setMaterial(material: Material): void {
    const {grid, wavelengthMm, convolver} = this.medium;
    const {plate, layout, heights, edges} = this;
    this.material = material;
    layout.screens.forEach((place, i) => {
      const how = {edges, wavelengthMm};
      const screen =
        place.kind === 'foil'
          ? foilScreen(plate?.mask ? maskAt(plate.mask, grid, plate.placement, how) : [], grid.count)
          : this.onSamples(sliceScreen(heights, layout, {slice: place.slice, material, wavelengthMm}));
      convolver.write(this.screens[i], screen.re, screen.im);
    });
  }

  private onSamples({re, im}: Samples): Samples {
    return this.filter ? {re: this.filter.spread(re), im: this.filter.spread(im)} : {re, im};
  }

  /**
   * What a slice does to the light in each cell: its transmission, and with `times` that times the material in the cell, mm; 0
   * outside of the plate. As `setMaterial` has written it at the samples.
   */
  cellsOf(slice: number, times?: 'material'): Samples {
    const {layout, heights} = this;
    const material = this.material ?? {refractiveIndex: 1, extinction: 0};
    const cells = sliceScreen(heights, layout, {slice, material, wavelengthMm: this.medium.wavelengthMm});
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

  /** The slice that a small change of the height of a cell changes; -1 outside of the plate. */
  topSliceOf(cell: number): number {
    return this.tops[cell];
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

/** Amplitude that both faces of a plate let through at normal incidence (Hecht, Optics, section 4.6). */
export const facesTransmission = (refractiveIndex: number): number =>
  (4 * refractiveIndex) / (refractiveIndex + 1) ** 2;

/** What a slice does to the light of each cell beyond its way through the medium; the first slice also has the faces' losses. */
function sliceScreen(
  heights: Float64Array,
  layout: PlateLayout,
  {
    slice,
    material: {refractiveIndex, extinction},
    wavelengthMm,
  }: {readonly slice: number; readonly material: Material; readonly wavelengthMm: number},
): Samples {
  const waveNumber = (2 * Math.PI) / wavelengthMm;
  const [perMm, lossPerMm] = [waveNumber * (refractiveIndex - 1), waveNumber * extinction];
  const slabPhase = slice === 0 ? waveNumber * (layout.slabIndex - 1) * layout.slabMm : 0;
  const constant = waveNumber * (layout.referenceIndex - 1) * layout.sliceMm + slabPhase;
  const faces = slice === 0 ? facesTransmission(layout.slabIndex) : 1;
  const re = new Float64Array(heights.length);
  const im = new Float64Array(heights.length);
  const factorOf = (material: number): readonly [number, number] => {
    const amplitude = faces * Math.exp(-lossPerMm * material);
    const phase = perMm * material - constant;
    return [amplitude * Math.cos(phase), amplitude * Math.sin(phase)];
  };
  // Most pixels are full or empty in a slice.
  const emptyMm = materialMm(layout, slice, -Infinity);
  const fullMm = materialMm(layout, slice, Infinity);
  const [empty, full] = [factorOf(emptyMm), factorOf(fullMm)];
  for (let i = 0; i < heights.length; i++) {
    if (Number.isNaN(heights[i])) continue;
    const material = materialMm(layout, slice, heights[i]);
    const factor = material === emptyMm ? empty : material === fullMm ? full : factorOf(material);
    re[i] = factor[0];
    im[i] = factor[1];
  }
  return {re, im};
}

const foilScreen = (openings: ArrayLike<number>, count: number): Samples => ({
  re: Float64Array.from(openings),
  im: new Float64Array(count * count),
});
