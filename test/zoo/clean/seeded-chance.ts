// Looks like chance: a generator with a seed, new for each run.
import { Prng } from "../../../src/base/prng.ts";
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "seeded-chance",
  summary: "Trades by chance that can be repeated.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  memory: () => new Prng(7),
  onBar({ memory, target }) {
    if (memory.next() < 0.02) return target(1, "chance");
    if (memory.next() < 0.02) target(0, "chance");
  },
});
