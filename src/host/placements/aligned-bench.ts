import type {PlateOptics} from '../../contract/plate-optics.ts';
import type {Arrangement} from '../../twin/alignment/arrangement.ts';
import type {PrintHeights} from '../../twin/alignment/print-heights.ts';
import type {BenchState} from '../../twin/alignment/state.ts';

/** A bench as an alignment found it: what its predictions depend on. */
export interface AlignedBench {
  readonly state: BenchState;
  readonly arrangement: Arrangement;
  readonly method: 'rs' | 'asm';
  /** How the plates act on light; thin unless given. */
  readonly plateOptics?: PlateOptics | undefined;
  /** Height errors of the prints, where they are known. */
  readonly prints?: PrintHeights | undefined;
}
