import {createRandom} from '../../base/random.ts';
import {countOf} from '../../base/count-text.ts';
import type {TwinPictures} from '../../contract/api/index.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {imageWindowOf} from '../../twin/design/image-window.ts';
import {drawLinePattern} from '../../twin/field/line-pattern.ts';
import {resizeImage} from '../../twin/field/resize-image.ts';
import {imageAt, type LabelledImages} from '../../twin/training/batch.ts';
import {readIdxPictures} from '../data/idx.ts';
import {readTestImages} from '../data/mnist.ts';

/** Objects that are shown to a design, and the pictures that are wanted of them where those are others. */
export interface ShownPictures {
  readonly images: LabelledImages;
  readonly pictures?: LabelledImages;
}

/**
 * The first `limit` objects that a call names, at the size of a design's. Throws `plan/invalid` where the pictures that a
 * design was trained for are missing, and `file/invalid` for files that cannot be used.
 */
export async function picturesOf(
  wanted: TwinPictures,
  design: DesignFile,
  {limit, seed}: {readonly limit: number; readonly seed: number},
): Promise<ShownPictures> {
  const {shows} = imageWindowOf(design);
  const side = design.object.imageCount;
  const targetsPath = wanted.kind === 'files' ? wanted.targetsPath : undefined;
  if ((shows === 'picture') !== (targetsPath !== undefined))
    throw new BenchError(
      'plan/invalid',
      shows === 'picture'
        ? `The design ${design.name} shows other pictures than its objects. Nothing was computed; name the files of both.`
        : `The design ${design.name} shows images of its objects themselves. Nothing was computed; name no other pictures.`,
    );
  const images = firstOf(await source(wanted, {side, limit, seed}), {limit, side});
  if (targetsPath === undefined) return {images};
  const pictures = firstOf(await readIdxPictures(targetsPath), {limit, side});
  if (pictures.labels.length < images.labels.length)
    throw new BenchError(
      'file/invalid',
      `${targetsPath} cannot be used: it holds ${countOf(pictures.labels.length, 'picture')} of ${countOf(images.labels.length, 'object')}. Nothing was computed.`,
      {details: {path: targetsPath}},
    );
  return {images, pictures};
}

async function source(
  wanted: TwinPictures,
  {side, limit, seed}: {readonly side: number; readonly limit: number; readonly seed: number},
): Promise<LabelledImages> {
  switch (wanted.kind) {
    case 'test-digits':
      return readTestImages();
    case 'files':
      return await readIdxPictures(wanted.imagesPath);
    case 'patterns': {
      // Another seed than that of any training, whose patterns are `seed/patterns`.
      const random = createRandom(`${seed}/shown patterns`);
      const bytes = new Uint8Array(limit * side * side);
      for (let i = 0; i < limit; i++) bytes.set(drawLinePattern(side, random), i * side * side);
      return {rows: side, columns: side, bytes, labels: new Uint8Array(limit)};
    }
  }
}

function firstOf(
  images: LabelledImages,
  {limit, side}: {readonly limit: number; readonly side: number},
): LabelledImages {
  const count = Math.min(limit, images.labels.length);
  const bytes = new Uint8Array(count * side * side);
  for (let i = 0; i < count; i++) bytes.set(resizeImage(imageAt(images, i), side), i * side * side);
  return {rows: side, columns: side, bytes, labels: images.labels.subarray(0, count)};
}
