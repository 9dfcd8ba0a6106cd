// Gives no signal at all: nothing to accuse it of.
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "never-trades",
  summary: "Waits for a price of zero.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ series, target }) {
    if (series.close.now <= 0) target(1, "free");
  },
});
