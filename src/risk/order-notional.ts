import { float } from "../domain/params.ts";
import { signOf } from "../domain/order.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";
import { fits } from "./fits.ts";

/** No single order opens more than a sum of money or a share of equity: what a slip of the keyboard can cost. */
export const orderNotional = definePlugin({
  kind: "risk",
  name: "order-notional",
  summary: "Refuses an order that opens more than a sum of money or a share of equity at once.",
  options: {
    money: float(
      -1,
      { min: -1, max: 1_000_000 },
      "largest opening value of one order in base currency; -1 = any",
    ),
    share: float(1, { min: -1, max: 5 }, "largest opening value of one order as a share of equity; -1 = any"),
  },
  create({ money, share }) {
    return {
      check({ side, quantity }, { portfolio, instrument, price }) {
        const held = portfolio.position(instrument.index).quantity;
        // Of an order that turns a position around, only what is beyond flat opens anything.
        const closing = signOf(side) * held < 0 ? Math.min(quantity, Math.abs(held)) : 0;
        const value = (quantity - closing) * portfolio.unitValue(instrument.index, price);
        if (money >= 0 && !fits(value, money))
          return { kind: "refuse", reason: "the order is worth too much", limit: money, value };
        const ofEquity = value / portfolio.equity;
        if (share >= 0 && !(portfolio.equity > 0 && fits(ofEquity, share)))
          return {
            kind: "refuse",
            reason: "the order is too large for the equity",
            limit: share,
            value: ofEquity,
          };
        return approve;
      },
    };
  },
});
