import type {TwinImages} from '../../contract/api/index.ts';
import type {Illumination} from '../../contract/illumination.ts';
import type {AsBuiltBench} from './reprint.ts';

/** A set of images that a network as it was built is to tell. */
export interface ClassifyAsBuiltRequest {
  readonly bench: AsBuiltBench;
  /** The light that it stands in. */
  readonly illumination: Illumination;
  readonly images: TwinImages;
  /** Only the first so many. */
  readonly limit: number;
  readonly workerCount?: number | undefined;
}
