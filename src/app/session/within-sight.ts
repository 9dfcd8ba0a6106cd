import type { Bars } from "../../domain/bars.ts";
import { BarsUntil } from "../../engine/bars-until.ts";
import type { SlippageModel } from "../../ports/costs.ts";

/** A slippage model that is shown the bars up to the row in question and none after it. */
export function withinSight(model: SlippageModel): SlippageModel {
  let whole: Bars | null = null;
  let seen: BarsUntil | null = null;
  const upTo = (bars: Bars, row: number): Bars => {
    if (bars !== whole || seen === null) {
      whole = bars;
      seen = new BarsUntil(bars);
    }
    return seen.until(row + 1);
  };
  return {
    fraction: (bars, row, quantity, moment) => model.fraction(upTo(bars, row), row, quantity, moment),
    rate: (bars, row, quantity) => model.rate(upTo(bars, row), row, quantity),
  };
}
