import type {NeuronKind} from '../../contract/design-file.ts';
import {heightsFrom, type HeightModel} from './height-model.ts';
import type {TrainingSettings} from './training-settings.ts';

/**
 * What is trained of a pixel and how it becomes something that can be made. A phase neuron has one parameter, the phase
 * of its relief; an amplitude neuron one, the angle of its transmission; a complex neuron both, so that the parameters of
 * its plate are all phases and behind them all angles. What is made of a plate stands in the same order: heights (mm),
 * transmissions (0..1), or heights and behind them transmissions.
 */
export interface NeuronModel extends HeightModel {
  /** Absent: phase. */
  readonly neurons?: NeuronKind;
  /** Equal steps of the transmission from 0 to 1, two of them an open or closed mask; null or absent: any. */
  readonly maskLevelCount?: number | null;
}

/** How many numbers a pixel of a plate has. */
export const valuesPerPixel = (neurons: NeuronKind = 'phase'): 1 | 2 => (neurons === 'complex' ? 2 : 1);

const isMasked = (neurons: NeuronKind = 'phase'): boolean => neurons !== 'phase';
const hasRelief = (neurons: NeuronKind = 'phase'): boolean => neurons !== 'amplitude';

/**
 * Angle of the transmission (1 - cos p) / 2 that masks begin with, rad: a transmission of 0.75, from which a pixel can be
 * closed or opened. Fully open and fully closed the gradient is 0.
 */
const startAngleRad = (2 * Math.PI) / 3;

/**
 * Amplitude transmission of an angle: (1 - cos p) / 2 is never beyond 0..1, has a gradient of at most 1/2 a radian, so
 * that Adam's rate means as much as for a phase, and comes back from either end, where a sigmoid would stay.
 */
const transmissionOf = (angleRad: number): number => (1 - Math.cos(angleRad)) / 2;

/** The angles of pixels that begin half open, behind phases that are given. */
export const withStartAngles = (phases: Float32Array): Float32Array => {
  const both = new Float32Array(2 * phases.length).fill(startAngleRad);
  both.set(phases);
  return both;
};

/** Parameters of a plate before any step: flat, its mask half open. */
export function startParameters(
  model: NeuronModel,
  {startPhaseRad}: Pick<TrainingSettings, 'startPhaseRad'>,
): Float32Array {
  const pixelCount = model.grid.count ** 2;
  if (model.neurons === 'amplitude') return new Float32Array(pixelCount).fill(startAngleRad);
  const flat = new Float32Array(pixelCount).fill(startPhaseRad);
  return model.neurons === 'complex' ? withStartAngles(flat) : flat;
}

/** What is made of a plate with these parameters, rounded to the steps that it can be made with unless told otherwise. */
export function plateFrom(model: NeuronModel, parameters: Float32Array, isRounded = true): Float32Array {
  const {neurons} = model;
  const pixelCount = model.grid.count ** 2;
  const made = new Float32Array(parameters.length);
  if (hasRelief(neurons))
    made.set(heightsFrom(model, parameters.subarray(0, pixelCount), isRounded ? model.levelCount : null));
  if (isMasked(neurons)) {
    const steps = isRounded && model.maskLevelCount ? model.maskLevelCount - 1 : null;
    for (let i = made.length - pixelCount; i < made.length; i++) {
      const transmission = transmissionOf(parameters[i]);
      made[i] = steps === null ? transmission : Math.round(transmission * steps) / steps;
    }
  }
  return made;
}

/**
 * Turns a gradient over what is made (per mm of height, per 1 of transmission) into one over the parameters, in place;
 * what was rounded is passed straight through.
 */
export function toParameters(model: NeuronModel, parameters: Float32Array, gradient: Float32Array): void {
  const pixelCount = model.grid.count ** 2;
  const firstAngle = isMasked(model.neurons) ? gradient.length - pixelCount : gradient.length;
  for (let i = 0; i < firstAngle; i++) gradient[i] *= model.mmPerRad;
  for (let i = firstAngle; i < gradient.length; i++) gradient[i] *= Math.sin(parameters[i]) / 2;
}

/** A plate as it is made: relief in mm above the base, and the transmission of its mask where it has one. */
export interface MadePlate {
  readonly heightsMm: Float32Array;
  readonly transmission?: Float32Array;
}

/** Heights and transmissions of what is made of a plate. */
export function splitPlate(neurons: NeuronKind = 'phase', made: Float32Array): MadePlate {
  if (neurons === 'phase') return {heightsMm: made};
  if (neurons === 'amplitude') return {heightsMm: new Float32Array(made.length), transmission: made};
  const half = made.length / 2;
  return {heightsMm: made.slice(0, half), transmission: made.slice(half)};
}

/** What is made of a plate of complex neurons with these heights and transmissions (open without). */
export function joinPlate(heightsMm: ArrayLike<number>, transmission?: ArrayLike<number>): Float32Array {
  const made = new Float32Array(2 * heightsMm.length).fill(1);
  made.set(heightsMm);
  if (transmission) made.set(transmission, heightsMm.length);
  return made;
}
