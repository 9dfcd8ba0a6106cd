import { float } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";

/** Commission per lot and side, as currency brokers take it; parts of a lot pay their part. */
export const commissionPerLot = definePlugin({
  kind: "commission",
  name: "per-lot",
  summary: "An amount per lot of so many units, on each side of a trade, with a minimum per fill.",
  options: {
    amount: float(
      3.5,
      { min: 0, max: 20 },
      "commission per lot and fill, in quote currency: half a round turn",
    ),
    lotUnits: float(100_000, { min: 1e-8, max: 100_000 }, "units in a lot: 100000 = a standard lot"),
    minimum: float(0, { min: 0, max: 20 }, "smallest commission per fill, in quote currency"),
  },
  create({ amount, lotUnits, minimum }) {
    const fee = (quantity: number): number => Math.max(minimum, (amount * quantity) / lotUnits);
    return {
      fee,
      rate: (quantity, price) =>
        quantity > 0 ? fee(quantity) / (quantity * price) : amount / lotUnits / price,
    };
  },
});
