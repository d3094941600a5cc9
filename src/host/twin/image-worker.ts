import {loadDesignFolder} from '../designs/design-folder.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {evaluateImages} from './image-quality.ts';
import {picturesOf} from './pictures-of.ts';
import type {ClassifyProgress, ImageAnswer, ImageRequest} from './twin-threads.ts';

// Entry of the thread that evaluates the images of a design for `imageApart`; it leads the threads that compute.
await serveOnce<ImageRequest, ImageAnswer, ClassifyProgress>(
  async ({images, limit, ...request}, {signal, onProgress}) => {
    const {file} = await loadDesignFolder(request.designFolder);
    const shown = await picturesOf(images, file, {limit, seed: request.seed});
    const evaluated = await evaluateImages({
      ...request,
      ...shown,
      signal,
      onProgress: (done, total) => onProgress({done, total}),
    });
    return {designName: file.name, ...evaluated};
  },
);
