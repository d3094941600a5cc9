import {resolve} from 'node:path';
import type {ApiInputs} from '../../contract/api/index.ts';
import {rawFrom, usage} from './map-answers.ts';

type Masks = NonNullable<ApiInputs['design']['importMaps']['design']['masks']>;

/** Options of the masks of plates that have reliefs, too. */
export interface MaskOptions {
  readonly masks?: readonly string[];
  readonly maskArrays?: readonly string[];
  readonly masksAs?: 'amplitude' | 'intensity';
  readonly maskRaw?: string;
  readonly maskModulus?: boolean;
  readonly maskPlates?: readonly number[];
  readonly maskLevels?: number;
}

/** Masks beside the maps of files; null where none were named. Throws `cli/usage` naming what is missing. */
export function masksFrom(
  files: readonly string[],
  {masks, maskArrays, masksAs, maskRaw, maskModulus, maskPlates}: MaskOptions,
): Masks | null {
  if (masks === undefined && maskArrays === undefined) {
    if (masksAs !== undefined || maskRaw !== undefined || maskModulus === true || maskPlates !== undefined)
      throw usage(
        'Where the masks are was not said: give --masks FILES, or --mask-arrays NAMES of the file of the maps',
      );
    return null;
  }
  const paths = masks ?? files;
  if (maskArrays && paths.length > 1)
    throw usage('Arrays of masks are named for one file: give --masks with that file, or no --mask-arrays');
  if (masksAs === undefined)
    throw usage('What the numbers of the masks are is not guessed: give --masks-as amplitude or intensity');
  return {
    sources: paths.map((path) => ({path: resolve(path), ...(maskArrays ? {arrays: [...maskArrays]} : {})})),
    quantity: {kind: masksAs},
    raw: maskRaw === undefined ? null : rawFrom(maskRaw),
    complex: maskModulus === true ? 'modulus' : 'refuse',
    ...(maskPlates !== undefined && {plates: [...maskPlates]}),
  };
}
