import { dayMs, hourMs } from "../base/time.ts";
import { usualBlockBars } from "../domain/block-bars.ts";
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
    blend: bool(false, "share the money among the promising strategies instead of choosing one"),
    short: bool(false, "let the strategies that can also sell short"),
  },
  where: ({ windowBars, measuredBarsMin }) => measuredBarsMin <= windowBars,
  plan: ({ regime, selector, blend, windowBars, measuredBarsMin, short }, { timeframe }) => ({
    arsenal: [
      { strategy: buyAndHold },
      { strategy: meanReversion, params: { short } },
      { strategy: multiTimeframeSrsi, params: { short, confirm: confirming(timeframe) } },
      { strategy: smaCross, params: { short } },
      { strategy: trendFollowing, params: { short } },
      { strategy: volatilityBreakout, params: { short } },
    ],
    regime: regime === "hmm" ? { use: "hmm", ...lookback(timeframe) } : { use: regime },
    selector: selector === "regime-performance" ? { use: selector, blend } : { use: selector },
    windowBars,
    measuredBarsMin,
  }),
});

/** One look of the model is a day, or a week of days; it learns from some two years of hours, or ten of days. */
function lookback(timeframe: Timeframe): Readonly<Record<string, number>> {
  const blockBars = usualBlockBars(timeframe);
  const [first, refit, window] = timeframeMs(timeframe) < dayMs ? [20, 30, 730] : [40, 13, 500];
  return {
    blockBars,
    trainBarsMin: first * blockBars,
    refitBars: refit * blockBars,
    windowBars: Math.min(200_000, window * blockBars),
  };
}

/** The timeframe that must agree: four hours where the bars are shorter, else the next larger picture. */
function confirming(timeframe: Timeframe): "4h" | "1d" | "1w" | "1M" {
  const spanMs = timeframeMs(timeframe);
  if (spanMs < 4 * hourMs && (4 * hourMs) % spanMs === 0) return "4h";
  if (spanMs < dayMs) return "1d";
  return spanMs < 7 * dayMs ? "1w" : "1M";
}
