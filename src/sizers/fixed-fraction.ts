import { float } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";

/** The weight times a fixed share of equity. */
export const fixedFraction = definePlugin({
  kind: "sizer",
  name: "fixed-fraction",
  summary:
    "Holds the signal's weight times a fixed share of equity, split evenly over the symbols by default.",
  options: {
    fraction: float(
      0,
      { min: 0, max: 1 },
      "share of equity per symbol at weight 1; 0 = one divided by the number of symbols",
    ),
  },
  create({ fraction }, { market }) {
    const share = fraction > 0 ? fraction : 1 / market.instruments.length;
    return { weigh: ({ weight }) => weight * share };
  },
});
