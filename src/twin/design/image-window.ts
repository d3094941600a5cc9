import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ImageWindow} from '../../contract/imaging.ts';

/** The window of a design that images its objects. Throws `plan/invalid` for one that tells classes. */
export function imageWindowOf({name, detector}: Pick<DesignFile, 'name' | 'detector'>): ImageWindow {
  if (detector.image) return detector.image;
  throw new BenchError(
    'plan/invalid',
    `The design ${name} tells classes and images nothing: it has no window of an image. Nothing was computed. Take twin classify for it.`,
    {details: {name}},
  );
}
