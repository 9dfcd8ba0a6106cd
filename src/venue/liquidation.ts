import { assert } from "../base/assert.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { ApprovedOrder, OrderId } from "../domain/order.ts";

/** An order of the venue's own making; its number is negative, which no order of ours is. */
export function liquidation(
  id: number,
  instrument: Instrument,
  quantity: number,
  timeMs: number,
): ApprovedOrder {
  assert(quantity !== 0, "only a position can be liquidated");
  const order = {
    id: id as OrderId,
    instrument: instrument.index,
    side: quantity > 0 ? "sell" : "buy",
    quantity: Math.abs(quantity),
    terms: { type: "market" },
    timeInForce: "gtc",
    expireTimeMs: Infinity,
    postOnly: false,
    reduceOnly: true,
    closePosition: false,
    parentId: null,
    ocoGroup: 0,
    weightAtFill: null,
    requestedMs: timeMs,
    reason: "margin call",
  } as const;
  // The venue needs nobody's approval to close what it has financed.
  return order as unknown as ApprovedOrder;
}
