import type {Illumination} from '../../contract/illumination.ts';
import {radFromDeg} from '../../contract/units.ts';

/** Where one plate stands, as Placement, with what else can differ from plate to plate. */
export interface PlateState {
  readonly dxMm: number;
  readonly dyMm: number;
  readonly dzMm: number;
  /** About z through the plate's centre, positive from x to y. */
  readonly rotationDeg: number;
  /** About the plate's x and y axes (docs/conventions.md); 0 unless given. */
  readonly tiltXDeg?: number | undefined;
  readonly tiltYDeg?: number | undefined;
  readonly refractiveIndex: number;
  readonly extinction: number;
}

/**
 * Gaussian beam at the object plane, in the bench frame; a plane wave is the limit of curvature and
 * narrowness 0, so that a fit can come from there.
 */
export interface BeamState {
  readonly centerXMm: number;
  readonly centerYMm: number;
  /** 1 / radius^2 where the amplitude is 1/e, 1/mm^2; 0 for an even light. */
  readonly narrownessPerMm2: number;
  /** 1 / radius of curvature of the wavefront, 1/mm; positive diverges. */
  readonly curvaturePerMm: number;
  readonly tiltXDeg: number;
  readonly tiltYDeg: number;
}

/** Where the scan's frame stands in the output plane: see `frameAxes`. */
export interface FrameState {
  readonly dxMm: number;
  readonly dyMm: number;
  /** Of the detector's plane, against the designed one. */
  readonly dzMm: number;
  readonly rotationDeg: number;
  /** Millimetres in the bench for one millimetre of the stage. */
  readonly scale: number;
  /** By how much the angle from the stage's x axis to its y axis exceeds 90 degrees; 0 unless given. */
  readonly squarenessDeg?: number | undefined;
}

/**
 * What a millimetre along each of the scan's axes is in the output plane: p = x (xx, xy) + y (yx, yy) + shift for the
 * scan's (x, y), which is scale R(rotation) s + shift on a stage whose axes are square.
 */
export function frameAxes({rotationDeg, scale, squarenessDeg = 0}: FrameState): {
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
} {
  const along = radFromDeg(rotationDeg);
  const across = radFromDeg(rotationDeg + squarenessDeg);
  return {
    xx: scale * Math.cos(along),
    xy: scale * Math.sin(along),
    yx: -scale * Math.sin(across),
    yy: scale * Math.cos(across),
  };
}

/** Everything of a bench that an alignment can turn. Lengths, angles and signs as in Placement, all in the bench frame. */
export interface BenchState {
  readonly plates: readonly PlateState[];
  readonly object: {readonly dxMm: number; readonly dyMm: number; readonly rotationDeg: number};
  readonly beam: BeamState;
  readonly frame: FrameState;
}

/** The beam of an illumination as numbers that a fit can change; a plane wave has narrowness and curvature 0. */
export function beamFrom(illumination: Illumination): BeamState {
  const {tiltXDeg, tiltYDeg} = illumination;
  if (illumination.kind === 'plane-wave')
    return {centerXMm: 0, centerYMm: 0, narrownessPerMm2: 0, curvaturePerMm: 0, tiltXDeg, tiltYDeg};
  const {centerXMm, centerYMm, radiusMm, curvatureRadiusMm} = illumination;
  return {
    centerXMm,
    centerYMm,
    narrownessPerMm2: 1 / radiusMm ** 2,
    curvaturePerMm: curvatureRadiusMm === null ? 0 : 1 / curvatureRadiusMm,
    tiltXDeg,
    tiltYDeg,
  };
}

/**
 * The Gaussian beam of fitted numbers. Narrowness below 1e-12 1/mm^2 gives a radius of 1e6 mm, in effect a plane
 * wave.
 */
export function illuminationFrom(beam: BeamState): Illumination {
  const {centerXMm, centerYMm, narrownessPerMm2, curvaturePerMm, tiltXDeg, tiltYDeg} = beam;
  return {
    kind: 'gaussian-beam',
    centerXMm,
    centerYMm,
    radiusMm: 1 / Math.sqrt(Math.max(narrownessPerMm2, 1e-12)),
    curvatureRadiusMm: curvaturePerMm === 0 ? null : 1 / curvaturePerMm,
    tiltXDeg,
    tiltYDeg,
  };
}
