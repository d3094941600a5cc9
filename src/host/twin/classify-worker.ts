import {openDesign} from '../designs/design-folder.ts';
import {readIdxDataSet} from '../data/idx.ts';
import {readTestImages} from '../data/mnist.ts';
import {serveOnce} from '../threads/serve-once.ts';
import type {LabelledImages} from '../../twin/training/batch.ts';
import type {TwinImages} from '../../contract/api/index.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {classify} from './classify.ts';
import type {ClassifiedImages, ClassifyProgress, ClassifyRequest} from './twin-threads.ts';

// Entry of the thread that runs a design over a set of images for `classifyApart`; it leads the threads that compute.
await serveOnce<ClassifyRequest, ClassifiedImages, ClassifyProgress>(
  async ({designFolder, images, ...options}, {signal, onProgress}) => {
    const design = await openDesign(designFolder, signal);
    const classification = await classify(design, await imagesOf(images, design.file), {
      ...options,
      signal,
      onProgress: (done, total) => onProgress({done, total}),
    });
    return {designName: design.file.name, classification};
  },
);

/** Declared, so that it is there while the thread does its work above. */
async function imagesOf(images: TwinImages, design: DesignFile): Promise<LabelledImages> {
  if (images.kind === 'test-digits') return readTestImages();
  return await readIdxDataSet(images.imagesPath, images.labelsPath, design, images.fullScale);
}
