import type { InstrumentIndex } from "../../../src/domain/instrument.ts";
import type { BookPromises } from "./book-promises.ts";
import type { Watched } from "./exchange-side.ts";
import type { BrokenPromises } from "./promises.ts";
import type { RobotLife } from "./robot-life.ts";
import type { SendPromises } from "./send-promises.ts";
import { symbols } from "./small-market.ts";

/** When the roads have been good for long enough: both sides must agree, and what is wanted must be there. */
export function lookAtEnd(parts: {
  readonly venue: Watched;
  readonly books: BookPromises;
  readonly sends: SendPromises;
  readonly broken: BrokenPromises;
  readonly life: RobotLife | null;
  /** Symbols in which orders of earlier sessions have filled. */
  readonly changed: ReadonlySet<string>;
}): void {
  const { venue, books, sends, broken, life, changed } = parts;
  const robot = life?.robot ?? null;
  if (robot === null) return broken.say(20, "no robot runs");
  const { ledger } = robot.session.portfolio;
  const { orders, targets } = robot.session;
  books.lookAtEnd();
  for (const [k, symbol] of symbols.entries()) {
    const index = k as InstrumentIndex;
    const held = venue.held(symbol);
    if (Math.abs(ledger.quantity[index]! - held) > 1e-9)
      broken.say(20, `holds ${ledger.quantity[index]} ${symbol}, and at the venue ${held}`);
    const ours = venue.openOrders().filter((order) => order.symbol === symbol);
    for (const { clientOrderId } of ours)
      if (
        clientOrderId !== null &&
        !robot.status().orders.some((o) => o.clientOrderIds.includes(clientOrderId)) &&
        !(robot.status().strangers ?? []).some(
          ({ order, earlierSession }) => earlierSession !== null && order.includes(`(${clientOrderId})`),
        )
      )
        broken.say(20, `${clientOrderId} works at the venue, and the robot does not know it`);
    const open = orders.open(index).filter(({ request }) => !request.closePosition);
    for (const { pending, request } of open)
      if (pending !== "nothing") broken.say(20, `order ${request.id} still waits for an answer (${pending})`);
    if (sends.tradedByHand.has(symbol) || changed.has(symbol)) continue;
    const standing = targets.of(index);
    if (standing === null) continue;
    if (standing.isClosing && orders.guards(index, held).length > 0) continue;
    const reached = held + orders.onTheWay(index);
    if (Math.abs(standing.quantity - reached) > 1 / 2)
      broken.say(20, `wants ${standing.quantity} ${symbol} and gets to ${reached}`);
  }
  if (sends.tradedByHand.size === 0 && Math.abs(ledger.cash - books.venueCash) > 1e-6)
    broken.say(20, `cash is ${ledger.cash}, at the venue ${books.venueCash}`);
}
