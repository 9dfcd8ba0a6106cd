import { bool, choice, int } from "../domain/params.ts";
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
    measuredBarsMin: int(250, { min: 10, max: 20_000, step: 10 }, "bars a strategy is measured before it may trade"),
    short: bool(false, "let the strategies that can also sell short"),
  },
  where: ({ windowBars, measuredBarsMin }) => measuredBarsMin <= windowBars,
  plan: ({ regime, selector, windowBars, measuredBarsMin, short }) => ({
    arsenal: [
      { strategy: buyAndHold },
      { strategy: meanReversion, params: { short } },
      { strategy: multiTimeframeSrsi, params: { short } },
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
