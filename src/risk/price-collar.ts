import { float } from "../domain/params.ts";
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
        const last = portfolio.position(instrument.index).lastPrice;
        for (const price of pricesOf(terms)) {
          const value = Math.abs(price / last - 1);
          if (!fits(value, limit))
            return { kind: "refuse", reason: "the price is too far from the market", limit, value };
        }
        return approve;
      },
    };
  },
});

/** Every price that an order names; a market order names none. */
function pricesOf(terms: object): readonly number[] {
  return Object.values(terms).filter((value): value is number => typeof value === "number");
}
