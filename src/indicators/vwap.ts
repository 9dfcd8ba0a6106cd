import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const vwapIndicator = indicator({
  name: "vwap",
  summary: "Volume-weighted average price since the trading session began.",
  formula:
    "vwap[t] = sum(typical * volume) / sum(volume) since `session` last changed, typical = (high + low + close) / 3; until the session has volume, the plain mean of its typical prices; a first session that the data enter midway counts from there",
  source:
    "Berkowitz, Logue and Noser, The Total Cost of Transactions on the NYSE, Journal of Finance 43 (1988)",
  inputs: ["high", "low", "close", "volume", "session"],
  outputs: ["vwap"],
  params: {},
  pane: "price",
  warmup: () => 0,
  create() {
    let current = Number.NaN;
    let rows = 0;
    let total = 0;
    let average = 0;
    return (high, low, close, volume, session) => {
      if (session !== current) {
        current = session;
        rows = 0;
        total = 0;
        average = 0;
      }
      rows += 1;
      total += volume;
      const share = total === 0 ? 1 / rows : volume / total;
      // Moving by a share of the difference keeps a flat price exactly flat.
      average += share * ((high + low + close) / 3 - average);
      return average;
    };
  },
});

/** Volume-weighted average price of the current trading session. */
export function vwap(bars: BarSeries): Expr {
  return apply(vwapIndicator, [bars.high, bars.low, bars.close, bars.volume, bars.session], {});
}
