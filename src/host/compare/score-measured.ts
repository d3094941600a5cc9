/** What a measured plane says of its winner, and what may have moved it. */
import {
  verdictCauses,
  type FrameRegistrationRecord,
  type MarginError,
  type MeasuredScore,
  type VerdictCause,
} from '../../contract/campaign-result.ts';
import type {DetectorRegion} from '../../contract/design-file.ts';
import {
  computeDriftChanges,
  computeEnergySigmas,
  computePlaneShares,
  computeRegionEnergies,
  computeScanWeights,
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

/** A scan whose cells and regions share `weights`. */
export interface WeighedScan {
  readonly scan: ProcessedScan;
  readonly weights: readonly RegionWeights[];
  /** The scan's cells where a frame puts them. */
  readonly cellsIn: (frame: FrameRegistration) => ScanCells;
}

export interface MeasuredScoring {
  readonly regions: readonly DetectorRegion[];
  readonly readOut: ReadOut;
  readonly registration: FrameRegistrationRecord;
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

/**
 * Shares, winner and margin of an object's scans, one a frequency, with what each may be off by. Shares of several planes
 * are those of each plane over their number, plane after plane, and the stray light is their mean.
 */
export function scoreMeasured(planes: readonly WeighedScan[], scoring: MeasuredScoring): MeasuredScore {
  const {labels} = scoring.readOut;
  const names = scoring.regions.map(({label}) => label);
  const missing = planes.flatMap(({weights}) =>
    weights.flatMap(({coverageRatio}, k) =>
      coverageRatio < smallestCoverageRatio ? [`${names[k]} (${Math.round(100 * coverageRatio)} %)`] : [],
    ),
  );
  if (missing.length > 0) return notScored(`not fully measured: detector region ${missing.join(', ')}`);
  const parts = planes.map(({scan, weights}) => computeRegionEnergies(weights, scan.values));
  if (!parts.every((own) => sumOf(own) > 0))
    return notScored('no signal above the dark level in the detector regions');
  const energies = parts.flatMap((own) => Array.from(own));
  const planeErrors = planes.map((plane) => errorsOf(plane, scoring));
  const errors = joinErrors(planeErrors, scoring.regions.length);
  const verdict = computeVerdict(energies, errors, {
    levelSigma: scoring.decisionLevelSigma,
    readOut: scoring.readOut,
  });
  return {
    winner: labels[verdict.winner],
    runnerUp: labels[verdict.runnerUp],
    shares: sharesOfPlanes(energies, planes.length),
    sharesSigma: parts.flatMap((own, i) =>
      Array.from(computeShareSigmas(own, planeErrors[i]), (sigma) => sigma / planes.length),
    ),
    margin: verdict.margin,
    marginSigma: Number.isFinite(verdict.marginSigma) ? verdict.marginSigma : null,
    marginError: marginErrorOf(verdict, errors, scoring.readOut.kind === 'largest' ? sumOf(energies) : 1),
    verdict: verdict.verdict,
    strayRatio: meanOf(planes.map((plane, i) => strayRatioOf(parts[i], plane, scoring.registration))),
    problem: '',
  };
}

/** Shares of the planes over their number, plane after plane: all of them sum to 1. */
export const sharesOfPlanes = (energies: ArrayLike<number>, planeCount: number): number[] =>
  Array.from(computePlaneShares(energies, planeCount), (share) => share / planeCount);

/** Mean of figures of planes; null where one of them is. */
export function meanOf(figures: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const figure of figures) {
    if (figure === null) return null;
    sum += figure;
  }
  return sum / figures.length;
}

function strayRatioOf(
  energies: Float64Array,
  {scan, weights, cellsIn}: WeighedScan,
  registration: FrameRegistrationRecord,
): number | null {
  const {cellWidthMm, cellHeightMm} = cellsIn(registration);
  return computeStrayRatio(energies, weights, scan.values, cellWidthMm * cellHeightMm);
}

/** Causes that move all planes of an object by one quantity: the frame is the same, and so are the dark readings. */
const commonCauses: readonly VerdictCause[] = ['dark', 'registration'];

/** Errors of several planes as those of all their energies; a plane that knows nothing of a cause is not moved by it. */
function joinErrors(
  planes: readonly (readonly RegionError[])[],
  regionCount: number,
): readonly RegionError[] {
  if (planes.length === 1) return planes[0];
  const none = new Array<number>(regionCount).fill(0);
  return verdictCauses.flatMap((cause): RegionError[] => {
    const own = planes.map((errors) => errors.find((error) => error.cause === cause));
    if (own.every((error) => error === undefined)) return [];
    const inPlace = (values: ArrayLike<number>, plane: number): number[] =>
      planes.flatMap((_, i) => (i === plane ? Array.from(values) : none));
    const together = commonCauses.includes(cause)
      ? (own.find((error) => error !== undefined)?.together ?? []).map((_, quantity) =>
          own.flatMap((error) => Array.from(error?.together?.[quantity] ?? none)),
        )
      : own.flatMap((error, plane) => (error?.together ?? []).map((values) => inPlace(values, plane)));
    const isIndependent = own.some((error) => error?.independent !== undefined);
    return [
      {
        cause,
        ...(isIndependent && {independent: own.flatMap((error) => Array.from(error?.independent ?? none))}),
        ...(together.length > 0 && {together}),
      },
    ];
  });
}

/** What may have moved the energies; a cause of which nothing is known is not among them. */
function errorsOf({scan, weights, cellsIn}: WeighedScan, scoring: MeasuredScoring): readonly RegionError[] {
  const {registration, regions, speckle} = scoring;
  const cells = cellsIn(registration);
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
