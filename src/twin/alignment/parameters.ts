import {countOf} from '../../base/count-text.ts';
import {BenchError} from '../../contract/errors.ts';
import type {BeamState, BenchState, FrameState, PlateState} from './state.ts';

/**
 * Numbers of a plate: shifts in mm, rotation about z and tilts about its x and y axes in degrees, refractive index n and extinction
 * k without unit.
 */
export type PlateQuantity = 'dx' | 'dy' | 'dz' | 'rotation' | 'tiltX' | 'tiltY' | 'n' | 'k';
/** Numbers of the object: shifts in mm, rotation about z in degrees. */
export type ObjectQuantity = 'dx' | 'dy' | 'rotation';
/**
 * Numbers of the beam at the object plane: centre in mm, narrowness in 1/mm^2, curvature in 1/mm, tilts in degrees.
 */
export type BeamQuantity = 'centerX' | 'centerY' | 'narrowness' | 'curvature' | 'tiltX' | 'tiltY';
/** Numbers of the scan's frame: shifts in mm, rotation and squareness in degrees, scale without unit. */
export type FrameQuantity = 'dx' | 'dy' | 'dz' | 'rotation' | 'scale' | 'squareness';

/** Whether a number is the tilt of something about its x or y axis. */
export const isTiltQuantity = (quantity: string): quantity is 'tiltX' | 'tiltY' =>
  quantity === 'tiltX' || quantity === 'tiltY';

/** One number of the bench. `plates` turns the number of all plates (one batch) together. */
export type ParameterTarget =
  | {readonly part: 'plate'; readonly plate: number; readonly quantity: PlateQuantity}
  | {readonly part: 'plates'; readonly quantity: 'n' | 'k'}
  | {readonly part: 'object'; readonly quantity: ObjectQuantity}
  | {readonly part: 'beam'; readonly quantity: BeamQuantity}
  | {readonly part: 'frame'; readonly quantity: FrameQuantity};

/** A number that a fit may turn. `plate` counts from 0 here and from 1 in the name. */
export interface Parameter {
  /** As users see it: `plate3.dx`, `plates.n`, `object.rotation`, `beam.centerX`, `frame.scale`. */
  readonly name: string;
  readonly unit: ParameterUnit;
  readonly target: ParameterTarget;
  /** A change that matters about as much as 0.1 mm of a plate: only scales the numbers inside the solver. */
  readonly scale: number;
  /** What is known beforehand, one standard deviation around `priorMean`; nothing without it. */
  readonly priorSigma?: number | undefined;
  readonly priorMean?: number | undefined;
}

/** `1/mm` is the inverse of a radius of curvature, `1/mm^2` that of a squared radius. */
export type ParameterUnit = 'mm' | 'deg' | '1' | '1/mm' | '1/mm^2';

const plateUnits: Readonly<Record<PlateQuantity, readonly [ParameterUnit, number]>> = {
  dx: ['mm', 0.1],
  dy: ['mm', 0.1],
  dz: ['mm', 0.5],
  rotation: ['deg', 0.2],
  // The edge of a plate of 80 mm goes 0.35 mm along the beam.
  tiltX: ['deg', 0.5],
  tiltY: ['deg', 0.5],
  n: ['1', 0.01],
  k: ['1', 0.01],
};
const beamUnits: Readonly<Record<BeamQuantity, readonly [ParameterUnit, number]>> = {
  centerX: ['mm', 1],
  centerY: ['mm', 1],
  narrowness: ['1/mm^2', 3e-4],
  curvature: ['1/mm', 1e-4],
  tiltX: ['deg', 0.1],
  tiltY: ['deg', 0.1],
};
const frameUnits: Readonly<Record<FrameQuantity, readonly [ParameterUnit, number]>> = {
  dx: ['mm', 0.1],
  dy: ['mm', 0.1],
  dz: ['mm', 0.5],
  rotation: ['deg', 0.2],
  scale: ['1', 0.002],
  squareness: ['deg', 0.2],
};

/** Describes a number of the bench. */
export function createParameter(
  target: ParameterTarget,
  prior: {readonly sigma: number; readonly mean?: number} | undefined = undefined,
): Parameter {
  const [unit, scale] = unitsOf(target);
  const place = target.part === 'plate' ? `plate${target.plate + 1}` : target.part;
  return {
    name: `${place}.${target.quantity}`,
    unit,
    target,
    scale,
    priorSigma: prior?.sigma,
    priorMean: prior?.mean,
  };
}

function unitsOf(target: ParameterTarget): readonly [ParameterUnit, number] {
  switch (target.part) {
    case 'plate':
    case 'plates':
      return plateUnits[target.quantity];
    case 'object':
      return plateUnits[target.quantity];
    case 'beam':
      return beamUnits[target.quantity];
    case 'frame':
      return frameUnits[target.quantity];
  }
}

