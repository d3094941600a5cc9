/** Scores of one object of a campaign: measured, and simulated at the same points. */
import type {
  CalibratedScore,
  CampaignDigitResult,
  FrameRegistrationRecord,
  MeasuredScore,
  SimulatedScore,
} from '../../contract/campaign-result.ts';
import type {DetectorRegion} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {
  computeDesignPoints,
  computeNrmse,
  computePearson,
  computeRegionEnergies,
  computeScanWeights,
  computeShareError,
  computeStrayRatio,
  estimateCellMm,
  findWinner,
  noRegistration,
  sumOf,
  type FrameRegistration,
  type GrainCorrelation,
  type ReadOut,
  type RegionWeights,
  type ScanCells,
} from '../../twin/metrics/index.ts';
import type {ProcessedScan, RawReadings, RawReferences, RawScan} from './process-scan.ts';
import {
  meanOf,
  scoreMeasured,
  sharesOfPlanes,
  smallestCoverageRatio,
  type PlacementTolerances,
} from './score-measured.ts';

/** One scan of an object, with what is simulated at its points. */
export interface PlaneInput {
  readonly runUid: string;
  readonly scan: RawScan;
  readonly dark: RawReadings;
  readonly references?: RawReferences;
  /** Step of the scan; estimated from the points when it is not given. */
  readonly cellMm?: {readonly widthMm: number; readonly heightMm: number};
  /** Simulated readings at the scan's points: the frame taken as it should be, and as registered. */
  readonly simulatedNominal: Float64Array;
  readonly simulatedRegistered: Float64Array;
  /** With everything as an accepted placement has it. */
  readonly simulatedAligned?: Float64Array;
}

export interface DigitInput extends PlaneInput {
  /** True class: one of the design's. */
  readonly label: string;
  readonly sample: string;
  /** Where the design is read at several frequencies: the scans at the further ones, in their order. */
  readonly further?: readonly PlaneInput[];
}

/** The scans of an object, one a frequency. */
export const planesOf = (digit: DigitInput): readonly PlaneInput[] => [digit, ...(digit.further ?? [])];

export interface DigitScoring {
  readonly regions: readonly DetectorRegion[];
  readonly registration: FrameRegistrationRecord;
  /** See `CampaignInput`. */
  readonly speckle?: GrainCorrelation;
  readonly tolerances?: PlacementTolerances;
  readonly frequenciesHz?: readonly number[] | undefined;
  readonly readOut: ReadOut;
  /** The read-out with the scores that a calibration corrects, and the runs that this was learnt from. */
  readonly calibrated?: {readonly readOut: ReadOut; readonly learnedRunUids: ReadonlySet<string>} | undefined;
  readonly decisionLevelSigma: number;
}

/** Scores an object whose scans, one a frequency in the order of `planesOf`, have been processed. */
export function scoreDigit(
  digit: DigitInput,
  scans: readonly ProcessedScan[],
  scoring: DigitScoring,
): CampaignDigitResult {
  const {frequenciesHz = []} = scoring;
  const inputs = planesOf(digit);
  const planes = scans.map((scan, i) => weighedPlane(scan, inputs[i].cellMm, scoring));
  const measuring = {...scoring, tolerances: scoring.tolerances ?? {lateralMm: 0, rotationDeg: 0}};
  const measured = scoreMeasured(planes, measuring);
  const calibrated =
    scoring.calibrated &&
    calibratedScore(
      scoreMeasured(planes, {...measuring, readOut: scoring.calibrated.readOut}),
      scoring.calibrated.learnedRunUids.has(digit.runUid),
    );
  const against = (
    simulatedOf: (input: PlaneInput) => Float64Array | undefined,
    frame: 'asDesigned' | 'weights',
  ): SimulatedScore | undefined => {
    const simulated = inputs.flatMap((input, i): SimulatedPlane[] => {
      const values = simulatedOf(input);
      return values ? [{...planes[i], weights: planes[i][frame], simulated: values}] : [];
    });
    return simulated.length === planes.length
      ? scoreSimulated(simulated, {readOut: scoring.readOut, measured})
      : undefined;
  };
  // In the same boxes as the measured plane, or their shares would not be of the same light.
  const aligned = against((input) => input.simulatedAligned, 'weights');
  return {
    label: digit.label,
    sample: digit.sample,
    runUid: digit.runUid,
    pointCount: scans.reduce((sum, {values}) => sum + values.length, 0),
    measured,
    nominal: scoredOf(against((input) => input.simulatedNominal, 'asDesigned')),
    registered: scoredOf(against((input) => input.simulatedRegistered, 'weights')),
    ...(aligned && {aligned}),
    ...(calibrated && {calibrated}),
    treatment: scans[0].treatment,
    ...(digit.further && {
      further: digit.further.map(({runUid}, i) => ({
        frequencyHz: frequenciesHz[i + 1],
        runUid,
        treatment: scans[i + 1].treatment,
      })),
    }),
  };
}

