import {moduleUrl} from '../../base/module-url.ts';
import type {PlateExportResult} from '../../contract/plate-export.ts';
import {onThread} from '../threads/run-once.ts';
import type {PlateExportHooks, PlateExportSettings} from './export-plates.ts';

/** An export of the design of a folder. */
export interface PlateExportRequest {
  readonly designFolder: string;
  readonly settings: PlateExportSettings;
}

/** What an export tells on its way. */
export type PlateExportNews = Parameters<PlateExportHooks['onProgress']>[0];

/** Longest time that the part under way may take when the export is ended, so that its drafts are taken away. */
const graceMs = 60_000;

/** Writes plates for the workshop on a thread of its own; see `exportPlates`. */
export const exportPlatesApart = onThread<PlateExportRequest, PlateExportResult, PlateExportNews>(
  moduleUrl('./export-worker.ts', import.meta.url),
  'The thread that makes solids has ended. No file was given its name.',
  {graceMs},
);
