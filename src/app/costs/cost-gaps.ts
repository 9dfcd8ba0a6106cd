import { formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import { historyOf, type CostTables } from "../../domain/cost-tables.ts";

/** Says for which symbols, and for which part of the bars, a history of costs is missing and a constant stands in for it. */
export function costGaps(tables: CostTables | undefined, bars: readonly Bars[]): readonly string[] {
  if (tables === undefined) return [];
  const rates = (["funding", "borrow"] as const).flatMap((kind) => {
    const rates = tables[kind];
    if (rates === undefined) return [];
    return bars.flatMap(({ symbol, closeTimeMs, length }) => {
      const history = historyOf(rates, symbol);
      const constant = kind === "funding" ? "costs.fundingRate" : "costs.borrowRate";
      if (history === undefined) return [`the ${kind} file says nothing of ${symbol}: ${constant} holds`];
      const [firstMs, lastMs] = [history.timeMs[0]!, history.timeMs.at(-1)!];
      const lines: string[] = [];
      if (closeTimeMs[0]! < firstMs)
        lines.push(
          `the ${kind} of ${symbol} is known from ${formatTime(firstMs)} on: ${constant} holds before`,
        );
      if (closeTimeMs[length - 1]! > lastMs + toleranceMs)
        lines.push(
          `the ${kind} of ${symbol} is known until ${formatTime(lastMs)}: ` +
            (kind === "funding" ? `${constant} holds after` : "its last rate holds after"),
        );
      return lines;
    });
  });
  return [...rates, ...spreadGaps(tables.spreads, bars)];
}

/** Symbols and bars of a run with quotes for which nobody quoted. */
function spreadGaps(spreads: CostTables["spreads"], bars: readonly Bars[]): readonly string[] {
  if (spreads === undefined) return [];
  return bars.flatMap(({ symbol, length }) => {
    const quoted = spreads[symbol]?.timeMs.length ?? 0;
    if (quoted >= length) return [];
    return [
      `bid and ask of ${symbol} are known in ${quoted} of ${length} bars: costs.slippage holds in the others`,
    ];
  });
}

/** Rates of a day are said once a day. */
const toleranceMs = 24 * 60 * 60 * 1000;
