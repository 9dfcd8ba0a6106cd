import { float } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";
import { fits } from "./fits.ts";

/** No single position is larger than a share of equity. */
export const positionLimit = definePlugin({
  kind: "risk",
  name: "position-limit",
  summary: "Trims an order that would make one position larger than a share of equity.",
  options: {
    limit: float(0.5, { min: 0, max: 5 }, "largest |position value| as a share of equity"),
  },
  create({ limit }) {
    return {
      check({ quantity }, { portfolio, instrument, price, quantityAfter }) {
        const unit = portfolio.unitValue(instrument.index, price);
        const value = (Math.abs(quantityAfter) * unit) / portfolio.equity;
        if (portfolio.equity > 0 && fits(value, limit)) return approve;
        const excess = Math.abs(quantityAfter) - (limit * Math.max(0, portfolio.equity)) / unit;
        const quantityMax = quantity - excess;
        return { kind: "refuse", reason: "the position would be too large", limit, value, quantityMax };
      },
    };
  },
});
