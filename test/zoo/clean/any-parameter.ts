// Looks like parameter-region: honest with every parameter.
import { bool, choice, float, int } from "../../../src/domain/params.ts";
import { ema } from "../../../src/indicators/ema.ts";
import { sma } from "../../../src/indicators/sma.ts";
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "any-parameter",
  summary: "Long above an average.",
  params: {
    length: int(20, { min: 2, max: 200 }),
    average: choice(["simple", "exponential"]),
    share: float(1, { min: 0.2, max: 1 }),
    inverted: bool(false),
  },
  where: ({ length, share }) => length * share > 2,
  setup: ({ bars, p }) => ({
    close: bars.close,
    average: p.average === "simple" ? sma(bars.close, p.length) : ema(bars.close, p.length),
  }),
  onBar({ series, p, target }) {
    target(series.close.now > series.average.now !== p.inverted ? p.share : 0, "average");
  },
});
