import { retire, finish, type AccountState } from "./account-state.ts";
import type { Refusal } from "./check-order.ts";
import type { OrderRequest } from "../domain/order.ts";
import type { WorkingOrder } from "./working-order.ts";

/** Why an order that works cannot become `wanted`; null when it can. */
export function changeRefusal(order: WorkingOrder, wanted: OrderRequest): Refusal | null {
  if (order.terms.type !== order.request.terms.type)
    return { code: "already_over", reason: "the order has been triggered" };
  if (wanted.terms.type !== order.request.terms.type || wanted.side !== order.request.side)
    return { code: "other", reason: "only prices and the quantity of an order can be changed" };
  if (wanted.quantity < order.filled)
    return { code: "bad_number", reason: "less than what has filled already" };
  return null;
}

/** Lets a change that has arrived take effect, or says why it cannot. */
export function applyChange(state: AccountState, order: WorkingOrder): void {
  const wanted = order.change;
  order.change = null;
  order.changeAtMs = Infinity;
  if (wanted === null || order.state === "done") return;
  const refusal = changeRefusal(order, wanted);
  if (refusal !== null) return refuseChange(state, wanted, refusal);
  const { id, terms, quantity } = wanted;
  if (order.state === "working")
    order.remaining = order.request.closePosition
      ? // A split has changed the position without a fill.
        Math.abs(state.ledger.quantity[order.request.instrument]!)
      : Math.max(
          0,
          order.remaining + Math.min(order.woken, quantity) - Math.min(order.woken, order.request.quantity),
        );
  order.request = wanted;
  order.terms = terms;
  // Another price loses its place in the queue: where it is marketable, it takes.
  order.isResting = false;
  state.out.push({ kind: "modified", orderId: id, timeMs: state.timeMs, terms, quantity });
  if (quantity === order.filled) finish(state, order, "canceled", "on_request", "changed to what has filled");
  else if (order.remaining === 0) retire(state, order, "on_request", "nothing is left of it");
}

/** Says that a change was refused. */
export function refuseChange(state: AccountState, { id }: OrderRequest, { code, reason }: Refusal): void {
  state.out.push({ kind: "modify_rejected", orderId: id, timeMs: state.timeMs, code, reason });
}
