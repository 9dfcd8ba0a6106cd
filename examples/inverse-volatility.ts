import { int, logReturn, portfolioStrategy, rollingStd } from "kiwi";

// Every member gets a share of the money that shrinks with its volatility: naive risk parity, exact where the
// correlations are equal (Maillard, Roncalli and Teiletche 2010).
export default portfolioStrategy({
  name: "inverse-volatility",
  summary:
    "Holds every symbol, the calm ones more and the wild ones less, so that each risks about the same.",
  params: { length: int(60, { min: 20, max: 250 }) },
  schedule: "monthly",
  setup: ({ bars, p }) => ({ volatility: rollingStd(logReturn(bars.close), p.length) }),
  onRebalance({ rank, series, target, closeOthers }) {
    const calm = rank("volatility", "lowest")
      .map((symbol) => ({ symbol, share: 1 / series(symbol).volatility.now }))
      .filter(({ share }) => Number.isFinite(share));
    const total = calm.reduce((sum, { share }) => sum + share, 0);
    for (const { symbol, share } of calm) target(symbol, share / total, "its part of the risk");
    closeOthers("no volatility to measure");
  },
});
