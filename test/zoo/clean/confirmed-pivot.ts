// Looks like centred-mean: a pivot, highest of five bars with two after it, reported when those two have closed.
import { highest } from "../../../src/indicators/highest.ts";
import { lag } from "../../../src/indicators/lag.ts";
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "confirmed-pivot",
  summary: "Flat after a confirmed pivot.",
  params: {},
  setup: ({ bars }) => ({ middle: lag(bars.high, 2), top: highest(bars.high, 5) }),
  onBar({ series, target }) {
    target(series.middle.now === series.top.now ? 0 : 1, "pivot");
  },
});
