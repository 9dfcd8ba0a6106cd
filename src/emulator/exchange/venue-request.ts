import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { OrderId, OrderRequest } from "../../domain/order.ts";
import type { OrderTicket } from "./exchange-types.ts";

/** An order as the venue takes it: names have become numbers. */
export function venueRequest(
  ticket: OrderTicket,
  id: OrderId,
  instrument: InstrumentIndex,
  parentId: OrderId | null,
  requestedMs: number,
): OrderRequest {
  const { side, quantity, terms, timeInForce, expireTimeMs, postOnly, closePosition, ocoGroup, leg } = ticket;
  // A leg has one direction: what goes against it can only make it smaller.
  const isAgainstLeg = (leg === "long" && side === "sell") || (leg === "short" && side === "buy");
  return {
    id,
    instrument,
    side,
    quantity,
    terms,
    timeInForce,
    expireTimeMs,
    postOnly,
    reduceOnly: ticket.reduceOnly || closePosition || isAgainstLeg,
    closePosition,
    parentId,
    ocoGroup,
    weightAtFill: null,
    requestedMs,
    reason: "",
  };
}
