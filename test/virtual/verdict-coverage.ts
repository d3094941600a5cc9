import {createRandom, type Random} from '../../src/base/random.ts';
import type {FrameRegistrationRecord, VerdictCause} from '../../src/contract/campaign-result.ts';
import type {DetectorRegion} from '../../src/contract/design-file.ts';
import {noPlacement} from '../../src/contract/placement.ts';
import {assembleCampaignResult} from '../../src/host/compare/assemble-campaign-result.ts';
import type {DigitInput} from '../../src/host/compare/score-digit.ts';
import type {PlacementTolerances} from '../../src/host/compare/score-measured.ts';
import type {Design} from '../../src/twin/design/load.ts';
import {computeDesignSpeckle} from '../../src/twin/layers/speckle.ts';
import {
  computePlaneWeights,
  computeRegionEnergies,
  computeShares,
  findWinner,
} from '../../src/twin/metrics/regions.ts';
import type {FrameRegistration} from '../../src/twin/metrics/registration.ts';
import {createSceneReader, type SceneReader} from '../../src/virtual/read-scene-plane.ts';
import {defaultSceneSettings, type SceneSettings} from '../../src/virtual/scene-settings.ts';
import {revealScene} from '../../src/virtual/scene-truth.ts';
import type {MountedObject} from '../../src/virtual/scene.ts';

/** Scans of planes of one virtual bench, judged as a campaign judges them. */
export interface CoverageOptions {
  readonly design: Design;
  readonly seed: number;
  readonly settings?: SceneSettings;
  readonly objects: readonly MountedObject[];
  /** Each object is scanned so often, every time from another corner. */
  readonly scansPerObject: number;
  readonly stepMm: number;
  /** Where a registration puts the frame, and how well it says it knows it; the true frame has no shift and no turn. */
  readonly registration: (reader: SceneReader, random: Random) => FrameRegistrationRecord;
  /** How far parts may stand aside, which the registration takes for a part of the frame. */
  readonly tolerances?: PlacementTolerances;
  /** Noise of a reading over the brightest reading of its plane, and of the source over its power. */
  readonly noiseRatio: number;
  readonly sourceNoiseRatio: number;
}

/** What scans said against what the same plane says where it is read everywhere. */
export interface ScanOutcome {
  /** Error of each share over its sigma. */
  readonly shareZ: readonly number[];
  /** RMS error of the shares, and of what was expected of it. */
  readonly shareError: number;
  readonly expectedError: number;
  readonly isDecided: boolean;
  readonly isRight: boolean;
  readonly margin: number;
  readonly parts: Readonly<Record<VerdictCause, number | null>>;
}

/** A frame that is off by a draw of its sigma. */
export function drawnRegistration(sigma: FrameRegistration, random: Random): FrameRegistrationRecord {
  return {
    dxMm: sigma.dxMm * random.normal(),
    dyMm: sigma.dyMm * random.normal(),
    rotationDeg: sigma.rotationDeg * random.normal(),
    fit: {
      sigma,
      gain: 1,
      offset: 0,
      pearsonBefore: 1,
      pearsonAfter: 1,
      pearsonSecond: null,
      isAmbiguous: false,
      isAtBound: false,
      pointCount: 1000,
    },
  };
}

/** How far the regions reach from the axis. */
export const regionReachMm = (regions: readonly DetectorRegion[]): number =>
  Math.max(
    ...regions.flatMap(({centerXMm, centerYMm, widthMm, heightMm}) => [
      Math.abs(centerXMm) + widthMm / 2,
      Math.abs(centerYMm) + heightMm / 2,
    ]),
  );

/** Scans every object of a bench and holds each verdict against that of the continuous plane. */
export function coverageOfBench(options: CoverageOptions): readonly ScanOutcome[] {
  const {design, seed, settings = defaultSceneSettings, objects, scansPerObject} = options;
  const drawn = revealScene(seed, {settings, layerCount: design.layers.length});
  // What the frame is off is drawn for each scan instead.
  const reader = createSceneReader(design, {
    ...drawn,
    placements: {...drawn.placements, output: {...noPlacement, dzMm: drawn.placements.output.dzMm}},
  });
  const random = createRandom(`${seed}/verdict coverage`);
  return objects.flatMap((object) => {
    const truth = continuousShares(design, reader, object);
    return Array.from({length: scansPerObject}, () => judgeScan(options, reader, {object, truth}, random));
  });
}

/** Shares of the whole plane: samples of a tenth of a millimetre, an eighth of a wavelength at 0.4 THz. */
function continuousShares({file}: Design, reader: SceneReader, object: MountedObject): Float64Array {
  const {regions} = file.detector;
  const pitchMm = 0.1;
  const grid = {count: 2 * Math.ceil(regionReachMm(regions) / pitchMm) + 1, pitchMm};
  const weights = computePlaneWeights(grid, regions);
  const used = [...new Set(weights.flatMap(({index}) => Array.from(index)))];
  const place = (at: number): number => (at - (grid.count - 1) / 2) * pitchMm;
  const powers = reader.read(object, {
    xMm: used.map((index) => place(index % grid.count)),
    yMm: used.map((index) => place(Math.floor(index / grid.count))),
  });
  const values = new Float64Array(grid.count ** 2);
  used.forEach((index, i) => (values[index] = powers[i]));
  return computeShares(computeRegionEnergies(weights, values));
}

