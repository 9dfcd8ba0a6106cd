import { float } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";

/** Commission as a share of the traded value, as crypto venues take it. */
export const commissionRate = definePlugin({
  kind: "commission",
  name: "rate",
  summary: "A share of the traded value, with a lower share for makers if given, and a minimum per fill.",
  options: {
    rate: float(0.001, { min: 0, max: 0.05 }, "share of the traded value for takers: 0.001 = 0.1 %"),
    makerRate: float(-1, { min: -1, max: 0.05 }, "share for makers; -1 = the same as for takers"),
    minimum: float(0, { min: 0, max: 100 }, "smallest commission per fill, in quote currency"),
  },
  create({ rate, makerRate, minimum }) {
    const maker = makerRate < 0 ? rate : makerRate;
    return {
      fee: (_quantity, notional, liquidity) =>
        Math.max(minimum, notional * (liquidity === "maker" ? maker : rate)),
      rate: (quantity, price) =>
        minimum === 0 || quantity === 0 ? rate : Math.max(rate, minimum / (quantity * price)),
    };
  },
});
