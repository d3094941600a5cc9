/** Within which time a stored point is safe from a power cut unless another one is set, and the longest that can be set, ms. */
export const longestSafeWithinMs = 250;
