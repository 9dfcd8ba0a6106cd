import { float, int } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";
import { fits } from "./fits.ts";

/** A finger too many on the keyboard: more units than anybody meant, or more than the market trades. */
export const orderSize = definePlugin({
  kind: "risk",
  name: "order-size",
  summary: "Refuses an order of more units than a number, or than a share of what trades in a bar.",
  options: {
    units: float(-1, { min: -1, max: 1_000_000_000 }, "largest quantity of one order; -1 = any"),
    volumeShare: float(
      -1,
      { min: -1, max: 100 },
      "largest quantity as a multiple of the mean volume of a bar; -1 = any",
    ),
    volumeBars: int(20, { min: 1, max: 500 }, "bars of that mean"),
  },
  create({ units, volumeShare, volumeBars }, { market }) {
    const lastRows = new Int32Array(market.bars.length).fill(-1);
    return {
      observe({ count, instruments, rows }) {
        for (let k = 0; k < count; k++) lastRows[instruments[k]!] = rows[k]!;
        return { kind: "clear" };
      },
      check({ quantity, instrument }) {
        if (units >= 0 && !fits(quantity, units))
          return { kind: "refuse", reason: "the order has too many units", limit: units, value: quantity };
        if (volumeShare < 0) return approve;
        const usual = meanBefore(market.bars[instrument]!.volume, lastRows[instrument]!, volumeBars);
        const value = quantity / usual;
        // Where nobody tells the volume, nothing can be said about a share of it.
        if (!(usual > 0) || fits(value, volumeShare)) return approve;
        const reason = "the order is too large for what trades in a bar";
        return { kind: "refuse", reason, limit: volumeShare, value };
      },
    };
  },
});

/** Mean of the last values up to and including `row`; NaN of none. */
function meanBefore(values: Float64Array, row: number, count: number): number {
  const from = Math.max(0, row - count + 1);
  let sum = 0;
  for (let k = from; k <= row; k++) sum += values[k]!;
  return sum / (row - from + 1);
}
