import type { SpreadHistory } from "../domain/cost-tables.ts";
import type { HalfSpread } from "../ports/costs.ts";
import { upTo } from "./held-rates.ts";

/** How far bid and ask were from their middle, asked by bars. Binary search: fills are few. */
export function halfSpreadOf({ lengthMs, timeMs, open, close }: SpreadHistory): HalfSpread {
  return {
    within(closeTimeMs, moment) {
      // The quoted bar that this one lies in: the same, or a longer one around a finer bar.
      const row = upTo(timeMs, closeTimeMs - 1);
      if (row === timeMs.length || timeMs[row]! - lengthMs >= closeTimeMs) return Number.NaN;
      const isSame = timeMs[row] === closeTimeMs;
      return isSame && moment === "open" ? open[row]! : Math.max(open[row]!, close[row]!);
    },
    known(closeTimeMs) {
      const row = upTo(timeMs, closeTimeMs) - 1;
      return row < 0 ? Number.NaN : close[row]!;
    },
  };
}
