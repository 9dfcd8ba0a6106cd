import { signOf } from "../../../src/domain/order.ts";
import type { Coverage } from "./coverage.ts";
import type { ExchangeSide } from "./exchange-side.ts";
import type { SendPromises } from "./send-promises.ts";
import { sliceMs } from "./small-market.ts";

/** Counts what happens at the venue by itself: nobody causes it, and a robot must be able to live with it. */
export function watchVenue(venue: ExchangeSide, sends: SendPromises, coverage: Coverage): void {
  const exits = new Map<string, { readonly clientOrderId: string; readonly timeMs: number }>();
  venue.listen({
    onOrder({ clientOrderId, reduceOnly, filledQuantity, status }) {
      const isEnded = status === "canceled" || status === "expired";
      if (clientOrderId !== null && !reduceOnly && filledQuantity > 0 && isEnded) coverage.hit(17);
    },
    onFill({ clientOrderId, symbol, side, venueTimeMs }) {
      const sent = clientOrderId === null ? undefined : sends.sent.get(clientOrderId);
      if (clientOrderId === null || sent?.isExit !== true) return;
      const other = exits.get(symbol);
      if (other !== undefined && other.clientOrderId !== clientOrderId)
        if (venueTimeMs < other.timeMs + sliceMs) coverage.hit(19);
      exits.set(symbol, { clientOrderId, timeMs: venueTimeMs });
      const held = venue.held(symbol);
      const rest = venue.openOrders().filter((open) => open.symbol === symbol && open.side === side);
      if (rest.length > 0 && held !== 0 && signOf(side) * held < 0) coverage.hit(69);
      if (rest.some((open) => open.quantity - open.filledQuantity > Math.abs(held))) coverage.hit(83);
    },
  });
}
