import {assertTellsClasses} from '../../contract/read-out.ts';
import type {LabelledImages} from '../../twin/training/batch.ts';
import {loadDesignFolder} from '../designs/design-folder.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {imagesOf} from './images-of.ts';
import {measureLosses} from './measure.ts';
import type {ClassifyProgress, MeasuredImages, MeasureRequest} from './twin-threads.ts';

// Entry of the thread that measures a design on drawn benches for `measureApart`; it leads the threads that compute.
await serveOnce<MeasureRequest, MeasuredImages, ClassifyProgress>(
  async ({images: wanted, limit, ...request}, {signal, onProgress}) => {
    const {file} = await loadDesignFolder(request.designFolder);
    assertTellsClasses(file, 'Nothing was computed.');
    const images = firstOf(await imagesOf(wanted, file), limit);
    const losses = await measureLosses({
      ...request,
      detector: file.detector,
      images,
      signal,
      onProgress: (done, total) => onProgress({done, total}),
    });
    return {designName: file.name, count: images.labels.length, losses};
  },
);

/** The first images of a set, or all. Declared, so that it is there while the thread does its work above. */
function firstOf(images: LabelledImages, limit: number): LabelledImages {
  const {rows, columns, bytes, labels} = images;
  if (limit >= labels.length) return images;
  return {...images, bytes: bytes.subarray(0, limit * rows * columns), labels: labels.subarray(0, limit)};
}
