import { float } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";

/** The same adverse share of the price on every taking fill. */
export const slippageFixed = definePlugin({
  kind: "slippage",
  name: "fixed",
  summary: "Every taking fill is worse than the bar's price by a fixed share of it.",
  options: {
    rate: float(0.0005, { min: 0, max: 0.05 }, "adverse share of the price: 0.0005 = 5 basis points"),
  },
  create({ rate }) {
    return { fraction: () => rate, rate: () => rate };
  },
});
