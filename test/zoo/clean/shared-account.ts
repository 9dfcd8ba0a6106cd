// Freqtrade's false alarm #13547: what one symbol does depends on the whole account, and so on all other symbols.
import { sma } from "../../../src/indicators/sma.ts";
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "shared-account",
  summary: "Bets less when the account has grown.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close, mean: sma(bars.close, 20) }),
  onBar({ series, equity, target }) {
    if (series.close.now > series.mean.now) target(equity > 10_000 ? 0.3 : 0.5, "above the mean");
    else target(0, "below the mean");
  },
});
