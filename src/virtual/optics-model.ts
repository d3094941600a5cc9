import {hasRelief} from '../contract/design-file.ts';
import type {Probe} from '../contract/illumination.ts';
import type {ComplexPlane, RealPlane} from '../contract/optics.ts';
import {positionMm} from '../contract/optics.ts';
import {wavelengthMmFromHz} from '../contract/units.ts';
import {designAt} from '../twin/design/at-frequency.ts';
import {modelFrom, type Design} from '../twin/design/load.ts';
import {illuminationAt} from '../twin/field/illumination-at.ts';
import {interpolateField} from '../twin/field/interpolation.ts';
import {reliefExtentOf, type ReliefExtent} from '../twin/layers/relief.ts';
import {heightNoise, printRelief} from '../twin/layers/print-roughness.ts';
import {filterByMode, sampleAperture} from '../twin/layers/probe.ts';
import {OpticalChain, type ChainPlate} from './optics-chain.ts';
import type {MountedObject} from './scene.ts';
import {plateStandsOf, withMissingPrints, type PlateStand, type SceneTruth} from './scene-truth.ts';

/**
 * What the detector takes in, anywhere on the output plane (optical axis' frame): the field as the probe's mode
 * weighs it, whose power is read at a point, or the field itself, whose mean power over an opening is read.
 */
export interface DetectorPlane {
  readonly field: ComplexPlane;
  readonly opening?: Extract<Probe, {kind: 'aperture'}>;
}

/** Powers that the detector takes in at points of its plane; 0 outside of what is known. */
export function powersAt(
  {field, opening}: DetectorPlane,
  xMm: ArrayLike<number>,
  yMm: ArrayLike<number>,
): Float64Array {
  if (opening) return sampleAperture(field, opening, {xMm, yMm});
  const {re, im} = interpolateField(field, xMm, yMm);
  return re.map((value, i) => value ** 2 + im[i] ** 2);
}

/** A plain figure (a hollow zero) on the design's image grid: the measure of brightness, whatever the design shows. */
export function plainFigure(design: Design): MountedObject {
  const {imageCount, sideMm} = design.file.object;
  const grid = {count: imageCount, pitchMm: sideMm / imageCount};
  const amplitude = new Float64Array(imageCount * imageCount);
  for (let row = 0; row < imageCount; row++)
    for (let column = 0; column < imageCount; column++) {
      const [x, y] = [positionMm(grid, column) / sideMm, positionMm(grid, row) / sideMm];
      const radius = Math.hypot(x / 0.2, y / 0.32);
      amplitude[row * imageCount + column] = radius < 1 && radius > 0.55 ? 1 : 0;
    }
  return {label: 'plain figure', grid, amplitude};
}

export interface OpticsModelOptions {
  /** Frequency of the light; the design's own unless given. */
  readonly frequencyHz?: number | undefined;
  /** Of a model of the same bench at another frequency; without it the brightest point of the plain figure is 1 here. */
  readonly scale?: number | undefined;
}

/**
 * The bench of a design with everything that a seed has drawn, at one frequency. It runs by itself, without instruments or threads; for
 * readings at scan points see read-scene-plane.ts.
 */
export class OpticsModel {
  readonly wavelengthMm: number;
  /** By which brightness is measured; see `OpticsModelOptions`. */
  readonly scale: number;
  private readonly design: Design;
  private readonly truth: SceneTruth;
  private readonly reliefs: readonly RealPlane[];
  /** By place: the last relief that was printed for it since. */
  private readonly newReliefs = new Map<number, {readonly id: string; readonly relief: RealPlane}>();
  /** Of the reliefs as drawn: roughness does not move a plate. */
  private readonly extents: readonly ReliefExtent[];
  private readonly chain: OpticalChain;
  private readonly designedHz: number;
  private mounted: {readonly object: MountedObject | null; readonly plane: ComplexPlane | null} | undefined;

  constructor(design: Design, truth: SceneTruth, options: OpticsModelOptions = {}) {
    const {frequencyHz = design.file.frequencyHz, scale} = options;
    this.design = designAt(design, frequencyHz);
    this.designedHz = design.file.frequencyHz;
    this.truth = truth;
    this.wavelengthMm = wavelengthMmFromHz(frequencyHz);
    this.reliefs = design.layers.map((relief, i) =>
      // A foil has no print that could be rough.
      printed(relief, truth, hasRelief(design.file.layers[i]) ? String(i) : null),
    );
    this.extents = modelFrom(this.design).plates.map(reliefExtentOf);
    const stands = plateStandsOf(truth);
    const isComplete = stands.every(({print}) => print !== null);
    // The measure of brightness belongs to source and detector, whichever plates stand between them.
    this.chain = this.createChain(withMissingPrints(stands));
    this.scale = scale ?? 1 / this.brightest(this.detectorPlane(plainFigure(design), 1));
    if (!isComplete) this.setPlates(stands);
  }

  /** Puts the plates where `stands` says, by place. Throws `twin/invalid` when parts would touch; nothing changes then. */
  setPlates(stands: readonly PlateStand[]): void {
    this.chain.setPlates(this.chainPlates(stands));
  }

  /** Moves the detector along the beam. */
  setDetectorZ(zMm: number): void {
    this.chain.setDetectorShift(zMm);
  }

