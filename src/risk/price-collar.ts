import { float } from "../domain/params.ts";
import { priceDistance } from "../domain/order.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";
import { fits } from "./fits.ts";

/** A price far from the market is a slip of the keyboard, or was thought out on a market that is gone. */
export const priceCollar = definePlugin({
  kind: "risk",
  name: "price-collar",
  summary: "Refuses an order whose limit or trigger is far from the last price.",
  options: {
    limit: float(0.1, { min: 0, max: 1 }, "largest distance from the last close, as a share of it"),
  },
  create({ limit }) {
    return {
      check({ terms }, { portfolio, instrument }) {
        const value = priceDistance(terms, portfolio.position(instrument.index).lastPrice);
        if (!fits(value, limit))
          return { kind: "refuse", reason: "the price is too far from the market", limit, value };
        return approve;
      },
    };
  },
});