const namePattern = /^(plate(\d+)|plates|object|beam|frame)\.(\w+)$/;

/** The parameter that a name like `plate3.dx` stands for. Throws `twin/invalid` for a name that no bench has. */
export function parseParameter(name: string, plateCount: number): Parameter {
  const [, place, number, quantity] = namePattern.exec(name) ?? [];
  const candidates = listParameters(plateCount);
  const found = candidates.find((candidate) => candidate.name === name);
  if (found) return found;
  const known =
    place === undefined
      ? 'plate1.dx, plates.n, object.rotation, beam.centerX, frame.scale'
      : candidates
          .filter((candidate) => candidate.name.startsWith(number ? 'plate1.' : `${place}.`))
          .map((candidate) => candidate.name)
          .join(', ');
  throw new BenchError(
    'twin/invalid',
    `"${name}" is no number of a bench with ${countOf(plateCount, 'plate')}${quantity ? '' : ' (part.quantity)'}; ` +
      `there are for instance ${known}. Nothing was computed.`,
  );
}

/** Every number that a bench of so many plates has. */
export function listParameters(plateCount: number): Parameter[] {
  const targets: ParameterTarget[] = [];
  for (let plate = 0; plate < plateCount; plate++)
    for (const quantity of Object.keys(plateUnits) as PlateQuantity[])
      targets.push({part: 'plate', plate, quantity});
  for (const quantity of ['n', 'k'] as const) targets.push({part: 'plates', quantity});
  for (const quantity of ['dx', 'dy', 'rotation'] as const) targets.push({part: 'object', quantity});
  for (const quantity of Object.keys(beamUnits) as BeamQuantity[]) targets.push({part: 'beam', quantity});
  for (const quantity of Object.keys(frameUnits) as FrameQuantity[]) targets.push({part: 'frame', quantity});
  return targets.map((target) => createParameter(target));
}

const plateKeys = {
  dx: 'dxMm',
  dy: 'dyMm',
  dz: 'dzMm',
  rotation: 'rotationDeg',
  tiltX: 'tiltXDeg',
  tiltY: 'tiltYDeg',
  n: 'refractiveIndex',
  k: 'extinction',
} as const satisfies Record<PlateQuantity, keyof PlateState>;
const beamKeys = {
  centerX: 'centerXMm',
  centerY: 'centerYMm',
  narrowness: 'narrownessPerMm2',
  curvature: 'curvaturePerMm',
  tiltX: 'tiltXDeg',
  tiltY: 'tiltYDeg',
} as const satisfies Record<BeamQuantity, keyof BeamState>;
const frameKeys = {
  dx: 'dxMm',
  dy: 'dyMm',
  dz: 'dzMm',
  rotation: 'rotationDeg',
  scale: 'scale',
  squareness: 'squarenessDeg',
} as const satisfies Record<FrameQuantity, keyof FrameState>;

/** Present value of a parameter. For `plates`, of the first plate. */
export function readParameter(state: BenchState, {target}: Parameter): number {
  switch (target.part) {
    case 'plate':
      return state.plates[target.plate][plateKeys[target.quantity]] ?? 0;
    case 'plates':
      return state.plates[0][plateKeys[target.quantity]];
    case 'object':
      return state.object[plateKeys[target.quantity]];
    case 'beam':
      return state.beam[beamKeys[target.quantity]];
    case 'frame':
      return state.frame[frameKeys[target.quantity]] ?? 0;
  }
}

/** The state with `changes[i]` added to parameter i. */
export function moveState(
  state: BenchState,
  parameters: readonly Parameter[],
  changes: ArrayLike<number>,
): BenchState {
  const plates = state.plates.map((plate) => ({...plate}));
  const object = {...state.object};
  const beam = {...state.beam};
  const frame = {...state.frame};
  parameters.forEach(({target}, i) => {
    const change = changes[i];
    switch (target.part) {
      case 'plate': {
        const own = plates[target.plate];
        own[plateKeys[target.quantity]] = (own[plateKeys[target.quantity]] ?? 0) + change;
        break;
      }
      case 'plates':
        for (const plate of plates) plate[plateKeys[target.quantity]] += change;
        break;
      case 'object':
        object[plateKeys[target.quantity]] += change;
        break;
      case 'beam':
        beam[beamKeys[target.quantity]] += change;
        break;
      case 'frame':
        frame[frameKeys[target.quantity]] = (frame[frameKeys[target.quantity]] ?? 0) + change;
    }
  });
  return {plates, object, beam, frame};
}
