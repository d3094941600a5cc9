import type {
  CalibratedScore,
  CampaignReadOut,
  RateResult,
  FrameRegistrationRecord,
  MarginError,
  OwnAlignment,
  WinnerRates,
} from './campaign-result.ts';

/** A label as `--json` prints it: a number when it is written as one. */
export type JsonLabel = string | number;

/** A score as `campaign --json` prints it. */
export interface CampaignJsonScore {
  readonly winner: JsonLabel | null;
  readonly shares: readonly number[] | null;
}

/** What `campaign --json` prints as its last line. `simulated` is the nominal simulation. */
export interface CampaignJson {
  readonly session: string;
  readonly digits: readonly {
    readonly label: JsonLabel;
    readonly simulated: CampaignJsonScore;
    readonly simulatedRegistered: CampaignJsonScore;
    /** With `pearsonAligned`, only where an accepted placement applies. */
    readonly simulatedAligned?: CampaignJsonScore;
    readonly pearsonAligned?: number | null;
    readonly measured: CampaignJsonScore & {
      readonly sharesSigma: readonly number[] | null;
      readonly margin: number | null;
      readonly marginSigma: number | null;
      readonly marginError?: MarginError;
      readonly verdict: 'decided' | 'undecided';
      readonly strayRatio: number | null;
      readonly problem: string;
    };
    /** With the read-out as it was calibrated on this bench, beside the raw verdict; absent without such a calibration. */
    readonly calibrated?: Omit<CalibratedScore, 'winner' | 'runnerUp'> & {
      readonly winner: JsonLabel | null;
      readonly runnerUp: JsonLabel | null;
    };
    /** Against the simulation as registered; the nominal ones beside it. */
    readonly pearson: number | null;
    readonly nrmse: number | null;
    readonly pearsonNominal: number | null;
    readonly nrmseNominal: number | null;
    readonly points: number;
    readonly run: string;
  }[];
  /** Left out of everything below by the operator, with the reason. */
  readonly excluded: readonly {
    readonly label: JsonLabel;
    readonly sample: string;
    readonly run: string | null;
    readonly reason: string;
    readonly author: string;
  }[];
  /** Against the nominal simulation, and against the one as registered. */
  readonly matchRate: number | null;
  readonly matchRateRegistered: number | null;
  /** Against the simulation as aligned; absent without an accepted placement. */
  readonly matchRateAligned?: number | null;
  /** Measured, and of the nominal simulation. */
  readonly accuracy: number | null;
  readonly accuracySimulated: number | null;
  /** The same rates with counts and 95 % Wilson intervals. */
  readonly rates: Readonly<
    Record<
      'matchNominal' | 'matchRegistered' | 'accuracyMeasured' | 'accuracyNominal' | 'accuracyRegistered',
      RateResult
    >
  > &
    /** `matchAlignedFitted`: of the digits that the alignment was fitted on; `matchAlignedOthers`: of all others. */
    Partial<
      Readonly<
        Record<'matchAligned' | 'matchAlignedFitted' | 'matchAlignedOthers' | 'accuracyAligned', RateResult>
      >
    >;
  /** The alignment that the campaign computed from its own planes; absent when it computed none. */
  readonly ownAlignment?: OwnAlignment;
  /** What the calibrated read-out says of the digits that it was not learnt from; absent where none applies. */
  readonly readOutCalibration?: CampaignReadOut;
  readonly undecided: number;
  /** The rates of the winner alone, decided or not. */
  readonly winners?: WinnerRates;
  readonly registration: FrameRegistrationRecord;
  readonly points: number;
  readonly seconds: number;
  readonly report: string | null;
}
