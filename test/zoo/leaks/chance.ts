// Planted: decisions by chance without a seed.
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "chance",
  summary: "Trades by chance.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ target }) {
    if (Math.random() < 0.02) return target(1, "chance");
    if (Math.random() < 0.02) target(0, "chance");
  },
});
