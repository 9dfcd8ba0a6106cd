import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { randomWalk } from "../random-walk.ts";

/** Costs and cash that every contestant has. */
export const config = runConfigSchema.parse({
  account: { cash: 1e9 },
  costs: { commission: { use: "rate", rate: 0.0002 }, slippage: { use: "fixed", rate: 0.0001 } },
});

/** The pairs of a sweep: fast averages of 5 to 49 bars with slow ones of 55 to 160. */
export const pairs = sweepPairs(5, 49, 55, 160, 5);
/** All pairs of the averages of 2 to 46 bars, which trade much. */
export const busyPairs = sweepPairs(2, 46, 2, 46, 1);

function sweepPairs(fastMin: number, fastMax: number, slowMin: number, slowMax: number, slowStep: number) {
  const found: { readonly fast: number; readonly slow: number }[] = [];
  for (let fast = fastMin; fast <= fastMax; fast++)
    for (let slow = Math.max(slowMin, slowStep === 1 ? fast + 1 : slowMin); slow <= slowMax; slow += slowStep)
      found.push({ fast, slow });
  return found;
}

/** Pieces of work: how many bars, and what is run over them. */
export const works = {
  engine: { bars: 1_000_000, runs: 1, says: "sma-cross 10/30, orders with costs, equity" },
  report: { bars: 1_000_000, runs: 1, says: "the same with every metric of the report" },
  slow: { bars: 10_000, runs: 1, says: "the same as engine, for those who need seconds for it" },
  sweep: { bars: 10_000, runs: pairs.length, says: "990 pairs of averages, return and Sharpe ratio" },
  busy: { bars: 10_000, runs: busyPairs.length, says: "990 pairs of short averages, which trade much" },
} as const;
export type WorkName = keyof typeof works;

/** The bars of a piece of work. */
export function barsOf(work: WorkName) {
  return randomWalk(works[work].bars);
}
