/** What a measured plane says of its winner, and what may have moved it. */
import {
  type FrameRegistrationRecord,
  type MarginError,
  type MeasuredScore,
  type VerdictCause,
} from '../../contract/campaign-result.ts';
import type {DetectorRegion} from '../../contract/design-file.ts';
import {
  computeDriftChanges,
  computeEnergySigmas,
  computeRegionEnergies,
  computeScanWeights,
  computeShares,
  computeShareSigmas,
  computeStrayRatio,
  computeUndersamplingSigmas,
  computeVerdict,
  defaultSearch,
  sumOf,
  type FrameRegistration,
  type GrainCorrelation,
  type ReadOut,
  type RegionError,
  type RegionWeights,
  type ScanCells,
  type Verdict,
} from '../../twin/metrics/index.ts';
import type {ProcessedScan} from './process-scan.ts';

/** A region that cells cover less than this was not measured well enough to be scored. */
export const smallestCoverageRatio = 0.9;

export interface MeasuredScoring {
  readonly regions: readonly DetectorRegion[];
  readonly readOut: ReadOut;
  readonly registration: FrameRegistrationRecord;
  /** The scan's cells where a frame puts them. */
  readonly cellsIn: (frame: FrameRegistration) => ScanCells;
  /** How far speckle is correlated; see `computeUndersamplingSigmas`. */
  readonly speckle?: GrainCorrelation;
  readonly decisionLevelSigma: number;
  /** How far parts may stand aside, which a fit of the frame takes for a part of the frame. */
  readonly tolerances: PlacementTolerances;
}

/** Standard deviations of where the parts of a bench stand; the pattern in the plane moves about as far as they. */
export interface PlacementTolerances {
  readonly lateralMm: number;
  readonly rotationDeg: number;
}

/** Shares, winner and margin of a scan whose cells and regions share `weights`, with what each may be off by. */
export function scoreMeasured(
  scan: ProcessedScan,
  weights: readonly RegionWeights[],
  scoring: MeasuredScoring,
): MeasuredScore {
  const {labels} = scoring.readOut;
  const names = scoring.regions.map(({label}) => label);
  const missing = weights.flatMap(({coverageRatio}, k) =>
    coverageRatio < smallestCoverageRatio ? [`${names[k]} (${Math.round(100 * coverageRatio)} %)`] : [],
  );
  if (missing.length > 0) return notScored(`not fully measured: detector region ${missing.join(', ')}`);
  const energies = computeRegionEnergies(weights, scan.values);
  if (!(sumOf(energies) > 0)) return notScored('no signal above the dark level in the detector regions');
  const cells = scoring.cellsIn(scoring.registration);
  const errors = errorsOf(scan, weights, {...scoring, cells});
  const verdict = computeVerdict(energies, errors, {
    levelSigma: scoring.decisionLevelSigma,
    readOut: scoring.readOut,
  });
  return {
    winner: labels[verdict.winner],
    runnerUp: labels[verdict.runnerUp],
    shares: Array.from(computeShares(energies)),
    sharesSigma: Array.from(computeShareSigmas(energies, errors)),
    margin: verdict.margin,
    marginSigma: Number.isFinite(verdict.marginSigma) ? verdict.marginSigma : null,
    marginError: marginErrorOf(verdict, errors, scoring.readOut.kind === 'largest' ? sumOf(energies) : 1),
    verdict: verdict.verdict,
    strayRatio: computeStrayRatio(energies, weights, scan.values, cells.cellWidthMm * cells.cellHeightMm),
    problem: '',
  };
}

