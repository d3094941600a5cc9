import type {readAlignPlanes, readCorrections} from '../views/align-views.ts';
import type {
  AlignDetail,
  AlignSource,
  AlignSummary,
  ApiOutputs,
  CompareSide,
  Comparison,
  DigitPlanes,
  Plane,
  RunSummary,
} from '../../contract/api/index.ts';
import type {LiveStep} from '../guide/guide-view.ts';
import type {CampaignResult} from '../../contract/campaign-result.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import type {ExportedFile, ExportRequest} from '../export/session-export.ts';
import type {DataCheck} from '../store/verify.ts';
import type {SessionFacets, SessionListing, SessionSearch} from '../store/session-search.ts';
import type {CompareRequest, PredictionOrder} from '../campaign/compare-sides.ts';
import type {ListedDigit, TestDigit} from '../campaign/digits.ts';
import type {CampaignEvaluation} from '../campaign/evaluate-campaign.ts';

/** What the analysis thread is made for: one database, which it only reads. */
export interface AnalysisSpec {
  readonly databasePath: string;
}

/** A job that chooses digits for a design. */
interface DigitChoice {
  readonly input: {
    readonly ids: readonly string[];
    readonly count: number;
    readonly seed: number;
    readonly design: DesignFile;
  };
  readonly output: TestDigit[];
}

/** A type, not an interface: only types are open to the index that a map of jobs is. */
export type AnalysisJobs = {
  readonly plane: {
    readonly input: {
      readonly runUid: string;
      readonly quantity: string;
      readonly largestSide?: number;
    };
    readonly output: Plane | null;
  };
  readonly runs: {
    readonly input: {
      readonly text?: string | undefined;
      readonly sessionUid?: string | undefined;
      readonly planName?: string | undefined;
      readonly limit: number;
    };
    readonly output: RunSummary[];
  };
  readonly session: {
    readonly input: {readonly uid: string; readonly atS: number};
    readonly output: ApiOutputs['sessions']['get'];
  };
  readonly calibrations: {
    readonly input: {readonly atS: number};
    readonly output: ApiOutputs['sessions']['calibrations'];
  };
  readonly artifact: {
    readonly input: {readonly uid: string};
    readonly output: ApiOutputs['sessions']['artifact'];
  };
  readonly audit: {readonly input: {readonly limit: number}; readonly output: ApiOutputs['app']['audit']};
  readonly guides: {
    readonly input: {readonly live: LiveStep | null};
    readonly output: ApiOutputs['alignGuide']['list']['guides'];
  };
  readonly guidePlanes: {
    readonly input: {readonly artifactUid: string};
    readonly output: ApiOutputs['alignGuide']['planes'];
  };
  readonly sessions: {
    readonly input: SessionSearch;
    readonly output: {readonly sessions: SessionListing[]; readonly facets: SessionFacets};
  };
  /** Null before the first digit that can be compared. */
  readonly campaignResult: {
    readonly input: {readonly sessionUid: string};
    readonly output: CampaignResult | null;
  };
  /** The campaign's end: result, and report written. */
  readonly evaluate: {
    readonly input: {readonly sessionUid: string; readonly reportFolder: string};
    readonly output: CampaignEvaluation;
  };
  readonly digitPlanes: {readonly input: {readonly runUid: string}; readonly output: DigitPlanes};
  readonly listDigits: {
    readonly input: {readonly label?: string | undefined; readonly offset: number; readonly limit: number};
    readonly output: {readonly total: number; readonly digits: ListedDigit[]};
  };
  readonly chooseDigits: DigitChoice;
  /** As `chooseDigits`, of the classes that the design tells. */
  readonly campaignDigits: DigitChoice;
  /** By class or id; throws `plan/invalid` for a name that is none. */
  readonly namedDigits: {
    readonly input: {readonly names: readonly string[]; readonly design: DesignFile};
    readonly output: Pick<TestDigit, 'label' | 'sample' | 'index'>[];
  };
  /** The design that a session keeps; its plates stay behind. */
  readonly sessionDesign: {readonly input: {readonly sessionUid: string}; readonly output: DesignFile};
  readonly digitPictures: {
    readonly input: {readonly indices: readonly number[]};
    readonly output: (Uint8Array<ArrayBuffer> | null)[];
  };
  readonly orderPrediction: {
    readonly input: Extract<CompareSide, {kind: 'prediction'}>;
    readonly output: PredictionOrder;
  };
  readonly compare: {readonly input: CompareRequest; readonly output: Comparison};
  readonly alignSources: {
    readonly input: {readonly designHash?: string | undefined; readonly limit: number};
    readonly output: AlignSource[];
  };
  readonly alignPlanes: {
    readonly input: {readonly sessionUid: string};
    readonly output: Awaited<ReturnType<typeof readAlignPlanes>>;
  };
  readonly alignSummaries: {
    readonly input: {
      readonly sessionUid?: string | undefined;
      readonly designHash?: string | undefined;
      readonly atS: number;
    };
    readonly output: AlignSummary[];
  };
  readonly alignSummary: {
    readonly input: {readonly uid: string; readonly atS: number};
    readonly output: AlignSummary;
  };
  readonly alignDetail: {
    readonly input: {readonly uid: string; readonly atS: number};
    readonly output: AlignDetail;
  };
  readonly alignCorrections: {
    readonly input: {readonly uid: string};
    readonly output: Awaited<ReturnType<typeof readCorrections>>;
  };
  /** Design folders that campaigns of this database were made with. */
  readonly designFolders: {readonly input: null; readonly output: string[]};
  readonly verify: {readonly input: null; readonly output: DataCheck};
  readonly export: {readonly input: ExportRequest; readonly output: ExportedFile};
  readonly documents: {readonly input: {readonly runUid: string}; readonly output: string};
};
