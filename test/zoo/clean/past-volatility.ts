// Looks like future-volatility: a new target on every bar, sized by how much the last bars moved.
import { atr } from "../../../src/indicators/atr.ts";
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "past-volatility",
  summary: "Small after storms.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close, range: atr(bars, 14) }),
  onBar({ series, target }) {
    target(Math.min(1, (0.005 * series.close.now) / series.range.now), "volatility");
  },
});
