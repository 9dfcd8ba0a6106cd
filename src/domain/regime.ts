/** What a market can be said to be doing. The order is the order of every array of label probabilities. */
export const regimeLabels = ["trend-up", "trend-down", "sideways", "volatile", "unknown"] as const;

/** One of the five words for the state of a market; `unknown` is what an undecided detector says. */
export type RegimeLabel = (typeof regimeLabels)[number];
