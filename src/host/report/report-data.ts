import type {CampaignResult} from '../../contract/campaign-result.ts';
import type {DetectorRegion} from '../../contract/design-file.ts';
import type {SettingsSnapshot} from '../../contract/devices.ts';

/** A mask as mounted, amplitudes 0..1 on a square grid, rows from the smallest y. */
export interface MaskPicture {
  readonly count: number;
  readonly pitchMm: number;
  readonly amplitude: ArrayLike<number>;
}

/** Planes of one object at the points of a scan. */
export interface ReportPlanes {
  /** As `AssembledCampaign.scans` has it. */
  readonly scan: {
    readonly xMm: Float64Array;
    readonly yMm: Float64Array;
    readonly values: Float64Array;
    readonly references: readonly {readonly timeS: number; readonly value: number; readonly sigma: number}[];
  };
  readonly simulatedNominal: Float64Array;
  readonly simulatedRegistered: Float64Array;
  readonly simulatedAligned?: Float64Array;
  readonly cellMm?: {readonly widthMm: number; readonly heightMm: number};
}

/** Planes of one digit, in the order of `CampaignResult.digits`. */
export interface ReportDigit extends ReportPlanes {
  readonly mask: MaskPicture | null;
  /** At further frequencies, in the order of the digit's scans. */
  readonly further?: readonly ReportPlanes[];
}

/** An instrument as it was when measuring began, from the run's descriptor. */
export interface ReportInstrument {
  readonly role: string;
  readonly model: string;
  readonly identity: string;
  readonly settings: SettingsSnapshot;
}

export interface ReportData {
  readonly title: string;
  readonly session: {
    readonly uid: string;
    readonly title: string;
    readonly operator: string;
    readonly benchName: string;
  };
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly seconds: number;
  /** When this file was made; given, because a report is a pure function of its data. */
  readonly writtenAt: string;
  readonly regions: readonly DetectorRegion[];
  readonly result: CampaignResult;
  readonly digits: readonly ReportDigit[];
  readonly instruments: readonly ReportInstrument[];
  /** Design hash, versions, seed: name and value, in the order to print. */
  readonly provenance: readonly (readonly [name: string, value: string])[];
  /** How the network was built, aligned and calibrated, and by whom: name and value, in the order to print. */
  readonly chain?: readonly (readonly [name: string, value: string])[];
  /** What else was fitted together with the frame (illumination), name and value with its sigma. */
  readonly fitted?: readonly (readonly [name: string, value: string])[];
  /** Anything that a reader must know before the figures, such as a campaign that was stopped. */
  readonly warnings?: readonly string[];
}
