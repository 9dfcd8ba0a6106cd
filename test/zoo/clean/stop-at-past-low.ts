// Looks like stop-at-next-low: a stop below the lows of the past.
import { lowest } from "../../../src/indicators/lowest.ts";
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "stop-at-past-low",
  summary: "Buys every 60 hours with a stop.",
  params: {},
  setup: ({ bars }) => ({ low: lowest(bars.low, 20) }),
  onBar({ series, timeMs, target }) {
    const hour = timeMs / 3_600_000;
    if (hour % 60 === 30) target(0, "time is up");
    if (hour % 60 === 0) target(1, { reason: "every 60 hours", stopPrice: series.low.now * 0.999 });
  },
});
