import type {MapPreview} from '../../contract/api/index.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {importMaps, type MapImportResult} from './import-maps.ts';
import type {MapJob} from './maps-apart.ts';
import {previewMaps} from './preview-maps.ts';

// Entry of the thread that reads maps for `previewMapsApart` and `importMapsApart`.
await serveOnce<MapJob, MapPreview | MapImportResult>((job) =>
  job.kind === 'preview' ? previewMaps(job) : importMaps(job),
);
