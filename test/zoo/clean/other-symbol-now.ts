// Looks like other-symbol: the other symbol's bar that has closed by now.
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "other-symbol-now",
  summary: "Follows SYN2.",
  params: {},
  setup: ({ symbol }) => ({ other: symbol("SYN2").close }),
  onBar({ series, target }) {
    target(series.other.now > series.other.prev ? 1 : 0, "SYN2 went there");
  },
});
