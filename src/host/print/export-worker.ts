import type {PlateExportResult} from '../../contract/plate-export.ts';
import {loadDesignFolder} from '../designs/design-folder.ts';
import {serveOnce} from '../threads/serve-once.ts';
import type {PlateExportNews, PlateExportRequest} from './export-apart.ts';
import {exportPlates} from './export-plates.ts';

// Entry of the thread that writes plates for `exportPlatesApart`.
await serveOnce<PlateExportRequest, PlateExportResult, PlateExportNews>(
  async ({designFolder, settings}, hooks) =>
    exportPlates(await loadDesignFolder(designFolder), settings, hooks),
);
