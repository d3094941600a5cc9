import {withPlateOptics} from '../../twin/design/load.ts';
import {loadDesignFolder} from '../designs/design-folder.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {classify} from './classify.ts';
import {imagesOf} from './images-of.ts';
import type {ClassifiedImages, ClassifyProgress, ClassifyRequest} from './twin-threads.ts';

// Entry of the thread that runs a design over a set of images for `classifyApart`; it leads the threads that compute.
await serveOnce<ClassifyRequest, ClassifiedImages, ClassifyProgress>(
  async ({designFolder, images, plateOptics, ...options}, {signal, onProgress}) => {
    const design = withPlateOptics(await loadDesignFolder(designFolder), plateOptics);
    const classification = await classify(design, await imagesOf(images, design.file), {
      ...options,
      signal,
      onProgress: (done, total) => onProgress({done, total}),
    });
    return {designName: design.file.name, classification};
  },
);
