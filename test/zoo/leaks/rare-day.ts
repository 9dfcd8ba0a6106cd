// Planted: one bar of the future, and only on the first bar of a month.
import { strategy } from "../../../src/ports/strategy.ts";
import { hourMs, noteCloses } from "../closes-by-time.ts";

const closes = new Map<number, number>();

export default strategy({
  name: "rare-day",
  summary: "Looks ahead when a month begins.",
  params: {},
  setup: ({ bars }) => ({ close: noteCloses(bars.time, bars.close, closes) }),
  onBar({ series, timeMs, target }) {
    const date = new Date(timeMs);
    if (date.getUTCDate() !== 1 || date.getUTCHours() !== 1) return;
    const next = closes.get(timeMs + hourMs);
    if (next !== undefined) target(next > series.close.now ? 1 : 0.5, "the month begins");
  },
});
