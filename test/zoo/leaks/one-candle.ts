// Planted: a look at one single candle to come (freqtrade #11346: its detector needs two or more), in the decision alone.
import { strategy } from "../../../src/ports/strategy.ts";
import { hourMs, noteCloses } from "../closes-by-time.ts";

const closes = new Map<number, number>();

export default strategy({
  name: "one-candle",
  summary: "Long before a candle that rises by one percent.",
  params: {},
  setup: ({ bars }) => ({ close: noteCloses(bars.time, bars.close, closes) }),
  onBar({ series, timeMs, target }) {
    const next = closes.get(timeMs + hourMs) ?? series.close.now;
    if (next > series.close.now * 1.01) target(1, "it will rise");
    else if (next < series.close.now) target(0, "it will fall");
  },
});
