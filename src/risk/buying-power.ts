import { float } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";
import { fits } from "./fits.ts";

/**
 * Every position ties up a part of equity as margin, and some equity stays free: an account whose last cent is margin is
 * sold by the venue at the first tick against it.
 */
export const buyingPower = definePlugin({
  kind: "risk",
  name: "buying-power",
  summary: "Trims an order whose margin would not leave a share of equity free.",
  options: {
    margin: float(1, { min: 0.01, max: 1 }, "equity that a position ties up, as a share of its value"),
    shortMargin: float(1, { min: 0.01, max: 3 }, "the same for a short position"),
    reserve: float(0, { min: 0, max: 1 }, "share of equity that stays free"),
  },
  create({ margin, shortMargin, reserve }) {
    return {
      check({ quantity, instrument }, context) {
        const { portfolio, price, quantityAfter } = context;
        const rateOf = (signed: number): number => (signed < 0 ? shortMargin : margin);
        const unit = portfolio.unitValue(instrument, price);
        let tied = Math.abs(quantityAfter) * unit * rateOf(quantityAfter);
        for (const index of context.inPlay()) {
          const after = index === instrument ? 0 : context.quantityAfterOf(index);
          if (after === 0) continue;
          const value = Math.abs(after) * portfolio.unitValue(index, portfolio.position(index).lastPrice);
          tied += value * rateOf(after);
        }
        const value = tied / portfolio.equity;
        const limit = 1 - reserve;
        if (portfolio.equity > 0 && fits(value, limit)) return approve;
        const excess = tied - limit * Math.max(0, portfolio.equity);
        const quantityMax = quantity - excess / (unit * rateOf(quantityAfter));
        return { kind: "refuse", reason: "the margin would not be there", limit, value, quantityMax };
      },
    };
  },
});
