import {countText} from '../../../base/count-text.ts';
import type {Exaggeration} from '../../viewer/index.ts';

const times = (factor: number): string => (factor === 1 ? 'to scale' : `× ${countText(factor)}`);

/** Two factors in words, said once where they are the same. */
const both = (
  label: string,
  [first, firstLabel]: readonly [factor: number, word: string],
  [second, secondLabel]: readonly [factor: number, word: string],
): string =>
  first === second
    ? `${label} ${times(first)}`
    : `${firstLabel} ${times(first)}, ${secondLabel} ${times(second)}`;

/** How much larger than to scale a drawing shows what was found. */
export function factorText(factors: Exaggeration, drawing: 'side' | 'face'): string {
  const {across, along, turn, errorAcross, errorAlong, errorTurn} = factors;
  const isSide = drawing === 'side';
  const found = isSide
    ? both('shifts', [across, 'shifts across'], [along, 'along z'])
    : `shifts ${times(across)}, turns ${times(turn)}`;
  const second = isSide ? errorAlong : errorTurn;
  const isLikewise = errorAcross === across && second === (isSide ? along : turn);
  const errors = isLikewise
    ? 'error bars (one sigma) likewise'
    : both(
        'error bars (one sigma)',
        [errorAcross, 'error bars (one sigma) of shifts'],
        [second, isSide ? 'along z' : 'of turns'],
      );
  return `Sizes and places to scale; ${found}, ${errors}.`;
}
