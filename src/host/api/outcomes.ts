import {BenchError} from '../../contract/errors.ts';

/** What jobs have come to, by the id that their start gave: for whoever has followed one to its end. */
export interface Outcomes<Outcome> {
  keep(id: string, outcome: Outcome): void;
  /** Throws `store/not-found` for a job that has not ended, or is none of the latest. */
  get(id: string): Outcome;
}

const keptCount = 20;

/** `what` names the jobs in words: scan, campaign. */
export function createOutcomes<Outcome>(what: string): Outcomes<Outcome> {
  const kept = new Map<string, Outcome>();
  return {
    keep(id, outcome) {
      kept.set(id, outcome);
      for (const old of [...kept.keys()].slice(0, -keptCount)) kept.delete(old);
    },
    get(id) {
      const outcome = kept.get(id);
      if (outcome !== undefined) return outcome;
      throw new BenchError(
        'store/not-found',
        `There is no outcome of the ${what} ${id}: it has not ended, was ended before it measured, or is none of the latest ${keptCount}. What it has stored is safe.`,
      );
    },
  };
}
