import type {Plane} from '../../contract/api/index.ts';
import type {ExportedFile, ExportRequest} from '../export/session-export.ts';
import type {SessionFacets, SessionListing, SessionSearch} from '../store/session-search.ts';
import type {PlaneQuantity} from '../runs/run-plane.ts';

/** What the analysis thread is made for: one database, which it only reads. */
export interface AnalysisSpec {
  readonly databasePath: string;
}

/** A type, not an interface: only types are open to the index that a map of jobs is. */
export type AnalysisJobs = {
  readonly plane: {
    readonly input: {
      readonly runUid: string;
      readonly quantity: PlaneQuantity;
      readonly largestSide?: number;
    };
    readonly output: Plane | null;
  };
  readonly sessions: {
    readonly input: SessionSearch;
    readonly output: {readonly sessions: SessionListing[]; readonly facets: SessionFacets};
  };
  readonly export: {readonly input: ExportRequest; readonly output: ExportedFile};
  readonly documents: {readonly input: {readonly runUid: string}; readonly output: string};
};
