// Looks like last-bar: one trade that never ends, open on the last bar.
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "buys-once",
  summary: "Holds from the first bar on.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  memory: () => ({ hasBought: false }),
  onBar({ memory, target }) {
    if (memory.hasBought) return;
    memory.hasBought = true;
    target(1, "hold");
  },
});
