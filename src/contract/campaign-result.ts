/**
 * What a campaign found, as plain data: made from stored raw points by host/compare, shown by the report, the
 * terminal and the window. Classes are named by the labels of the detector regions, in the design's order, or by those of
 * its read-out.
 */

/** A count of successes with its 95 % Wilson interval. */
export interface RateResult {
  readonly successes: number;
  readonly count: number;
  /** successes / count; null when nothing was counted. */
  readonly ratio: number | null;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** Where the scan's frame stands in the design's output plane: p = R(rotation) s + shift. */
export interface FrameRegistrationRecord {
  readonly dxMm: number;
  readonly dyMm: number;
  readonly rotationDeg: number;
  /** How it was found; absent when it was given. */
  readonly fit?: {
    readonly sigma: {readonly dxMm: number; readonly dyMm: number; readonly rotationDeg: number};
    readonly gain: number;
    readonly offset: number;
    readonly pearsonBefore: number;
    readonly pearsonAfter: number;
    readonly pearsonSecond: number | null;
    readonly isAmbiguous: boolean;
    readonly isAtBound: boolean;
    readonly pointCount: number;
  };
}

/** A simulated plane read at the scan's points and scored like the measured one. */
export interface SimulatedScore {
  /** Null, as the shares, when the scan does not cover every detector region. */
  readonly winner: string | null;
  /** Region energies divided by their sum. */
  readonly shares: readonly number[] | null;
  /** Correlation of the measured plane with this one; null when one of them has no structure. */
  readonly pearson: number | null;
  /** After both were divided by their sums, relative to the root mean square of the simulation. */
  readonly nrmse: number | null;
  /** Root mean square of the differences of the shares; null without measured shares. */
  readonly shareError: number | null;
  readonly strayRatio: number | null;
}

/** What may have moved a verdict, each a cause of its own. */
export const verdictCauses = ['noise', 'source', 'drift', 'dark', 'undersampling', 'registration'] as const;
/** A cause that may have moved a verdict. */
export type VerdictCause = (typeof verdictCauses)[number];

/** Each cause in words. */
export const verdictCauseLabels: Readonly<Record<VerdictCause, string>> = {
  noise: 'noise of the readings',
  source: 'noise of the source',
  drift: 'drift',
  dark: 'dark level',
  undersampling: 'undersampling by the scan',
  registration: 'registration of the frame',
};

/** What a margin may be off by, as one standard deviation in shares. */
export interface MarginError {
  /** Root of the sum of the squares of the parts. */
  readonly sigma: number;
  /** From each cause; null where it is not known, as of a frame that was never registered. */
  readonly parts: Readonly<Record<VerdictCause, number | null>>;
}

/** The cause that a margin's error comes from most; null when none is known to be above nothing. */
export function limitingCause({parts}: MarginError): VerdictCause | null {
  return verdictCauses.reduce<VerdictCause | null>((most, cause) => {
    const part = parts[cause] ?? 0;
    return part > (most === null ? 0 : (parts[most] ?? 0)) ? cause : most;
  }, null);
}

/** What a measured plane says: shares of the energy in all regions, their standard deviations, the winner. */
export interface MeasuredScore {
  /** Class that wins, the region with the most energy unless read otherwise, certain or not; null when the plane cannot be scored. */
  readonly winner: string | null;
  readonly runnerUp: string | null;
  readonly shares: readonly number[] | null;
  readonly sharesSigma: readonly number[] | null;
  /** Difference of the two largest scores: shares, unless the design reads its classes otherwise. */
  readonly margin: number | null;
  /** How many standard deviations the winner stands above the nearest other; null when nothing is uncertain. */
  readonly marginSigma: number | null;
  /** The standard deviation in this, cause by cause; absent in results of earlier versions, which knew noise and drift alone. */
  readonly marginError?: MarginError;
  /** `undecided` when the winner stands less than `decisionLevelSigma` above another, or was not fully measured. */
  readonly verdict: 'decided' | 'undecided';
  /** Part of the measured energy outside all regions; null when hardly more than the regions was scanned. */
  readonly strayRatio: number | null;
  /** Why the plane could not be scored, or ''. */
  readonly problem: string;
}

/** What a measured plane says when its scores are corrected by a calibration of the read-out; beside the raw verdict. */
export interface CalibratedScore extends Pick<
  MeasuredScore,
  'winner' | 'runnerUp' | 'margin' | 'marginSigma' | 'verdict'
> {
  /** Whether the calibration was learnt from this very plane, which then says nothing of it. */
  readonly isLearned: boolean;
}

/** What was done to the raw readings before anything was compared. */
export interface ScanTreatment {
  /** Unit of the signal where it is not V: dark level and noise are in it then. */
  readonly unit?: string;
  /** Dark level, V: real and imaginary part; the latter is 0 for a signal without a phase. */
  readonly darkXV: number;
  readonly darkYV: number;
  readonly darkReadingCount: number;
  /** Phase of the signal against the real part, degrees; absent for a signal without a phase. */
  readonly signalPhaseDeg?: number;
  /** Noise of one reading, V. */
  readonly noiseV: number;
  readonly isDriftCorrected: boolean;
  readonly driftNote: string;
  /** Largest minus smallest reference visit as a part of their mean. */
  readonly driftSpanRatio: number | null;
  readonly isLinearised: boolean;
  /** Noise of the source as a part of its power, from the reference visits; null with too few of them. */
  readonly sourceNoiseRatio?: number | null;
}

/** One digit of a campaign: measured, and simulated as designed, as registered and as aligned. */
export interface CampaignDigitResult {
  readonly label: string;
  readonly sample: string;
  readonly runUid: string;
  readonly pointCount: number;
  readonly measured: MeasuredScore;
  readonly nominal: SimulatedScore;
  readonly registered: SimulatedScore;
  /** Every plate where an alignment found it; absent when no accepted placement applies. */
  readonly aligned?: SimulatedScore;
  /** With the read-out as it was calibrated on this bench; absent without such a calibration. */
  readonly calibrated?: CalibratedScore;
  readonly treatment: ScanTreatment;
  /** Scans of the same object at the further frequencies of the result, in their order; `pointCount` counts theirs too. */
  readonly further?: readonly {
    readonly frequencyHz: number;
    readonly runUid: string;
    readonly treatment: ScanTreatment;
  }[];
}

/** A digit that was measured but is left out of matrices and rates by the operator's decision. Its points stay. */
export interface ExcludedDigit {
  /** Place in the campaign's list of digits. */
  readonly index: number;
  readonly label: string;
  readonly sample: string;
  /** Its last successful run; null when it has none. */
  readonly runUid: string | null;
  readonly reason: string;
  readonly author: string;
  /** When it was decided, seconds since the epoch, UTC. */
  readonly timeS: number;
}

/** Counts by true class (rows) and winner (columns); mean shares by true class and region. */
export interface MatrixPair {
  /** counts[true class][winner]. */
  readonly counts: readonly (readonly number[])[];
  readonly undecided: readonly number[];
  /** Mean shares by true class; null for a class that was not shown. */
  readonly meanShares: readonly (readonly number[] | null)[];
}

/** Rates against the simulation as aligned, over the digits that have one. */
export interface CampaignAlignment {
  readonly placementUid: string;
  readonly alignmentUid: string;
  /** When it was found, seconds since the epoch, UTC. */
  readonly alignedAtS: number;
  readonly matchAligned: RateResult;
  readonly accuracyAligned: RateResult;
  /** Runs of this campaign that the alignment itself was fitted on; absent, as the rates, in results of earlier versions. */
  readonly fittedRunUids?: readonly string[];
  /** `matchAligned` of the digits that it was fitted on, and of the others, which alone say what it foretells. */
  readonly matchFitted?: RateResult;
  readonly matchOthers?: RateResult;
}

/** What became of the alignment that a campaign computed from its own planes while it measured. */
export interface OwnAlignment {
  /** Of the stored alignment; null when nothing was found. */
  readonly alignmentUid: string | null;
  /** Predictions as aligned use it only when it is `trusted`. */
  readonly verdict: 'trusted' | 'doubtful' | 'failed';
  /** Why it is not trusted. */
  readonly reasons: readonly string[];
  /** The planes that it was fitted on. */
  readonly runUids: readonly string[];
  /** Who had the campaign measured; nobody was asked to accept the alignment. */
  readonly operator: string;
  /** Seconds since the epoch, UTC. */
  readonly timeS: number;
  readonly isRevoked: boolean;
}

/**
 * What a calibration of the read-out makes of a campaign, over the objects that it was not learnt from. `winners`: whether
 * the winner is the true class, certain or not, as accuracies of simulations are; `accuracy`: and certain.
 */
export interface CampaignReadOut {
  readonly calibrationUid: string;
  /** When it was made, seconds since the epoch, UTC. */
  readonly timeS: number;
  /** Objects of this campaign that it was learnt from: they are in none of the rates. */
  readonly learnedCount: number;
  readonly accuracyRaw: RateResult;
  readonly accuracyCalibrated: RateResult;
  readonly winnersRaw: RateResult;
  readonly winnersCalibrated: RateResult;
  /** Of the calibrated verdicts. */
  readonly matrix: MatrixPair;
}

/** What a calibrated read-out says of a campaign, in a sentence. */
export const readOutText = ({winnersRaw, winnersCalibrated, learnedCount}: CampaignReadOut): string =>
  winnersRaw.count === 0
    ? `The read-out was calibrated with all ${learnedCount} digits of this campaign, so nothing of it says what that gains.`
    : `With the calibrated read-out the winner is the digit shown for ${winnersCalibrated.successes} of ${winnersCalibrated.count} digits that it was not learnt from, without it for ${winnersRaw.successes}.`;

/** Rates of the winners alone, whether certain or not, as papers count them. Of all digits scored in both. */
export interface WinnerRates {
  readonly matchNominal: RateResult;
  readonly matchRegistered: RateResult;
  /** Absent without an accepted placement. */
  readonly matchAligned?: RateResult;
  readonly accuracyMeasured: RateResult;
}

/** What a campaign says: its digits, confusion matrices and rates with their intervals. */
export interface CampaignResult {
  /** Of the classes, in the order of the matrices. */
  readonly labels: readonly string[];
  /** Of the regions, in the order of the shares, where they are not the classes themselves. */
  readonly regionLabels?: readonly string[];
  /** Where each object was measured at several frequencies, the design's own first: shares stand plane after plane. */
  readonly frequenciesHz?: readonly number[];
  readonly decisionLevelSigma: number;
  readonly registration: FrameRegistrationRecord;
  /** The digits that count: each by its last successful run, in the order of the campaign's list. */
  readonly digits: readonly CampaignDigitResult[];
  readonly excluded: readonly ExcludedDigit[];
  /** Measured winner equals the simulated one, out of all digits scored in both; undecided is no match. */
  readonly matchNominal: RateResult;
  readonly matchRegistered: RateResult;
  /** Winner equals the true class. */
  readonly accuracyMeasured: RateResult;
  readonly accuracyNominal: RateResult;
  readonly accuracyRegistered: RateResult;
  readonly undecidedCount: number;
  /** The same rates of the winner alone, decided or not; absent in results of earlier versions. */
  readonly winners?: WinnerRates;
  readonly matrices: {
    readonly measured: MatrixPair;
    readonly nominal: MatrixPair;
    readonly registered: MatrixPair;
    readonly aligned?: MatrixPair;
  };
  /** The accepted placement that `aligned` figures are of, and the rates against them; absent without one. */
  readonly alignment?: CampaignAlignment;
  /** The campaign's own alignment, used or not; absent when it computed none. */
  readonly ownAlignment?: OwnAlignment;
  /** What the calibrated read-out says; absent where none applies. */
  readonly readOutCalibration?: CampaignReadOut;
  readonly pointCount: number;
}

/** Names of the regions whose shares a result holds. */
export const regionLabelsOf = ({labels, regionLabels}: CampaignResult): readonly string[] =>
  regionLabels ?? labels;
