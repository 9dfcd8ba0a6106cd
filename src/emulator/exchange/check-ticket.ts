import type { Refusal } from "../../venue/check-order.ts";
import type { Ledger } from "../../domain/ledger.ts";
import { accountSummary, orderValue } from "./account-summary.ts";
import { isOver, type OrderTicket } from "./exchange-types.ts";
import type { AccountView, ExchangeView } from "./exchange-views.ts";

/** Why the exchange does not even show an order to its venue; null when it does. */
export function ticketFault(
  ticket: OrderTicket,
  account: AccountView,
  exchange: ExchangeView,
  ledger: Ledger,
): Refusal | null {
  const listing = exchange.listing(ticket.symbol);
  if (listing === null) return { code: "unknown_symbol", reason: `there is no ${ticket.symbol} here` };
  if (ticket.clientOrderId !== null && account.orders.byClientId(ticket.clientOrderId) !== null)
    return { code: "doubled_id", reason: "client order id must be unique" };
  if (exchange.isHalted(ticket.symbol)) return { code: "halted", reason: `${ticket.symbol} is halted` };
  const parent = ticket.parentId === null ? null : account.orders.byId(ticket.parentId);
  if (ticket.parentId !== null && parent === null)
    return { code: "unknown_order", reason: "its parent is not known" };
  if (parent !== null && isOver(parent)) return { code: "parent_ended", reason: "its parent is over" };
  if (!ticket.reduceOnly && ticket.quantity < listing.quantityMin)
    return { code: "lot_size", reason: `the smallest quantity is ${listing.quantityMin}` };
  return parent === null ? standaloneFault(ticket, account, exchange, ledger) : null;
}

/** What the account holds and owns decides over orders that stand alone; children wait for what their parent brings. */
function standaloneFault(
  ticket: OrderTicket,
  account: AccountView,
  exchange: ExchangeView,
  ledger: Ledger,
): Refusal | null {
  const { symbol, leg, side, quantity } = ticket;
  const sign = side === "buy" ? 1 : -1;
  const held = account.heldOf(symbol, leg);
  if (ticket.reduceOnly && held * sign >= 0)
    return { code: "nothing_to_reduce", reason: `there is no position that a ${side} reduces` };
  if (ticket.reduceOnly) return null;
  // Holdings are sums of lots in floating point: what is left of 52.083 after 26.547 and 1.41 must cover 24.126.
  const isBeyond = quantity > Math.max(0, -sign * held) * (1 + 1e-9);
  if (leg === "long" && sign < 0 && isBeyond)
    return { code: "nothing_to_reduce", reason: "a long leg sells no more than it has" };
  if (leg === "short" && sign > 0 && isBeyond)
    return { code: "nothing_to_reduce", reason: "a short leg buys back no more than it owes" };
  if (account.options.fundsChecked === "fill") return null;
  if (!isBeyond) return null;
  if (
    sign < 0 &&
    (account.options.venue.accountKind === "cash" || exchange.listing(symbol)?.canShort === false)
  )
    return { code: "long_only", reason: `more than the ${Math.max(0, held)} that are there` };
  return fundsFault(ticket, account, exchange, ledger, quantity - Math.max(0, -sign * held));
}

function fundsFault(
  ticket: OrderTicket,
  account: AccountView,
  exchange: ExchangeView,
  ledger: Ledger,
  opening: number,
): Refusal | null {
  const value = orderValue(ticket, opening, exchange, ledger);
  if (Number.isNaN(value)) return { code: "unavailable", reason: `${ticket.symbol} has no price yet` };
  const { buyingPower } = accountSummary(account, exchange, ledger);
  const fee = account.options.venue.commission.fee(opening, value, "taker");
  return value + fee > buyingPower * (1 + 1e-9)
    ? { code: "buying_power", reason: `worth ${value.toFixed(2)}, and ${buyingPower.toFixed(2)} are free` }
    : null;
}
