import { choice, float } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";

/** Bars show middle or last prices; a taking order crosses half of the spread to trade. */
export const slippageSpread = definePlugin({
  kind: "slippage",
  name: "spread",
  summary: "Every taking fill pays half of a spread that is given in basis points or in price units.",
  options: {
    unit: choice(["basis-points", "price"], "what `spread` is given in"),
    spread: float(
      2,
      { min: 0, max: 100 },
      "distance between bid and ask: 2 basis points, or 0.0002 of price",
    ),
  },
  create({ unit, spread }) {
    if (unit === "basis-points") {
      const half = spread / 2 / 10_000;
      return { fraction: () => half, rate: () => half };
    }
    return {
      // The open is the one price of the fill's bar that is known when the fill happens.
      fraction: (bars, row) => spread / 2 / bars.open[row]!,
      rate: (bars, row) => spread / 2 / bars.close[row]!,
    };
  },
});
