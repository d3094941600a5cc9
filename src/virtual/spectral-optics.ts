import {frequenciesOf} from '../contract/spectrum.ts';
import type {Design} from '../twin/design/load.ts';
import {OpticsModel, type DetectorPlane} from './optics-model.ts';
import {followFromRatio} from './scene-light.ts';
import {plateStandsOf, type PlateStand, type SceneTruth} from './scene-truth.ts';
import type {MountedObject} from './scene.ts';

/** Models that are kept: a campaign goes back and forth between two frequencies. */
const keptCount = 2;

/** The bench of a design at whatever frequency its source has. Brightness is measured as at the design's own frequency. */
export class SpectralOptics {
  private readonly design: Design;
  private readonly truth: SceneTruth;
  private readonly scale: number;
  /** By frequency, the one used last at the end. */
  private readonly models = new Map<number, OpticsModel>();
  private stands: readonly PlateStand[];
  private shiftZMm = 0;
  private frequencyHz: number;

  constructor(design: Design, truth: SceneTruth) {
    this.design = design;
    this.truth = truth;
    this.stands = plateStandsOf(truth);
    this.frequencyHz = design.file.frequencyHz;
    const own = new OpticsModel(design, truth);
    this.scale = own.scale;
    this.models.set(this.frequencyHz, own);
  }

  get wavelengthMm(): number {
    return this.current().wavelengthMm;
  }

  /** Puts the plates where `stands` says, by place. Throws `twin/invalid` when parts would touch; nothing changes then. */
  setPlates(stands: readonly PlateStand[]): void {
    this.current().setPlates(stands);
    this.stands = stands;
    this.forgetOthers();
  }

  /** Moves the detector along the beam. */
  setDetectorZ(zMm: number): void {
    if (zMm === this.shiftZMm) return;
    this.shiftZMm = zMm;
    this.current().setDetectorZ(zMm);
    this.forgetOthers();
  }

  /** Light of this frequency from now on; one that hardly differs from one of the design's is that one. */
  setFrequency(frequencyHz: number): void {
    const near = frequenciesOf(this.design.file).find(
      (own) => Math.abs(frequencyHz / own - 1) < followFromRatio,
    );
    this.frequencyHz = near ?? frequencyHz;
  }

  /** What the detector takes in behind an object; 1 is the brightest point of the plain figure at the design's frequency. */
  detectorPlane(object: MountedObject | null): DetectorPlane {
    return this.current().detectorPlane(object);
  }

  private current(): OpticsModel {
    const {frequencyHz, models} = this;
    const model = models.get(frequencyHz) ?? this.create();
    models.delete(frequencyHz);
    models.set(frequencyHz, model);
    const [oldest] = models.keys();
    if (models.size > keptCount) models.delete(oldest);
    return model;
  }

  private create(): OpticsModel {
    const {design, truth, scale, frequencyHz} = this;
    const model = new OpticsModel(design, truth, {frequencyHz, scale});
    model.setPlates(this.stands);
    if (this.shiftZMm !== 0) model.setDetectorZ(this.shiftZMm);
    return model;
  }

  /** Models of other frequencies no longer stand as this one does. */
  private forgetOthers(): void {
    for (const hz of this.models.keys()) if (hz !== this.frequencyHz) this.models.delete(hz);
  }
}