function judgeScan(
  options: CoverageOptions,
  reader: SceneReader,
  {object, truth}: {readonly object: MountedObject; readonly truth: Float64Array},
  random: Random,
): ScanOutcome {
  const {design, registration, tolerances} = options;
  const {regions} = design.file.detector;
  const {illumination, probe} = reader.truth.settings;
  const {digits} = assembleCampaignResult({
    regions,
    registration: registration(reader, random),
    ...(tolerances && {tolerances}),
    digits: [scanOf(options, reader, object, random)],
    speckle: computeDesignSpeckle(design.file, {
      illumination: {
        kind: 'gaussian-beam',
        radiusMm: illumination.radiusMm,
        centerXMm: 0,
        centerYMm: 0,
        curvatureRadiusMm: illumination.curvatureRadiusMm,
        tiltXDeg: 0,
        tiltYDeg: 0,
      },
      probe,
    }),
  }).result;
  const {measured} = digits[0];
  const {shares, sharesSigma, marginError, margin} = measured;
  if (!shares || !sharesSigma || !marginError || margin === null)
    throw new Error(`A scan of the whole plane was not scored: ${measured.problem}.`);
  const errors = shares.map((share, k) => share - truth[k]);
  const rms = (values: readonly number[]): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  return {
    shareZ: errors.map((error, k) => error / sharesSigma[k]),
    shareError: rms(errors),
    expectedError: rms(sharesSigma),
    isDecided: measured.verdict === 'decided',
    isRight: measured.winner === regions[findWinner(truth)].label,
    margin,
    parts: marginError.parts,
  };
}

/** A reading takes so long, and the reference is visited after so many of them. */
const readingS = 0.3;
const readingsPerVisit = 60;

/** What a scan of the whole plane brings home: noise of readings and source, drift, dark level, reference visits. */
function scanOf(
  {design, stepMm, noiseRatio, sourceNoiseRatio}: CoverageOptions,
  reader: SceneReader,
  object: MountedObject,
  random: Random,
): DigitInput {
  const reachMm = regionReachMm(design.file.detector.regions) + 2 * stepMm;
  const side = Math.ceil((2 * reachMm) / stepMm) + 1;
  const [x0Mm, y0Mm] = [-reachMm - stepMm * random.uniform(), -reachMm - stepMm * random.uniform()];
  const count = side * side;
  const xMm = Float64Array.from({length: count}, (_, i) => x0Mm + (i % side) * stepMm);
  const yMm = Float64Array.from({length: count}, (_, i) => y0Mm + Math.floor(i / side) * stepMm);
  // Every bench starts somewhere in the drift's cycle.
  const startS = 3600 * random.uniform();
  const timeS = Float64Array.from({length: count}, (_, i) => startS + readingS * i);
  const powers = reader.read(object, {xMm, yMm, timeS});
  const quiet = reader.read(object, {xMm, yMm});
  const brightest = quiet.reduce((best, power, i) => (power > quiet[best] ? i : best), 0);
  const visitS = Float64Array.from(
    {length: Math.floor(count / readingsPerVisit) + 1},
    (_, i) => startS + readingS * readingsPerVisit * i,
  );
  const same = (value: number): Float64Array => new Float64Array(visitS.length).fill(value);
  const visits = reader.read(object, {xMm: same(xMm[brightest]), yMm: same(yMm[brightest]), timeS: visitS});
  const columns = (signals: Float64Array) => {
    const noise = noiseRatio * quiet[brightest];
    return {
      real: signals.map(
        (signal) => signal * (1 + sourceNoiseRatio * random.normal()) + noise * random.normal(),
      ),
      imaginary: signals.map(() => noise * random.normal()),
    };
  };
  return {
    label: design.file.detector.regions[0].label,
    sample: object.label,
    runUid: 'run',
    scan: {xMm, yMm, ...columns(powers), timeS},
    dark: columns(new Float64Array(20)),
    references: {...columns(visits), timeS: visitS},
    cellMm: {widthMm: stepMm, heightMm: stepMm},
    simulatedNominal: quiet,
    simulatedRegistered: quiet,
  };
}

/** The figures of many scans. */
export function summariseCoverage(outcomes: readonly ScanOutcome[]) {
  const z = outcomes.flatMap(({shareZ}) => shareZ);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const decided = outcomes.filter(({isDecided}) => isDecided);
  return {
    scans: outcomes.length,
    zRms: Math.sqrt(mean(z.map((value) => value * value))),
    /** Part of the shares off by more than 3 sigma: 0.0027 for a normal distribution. */
    beyondThreeSigma: mean(z.map((value) => (Math.abs(value) > 3 ? 1 : 0))),
    shareError: Math.sqrt(mean(outcomes.map(({shareError}) => shareError ** 2))),
    expectedError: Math.sqrt(mean(outcomes.map(({expectedError}) => expectedError ** 2))),
    decided: decided.length,
    decidedWrong: decided.filter(({isRight}) => !isRight).length,
    wrong: outcomes.filter(({isRight}) => !isRight).length,
  };
}
