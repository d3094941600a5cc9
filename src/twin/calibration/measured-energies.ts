import {sumOf} from '../metrics/regions.ts';

/**
 * Energies that a bench has measured, in its own unit, with the sum of those that the twin computes of the same object: so a
 * loss of them can be carried back through the twin (physics-aware training: Wright et al., Nature 601, 549, 2022). What
 * noise has made negative is dark. Without light on one side they stay as they are.
 */
export function asBright(measured: ArrayLike<number>, computed: Float64Array): Float64Array {
  const lit = Float64Array.from(measured, (energy) => Math.max(0, energy));
  const [own, wanted] = [sumOf(lit), sumOf(computed)];
  return own > 0 && wanted > 0 ? lit.map((energy) => (energy * wanted) / own) : lit;
}
