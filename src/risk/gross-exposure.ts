import { float } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";
import { fits } from "./fits.ts";

/** All positions together stay below a multiple of equity. */
export const grossExposure = definePlugin({
  kind: "risk",
  name: "gross-exposure",
  summary: "Trims an order that would take the sum of all positions above a multiple of equity.",
  options: {
    limit: float(1, { min: 0, max: 10 }, "largest sum of |position value|, in multiples of equity"),
  },
  create({ limit }) {
    return {
      check({ quantity }, { portfolio, instrument, price, grossAfter }) {
        const value = grossAfter / portfolio.equity;
        if (portfolio.equity > 0 && fits(value, limit)) return approve;
        const excess = grossAfter - limit * Math.max(0, portfolio.equity);
        const quantityMax = quantity - excess / portfolio.unitValue(instrument.index, price);
        const reason = "all positions together would be too large";
        return { kind: "refuse", reason, limit, value, quantityMax };
      },
    };
  },
});
