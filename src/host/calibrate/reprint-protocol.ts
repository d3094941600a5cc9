import type {DrawnPlanes} from '../../contract/calibrate-offers.ts';
import type {ReprintLineage, ReprintSettingsData} from '../../contract/reprint.ts';
import type {NewPlateErrors} from '../../twin/calibration/plate-training.ts';
import type {StudyNews} from '../twin/study-news.ts';

/** One plate of a network as it was built, to be designed again. */
export interface ReprintRequest {
  readonly databasePath: string;
  readonly asBuiltUid: string;
  readonly settings: ReprintSettingsData;
  readonly errors: NewPlateErrors;
  /** Folder of the new design, its name, and how it was asked for. */
  readonly folder: string;
  readonly name: string;
  readonly command: string;
  readonly workerCount?: number | undefined;
}

/** The design that was written, and where it comes from. */
export interface ReprintOutput {
  readonly folder: string;
  readonly designHash: string;
  readonly designName: string;
  readonly lineage: ReprintLineage;
  /** Behind a drawn object: with the plate of before and with the new one; absent of a plate learnt on the bench. */
  readonly planes?: DrawnPlanes;
}

/** A sentence that is kept, or how far it is. */
export type ReprintNews = StudyNews;
