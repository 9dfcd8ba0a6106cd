// Planted: the size of the position follows how much the next ten bars will move.
import { strategy } from "../../../src/ports/strategy.ts";
import { hourMs, noteCloses } from "../closes-by-time.ts";

const closes = new Map<number, number>();

export default strategy({
  name: "future-volatility",
  summary: "Small before storms.",
  params: {},
  setup: ({ bars }) => ({ close: noteCloses(bars.time, bars.close, closes) }),
  onBar({ series, timeMs, target }) {
    const later = closes.get(timeMs + 10 * hourMs) ?? series.close.now;
    target(1 / (1 + 50 * Math.abs(later / series.close.now - 1)), "quiet ahead");
  },
});
