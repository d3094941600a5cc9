import type {TwinImages} from '../../contract/api/index.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import type {LabelledImages} from '../../twin/training/batch.ts';
import {readIdxDataSet} from '../data/idx.ts';
import {readTestImages} from '../data/mnist.ts';

/** The images that a call names, for a design. Throws as `readIdxDataSet`. */
export async function imagesOf(images: TwinImages, design: DesignFile): Promise<LabelledImages> {
  if (images.kind === 'test-digits') return readTestImages();
  return await readIdxDataSet(images.imagesPath, images.labelsPath, design, images.fullScale);
}
