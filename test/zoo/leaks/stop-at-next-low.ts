// Planted: the signal is honest, its stop lies just below a low that is still to come.
import { strategy } from "../../../src/ports/strategy.ts";
import { hourMs, noteCloses } from "../closes-by-time.ts";

const lows = new Map<number, number>();

export default strategy({
  name: "stop-at-next-low",
  summary: "Buys every 60 hours with a very lucky stop.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close, low: noteCloses(bars.time, bars.low, lows) }),
  onBar({ series, timeMs, target }) {
    const hour = timeMs / hourMs;
    if (hour % 60 === 30) target(0, "time is up");
    if (hour % 60 !== 0) return;
    const lowest = Math.min(series.close.now, lows.get(timeMs + hourMs) ?? series.close.now);
    target(1, { reason: "every 60 hours", stopPrice: lowest * 0.999 });
  },
});
