import type { Trade } from "../../domain/trade.ts";
import { finiteOrNull } from "../statistics/finite-or-null.ts";
import { mean } from "../statistics/moments.ts";
import { median } from "../statistics/quantile.ts";

/** Mean, middle and largest of a set of trades' lengths; `null` without trades. */
type LengthSummary = {
  readonly average: number | null;
  readonly median: number | null;
  readonly max: number | null;
};

/** How long trades lasted from first entry to last exit, in milliseconds. */
export function tradeDurationsMs(trades: readonly Trade[]): LengthSummary {
  return summaryOf(Float64Array.from(trades, (trade) => trade.exitTimeMs - trade.entryTimeMs));
}

/** How long trades lasted, in bars. */
export function tradeBarsHeld(trades: readonly Trade[]): LengthSummary {
  return summaryOf(Float64Array.from(trades, (trade) => trade.barsHeld));
}

function summaryOf(lengths: Float64Array): LengthSummary {
  let max = Number.NEGATIVE_INFINITY;
  for (const length of lengths) max = Math.max(max, length);
  return {
    average: finiteOrNull(mean(lengths)),
    median: finiteOrNull(median(lengths)),
    max: finiteOrNull(max),
  };
}
