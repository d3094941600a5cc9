import type {Design} from '../twin/design/load.ts';
import {powersAt, type DetectorPlane} from './optics-model.ts';
import {profiles, type ProfileName} from './profiles.ts';
import {wavelengthMmFromHz} from '../contract/units.ts';
import {createAxisFrame, driftRatio, followFromMm, rippleRatio, screwPositionMm} from './scene-light.ts';
import type {SceneSettings} from './scene-settings.ts';
import {revealScene, type PlateStand, type SceneTruth} from './scene-truth.ts';
import type {MountedObject} from './scene.ts';
import {SpectralOptics} from './spectral-optics.ts';

/** Commanded positions of the probe, in the scan frame, mm. */
export interface ScanPoints {
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
  /** Along the beam from the designed output plane; 0 unless given. */
  readonly zMm?: number;
  /** When each is read, s after the start of the bench; without it the source does not drift. */
  readonly timeS?: ArrayLike<number>;
}

export interface SceneReadOptions {
  /**
   * The stage whose lead screws put the probe a little beside the points, each approached from its smaller side
   * (no backlash); without it the probe stands where it is told.
   */
  readonly leadScrewOf?: ProfileName;
  /** Of the light; the design's own unless given. */
  readonly frequencyHz?: number | undefined;
}

/** Reads planes of one bench without instruments: what a scan would bring home, without noise and without its time. */
export interface SceneReader {
  readonly truth: SceneTruth;
  /**
   * Powers at the detector, 1 for the brightest point of the plain figure; times `settings.signalMaximumV` they are
   * the X of a lock-in in phase, V, before noise and `darkOffset`. `object` null is an open frame.
   */
  read(object: MountedObject | null, points: ScanPoints, options?: SceneReadOptions): Float64Array;
  /** Moves plates as a hand or a mount would. Throws `twin/invalid` when parts would touch. */
  setPlates(stands: readonly PlateStand[]): void;
}

/** A bench in this process; costs about a second, and each new object or distance a quarter of a second. */
export function createSceneReader(design: Design, truth: SceneTruth): SceneReader {
  const model = new SpectralOptics(design, truth);
  const toAxisFrame = createAxisFrame(truth.placements.output);
  let known: (PlaneChoice & {readonly plane: DetectorPlane}) | undefined;
  let lastZMm = 0;
  const planeOf = ({object, zMm, frequencyHz}: PlaneChoice): DetectorPlane => {
    if (known?.object !== object || known.zMm !== zMm || known.frequencyHz !== frequencyHz) {
      model.setFrequency(frequencyHz);
      if (zMm !== lastZMm) model.setDetectorZ(zMm);
      lastZMm = zMm;
      known = {object, zMm, frequencyHz, plane: model.detectorPlane(object)};
    }
    return known.plane;
  };
  return {
    truth,
    read(object, {xMm, yMm, zMm = 0, timeS}, {leadScrewOf, frequencyHz = design.file.frequencyHz} = {}) {
      const place = createScrews(truth, leadScrewOf);
      const trueZMm = place(zMm, 2);
      // The scene does not follow the detector over less than this.
      const plane = planeOf({object, zMm: Math.abs(trueZMm) < followFromMm ? 0 : trueZMm, frequencyHz});
      const [x, y] = [new Float64Array(xMm.length), new Float64Array(xMm.length)];
      for (let i = 0; i < x.length; i++) [x[i], y[i]] = toAxisFrame(place(xMm[i], 0), place(yMm[i], 1));
      const ripple = rippleRatio(truth, {
        wavelengthMm: wavelengthMmFromHz(frequencyHz),
        designWavelengthMm: wavelengthMmFromHz(design.file.frequencyHz),
        zMm: trueZMm,
      });
      return powersAt(plane, x, y).map(
        (power, i) => power * ripple * (timeS ? driftRatio(truth, timeS[i]) : 1),
      );
    },
    setPlates(stands) {
      model.setPlates(stands);
      known = undefined;
    },
  };
}

/** Which plane the probe stands in. */
interface PlaneChoice {
  readonly object: MountedObject | null;
  readonly zMm: number;
  readonly frequencyHz: number;
}

/** True position of the probe for a commanded one, by axis (0 x, 1 y, 2 z), mm. */
function createScrews(
  {settings, leadScrewPhaseRad}: SceneTruth,
  profile: ProfileName | undefined,
): (mm: number, axis: 0 | 1 | 2) => number {
  if (profile === undefined) return (mm) => mm;
  const {axisBodyMm} = profiles[profile];
  return (mm, axis) =>
    screwPositionMm(settings.leadScrew, leadScrewPhaseRad[axis], mm + axisBodyMm[axis]) - axisBodyMm[axis];
}

export interface ScenePlaneRequest extends SceneReadOptions {
  readonly design: Design;
  readonly seed: number;
  /** The default scene unless given. */
  readonly settings?: SceneSettings;
  readonly object: MountedObject | null;
  readonly points: ScanPoints;
}

/** One plane of the bench of a seed; see `createSceneReader`, which is cheaper for several. */
export function readScenePlane(request: ScenePlaneRequest): Float64Array {
  const {design, seed, settings, object, points, ...options} = request;
  const truth = revealScene(seed, {...(settings && {settings}), layerCount: design.layers.length});
  return createSceneReader(design, truth).read(object, points, options);
}
