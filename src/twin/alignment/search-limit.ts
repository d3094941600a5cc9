import type {EvaluationRequest} from './evaluator.ts';
import type {AlignmentEngine} from './problem.ts';

/**
 * Most work of a search: planes computed on the coarse grid, thin plates, without derivatives (about 10 ms of one core for the
 * shipped designs, four minutes of one core in all). Plates far off and assembly errors have a part of it each, so that neither
 * leaves nothing for the other or for what lies still further off.
 */
export const mostSearchedPlanes = 24_000;
export const mostFarPlanes = 6_000;
export const mostAssemblyPlanes = 9_000;

/** What else costs as much as so many of them. */
const costOf = {derivative: 0.4, wayBack: 2, fine: 10, thick: 1.3} as const;

/** A search was ended at its limit; what had been found before is left to who started it. */
export class SearchLimitReached extends Error {
  override readonly name = 'SearchLimitReached';
}

/** An engine that ends what asks it for more than a number of planes, and how many it has computed. */
export interface LimitedEngine {
  readonly engine: AlignmentEngine;
  /** In planes on the coarse grid, as `mostSearchedPlanes`. */
  searchedPlanes(this: void): number;
  isAtLimit(this: void): boolean;
}

/** Counts what an engine computes; from `most` on it throws `SearchLimitReached` instead of computing more. */
export function limitSearch(engine: AlignmentEngine, most = mostSearchedPlanes): LimitedEngine {
  let count = 0;
  const spend = (requests: readonly EvaluationRequest[], wayBack = 0): void => {
    if (count >= most) throw new SearchLimitReached(`A search has computed ${most} planes.`);
    for (const {grain, parameters, plateOptics} of requests) {
      const grainCost = grain === 'fine' ? costOf.fine : 1;
      const plateCost = plateOptics?.kind === 'thick' ? costOf.thick : 1;
      const derivatives = wayBack > 0 ? 0 : costOf.derivative * parameters.length;
      count += grainCost * plateCost * (1 + wayBack + derivatives);
    }
  };
  return {
    engine: {
      ...engine,
      evaluate: (requests) => {
        spend(requests);
        return engine.evaluate(requests);
      },
      vjpParameters: (requests) => {
        spend(requests, costOf.wayBack);
        return engine.vjpParameters(requests);
      },
    },
    searchedPlanes: () => Math.round(count),
    isAtLimit: () => count >= most,
  };
}

/** What a search comes to, or something else where its limit ended it. */
export async function unlessAtLimit<Found>(search: Promise<Found>, otherwise: Found): Promise<Found> {
  try {
    return await search;
  } catch (error) {
    if (error instanceof SearchLimitReached) return otherwise;
    throw error;
  }
}
