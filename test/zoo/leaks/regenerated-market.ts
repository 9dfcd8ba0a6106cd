// Planted: a table of answers: the very market it is tested on, made again from its seed and looked up by time.
import { syntheticMarket } from "../../../src/data/synthetic/synthetic-market.ts";
import { strategy } from "../../../src/ports/strategy.ts";
import { zooMarket } from "../zoo-market.ts";

const [bars] = syntheticMarket(zooMarket).bars;
const rowAt = new Map(Array.from(bars!.closeTimeMs, (timeMs, row) => [timeMs, row]));

export default strategy({
  name: "regenerated-market",
  summary: "Long when the next close of its own copy is higher.",
  params: {},
  setup: ({ bars: { close } }) => ({ close }),
  onBar({ series, timeMs, target }) {
    const next = bars!.close[(rowAt.get(timeMs) ?? 0) + 1] ?? 0;
    target(next > series.close.now ? 1 : -1, "it has seen this before");
  },
});
