import { regimeLabels } from "../../domain/regime.ts";
import type { SymbolSelection } from "./selection-input.ts";

type Column = "label" | "strategy";

/**
 * Adds up profits by what was in force when each slice began, for that is what could be acted on. By regime the places
 * are those of `regimeLabels`, by strategy those of the strategies and then "none". The last place takes the slices
 * before the first choice. The sum over all places is the sum of the profits.
 */
export function attributeProfit(
  profits: readonly Float64Array[],
  timeMs: Float64Array,
  symbols: readonly SymbolSelection[],
  by: Column,
  strategies: number,
): Float64Array {
  const places = by === "label" ? regimeLabels.length : strategies + 1;
  const sums = new Float64Array(places + 1);
  for (const [k, { log }] of symbols.entries()) {
    const profit = profits[k]!;
    // Row of the last choice that was made before the slice.
    let row = -1;
    for (let slice = 0; slice < profit.length; slice++) {
      while (row + 1 < log.length && log.timeMs[row + 1]! < timeMs[slice]!) row += 1;
      const key = row < 0 ? places : log[by][row]!;
      sums[key < 0 ? strategies : key]! += profit[slice]!;
    }
  }
  return sums;
}
