/** A fit that leaves less than this has found the place; wrong minima leave 0.3 and more (docs/alignment.md). */
export const explainedBelowRatio = 0.22;
