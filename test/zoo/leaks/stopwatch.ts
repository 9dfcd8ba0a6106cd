// Planted: decisions by how fast the machine is.
import { strategy } from "../../../src/ports/strategy.ts";

const startMs = performance.now();

export default strategy({
  name: "stopwatch",
  summary: "Trades while the machine is fast.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ target }) {
    target(performance.now() - startMs > 1_000 ? 1 : 0, "time since it was loaded");
  },
});
