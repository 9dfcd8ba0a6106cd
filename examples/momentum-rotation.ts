import { portfolioStrategy, int, roc } from "kiwi";

// The strongest symbols of the last months in equal parts, exchanged once a month (Jegadeesh and Titman 1993).
export default portfolioStrategy({
  name: "momentum-rotation",
  summary: "Holds the symbols that rose most over the last months, in equal parts, and rotates monthly.",
  params: { top: int(50, { min: 1, max: 100 }), length: int(126, { min: 20, max: 252 }) },
  schedule: "monthly",
  setup: ({ bars, p }) => ({ momentum: roc(bars.close, p.length) }),
  onRebalance({ rank, series, target, closeOthers, p }) {
    const best = rank("momentum").slice(0, p.top);
    for (const symbol of best) {
      if (series(symbol).momentum.now > 0) target(symbol, 1 / p.top, "among the strongest, and rising");
    }
    closeOthers("no longer among the strongest");
  },
});
