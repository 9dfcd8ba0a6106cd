import type { Acknowledgement, VenueOrder, VenueOrderRequest } from "../../../ports/broker-connection.ts";
import { KiwiError } from "../../../base/errors.ts";
import { refusal } from "./order-caller.ts";

/**
 * The venue says that it has an order of this id already. After a resend that is the first one: a success. An order of
 * that id which says something else is another's, and an answer that shows none leaves the matter open.
 */
export async function lookUpTaken(
  wanted: VenueOrderRequest,
  ask: () => Promise<VenueOrder | null>,
): Promise<Acknowledgement> {
  try {
    const found = await ask();
    if (found === null)
      return { kind: "unknown", reason: "the venue says that the id was used, and does not show the order" };
    const { symbol, side, quantity } = wanted;
    if (found.symbol !== symbol || found.side !== side || !isSame(found.quantity, quantity))
      return refusal(
        "doubled_id",
        `the id belongs to another order: ${found.side} ${found.quantity} ${found.symbol}`,
      );
    return { kind: "accepted", venueOrderId: found.venueOrderId, venueTimeMs: found.venueTimeMs };
  } catch (error) {
    if (!(error instanceof KiwiError)) throw error;
    return {
      kind: "unknown",
      reason: `the id was used, and the order could not be asked for: ${error.parts.message}`,
    };
  }
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}