const calibratedScore = (
  {winner, runnerUp, margin, marginSigma, verdict}: MeasuredScore,
  isLearned: boolean,
): CalibratedScore => ({winner, runnerUp, margin, marginSigma, verdict, isLearned});

/** A scan with its cells and the boxes of the regions, where they are designed and where the frame was found. */
function weighedPlane(
  scan: ProcessedScan,
  cellMm: PlaneInput['cellMm'],
  {regions, registration}: Pick<DigitScoring, 'regions' | 'registration'>,
) {
  const cell = cellMm ?? estimateCellMm(scan.xMm, scan.yMm);
  const cellsIn = (frame: FrameRegistration): ScanCells => ({
    ...computeDesignPoints(scan.xMm, scan.yMm, frame),
    cellWidthMm: cell.widthMm,
    cellHeightMm: cell.heightMm,
    rotationDeg: frame.rotationDeg,
  });
  const weightsIn = (frame: FrameRegistration): readonly RegionWeights[] =>
    computeScanWeights(cellsIn(frame), regions);
  return {
    scan,
    cellsIn,
    areaMm2: cell.widthMm * cell.heightMm,
    asDesigned: weightsIn(noRegistration),
    weights: weightsIn(registration),
  };
}

/** Predictions as designed and as registered are there for every plane. */
function scoredOf(score: SimulatedScore | undefined): SimulatedScore {
  if (score) return score;
  throw new BenchError('internal', 'A plane of a digit has no prediction to compare it with.');
}

/** A simulated plane in the boxes of its scan. */
interface SimulatedPlane {
  readonly scan: ProcessedScan;
  readonly weights: readonly RegionWeights[];
  readonly areaMm2: number;
  readonly simulated: Float64Array;
}

/** Scores simulated planes of an object, one a frequency; figures of planes are their means. */
function scoreSimulated(
  planes: readonly SimulatedPlane[],
  {readOut, measured}: {readonly readOut: ReadOut; readonly measured: MeasuredScore},
): SimulatedScore {
  for (const {simulated, scan} of planes)
    if (simulated.length !== scan.values.length)
      throw new BenchError(
        'twin/invalid',
        `The simulation has ${simulated.length} values for ${scan.values.length} measured points.`,
      );
  // A scan that ended early leaves regions without points; the simulation's own winner is then not determined either.
  const isComplete = planes.every(({weights}) =>
    weights.every(({coverageRatio}) => coverageRatio >= smallestCoverageRatio),
  );
  const parts = isComplete
    ? planes.map(({weights, simulated}) => computeRegionEnergies(weights, simulated))
    : undefined;
  const energies = parts?.flatMap((own) => Array.from(own));
  const shares = energies === undefined ? null : sharesOfPlanes(energies, planes.length);
  return {
    winner: energies === undefined ? null : readOut.labels[findWinner(readOut.scoresOf(energies))],
    shares,
    pearson: meanOf(planes.map(({scan, simulated}) => computePearson(scan.values, simulated))),
    nrmse: meanOf(
      planes.map(({scan, simulated}) =>
        sumOf(scan.values) > 0 ? computeNrmse(scan.values, simulated) : null,
      ),
    ),
    shareError:
      measured.shares === null || shares === null ? null : computeShareError(measured.shares, shares),
    strayRatio: parts
      ? meanOf(
          planes.map(({weights, simulated, areaMm2}, i) =>
            computeStrayRatio(parts[i], weights, simulated, areaMm2),
          ),
        )
      : null,
  };
}
