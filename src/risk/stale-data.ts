import { int } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";

/** Nobody should buy at a price that may be long gone. Hours in which the market is closed do not age a price. */
export const staleData = definePlugin({
  kind: "risk",
  name: "stale-data",
  summary: "Refuses an order in a symbol whose last bar is too old.",
  options: {
    barsMax: int(
      3,
      { min: 0, max: 100 },
      "bars that may be overdue, by the calendar and the symbol's timeframe",
    ),
    maxAgeMs: int(0, { min: 0, max: 86_400_000 }, "largest age of the last bar in milliseconds; 0 = any"),
  },
  create({ barsMax, maxAgeMs }, { market, calendars }) {
    return {
      check(_order, { instrument: { index }, timeMs, lastBarTimeMs }) {
        const ageMs = timeMs - lastBarTimeMs;
        if (Number.isNaN(ageMs))
          return { kind: "refuse", reason: "no bar has come yet", limit: barsMax, value: Number.NaN };
        if (maxAgeMs > 0 && ageMs > maxAgeMs)
          return { kind: "refuse", reason: "the last bar is too old", limit: maxAgeMs, value: ageMs };
        const value = calendars[index]!.missingBars(lastBarTimeMs, timeMs, market.bars[index]!.timeframe);
        if (value <= barsMax) return approve;
        return { kind: "refuse", reason: "too many bars are overdue", limit: barsMax, value };
      },
    };
  },
});
