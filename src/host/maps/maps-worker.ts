import type {MapPreview} from '../../contract/api/index.ts';
import type {ReadJobs} from '../threads/read-apart.ts';
import {serveJobs} from '../threads/serve-jobs.ts';
import {importMaps, type MapImportResult} from './import-maps.ts';
import type {MapJob} from './maps-apart.ts';
import {measurePlate, type MeasuredErrors} from './measured-plate.ts';
import {previewMaps} from './preview-maps.ts';

// Entry of the thread that reads maps for the functions of `maps-apart`.
serveJobs<ReadJobs<MapJob, MapPreview | MapImportResult | MeasuredErrors>>({
  read(job) {
    switch (job.kind) {
      case 'preview':
        return previewMaps(job);
      case 'import':
        return importMaps(job);
      case 'measured':
        return measurePlate(job);
    }
  },
});
