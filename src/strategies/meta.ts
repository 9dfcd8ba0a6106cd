import { dayMs, hourMs } from "../base/time.ts";
import { bool, choice, int } from "../domain/params.ts";
import { timeframeMs, type Timeframe } from "../domain/timeframe.ts";
import { metaStrategy } from "../ports/strategy.ts";
import { buyAndHold } from "./buy-and-hold.ts";
import { meanReversion } from "./mean-reversion.ts";
import { multiTimeframeSrsi } from "./multi-timeframe-srsi.ts";
import { smaCross } from "./sma-cross.ts";
import { trendFollowing } from "./trend-following.ts";
import { volatilityBreakout } from "./volatility-breakout.ts";

/**
 * The arsenal trades every symbol in shadows, with costs. On every bar the regime is told, every strategy is measured,
 * and one of them, or none, is given the money: whichever has earned most in regimes like the present one.
 */
export const meta = metaStrategy({
  name: "meta",
  summary: "Chooses among the other strategies by the market's regime and by how each of them does.",
  params: {
    regime: choice(["hmm", "volatility-trend", "bull-bear"], "how the regime is told"),
    selector: choice(["regime-performance", "best-recent", "equal-weight"], "how a strategy is chosen"),
    windowBars: int(500, { min: 20, max: 20_000, step: 20 }, "bars of the rolling performance window"),
    measuredBarsMin: int(
      250,
      { min: 10, max: 20_000, step: 10 },
      "bars a strategy is measured before it may trade",
    ),
    short: bool(false, "let the strategies that can also sell short"),
  },
  where: ({ windowBars, measuredBarsMin }) => measuredBarsMin <= windowBars,
  plan: ({ regime, selector, windowBars, measuredBarsMin, short }, { timeframe }) => ({
    arsenal: [
      { strategy: buyAndHold },
      { strategy: meanReversion, params: { short } },
      { strategy: multiTimeframeSrsi, params: { short, confirm: confirming(timeframe) } },
      { strategy: smaCross, params: { short } },
      { strategy: trendFollowing, params: { short } },
      { strategy: volatilityBreakout, params: { short } },
    ],
    regime: { use: regime },
    selector: { use: selector },
    windowBars,
    measuredBarsMin,
  }),
});

/** The timeframe that must agree: four hours where the bars are shorter, else the next larger picture. */
function confirming(timeframe: Timeframe): "4h" | "1d" | "1w" | "1M" {
  const spanMs = timeframeMs(timeframe);
  if (spanMs < 4 * hourMs && (4 * hourMs) % spanMs === 0) return "4h";
  if (spanMs < dayMs) return "1d";
  return spanMs < 7 * dayMs ? "1w" : "1M";
}
