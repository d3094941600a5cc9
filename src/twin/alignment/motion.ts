import {radFromDeg} from '../../contract/units.ts';
import type {Parameter} from './parameters.ts';
import type {BenchState} from './state.ts';

/** A shift (in the axes of the part where it is applied, mm) and a turn about a point, as a change of a field. */
export interface Motion {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly turnRad: number;
  readonly aboutXMm: number;
  readonly aboutYMm: number;
}

/** Radians of a degree: derivatives by an angle are asked for by the degree. */
export const perDegree = Math.PI / 180;

/** Motion of a part in its own axes, mm and rad. */
export interface OwnMotion {
  readonly dxMm: number;
  readonly dyMm: number;
  readonly dzMm: number;
  readonly turnRad: number;
}

/**
 * A parameter that moves one part as a whole: motion of the part (0 object, 1.. plates) = `factor` * `own` per unit.
 */
export interface RigidMotion {
  /** Of the parameter. */
  readonly index: number;
  readonly part: number;
  readonly own: OwnMotion;
  readonly factor: number;
}

/** Parameters that move a part (0 object, 1.. plates) as a whole; `factor` turns their unit into that of `own`. */
export function rigidMotions(parameters: readonly Parameter[]): RigidMotion[] {
  return parameters.flatMap(({target}, index) => {
    if (target.part !== 'plate' && target.part !== 'object') return [];
    const part = target.part === 'plate' ? target.plate + 1 : 0;
    const still = {dxMm: 0, dyMm: 0, dzMm: 0, turnRad: 0};
    switch (target.quantity) {
      case 'dx':
        return [{index, part, own: {...still, dxMm: 1}, factor: 1}];
      case 'dy':
        return [{index, part, own: {...still, dyMm: 1}, factor: 1}];
      case 'dz':
        return [{index, part, own: {...still, dzMm: 1}, factor: 1}];
      case 'rotation':
        return [{index, part, own: {...still, turnRad: 1}, factor: perDegree}];
      // These act from within the plate.
      case 'n':
      case 'k':
      case 'tiltX':
      case 'tiltY':
        return [];
    }
  });
}

/** A motion of part `mover` in the axes of part `at` (the output plane has the last plate's axes). */
export function inAxes(state: BenchState, mover: number, at: number, own: OwnMotion): Motion {
  const frames = [state.object, ...state.plates];
  const axes = frames[Math.min(at, frames.length - 1)];
  const angle = radFromDeg(axes.rotationDeg);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [cx, cy] = [frames[mover].dxMm - axes.dxMm, frames[mover].dyMm - axes.dyMm];
  return {
    x: cos * own.dxMm + sin * own.dyMm,
    y: -sin * own.dxMm + cos * own.dyMm,
    z: own.dzMm,
    turnRad: own.turnRad,
    aboutXMm: cos * cx + sin * cy,
    aboutYMm: -sin * cx + cos * cy,
  };
}
