import { float } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";

/**
 * Commission per unit traded, as brokers of US shares take it. The defaults are the fixed prices of Interactive
 * Brokers: 0.005 a share, at least 1.00, at most 1 % of the value; where the two limits cross, the most wins.
 */
export const commissionPerShare = definePlugin({
  kind: "commission",
  name: "per-share",
  summary: "An amount per unit, with a minimum per fill and a maximum share of the traded value.",
  options: {
    amount: float(0.005, { min: 0, max: 0.05 }, "commission per unit, in quote currency"),
    minimum: float(1, { min: 0, max: 20 }, "smallest commission per fill, in quote currency"),
    maximumShare: float(
      0.01,
      { min: 0, max: 1 },
      "largest commission, as a share of the value; 1 = no limit",
    ),
  },
  create({ amount, minimum, maximumShare }) {
    const fee = (quantity: number, notional: number): number =>
      Math.min(Math.max(minimum, amount * quantity), maximumShare * notional);
    return {
      fee,
      rate: (quantity, price) =>
        quantity > 0
          ? fee(quantity, quantity * price) / (quantity * price)
          : Math.min(amount / price, maximumShare),
    };
  },
});
