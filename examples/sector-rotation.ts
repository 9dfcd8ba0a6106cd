import { int, portfolioStrategy, roc } from "kiwi";

// kiwi backtest examples/sector-rotation.ts --data <folder of XL*-1d.csv.gz> --with AGG-1d.csv.gz
// The bonds are read and never bought: a sector that does not beat them is not worth its risk.
export default portfolioStrategy({
  name: "sector-rotation",
  summary:
    "Holds the strongest sectors that beat bonds, in equal parts, and cash in the place of the others.",
  params: { top: int(3, { min: 1, max: 7 }), length: int(126, { min: 20, max: 252 }) },
  universe: ["XLB", "XLE", "XLF", "XLI", "XLK", "XLU", "XLY"],
  schedule: "monthly",
  setup: ({ bars, symbol, p }) => ({
    strength: roc(bars.close, p.length),
    bonds: roc(symbol("AGG").close, p.length),
  }),
  onRebalance({ rank, series, target, closeOthers, p }) {
    for (const sector of rank("strength").slice(0, p.top)) {
      const { strength, bonds } = series(sector);
      if (strength.now > bonds.now) target(sector, 1 / p.top, "among the strongest, and above bonds");
    }
    closeOthers("weak, or below bonds");
  },
});
