/** How a tolerance study is made unless told otherwise; apart from the schema, so that `--help` need not load that. */
export const toleranceDefaults = {benchCount: 40, digitsPerBench: 10, wantedMatch: 0.97, seed: 1} as const;
