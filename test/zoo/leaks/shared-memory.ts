// Planted: memory() returns one object for all runs and symbols instead of a new one.
import { strategy } from "../../../src/ports/strategy.ts";

const shared = { bars: 0 };

export default strategy({
  name: "shared-memory",
  summary: "Trades by a counter.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  memory: () => shared,
  onBar({ memory, target }) {
    memory.bars += 1;
    target(memory.bars % 70 < 35 ? 1 : 0, "counter");
  },
});
