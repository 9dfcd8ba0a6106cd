// Freqtrade's false alarm #12168: entries that wait for their price and fill many bars later, or never.
import { sma } from "../../../src/indicators/sma.ts";
import { crossOver, crossUnder, strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "delayed-entry",
  summary: "Buys below the market after a cross.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close, fast: sma(bars.close, 8), slow: sma(bars.close, 21) }),
  onBar({ series, target }) {
    const price = series.close.now * 0.985;
    if (crossOver(series.fast, series.slow)) target(1, { reason: "cross", entry: { kind: "limit", price } });
    if (crossUnder(series.fast, series.slow)) target(0, "cross back");
  },
});
