/** Scores of every digit and of the whole campaign, from raw points and the simulation read at the same points. */
import type {
  CampaignAlignment,
  CampaignDigitResult,
  CampaignResult,
  ExcludedDigit,
  FrameRegistrationRecord,
  MatrixPair,
  MeasuredScore,
  OwnAlignment,
  RateResult,
  SimulatedScore,
} from '../../contract/campaign-result.ts';
import type {DetectorRegion} from '../../contract/design-file.ts';
import type {ReadOutSettings} from '../../contract/read-out.ts';
import {BenchError} from '../../contract/errors.ts';
import {
  computeConfusion,
  computeDesignPoints,
  computeEnergyMatrix,
  computeNrmse,
  computePearson,
  computeRate,
  computeRegionEnergies,
  computeScanWeights,
  computeShareError,
  computeShares,
  computeStrayRatio,
  createReadOut,
  defaultDecisionLevelSigma,
  estimateCellMm,
  findWinner,
  noRegistration,
  sumOf,
  type FrameRegistration,
  type GrainCorrelation,
  type PowerCurve,
  type ReadOut,
  type RegionWeights,
  type ScanCells,
} from '../../twin/metrics/index.ts';
import {
  processScan,
  type ProcessedScan,
  type RawReadings,
  type RawReferences,
  type RawScan,
} from './process-scan.ts';
import {scoreMeasured, smallestCoverageRatio, type PlacementTolerances} from './score-measured.ts';

