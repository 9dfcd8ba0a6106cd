import type { Instrument } from "../domain/instrument.ts";
import type { OrderId, OrderRequest } from "../domain/order.ts";

/** An order of the venue's own making; its number is negative, which no order of ours is. */
export function liquidation(
  id: number,
  instrument: Instrument,
  quantity: number,
  timeMs: number,
): OrderRequest {
  return {
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
  };
}
