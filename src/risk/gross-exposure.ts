import { float } from "../domain/params.ts";
import type { PortfolioView } from "../domain/portfolio.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";
import { ApprovedNow } from "./approved-now.ts";
import { fits } from "./fits.ts";

/** All positions together stay below a multiple of equity. */
export const grossExposure = definePlugin({
  kind: "risk",
  name: "gross-exposure",
  summary: "Refuses an order that would take the sum of all positions above a multiple of equity.",
  options: {
    limit: float(1, { min: 0, max: 10 }, "largest sum of |position value|, in multiples of equity"),
  },
  create({ limit }) {
    const approved = new ApprovedNow();
    return {
      check(_order, { portfolio, instrument, price, quantityAfter, timeMs }) {
        const after = Math.abs(quantityAfter) * portfolio.unitValue(instrument.index, price);
        let gross = portfolio.grossExposure - heldValue(portfolio, instrument.index) + after;
        for (const [other, value] of approved.at(timeMs)) {
          if (other !== instrument.index) gross += value - heldValue(portfolio, other);
        }
        const value = gross / portfolio.equity;
        if (portfolio.equity > 0 && fits(value, limit)) {
          approved.note(timeMs, instrument.index, after);
          return approve;
        }
        return { kind: "refuse", reason: "all positions together would be too large", limit, value };
      },
    };
  },
});

function heldValue(portfolio: PortfolioView, instrument: InstrumentIndex): number {
  const { quantity, lastPrice } = portfolio.position(instrument);
  return quantity === 0 ? 0 : Math.abs(quantity) * portfolio.unitValue(instrument, lastPrice);
}
