import type { SyntheticOptions } from "../../src/data/synthetic/synthetic-options.ts";

/** The market that every animal of the zoo is watched on: six weeks of hours. */
export const zooMarket: SyntheticOptions = {
  seed: 20_261_121,
  symbols: 2,
  timeframe: "1h",
  bars: 1_000,
  startMs: Date.UTC(2024, 0, 1),
};
