import type {Exaggeration} from '../../viewer/index.ts';

const times = (factor: number): string => (factor === 1 ? 'to scale' : `× ${factor.toLocaleString('en-GB')}`);

/** How much larger than to scale a drawing shows what was found. */
export function factorWords(factors: Exaggeration, drawing: 'side' | 'face'): string {
  const {across, along, turn, errorAcross, errorAlong, errorTurn} = factors;
  const [first, firstWord, second, secondWord] =
    drawing === 'side'
      ? [across, 'shifts across', along, 'shifts along z']
      : [across, 'shifts', turn, 'turns'];
  const [firstError, secondError] = drawing === 'side' ? [errorAcross, errorAlong] : [errorAcross, errorTurn];
  const bars =
    firstError === first && secondError === second
      ? 'their error bars (one sigma) likewise'
      : `error bars (one sigma) ${times(firstError)} and ${times(secondError)}`;
  return `Sizes and places to scale; ${firstWord} ${times(first)}, ${secondWord} ${times(second)}, ${bars}.`;
}
