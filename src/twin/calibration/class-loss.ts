import type {ReadOut} from '../metrics/read-out.ts';
import {isLit} from '../metrics/read-out.ts';
import {sumOf} from '../metrics/regions.ts';

/** What is wanted of the energies of an object, as in training (docs/training.md). */
export interface ClassLossSettings {
  /** Logits are so many times the scores. */
  readonly logitScale: number;
  /** Weight of -ln(energy in all regions). */
  readonly efficiencyWeight: number;
}

/** Loss of one object, up to a constant, and its derivative by each energy. */
export function classLoss(
  readOut: ReadOut,
  energies: Float64Array,
  label: number,
  {logitScale, efficiencyWeight}: ClassLossSettings,
): {readonly loss: number; readonly gradient: Float64Array} {
  const gradient = new Float64Array(energies.length);
  if (!isLit(readOut, energies)) return {loss: Math.log(readOut.labels.length), gradient};
  const scores = readOut.scoresOf(energies);
  const highest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(logitScale * (score - highest)));
  const total = sumOf(exponentials);
  const byScores = exponentials.map((value, k) => logitScale * (value / total - (k === label ? 1 : 0)));
  addByEnergies(readOut, energies, byScores, gradient);
  const energy = sumOf(energies);
  for (let r = 0; r < gradient.length; r++) gradient[r] -= efficiencyWeight / energy;
  const loss = Math.log(total) - logitScale * (scores[label] - highest);
  return {loss: loss - efficiencyWeight * Math.log(energy), gradient};
}

/** Adds the derivative by each energy, from that by each score. */
function addByEnergies(
  readOut: ReadOut,
  energies: Float64Array,
  byScores: Float64Array,
  gradient: Float64Array,
): void {
  if (readOut.kind === 'largest') {
    // Scores are shares: d s_k / d e_j = (delta_kj - s_k) / E.
    const energy = sumOf(energies);
    const mean = energies.reduce((sum, own, k) => sum + (own / energy) * byScores[k], 0);
    for (let j = 0; j < gradient.length; j++) gradient[j] += (byScores[j] - mean) / energy;
    return;
  }
  readOut.comparedOf(energies).gradients.forEach((row, k) => {
    for (let j = 0; j < gradient.length; j++) gradient[j] += byScores[k] * row[j];
  });
}
