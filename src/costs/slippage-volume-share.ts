import type { Bars } from "../domain/bars.ts";
import { choice, float, int } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";

/** What the coefficient is when none is given: Zipline's `price_impact`, and a usual volatility of a bar. */
const usualCoefficient = { square: 0.1, "square-root": 0.01 } as const;

/**
 * The price gives way to size. `square` is Zipline's VolumeShareSlippage: coefficient x share^2. `square-root` is the
 * square-root law of market impact (Almgren, Thum, Hauptmann & Li, Direct Estimation of Equity Market Impact, 2005;
 * Toth et al. 2011): coefficient x sqrt(share), with a coefficient near the volatility of a bar. The share is the
 * order's quantity over the mean volume of the bars *before* the fill: that bar's own volume is not known yet.
 */
export const slippageVolumeShare = definePlugin({
  kind: "slippage",
  name: "volume-share",
  summary: "Slippage grows with the order's share of the recent volume, by a square or a square-root law.",
  options: {
    law: choice(["square", "square-root"], "how slippage grows with the share of the volume"),
    coefficient: float(
      0,
      { min: 0, max: 1 },
      "slippage at a share of 1; 0 = the law's usual one: 0.1 for square, 0.01 for square-root",
    ),
    length: int(20, { min: 1, max: 200 }, "bars before the fill whose mean volume counts"),
    largest: float(0.1, { min: 0, max: 1 }, "no fill is worse than this share of the price"),
    fallback: float(0.001, { min: 0, max: 0.1 }, "share of the price where the bars have no volume"),
  },
  create({ law, coefficient, length, largest, fallback }) {
    const scale = coefficient > 0 ? coefficient : usualCoefficient[law];
    const impact = (bars: Bars, lastRow: number, quantity: number): number => {
      const volume = meanVolume(bars, lastRow, length);
      if (!(volume > 0)) return fallback;
      const share = quantity / volume;
      return Math.min(largest, scale * (law === "square" ? share * share : Math.sqrt(share)));
    };
    return {
      fraction: (bars, row, quantity) => impact(bars, row - 1, quantity),
      rate: impact,
    };
  },
});

/** Mean volume of up to `length` rows that end with `lastRow`; NaN where there is none. */
function meanVolume(bars: Bars, lastRow: number, length: number): number {
  const from = Math.max(0, lastRow + 1 - length);
  let sum = 0;
  for (let row = from; row <= lastRow; row++) sum += bars.volume[row]!;
  return sum / (lastRow + 1 - from);
}
