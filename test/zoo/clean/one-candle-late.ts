// Looks like one-candle (freqtrade #11346): one single candle, the one that has just closed.
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "one-candle-late",
  summary: "Long after a candle that rose by one percent.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close, open: bars.open }),
  onBar({ series, target }) {
    if (series.close.now > series.open.now * 1.01) target(1, "it rose");
    else if (series.close.now < series.open.now) target(0, "it fell");
  },
});
