import { int } from "../domain/params.ts";
import type { OrderRequest } from "../domain/order.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";

type Passed = { readonly order: OrderRequest; readonly timeMs: number };

/** The same order twice within a moment is one order and a mistake. */
export const duplicateOrder = definePlugin({
  kind: "risk",
  name: "duplicate-order",
  summary: "Refuses an order like one that has just gone: same symbol, side, quantity and prices.",
  options: {
    spanMs: int(1_000, { min: 0, max: 86_400_000 }, "milliseconds within which the second one is refused"),
  },
  create({ spanMs }) {
    let recent: Passed[] = [];
    return {
      check(order, { timeMs }) {
        recent = recent.filter((one) => timeMs - one.timeMs <= spanMs);
        const twin = recent.find((one) => one.order.id !== order.id && isSame(one.order, order));
        if (twin === undefined) return approve;
        const reason = "the same order has just gone";
        return { kind: "refuse", reason, limit: spanMs, value: timeMs - twin.timeMs };
      },
      passed(order, timeMs) {
        recent.push({ order, timeMs });
      },
    };
  },
});

function isSame(one: OrderRequest, other: OrderRequest): boolean {
  return (
    one.instrument === other.instrument &&
    one.side === other.side &&
    one.quantity === other.quantity &&
    JSON.stringify(one.terms) === JSON.stringify(other.terms)
  );
}
