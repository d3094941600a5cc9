/** Scores of every digit and of the whole campaign, from raw points and the simulation read at the same points. */
import type {
  CampaignAlignment,
  CampaignDigitResult,
  CampaignReadOut,
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
import {ghzFromHz} from '../../contract/units.ts';
import {correctReadOut, type ReadOutCorrection} from '../../twin/calibration/corrected-read-out.ts';
import {
  computeConfusion,
  computeEnergyMatrix,
  computeRate,
  createReadOut,
  defaultDecisionLevelSigma,
  type GrainCorrelation,
  type PowerCurve,
} from '../../twin/metrics/index.ts';
import {processScan, type ProcessedScan} from './process-scan.ts';
import {planesOf, scoreDigit, type DigitInput, type PlaneInput} from './score-digit.ts';
import type {PlacementTolerances} from './score-measured.ts';

export interface CampaignInput {
  readonly regions: readonly DetectorRegion[];
  /** How classes are read from the regions; absent where each is a class. */
  readonly readOut?: ReadOutSettings | undefined;
  /** Where they are read at several frequencies. */
  readonly frequenciesHz?: readonly number[] | undefined;
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
  /** How the read-out was calibrated on this bench. */
  readonly readOutCalibration?: ReadOutCalibration | undefined;
  readonly powerCurve?: PowerCurve;
  readonly decisionLevelSigma?: number;
}

/** A calibration of the read-out and what it was learnt from. */
export interface ReadOutCalibration extends Pick<CampaignReadOut, 'calibrationUid' | 'timeS'> {
  readonly correction: ReadOutCorrection;
  readonly learnedRunUids: readonly string[];
}

export interface AssembledCampaign {
  readonly result: CampaignResult;
  /** One a digit, in the order of `result.digits`: what the report draws. */
  readonly scans: readonly ProcessedScan[];
  /** Of each digit the scans at further frequencies. */
  readonly furtherScans: readonly (readonly ProcessedScan[])[];
}

export function assembleCampaignResult(input: CampaignInput): AssembledCampaign {
  const readOut = createReadOut(input);
  const {labels} = readOut;
  const decisionLevelSigma = input.decisionLevelSigma ?? defaultDecisionLevelSigma;
  const {readOutCalibration} = input;
  const calibrated = readOutCalibration && {
    readOut: correctReadOut(readOut, readOutCalibration.correction),
    learnedRunUids: new Set(readOutCalibration.learnedRunUids),
  };
  const scans: ProcessedScan[] = [];
  const furtherScans: (readonly ProcessedScan[])[] = [];
  const digits = input.digits.map((digit) => {
    if (!labels.includes(digit.label))
      throw new BenchError(
        'twin/invalid',
        `The digit "${digit.label}" is no class of the design, which tells ${labels.join(', ')}.`,
      );
    const processed = planesOf(digit).map((plane) => processPlane(plane, input));
    const [scan, ...further] = processed;
    scans.push(scan);
    furtherScans.push(further);
    return scoreDigit(digit, processed, {...input, readOut, calibrated, decisionLevelSigma});
  });
  const result = {...summarise(labels, decisionLevelSigma, input, digits), ...regionsOf(input)};
  return {result, scans, furtherScans};
}

const processPlane = (
  {scan, dark, references}: PlaneInput,
  {powerCurve}: Pick<CampaignInput, 'powerCurve'>,
): ProcessedScan =>
  processScan({scan, dark, ...(references && {references}), ...(powerCurve && {powerCurve})});

/** Names of what shares are of, where that is not a class each. */
function regionsOf({
  regions,
  readOut,
  frequenciesHz,
}: CampaignInput): Pick<CampaignResult, 'regionLabels' | 'frequenciesHz'> {
  if (frequenciesHz === undefined) return readOut ? {regionLabels: regions.map(({label}) => label)} : {};
  const regionLabels = frequenciesHz.flatMap((frequencyHz) =>
    regions.map(({label}) => `${label} (${ghzFromHz(frequencyHz)} GHz)`),
  );
  return {regionLabels, frequenciesHz};
}

function summarise(
  labels: readonly string[],
  decisionLevelSigma: number,
  {
    registration,
    excluded = [],
    alignment,
    ownAlignment,
    readOutCalibration,
  }: Pick<CampaignInput, 'registration' | 'excluded' | 'alignment' | 'ownAlignment' | 'readOutCalibration'>,
  digits: readonly CampaignDigitResult[],
): CampaignResult {
  const measured = digits.map(verdictOf);
  const nominal = digits.map(({nominal}) => nominal);
  const registered = digits.map(({registered}) => registered);
  const aligned = digits.map((digit): Outcome => digit.aligned ?? {winner: null, shares: null});
  const truth = digits.map(({label}) => ({winner: label, shares: []}));
  const winners = digits.map(({measured: score}): Outcome => score);
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
    winners: {
      matchNominal: rateOfEqual(winners, nominal),
      matchRegistered: rateOfEqual(winners, registered),
      ...(alignment && {matchAligned: rateOfEqual(winners, aligned)}),
      accuracyMeasured: rateOfEqual(winners, truth),
    },
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
    ...(readOutCalibration && {readOutCalibration: readOutResult(labels, readOutCalibration, digits)}),
    pointCount: digits.reduce((sum, {pointCount}) => sum + pointCount, 0),
  };
}

/** What a calibrated read-out says of the digits that it was not learnt from. */
function readOutResult(
  labels: readonly string[],
  {calibrationUid, timeS}: ReadOutCalibration,
  digits: readonly CampaignDigitResult[],
): CampaignReadOut {
  const others = digits.filter(({calibrated}) => calibrated?.isLearned === false);
  const truth = others.map(({label}) => ({winner: label, shares: []}));
  const rateOf = (
    scoreOf: (digit: CampaignDigitResult) => Pick<MeasuredScore, 'winner' | 'verdict'> | undefined,
    isCertain: boolean,
  ): RateResult =>
    rateOfEqual(
      others.map((digit): Outcome => {
        const {winner = null, verdict} = scoreOf(digit) ?? {};
        return {winner: isCertain && verdict !== 'decided' ? null : winner, shares: digit.measured.shares};
      }),
      truth,
    );
  const certain = others.map(({calibrated, measured: {shares}}): Outcome => ({
    winner: calibrated?.verdict === 'decided' ? calibrated.winner : null,
    shares,
  }));
  return {
    calibrationUid,
    timeS,
    learnedCount: digits.length - others.length,
    accuracyRaw: rateOf(({measured}) => measured, true),
    accuracyCalibrated: rateOf(({calibrated}) => calibrated, true),
    winnersRaw: rateOf(({measured}) => measured, false),
    winnersCalibrated: rateOf(({calibrated}) => calibrated, false),
    matrix: matricesOf(labels, others, certain),
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
