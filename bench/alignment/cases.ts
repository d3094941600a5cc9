import {createRandom} from '../../src/base/random.ts';
import type {Illumination, Probe} from '../../src/contract/illumination.ts';
import {namedPlateOptics, type PlateOptics} from '../../src/contract/plate-optics.ts';
import {chooseTestDigits, type TestDigit} from '../../src/host/campaign/digits.ts';
import {gridGeometry} from '../../src/host/plans/geometry.ts';
import {noiseSigma, type MeasuredPlane} from '../../src/twin/alignment/measured-plane.ts';
import type {Design} from '../../src/twin/design/load.ts';
import {createSceneReader} from '../../src/virtual/read-scene-plane.ts';
import {
  defaultSceneSettings,
  idealSceneSettings,
  type SceneSettings,
} from '../../src/virtual/scene-settings.ts';
import {plateStandsOf, revealScene, type SceneTruth} from '../../src/virtual/scene-truth.ts';

/** A kind of scene to align, with planes of it as a scan would bring them home. */
export interface AlignmentCase {
  readonly settings: SceneSettings;
  /** Noise of a reading: part of the plane's largest value, part of the value. */
  readonly noise: readonly [additive: number, multiplicative: number];
  /** What an operator knows of the light. */
  readonly illumination: Illumination;
  /** Spoils a plane after it was read: what is wrong with the measurement itself. */
  readonly spoil?: (values: Float64Array, columns: number) => void;
  /** Hours of source drift while one plane is scanned. */
  readonly hours?: number;
}

const beam: Illumination = {
  kind: 'gaussian-beam',
  radiusMm: 30,
  centerXMm: 0,
  centerYMm: 0,
  curvatureRadiusMm: null,
  tiltXDeg: 0,
  tiltYDeg: 0,
};
const square: Probe = {kind: 'aperture', shape: 'rectangle', widthMm: 0.6, heightMm: 0.6};
const pure: SceneSettings = {
  ...idealSceneSettings(beam, square),
  plates: {lateralMm: 0.1, axialMm: 0.2, rotationDeg: 0.2},
  output: {lateralMm: 1, rotationDeg: 1},
};
const pureCase: AlignmentCase = {settings: pure, noise: [0.003, 0.005], illumination: beam};
const measured = [1e-5, 0] as const;
const curved: Illumination = {...beam, curvatureRadiusMm: 600};
const default_: AlignmentCase = {settings: defaultSceneSettings, noise: measured, illumination: curved};
const wrongly = (change: Partial<SceneSettings>): AlignmentCase => ({
  ...default_,
  settings: {...defaultSceneSettings, ...change},
});
const uniform = (lateralMm: number, rotationDeg: number): Partial<SceneSettings> => ({
  plates: {lateralMm, axialMm: 0.2, rotationDeg},
  plateSpread: 'uniform',
});

/** Samples of a pixel, and slices, of a scene that the twin's own sampling does not share. */
const finer = {oversample: 4, sliceMm: 0.06} as const;

/** Model of the plates that `ALIGN_PLATES` names. */
export const givenOptics = (): PlateOptics | undefined => {
  const name = process.env['ALIGN_PLATES'];
  return name === 'thin' || name === 'thick' ? namedPlateOptics[name] : undefined;
};

