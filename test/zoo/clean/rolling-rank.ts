// Looks like whole-sample-rank: the rank among the last hundred closes.
import { percentRank } from "../../../src/indicators/percent-rank.ts";
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "rolling-rank",
  summary: "Long while the close ranks low.",
  params: {},
  setup: ({ bars }) => ({ rank: percentRank(bars.close, 100) }),
  onBar({ series, target }) {
    target(series.rank.now < 40 ? 1 : 0, "rank");
  },
});
