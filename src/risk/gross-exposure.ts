import { float } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";

/** All positions together stay below a multiple of equity. */
export const grossExposure = definePlugin({
  kind: "risk",
  name: "gross-exposure",
  summary: "Refuses an order that would take the sum of all positions above a multiple of equity.",
  options: {
    limit: float(1, { min: 0, max: 10 }, "largest sum of |position value|, in multiples of equity"),
  },
  create({ limit }) {
    return {
      check(_order, { portfolio, instrument, price, quantityAfter }) {
        const held = portfolio.position(instrument.index);
        const unit = portfolio.unitValue(instrument.index, price);
        const present =
          held.quantity === 0
            ? 0
            : Math.abs(held.quantity) * portfolio.unitValue(instrument.index, held.lastPrice);
        const after = portfolio.grossExposure - present + Math.abs(quantityAfter) * unit;
        const value = after / portfolio.equity;
        // The last bits of a division must not refuse an order that was sized to fit exactly.
        if (portfolio.equity > 0 && value <= limit * (1 + 1e-9)) return approve;
        return {
          kind: "refuse",
          reason: `exposure ${value.toPrecision(3)} of equity is above ${limit}`,
          limit,
          value,
        };
      },
    };
  },
});
