import {resolve} from 'node:path';
import type {TwinImages} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';

/** Options that name a set of images. */
export interface ImagesOptions {
  readonly images?: string;
  readonly labels?: string;
  readonly values: number;
}

/** The images that a command names; the test digits where it names none. Throws `cli/usage` for a half of them. */
export function imagesFrom({images, labels, values}: ImagesOptions): TwinImages {
  if (images === undefined && labels === undefined) return {kind: 'test-digits'};
  if (images === undefined || labels === undefined)
    throw new BenchError(
      'cli/usage',
      'Images and labels belong together: give --images and --labels, or neither. Nothing was started.',
    );
  return {kind: 'files', imagesPath: resolve(images), labelsPath: resolve(labels), fullScale: values};
}
