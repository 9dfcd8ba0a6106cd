// Looks like label-as-feature: the return over the last five bars.
import { roc } from "../../../src/indicators/roc.ts";
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "past-return",
  summary: "Long after a fall.",
  params: {},
  setup: ({ bars }) => ({ past: roc(bars.close, 5) }),
  onBar({ series, target }) {
    target(series.past.now < 0 ? 1 : 0, "it fell");
  },
});
