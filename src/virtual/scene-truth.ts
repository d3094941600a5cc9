import {createRandom} from '../base/random.ts';
import type {Placement} from '../contract/placement.ts';
import {noPlacement} from '../contract/placement.ts';
import {defaultSceneSettings, type SceneSettings} from './scene-settings.ts';

/** What a seed has drawn: the secrets of a bench, as JSON. */
export interface SceneTruth {
  readonly seed: number;
  readonly settings: SceneSettings;
  readonly placements: {
    readonly layers: readonly Placement[];
    readonly object: Placement;
    readonly output: Placement;
  };
  readonly illuminationCenterMm: {readonly xMm: number; readonly yMm: number};
  readonly ripplePhaseRad: number;
  /** Phase of the lead-screw error of x, y, z. */
  readonly leadScrewPhaseRad: readonly [number, number, number];
  readonly drift: {readonly sign: 1 | -1; readonly cyclePhaseRad: number};
  /** Phase of the signal against the reference at the lock-in, degrees. */
  readonly signalPhaseDeg: number;
}

/** Draws the truth of a seed. Each part has its own generator, so that adding one leaves the others as they are. */
export function revealScene(
  seed: number,
  {
    settings = defaultSceneSettings,
    layerCount = 5,
  }: {readonly settings?: SceneSettings; readonly layerCount?: number} = {},
): SceneTruth {
  const random = createRandom(seed).fork('scene');
  const layers = Array.from({length: layerCount}, (_, i): Placement => {
    const own = random.fork(`layer ${i}`);
    const {lateralMm, axialMm, rotationDeg} = settings.plates;
    return {
      ...noPlacement,
      dxMm: lateralMm * own.normal(),
      dyMm: lateralMm * own.normal(),
      dzMm: axialMm * own.normal(),
      rotationDeg: rotationDeg * own.normal(),
    };
  });
  const object = random.fork('object');
  const output = random.fork('output');
  const within = (limit: number): number => limit * (2 * output.uniform() - 1);
  const beamAngle = 2 * Math.PI * random.fork('illumination').uniform();
  const {offCentreMm} = settings.illumination;
  const screws = random.fork('lead screws');
  const angle = (): number => 2 * Math.PI * screws.uniform();
  const drift = random.fork('drift');
  return {
    seed,
    settings,
    placements: {
      layers,
      object: {
        ...noPlacement,
        dxMm: settings.objectLateralMm * object.normal(),
        dyMm: settings.objectLateralMm * object.normal(),
      },
      output: {
        ...noPlacement,
        dxMm: within(settings.output.lateralMm),
        dyMm: within(settings.output.lateralMm),
        rotationDeg: within(settings.output.rotationDeg),
      },
    },
    illuminationCenterMm: {xMm: offCentreMm * Math.cos(beamAngle), yMm: offCentreMm * Math.sin(beamAngle)},
    ripplePhaseRad: 2 * Math.PI * random.fork('ripple').uniform(),
    leadScrewPhaseRad: [angle(), angle(), angle()],
    drift: {sign: drift.uniform() < 0.5 ? -1 : 1, cyclePhaseRad: 2 * Math.PI * drift.uniform()},
    signalPhaseDeg: 360 * random.fork('phase').uniform() - 180,
  };
}