/** What may have moved the energies; a cause of which nothing is known is not among them. */
function errorsOf(
  scan: ProcessedScan,
  weights: readonly RegionWeights[],
  scoring: MeasuredScoring & {readonly cells: ScanCells},
): readonly RegionError[] {
  const {registration, regions, speckle, cells, cellsIn} = scoring;
  const {values, sourceSigma} = scan;
  const sigma = scan.sigma.map((own, i) => Math.hypot(own, sourceSigma[i]));
  const isSourceKnown = (scan.treatment.sourceNoiseRatio ?? null) !== null;
  const frameSigma = frameSigmaOf(registration, scoring.tolerances);
  return [
    {cause: 'noise', independent: computeEnergySigmas(weights, scan.sigma)},
    ...(isSourceKnown
      ? [{cause: 'source', independent: computeEnergySigmas(weights, sourceSigma)} as const]
      : []),
    ...(scan.treatment.isDriftCorrected
      ? [{cause: 'drift', together: computeDriftChanges(weights, values, scan.driftErrors)} as const]
      : []),
    {cause: 'dark', together: [weights.map(({regionAreaMm2}) => regionAreaMm2 * scan.offsetSigma)]},
    {
      cause: 'undersampling',
      independent: computeUndersamplingSigmas(cells, {values, sigma}, {regions, weights}, speckle),
    },
    ...(frameSigma
      ? [
          {
            cause: 'registration',
            together: frameChanges(registration, frameSigma, (frame) =>
              computeRegionEnergies(computeScanWeights(cellsIn(frame), regions), values),
            ),
          } as const,
        ]
      : []),
  ];
}

/**
 * How well the frame is known. It was found by the pattern of light, which plates and object that stand aside move as
 * well: their tolerances count beside the sigma of the fit, which knows the residuals alone. A frame that the fit could
 * not tell from another, or found at the edge of its search, may stand anywhere within the range that was searched:
 * its sigma is that of a uniform distribution. Undefined for a frame that was never fitted, of which nothing is known.
 */
function frameSigmaOf(
  {fit}: FrameRegistrationRecord,
  {lateralMm, rotationDeg}: PlacementTolerances,
): FrameRegistration | undefined {
  if (!fit) return undefined;
  const unknown = {
    dxMm: defaultSearch.searchMm / Math.sqrt(3),
    dyMm: defaultSearch.searchMm / Math.sqrt(3),
    rotationDeg: defaultSearch.searchDeg / Math.sqrt(3),
  };
  if (fit.isAmbiguous || fit.isAtBound) return unknown;
  const known = (name: keyof FrameRegistration, toleranceOf: number): number => {
    const sigma = Math.hypot(fit.sigma[name], toleranceOf);
    return Number.isFinite(sigma) ? Math.min(sigma, unknown[name]) : unknown[name];
  };
  return {
    dxMm: known('dxMm', lateralMm),
    dyMm: known('dyMm', lateralMm),
    rotationDeg: known('rotationDeg', rotationDeg),
  };
}

/** What the energies change by with one standard deviation of each number of the frame: half of + minus -. */
function frameChanges(
  {dxMm, dyMm, rotationDeg}: FrameRegistration,
  sigma: FrameRegistration,
  energiesIn: (frame: FrameRegistration) => Float64Array,
): readonly Float64Array[] {
  const frame = {dxMm, dyMm, rotationDeg};
  return (['dxMm', 'dyMm', 'rotationDeg'] as const).map((name) => {
    const after = energiesIn({...frame, [name]: frame[name] + sigma[name]});
    const before = energiesIn({...frame, [name]: frame[name] - sigma[name]});
    return after.map((energy, k) => (energy - before[k]) / 2);
  });
}

/** In the unit of the margin: what is compared over `scale`. */
function marginErrorOf(
  {differenceSigmas}: Verdict,
  errors: readonly RegionError[],
  scale: number,
): MarginError {
  const partOf = (cause: VerdictCause): number | null => {
    const at = errors.findIndex((error) => error.cause === cause);
    return at === -1 ? null : differenceSigmas[at] / scale;
  };
  return {
    sigma: Math.hypot(...differenceSigmas) / scale,
    parts: {
      noise: partOf('noise'),
      source: partOf('source'),
      drift: partOf('drift'),
      dark: partOf('dark'),
      undersampling: partOf('undersampling'),
      registration: partOf('registration'),
    },
  };
}

const notScored = (problem: string): MeasuredScore => ({
  winner: null,
  runnerUp: null,
  shares: null,
  sharesSigma: null,
  margin: null,
  marginSigma: null,
  verdict: 'undecided',
  strayRatio: null,
  problem,
});
