import { int, portfolioStrategy, roc } from "kiwi";

// kiwi backtest examples/long-short-ranking.ts --data <folder> --account margin
// Last month's losers against its winners (Jegadeesh 1990): equal money on both sides, so that the market cancels out.
export default portfolioStrategy({
  name: "long-short-ranking",
  summary:
    "Buys the weakest symbols of the last month and sells the strongest short, half of the money each.",
  params: { count: int(20, { min: 1, max: 100 }), length: int(21, { min: 5, max: 126 }) },
  schedule: "weekly",
  setup: ({ bars, p }) => ({ change: roc(bars.close, p.length) }),
  onRebalance({ rank, target, closeOthers, p }) {
    const ranked = rank("change");
    if (ranked.length < 2 * p.count) return closeOthers("too few to rank");
    for (const symbol of ranked.slice(-p.count)) target(symbol, 0.5 / p.count, "among the weakest");
    for (const symbol of ranked.slice(0, p.count)) target(symbol, -0.5 / p.count, "among the strongest");
    closeOthers("in the middle of the ranking");
  },
});
