// Looks like shared-memory: a counter, in a memory of its own for each run and symbol.
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "stateful-memory",
  summary: "Trades by a counter.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  memory: () => ({ bars: 0 }),
  onBar({ memory, target }) {
    memory.bars += 1;
    target(memory.bars % 70 < 35 ? 1 : 0, "counter");
  },
});
