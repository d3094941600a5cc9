/** The weights that a trade-off study can vary, by the word that names each. */
export const tradeOffWeights = ['efficiency', 'margin', 'smoothness', 'scale'] as const;
export type TradeOffWeight = (typeof tradeOffWeights)[number];

/** How a trade-off study is made unless told otherwise; apart from the schema, so that `--help` need not load that. */
export const tradeOffDefaults = {
  steps: 150,
  learningRate: 0.01,
  seed: 1,
  marginImages: 40,
  benchCount: 5,
} as const;