export interface DigitInput {
  /** True class: one of the design's. */
  readonly label: string;
  readonly sample: string;
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

export interface CampaignInput {
  readonly regions: readonly DetectorRegion[];
  /** How classes are read from the regions; absent where each is a class. */
  readonly readOut?: ReadOutSettings | undefined;
  readonly registration: FrameRegistrationRecord;
  readonly digits: readonly DigitInput[];
  /** What is left out, for a note beside the result. */
  readonly excluded?: readonly ExcludedDigit[];
  /** How far speckle is correlated on this bench; without it a scan's points count as knowing of no light between them. */
  readonly speckle?: GrainCorrelation;
  /** How far plates and object may stand aside; nothing unless given. */
  readonly tolerances?: PlacementTolerances;
  /** The placement that `simulatedAligned` is of. */
  readonly alignment?: Pick<CampaignAlignment, 'placementUid' | 'alignmentUid' | 'alignedAtS'> & {
    /** Planes that the alignment was fitted on, of this campaign or not. */
    readonly fittedRunUids: readonly string[];
  };
  readonly ownAlignment?: OwnAlignment;
  readonly powerCurve?: PowerCurve;
  readonly decisionLevelSigma?: number;
}

export interface AssembledCampaign {
  readonly result: CampaignResult;
  /** One a digit, in the order of `result.digits`: what the report draws. */
  readonly scans: readonly ProcessedScan[];
}

export function assembleCampaignResult(input: CampaignInput): AssembledCampaign {
  const readOut = createReadOut(input);
  const {labels} = readOut;
  const decisionLevelSigma = input.decisionLevelSigma ?? defaultDecisionLevelSigma;
  const scans: ProcessedScan[] = [];
  const digits = input.digits.map((digit) => {
    if (!labels.includes(digit.label))
      throw new BenchError(
        'twin/invalid',
        `The digit "${digit.label}" is no class of the design, which tells ${labels.join(', ')}.`,
      );
    const scan = processScan({
      scan: digit.scan,
      dark: digit.dark,
      ...(digit.references && {references: digit.references}),
      ...(input.powerCurve && {powerCurve: input.powerCurve}),
    });
    scans.push(scan);
    return scoreDigit(digit, scan, {...input, readOut, decisionLevelSigma});
  });
  const regionLabels = input.readOut && {regionLabels: input.regions.map(({label}) => label)};
  return {result: {...summarise(labels, decisionLevelSigma, input, digits), ...regionLabels}, scans};
}

type Scoring = Pick<CampaignInput, 'regions' | 'registration' | 'speckle' | 'tolerances'> & {
  readonly readOut: ReadOut;
  readonly decisionLevelSigma: number;
};

function scoreDigit(digit: DigitInput, scan: ProcessedScan, scoring: Scoring): CampaignDigitResult {
  const cell = digit.cellMm ?? estimateCellMm(scan.xMm, scan.yMm);
  const areaMm2 = cell.widthMm * cell.heightMm;
  const cellsIn = (frame: FrameRegistration): ScanCells => ({
    ...computeDesignPoints(scan.xMm, scan.yMm, frame),
    cellWidthMm: cell.widthMm,
    cellHeightMm: cell.heightMm,
    rotationDeg: frame.rotationDeg,
  });
  const weightsIn = (frame: FrameRegistration): readonly RegionWeights[] =>
    computeScanWeights(cellsIn(frame), scoring.regions);
  const asRegistered = weightsIn(scoring.registration);
  const measured = scoreMeasured(scan, asRegistered, {
    ...scoring,
    cellsIn,
    tolerances: scoring.tolerances ?? {lateralMm: 0, rotationDeg: 0},
  });
  const against = (simulated: Float64Array, weights: readonly RegionWeights[]): SimulatedScore =>
    scoreSimulated(simulated, weights, areaMm2, {readOut: scoring.readOut, measured, scan});
  return {
    label: digit.label,
    sample: digit.sample,
    runUid: digit.runUid,
    pointCount: scan.values.length,
    measured,
    nominal: against(digit.simulatedNominal, weightsIn(noRegistration)),
    registered: against(digit.simulatedRegistered, asRegistered),
    // In the same boxes as the measured plane, or their shares would not be of the same light.
    ...(digit.simulatedAligned && {aligned: against(digit.simulatedAligned, asRegistered)}),
    treatment: scan.treatment,
  };
}

function scoreSimulated(
  simulated: Float64Array,
  weights: readonly RegionWeights[],
  cellAreaMm2: number,
  against: {
    readonly readOut: ReadOut;
    readonly measured: MeasuredScore;
    readonly scan: ProcessedScan;
  },
): SimulatedScore {
  const {readOut, measured, scan} = against;
  if (simulated.length !== scan.values.length)
    throw new BenchError(
      'twin/invalid',
      `The simulation has ${simulated.length} values for ${scan.values.length} measured points.`,
    );
  // A scan that ended early leaves regions without points; the simulation's own winner is then not determined either.
  const isComplete = weights.every(({coverageRatio}) => coverageRatio >= smallestCoverageRatio);
  const energies = isComplete ? computeRegionEnergies(weights, simulated) : undefined;
  const shares = energies === undefined ? null : Array.from(computeShares(energies));
  return {
    winner: energies === undefined ? null : readOut.labels[findWinner(readOut.scoresOf(energies))],
    shares,
    pearson: computePearson(scan.values, simulated),
    nrmse: sumOf(scan.values) > 0 ? computeNrmse(scan.values, simulated) : null,
    shareError:
      measured.shares === null || shares === null ? null : computeShareError(measured.shares, shares),
    strayRatio: energies === undefined ? null : computeStrayRatio(energies, weights, simulated, cellAreaMm2),
  };
}

function summarise(
  labels: readonly string[],
  decisionLevelSigma: number,
  {
    registration,
    excluded = [],
    alignment,
    ownAlignment,
  }: Pick<CampaignInput, 'registration' | 'excluded' | 'alignment' | 'ownAlignment'>,
  digits: readonly CampaignDigitResult[],
): CampaignResult {
  const measured = digits.map(verdictOf);
  const nominal = digits.map(({nominal}) => nominal);
  const registered = digits.map(({registered}) => registered);
  const aligned = digits.map((digit): Outcome => digit.aligned ?? {winner: null, shares: null});
  const truth = digits.map(({label}) => ({winner: label, shares: []}));
  return {
    labels,
    decisionLevelSigma,
    registration,
    digits,
    excluded,
    matchNominal: rateOfEqual(measured, nominal),
    matchRegistered: rateOfEqual(measured, registered),
    accuracyMeasured: rateOfEqual(measured, truth),
    accuracyNominal: rateOfEqual(nominal, truth),
    accuracyRegistered: rateOfEqual(registered, truth),
    undecidedCount: measured.filter(({winner, shares}) => winner === null && shares !== null).length,
    matrices: {
      measured: matricesOf(labels, digits, measured),
      nominal: matricesOf(labels, digits, nominal),
      registered: matricesOf(labels, digits, registered),
      ...(alignment && {aligned: matricesOf(labels, digits, aligned)}),
    },
    ...(alignment && {
      alignment: {
        ...alignment,
        matchAligned: rateOfEqual(measured, aligned),
        accuracyAligned: rateOfEqual(aligned, truth),
        ...splitByFit(alignment.fittedRunUids, digits, (only) => rateOfEqual(only(measured), only(aligned))),
      },
    }),
    ...(ownAlignment && {ownAlignment}),
    pointCount: digits.reduce((sum, {pointCount}) => sum + pointCount, 0),
  };
}

/** A rate of the digits that an alignment was fitted on, and of the others: the first may agree because they were fitted. */
function splitByFit(
  runUids: readonly string[],
  digits: readonly CampaignDigitResult[],
  rateOf: (only: (outcomes: readonly Outcome[]) => readonly Outcome[]) => RateResult,
): Required<Pick<CampaignAlignment, 'fittedRunUids' | 'matchFitted' | 'matchOthers'>> {
  const isFitted = digits.map(({runUid}) => runUids.includes(runUid));
  return {
    fittedRunUids: digits.flatMap(({runUid}, i) => (isFitted[i] ? [runUid] : [])),
    matchFitted: rateOf((outcomes) => outcomes.filter((_, i) => isFitted[i])),
    matchOthers: rateOf((outcomes) => outcomes.filter((_, i) => !isFitted[i])),
  };
}

/** A winner, or null where none is certain; without shares the digit was not scored and does not count. */
type Outcome = Pick<SimulatedScore, 'winner' | 'shares'>;

const verdictOf = ({measured: {winner, shares, verdict}}: CampaignDigitResult): Outcome => ({
  winner: verdict === 'decided' ? winner : null,
  shares,
});

/** How often two lists agree on the winner, out of the digits scored in both; no certain winner is no agreement. */
function rateOfEqual(outcomes: readonly Outcome[], others: readonly Outcome[]): RateResult {
  const pairs = outcomes
    .map((outcome, i) => [outcome, others[i]] as const)
    .filter(([outcome, other]) => outcome.shares !== null && other.shares !== null);
  const equal = pairs.filter(
    ([outcome, other]) => outcome.winner !== null && outcome.winner === other.winner,
  );
  return computeRate(equal.length, pairs.length);
}

function matricesOf(
  labels: readonly string[],
  digits: readonly CampaignDigitResult[],
  outcomes: readonly Outcome[],
): MatrixPair {
  const scored = outcomes.flatMap(({winner, shares}, i) =>
    shares === null ? [] : [{truth: labels.indexOf(digits[i].label), winner, shares}],
  );
  const truths = scored.map(({truth}) => truth);
  const winners = scored.map(({winner}) => (winner === null ? null : labels.indexOf(winner)));
  const shares = scored.map(({shares}) => shares);
  return {
    ...computeConfusion(labels.length, truths, winners),
    meanShares: computeEnergyMatrix(labels.length, truths, shares),
  };
}
