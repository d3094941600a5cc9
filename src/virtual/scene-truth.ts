import {createRandom, type Random} from '../base/random.ts';
import type {Placement} from '../contract/placement.ts';
import {noPlacement} from '../contract/placement.ts';
import {
  drawAssemblyErrors,
  withAssemblyError,
  type Assembly,
  type AssemblyError,
  type Print,
} from './assembly-errors.ts';
import {defaultSceneSettings, type SceneSettings} from './scene-settings.ts';

/** Angles of a plate's plane, right-handed: about x from y to z, about y from z to x. Its middle stays where it is. */
export interface Tilt {
  readonly tiltXDeg: number;
  readonly tiltYDeg: number;
}

/** A relief that was printed since the bench was put together. */
export interface NewRelief {
  /** The same for the same heights: its roughness is drawn from it. */
  readonly id: string;
  /** As asked for, pixel by pixel of the plate of before, mm above the base. */
  readonly heightsMm: Float32Array;
}

/** One place of a bench as it is now. */
export interface PlateStand {
  readonly print: Print;
  readonly placement: Placement;
  readonly tilt: Tilt;
  /** What stands there instead of the print of that number, on its base and of its material. */
  readonly newRelief?: NewRelief | undefined;
}

/** The places of a bench as its seed has drawn them. */
export const plateStandsOf = ({prints, placements, tilts}: SceneTruth): readonly PlateStand[] =>
  prints.map((print, i) => ({print, placement: placements.layers[i], tilt: tilts[i]}));

/** The same places with every printed plate that is missing put into an empty one, in ascending order. */
export function withMissingPrints(stands: readonly PlateStand[]): readonly PlateStand[] {
  const missing = stands
    .map((_, i) => i + 1)
    .filter((print) => !stands.some((stand) => stand.print === print));
  return stands.map((stand) => (stand.print === null ? {...stand, print: missing.shift() ?? null} : stand));
}

/** What a seed has drawn: the secrets of a bench, as JSON. */
export interface SceneTruth {
  readonly seed: number;
  readonly settings: SceneSettings;
  readonly placements: {
    /** By place, the first behind the object first. A quarter turn is part of the rotation. */
    readonly layers: readonly Placement[];
    readonly object: Placement;
    readonly output: Placement;
  };
  /** By place: number of the printed plate that stands there, null for none. */
  readonly prints: readonly Print[];
  /** By place. */
  readonly tilts: readonly Tilt[];
  /** Assembly errors, as settings and seed have made them; already part of `placements` and `prints`. */
  readonly assemblyErrors: readonly AssemblyError[];
  readonly illuminationCenterMm: {readonly xMm: number; readonly yMm: number};
  readonly ripplePhaseRad: number;
  /** Phase of the lead-screw error of x, y, z. */
  readonly leadScrewPhaseRad: readonly [number, number, number];
  readonly drift: {readonly sign: 1 | -1; readonly cyclePhaseRad: number};
  /** Phase of the signal against the reference at the lock-in, degrees. */
  readonly signalPhaseDeg: number;
}

/**
 * Draws the truth of a seed. Each part has its own generator, so that adding one leaves the others as they are.
 * Throws `file/invalid` when the settings name a plate that the bench has not.
 */
export function revealScene(
  seed: number,
  {
    settings = defaultSceneSettings,
    layerCount = 5,
  }: {readonly settings?: SceneSettings; readonly layerCount?: number} = {},
): SceneTruth {
  const random = createRandom(seed).fork('scene');
  const beamAngle = 2 * Math.PI * random.fork('illumination').uniform();
  const {offCentreMm} = settings.illumination;
  const screws = random.fork('lead screws');
  const angle = (): number => 2 * Math.PI * screws.uniform();
  const drift = random.fork('drift');
  const assemblyErrors = [
    ...settings.assemblyErrors,
    ...drawAssemblyErrors(settings.drawnAssemblyErrors, layerCount, random.fork('mistakes')),
  ];
  const layers = drawPlates(random, settings, layerCount);
  const assembly = assemblyErrors.reduce(withAssemblyError, {
    prints: layers.map((_, i) => i + 1),
    layers,
    object: drawObject(random, settings),
  } satisfies Assembly);
  return {
    seed,
    settings,
    placements: {
      layers: assembly.layers,
      object: assembly.object,
      output: drawOutput(random.fork('output'), settings),
    },
    prints: assembly.prints,
    tilts: drawTilts(random, settings, layerCount),
    assemblyErrors,
    illuminationCenterMm: {xMm: offCentreMm * Math.cos(beamAngle), yMm: offCentreMm * Math.sin(beamAngle)},
    ripplePhaseRad: 2 * Math.PI * random.fork('ripple').uniform(),
    leadScrewPhaseRad: [angle(), angle(), angle()],
    drift: {sign: drift.uniform() < 0.5 ? -1 : 1, cyclePhaseRad: 2 * Math.PI * drift.uniform()},
    signalPhaseDeg: 360 * random.fork('phase').uniform() - 180,
  };
}

/** Draws of a plate: normal with standard deviation 1, or uniform within -1..1. */
function plateDraws(random: Random, {plateSpread}: SceneSettings, name: string): () => number {
  if (plateSpread === 'normal') {
    const own = random.fork(name);
    return () => own.normal();
  }
  const own = random.fork(`${name} uniform`);
  return () => 2 * own.uniform() - 1;
}

const drawPlates = (random: Random, settings: SceneSettings, layerCount: number): Placement[] =>
  Array.from({length: layerCount}, (_, i) => {
    const draw = plateDraws(random, settings, `layer ${i}`);
    const {lateralMm, axialMm, rotationDeg} = settings.plates;
    return {
      ...noPlacement,
      dxMm: lateralMm * draw(),
      dyMm: lateralMm * draw(),
      dzMm: axialMm * draw(),
      rotationDeg: rotationDeg * draw(),
    };
  });

const drawTilts = (random: Random, settings: SceneSettings, layerCount: number): Tilt[] =>
  Array.from({length: layerCount}, (_, i) => {
    const draw = plateDraws(random, settings, `layer ${i} tilt`);
    // Adding zero turns -0 into 0.
    return {tiltXDeg: settings.plateTiltDeg * draw() + 0, tiltYDeg: settings.plateTiltDeg * draw() + 0};
  });

function drawObject(random: Random, settings: SceneSettings): Placement {
  const lateral = random.fork('object');
  return {
    ...noPlacement,
    dxMm: settings.objectLateralMm * lateral.normal(),
    dyMm: settings.objectLateralMm * lateral.normal(),
    dzMm: settings.objectAxialMm * random.fork('object axial').normal() + 0,
    rotationDeg: settings.objectRotationDeg * random.fork('object rotation').normal() + 0,
  };
}

function drawOutput(random: Random, {output}: SceneSettings): Placement {
  const within = (limit: number): number => limit * (2 * random.uniform() - 1);
  return {
    ...noPlacement,
    dxMm: within(output.lateralMm),
    dyMm: within(output.lateralMm),
    rotationDeg: within(output.rotationDeg),
  };
}
