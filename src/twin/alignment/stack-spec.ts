import type {Probe} from '../../contract/illumination.ts';
import type {Grid} from '../../contract/optics.ts';
import type {PlateOptics} from '../../contract/plate-optics.ts';
import type {PlateModel} from '../layers/plate.ts';
import type {PropagationMethod} from '../propagation/transfer-function.ts';

/** A stack of plates whose numbers an alignment turns. */
export interface StackSpec {
  readonly wavelengthMm: number;
  /** Grid of the design. */
  readonly grid: Grid;
  /** Samples along the side of a design pixel; 2 is what the bounds of docs/alignment.md hold for. */
  readonly oversample: number;
  readonly method: PropagationMethod;
  /** Relief, base, place along z and flips; index, extinction and the rest of the placement come with the state. */
  readonly plates: readonly PlateModel[];
  /** How the plates act on light; thin unless given. */
  readonly plateOptics?: PlateOptics | undefined;
  readonly outputZMm: number;
  readonly probe: Probe;
}