  /** What the detector takes in behind an object; 1 is the brightest point of the plain figure. */
  detectorPlane(object: MountedObject | null, scale = this.scale): DetectorPlane {
    const {probe} = this.truth.settings;
    // The same plane for the same object, by which the chain knows it again.
    if (this.mounted?.object !== object) this.mounted = {object, plane: object && complexObject(object)};
    const fallen = this.chain.propagate(this.mounted.plane);
    const {grid, re, im} = probe.kind === 'mode' ? filterByMode(fallen, this.wavelengthMm, probe) : fallen;
    const amplitude = Math.sqrt(scale);
    const scaled = (values: ComplexPlane['re']): Float64Array => {
      const result = new Float64Array(values);
      for (let i = 0; i < result.length; i++) result[i] *= amplitude;
      return result;
    };
    const field = {grid, re: scaled(re), im: scaled(im)};
    return probe.kind === 'aperture' ? {field, opening: probe} : {field};
  }

  /** Largest power at the field's samples; an opening is only held where the field itself is bright. */
  private brightest(plane: DetectorPlane): number {
    const {grid, re, im} = plane.field;
    const power = new Float64Array(re.length);
    for (let i = 0; i < power.length; i++) power[i] = re[i] ** 2 + im[i] ** 2;
    const highest = power.reduce((most, value) => Math.max(most, value), 0);
    const bright = Array.from(power.keys()).filter((i) => power[i] > highest / 4);
    const powers = powersAt(
      plane,
      bright.map((i) => positionMm(grid, i % grid.count)),
      bright.map((i) => positionMm(grid, Math.floor(i / grid.count))),
    );
    return powers.reduce((most, value) => Math.max(most, value), 0);
  }

  /** The relief of a print in a place, or of what was printed for that place since. */
  private reliefOf({newRelief}: PlateStand, place: number, print: number): RealPlane {
    if (newRelief === undefined) return this.reliefs[print - 1];
    const known = this.newReliefs.get(place);
    if (known?.id === newRelief.id) return known.relief;
    const {grid} = this.design.layers[print - 1];
    const asked = {grid, values: Float64Array.from(newRelief.heightsMm)};
    const relief = printed(asked, this.truth, `${place}/${newRelief.id}`);
    this.newReliefs.set(place, {id: newRelief.id, relief});
    return relief;
  }

  private chainPlates(stands: readonly PlateStand[]): readonly ChainPlate[] {
    const {layers} = this.design.file;
    const {indexError, extinctionError} = this.truth.settings;
    return stands.flatMap((stand, place): ChainPlate[] => {
      const {print, placement, tilt} = stand;
      if (print === null) return [];
      const {baseMm, refractiveIndex, extinction, reliefFaces} = layers[print - 1];
      return [
        {
          name: `plate ${place + 1}`,
          relief: this.reliefOf(stand, place, print),
          extent: this.extents[print - 1],
          isFoil: !hasRelief(layers[print - 1]),
          mask: this.design.masks?.[print - 1] ?? undefined,
          baseMm,
          refractiveIndex: refractiveIndex + indexError,
          extinction: Math.max(0, extinction + extinctionError),
          zMm: layers[place].zMm,
          placement,
          tilt,
          reliefFaces,
        },
      ];
    });
  }

  private createChain(stands: readonly PlateStand[]): OpticalChain {
    const {file} = this.design;
    const {settings, placements, illuminationCenterMm} = this.truth;
    return new OpticalChain({
      wavelengthMm: this.wavelengthMm,
      grid: {
        count: file.grid.count * settings.oversample,
        pitchMm: file.grid.pitchMm / settings.oversample,
      },
      illumination: illuminationAt(
        {
          kind: 'gaussian-beam',
          radiusMm: settings.illumination.radiusMm,
          centerXMm: illuminationCenterMm.xMm,
          centerYMm: illuminationCenterMm.yMm,
          curvatureRadiusMm: settings.illumination.curvatureRadiusMm,
          tiltXDeg: 0,
          tiltYDeg: 0,
        },
        this.designedHz,
        file.frequencyHz,
      ),
      objectPlacement: placements.object,
      plates: this.chainPlates(stands),
      // The lateral error of the output frame is the stage's; the field stays on the optical axis.
      outputZMm: file.detector.zMm + placements.output.dzMm,
      ...(settings.plateModel === 'thick' ? {sliceMm: settings.sliceMm} : {}),
    });
  }
}

/** A relief as it comes out of the printer, whose roughness has a name; null for a foil, which has none. */
function printed(relief: RealPlane, {seed, settings}: SceneTruth, name: string | null): RealPlane {
  const {oversample, heightNoise: roughness} = settings;
  const {count, pitchMm} = relief.grid;
  const fine = {count: count * oversample, pitchMm: pitchMm / oversample};
  const noise =
    name !== null && roughness.rmsMm > 0
      ? heightNoise(fine, roughness, `${seed}/height noise ${name}`)
      : null;
  return printRelief(relief, oversample, noise);
}

function complexObject({grid, amplitude}: MountedObject): ComplexPlane {
  const re = Float64Array.from(amplitude);
  return {grid, re, im: new Float64Array(re.length)};
}
