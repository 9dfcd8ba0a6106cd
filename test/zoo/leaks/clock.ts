// Planted: decisions by the clock on the wall.
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "clock",
  summary: "Trades while the clock shows an even second.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ target }) {
    target(new Date().getSeconds() % 2, "even second");
  },
});
