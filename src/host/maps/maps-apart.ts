import {moduleUrl} from '../../base/module-url.ts';
import type {MapPreview} from '../../contract/api/index.ts';
import {readApart} from '../threads/read-apart.ts';
import type {MapImportRequest, MapImportResult} from './import-maps.ts';
import type {MeasuredErrors, MeasuredPlateRequest} from './measured-plate.ts';
import type {MapPreviewRequest} from './preview-maps.ts';

/** What the thread that reads maps does. */
export type MapJob =
  | ({readonly kind: 'preview'} & MapPreviewRequest)
  | ({readonly kind: 'import'} & MapImportRequest)
  | ({readonly kind: 'measured'} & MeasuredPlateRequest);

const worker = moduleUrl('./maps-worker.ts', import.meta.url);

/** A hundred times what five plates of 200 x 200 take; the largest design takes half a minute. */
const deadlineMs = 180_000;

const apart = <Output>(job: MapJob, signal: AbortSignal | undefined): Promise<Output> =>
  readApart<MapJob, Output>(worker, job, {
    subject: 'These maps',
    meaning: 'Nothing was imported.',
    deadlineMs,
    signal,
  });

/** As `previewMaps`, on a thread of its own. */
export const previewMapsApart = (request: MapPreviewRequest, signal?: AbortSignal): Promise<MapPreview> =>
  apart({kind: 'preview', ...request}, signal);

/** As `importMaps`, on a thread of its own. */
export const importMapsApart = (request: MapImportRequest, signal?: AbortSignal): Promise<MapImportResult> =>
  apart({kind: 'import', ...request}, signal);

/** As `measurePlate`, on a thread of its own. */
export const measurePlateApart = (
  request: MeasuredPlateRequest,
  signal?: AbortSignal,
): Promise<MeasuredErrors> => apart({kind: 'measured', ...request}, signal);
