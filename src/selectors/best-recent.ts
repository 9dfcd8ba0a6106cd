import { int } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { rankScores } from "./rank-scores.ts";

/** The plain alternative that a cleverer choice has to beat: follow whoever did best lately, whatever the regime. */
export const bestRecent = definePlugin({
  kind: "selector",
  name: "best-recent",
  summary: "Chooses the strategy with the best Sharpe ratio of the rolling window, whatever the regime.",
  options: { holdBarsMin: int(100, { min: 0, max: 10_000 }, "bars for which a choice stands at least") },
  create({ holdBarsMin }) {
    return {
      select({ candidates, current, barsSinceSwitch }) {
        const scores = Float64Array.from(candidates, (candidate) =>
          candidate.isReady && candidate.demotion === null ? candidate.recent.sharpe : Number.NaN,
        );
        const order = rankScores(scores);
        const best = order[0] ?? -1;
        const mayStay = current >= 0 && !Number.isNaN(scores[current]!);
        const stays = mayStay && barsSinceSwitch < holdBarsMin;
        const strategy = stays ? current : best;
        return {
          action: strategy === current ? "hold" : strategy < 0 ? "exit" : "switch",
          strategy,
          blend: null,
          share: 1,
          reason:
            strategy < 0
              ? "nobody is ready, allowed and measured"
              : `Sharpe ratio ${scores[strategy]!.toFixed(2)} lately`,
          runnerUp: order.find((k) => k !== strategy) ?? -1,
          scores,
        };
      },
    };
  },
});