/** By name: what `ALIGN_CASE` may ask for. */
export const alignmentCases: Readonly<Record<string, AlignmentCase>> = {
  pure: pureCase,
  default: default_,
  thin: wrongly({plateModel: 'thin'}),
  // Light that is computed finer than the twin does: other samples and slices.
  'thin-finer': wrongly({plateModel: 'thin', oversample: 4}),
  'thick-finer': wrongly({plateModel: 'thick', ...finer}),
  'pure-far': {settings: {...pure, ...uniform(0.8, 1)}, noise: [0.003, 0.005], illumination: beam},
  'default-far': wrongly(uniform(0.8, 1)),
  assemblyError: wrongly({
    ...uniform(0.4, 0.2),
    drawnAssemblyErrors: {
      count: 1,
      kinds: ['mirrored', 'upside-down', 'half-turned', 'quarter-turned', 'exchanged'],
    },
  }),
  'pure-finer': {...pureCase, settings: {...pure, oversample: 4}},
  'no-mistake': wrongly(uniform(0.4, 0.2)),
  thick: wrongly({plateModel: 'thick'}),
  staged: wrongly(uniform(2, 3)),
  match: wrongly({plates: {lateralMm: 0.4, axialMm: 0.2, rotationDeg: 0.2}}),
  'index-off': wrongly({indexError: 0.02}),
  rough: wrongly({heightNoise: {rmsMm: 0.05, correlationMm: 0.5}}),
  drift: {...wrongly({driftPerHour: 0.03}), hours: 1},
  'dead-line': {
    ...default_,
    spoil: (values, columns) => values.fill(0, 41 * columns, 42 * columns),
  },
  'mask-upside-down': wrongly({assemblyErrors: [{kind: 'object-upside-down'}]}),
};

/** What is measured of a case. */
export interface CaseChoice {
  /** Five digits of the seed unless given. */
  readonly digits?: readonly TestDigit[] | undefined;
  /** 80 x 80 mm at 1 mm unless given. */
  readonly scan?: {readonly widthMm: number; readonly stepMm: number} | undefined;
  /** Of the light; the design's own unless given. */
  readonly frequencyHz?: number | undefined;
  /** Which plates stand in the bench; all unless given. */
  readonly present?: readonly boolean[] | undefined;
  /** What stands there, where that is no longer what the seed has drawn. */
  readonly truth?: SceneTruth | undefined;
}

const fullScan = {widthMm: 79, stepMm: 1};

export interface CaseData {
  readonly truth: SceneTruth;
  readonly planes: MeasuredPlane[];
  readonly probe: Probe;
  readonly illumination: Illumination;
}

/** Planes of a seed's bench. */
export function readCase(
  {settings, noise: [additive, multiplicative], illumination, spoil, hours = 0}: AlignmentCase,
  design: Design,
  seed: number,
  {
    digits = chooseTestDigits(5, seed, design.file),
    scan = fullScan,
    present,
    frequencyHz,
    truth = revealScene(seed, {settings, layerCount: design.layers.length}),
  }: CaseChoice = {},
): CaseData {
  const geometry = gridGeometry({
    ...scan,
    centerMm: {xMm: 0, yMm: 0},
    heightMm: scan.widthMm,
    order: 'one-way',
  });
  const points = Array.from({length: geometry.count}, (_, i) => geometry.pointAt(i));
  const xMm = Float64Array.from(points, (point) => point.xMm);
  const yMm = Float64Array.from(points, (point) => point.yMm);
  const reader = createSceneReader(design, truth);
  if (present)
    reader.setPlates(plateStandsOf(truth).map((stand, i) => (present[i] ? stand : {...stand, print: null})));
  const random = createRandom(seed).fork('noise of the planes');
  const planes = digits.map(({label, object}, plane): MeasuredPlane => {
    const timeS = Float64Array.from(xMm, (_, i) => 3600 * hours * (plane + i / xMm.length));
    const powers = reader.read(
      {label, grid: object.grid, amplitude: object.re},
      {xMm, yMm, ...(hours > 0 ? {timeS} : {})},
      {leadScrewOf: 'bench', frequencyHz},
    );
    const maximum = powers.reduce((largest, value) => Math.max(largest, value), 0);
    // The scene's noise is a part of the brightest point of a plain figure, the pure case's of the plane's own.
    const unit = multiplicative > 0 ? maximum : 1;
    const values = powers.map(
      (value) => value + Math.hypot(additive * unit, multiplicative * value) * random.normal(),
    );
    spoil?.(values, geometry.columns);
    const sigma =
      multiplicative > 0 ? noiseSigma(values, additive, multiplicative) : values.map(() => additive);
    return {label, object, xMm, yMm, values, sigma, ...(present ? {present} : {})};
  });
  return {truth, planes, probe: settings.probe, illumination};
}
