import { float, int, over, portfolioStrategy, zScore } from "kiwi";

// kiwi backtest examples/pairs-spread.ts --data KO-1d.csv.gz --data PEP-1d.csv.gz --account margin
export default portfolioStrategy({
  name: "pairs-spread",
  summary:
    "Buys the cheap one of two related shares and sells the dear one until their ratio is usual again.",
  params: {
    length: int(60, { min: 20, max: 250 }),
    enter: float(2, { min: 1, max: 4 }, "distance of the ratio from its mean, in deviations, that opens"),
    exit: float(0.5, { min: 0, max: 1 }, "distance that closes"),
  },
  universe: ["KO", "PEP"],
  schedule: "bar",
  setup: ({ bars, symbol, p }) => ({ spread: zScore(over(bars.close, symbol("PEP").close), p.length) }),
  onRebalance({ members, series, held, target, closeOthers, p }) {
    if (!members.includes("KO") || !members.includes("PEP")) return closeOthers("one of the two is gone");
    const distance = series("KO").spread.now;
    if (Math.abs(distance) < p.exit) return closeOthers("the ratio is usual again");
    if (held.length > 0 || Math.abs(distance) < p.enter) return;
    target("KO", distance > 0 ? -0.5 : 0.5, "KO is far from its usual price in PEP");
    target("PEP", distance > 0 ? 0.5 : -0.5, "the other side of the pair");
  },
});
