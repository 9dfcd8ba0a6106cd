import type { OrderChange } from "../exchange/exchange-account.ts";
import {
  isOver,
  orderTicket,
  type ExchangeOrder,
  type Leg,
  type Listing,
  type OrderTicket,
} from "../exchange/exchange-types.ts";
import { unitsOf, type TerminalContext } from "./terminal-context.ts";
import { orderTicketOf, type PositionTicket } from "./ticket-book.ts";
import { retcodeOf, retcodes, termsOf } from "./terminal-words.ts";

/** What the trade server says to a request. */
export type TradeAnswer = {
  readonly retcode: number;
  readonly text: string;
  readonly order: ExchangeOrder | null;
};

/** An order as a client writes it. */
export type WantedOrder = {
  readonly symbol: string;
  readonly type: string;
  readonly lots: number;
  readonly price: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
  readonly magic: string;
  readonly comment: string;
  /** The whole name, where the bridge keeps one beside the comment. */
  readonly name: string | null;
  readonly filling: string;
  readonly isDay: boolean;
};

/** Places an order, if the server would. */
export function placeOrder(context: TerminalContext, wanted: WantedOrder): TradeAnswer {
  const { account, exchange, faults, settings } = context;
  const fault = wantedFault(context, wanted);
  if (fault !== null) return fault;
  const listing = exchange.listing(wanted.symbol)!;
  const { side, terms } = termsOf(wanted.type, wanted.price)!;
  const isMarket = terms.type === "market";
  const answer = account.submit(
    orderTicket({
      clientOrderId:
        wanted.name !== null && account.orders.byClientId(wanted.name) === null ? wanted.name : null,
      symbol: listing.symbol,
      side,
      leg: entryLeg(context, side),
      quantity: unitsOf(listing, wanted.lots),
      terms,
      timeInForce: wanted.isDay ? "day" : isMarket && wanted.filling === "fok" ? "fok" : "gtc",
      labels: {
        magic: wanted.magic,
        comment: wanted.comment.slice(0, settings.commentMax),
        name: wanted.name ?? "",
        stopLoss: String(wanted.stopLoss),
        takeProfit: String(wanted.takeProfit),
      },
    }),
  );
  if (answer.kind === "rejected") return refused(retcodeOf(answer.code), answer.reason);
  faults.noteArrival(answer.order.venueOrderId, context.nowMs());
  if (faults.isRejectedLater()) account.rejectLater(answer.order.venueOrderId, "rejected by the dealer");
  return { retcode: retcodes.placed, text: "Request placed", order: answer.order };
}

/** Takes an order off the server. */
export function deleteOrder({ account, faults }: TerminalContext, order: ExchangeOrder): TradeAnswer {
  if (isOver(order)) return refused(retcodes.invalid, `the order is ${order.status}`);
  if (faults.isCancelStuck()) {
    account.holdCancel(order.venueOrderId);
    return { retcode: retcodes.done, text: "Request done", order };
  }
  const answer = account.cancel(order.venueOrderId);
  return answer.kind === "rejected"
    ? refused(retcodes.invalid, answer.reason)
    : { retcode: retcodes.done, text: "Request done", order: answer.order };
}

/** Gives a pending order another price. */
export function repriceOrder({ account }: TerminalContext, order: ExchangeOrder, price: number): TradeAnswer {
  const type = `${order.side}${order.terms.type === "limit" ? "limit" : order.terms.type === "stop_market" ? "stop" : ""}`;
  const change: OrderChange = { terms: termsOf(type, price)!.terms };
  const answer = account.modify(order.venueOrderId, change);
  return answer.kind === "rejected"
    ? refused(retcodeOf(answer.code), answer.reason)
    : { retcode: retcodes.done, text: "Request done", order: answer.order };
}

/** Closes a position, or `lots` of it; 0 is all. */
export function closePosition(context: TerminalContext, position: PositionTicket, lots: number): TradeAnswer {
  const { account, exchange, settings } = context;
  if (!settings.isTradeAllowed)
    return refused(retcodes.autotradingDisabled, "AutoTrading disabled by client");
  const listing = exchange.listing(position.symbol)!;
  const held = Math.abs(position.quantity);
  const quantity = lots === 0 ? held : unitsOf(listing, lots);
  if (!(quantity > 0) || quantity > held) return refused(retcodes.invalidVolume, "Invalid volume");
  const answer = account.submit(
    orderTicket({
      symbol: position.symbol,
      side: position.quantity > 0 ? "sell" : "buy",
      leg: position.leg,
      quantity,
      reduceOnly: true,
      labels: { magic: position.magic, comment: position.comment, closes: String(position.ticket) },
    }),
  );
  return answer.kind === "rejected"
    ? refused(retcodeOf(answer.code), answer.reason)
    : { retcode: retcodes.placed, text: "Request placed", order: answer.order };
}

/** Gives a position exits at the server, in the place of those that it had; 0 is none. */
export function protect(
  { account }: TerminalContext,
  position: PositionTicket,
  stopLoss: number,
  takeProfit: number,
): TradeAnswer {
  for (const exit of exitsOf(account.orders.open(), position.ticket)) account.cancel(exit.venueOrderId);
  const { price: last } = { price: account.position(position.symbol, position.leg).lastPrice };
  const sign = Math.sign(position.quantity);
  if (stopLoss > 0 && sign * (last - stopLoss) <= 0) return refused(retcodes.invalidStops, "Invalid stops");
  if (takeProfit > 0 && sign * (takeProfit - last) <= 0)
    return refused(retcodes.invalidStops, "Invalid stops");
  const base: Omit<OrderTicket, "terms" | "labels"> = orderTicket({
    symbol: position.symbol,
    side: sign > 0 ? "sell" : "buy",
    leg: position.leg,
    quantity: Math.abs(position.quantity),
    reduceOnly: true,
    ocoGroup: position.ticket,
  });
  const labelsOf = (kind: string, price: number): OrderTicket["labels"] => ({
    magic: position.magic,
    comment: `[${kind} ${price}]`,
    closes: String(position.ticket),
    exitOf: String(position.ticket),
    exitKind: kind,
  });
  const exits: readonly OrderTicket[] = [
    ...(stopLoss > 0
      ? [
          {
            ...base,
            terms: { type: "stop_market", stopPrice: stopLoss } as const,
            labels: labelsOf("sl", stopLoss),
          },
        ]
      : []),
    ...(takeProfit > 0
      ? [
          {
            ...base,
            terms: { type: "limit", limitPrice: takeProfit } as const,
            labels: labelsOf("tp", takeProfit),
          },
        ]
      : []),
  ];
  for (const exit of exits) {
    const answer = account.submit(exit);
    if (answer.kind === "rejected") return refused(retcodes.invalidStops, answer.reason);
  }
  return { retcode: retcodes.done, text: "Request done", order: null };
}

/** The exits that hang on a position. */
export function exitsOf(open: readonly ExchangeOrder[], ticket: number): readonly ExchangeOrder[] {
  return open.filter(({ labels }) => labels["exitOf"] === String(ticket));
}

/** The price of an exit of a position; 0 without one. */
export function exitPrice(open: readonly ExchangeOrder[], ticket: number, kind: "sl" | "tp"): number {
  const terms = exitsOf(open, ticket).find(({ labels }) => labels["exitKind"] === kind)?.terms;
  if (terms === undefined) return 0;
  return "stopPrice" in terms ? terms.stopPrice : "limitPrice" in terms ? terms.limitPrice : 0;
}

/** Whether somebody has sent this order, and not the server. */
export function isClientOrder({ labels }: ExchangeOrder): boolean {
  return labels["exitOf"] === undefined;
}

/** The order of a name and a magic number, the newest; null where none was ever sent. */
export function orderNamed({ account }: TerminalContext, magic: string, name: string): ExchangeOrder | null {
  const isIt = ({ labels }: ExchangeOrder): boolean => labels["name"] === name && labels["magic"] === magic;
  return account.orders.history().findLast(isIt) ?? null;
}

/** A plain no. */
export function refused(retcode: number, text: string): TradeAnswer {
  return { retcode, text, order: null };
}

function entryLeg({ settings }: TerminalContext, side: OrderTicket["side"]): Leg {
  if (settings.marginMode === "netting") return "net";
  return side === "buy" ? "long" : "short";
}

function wantedFault({ exchange, settings }: TerminalContext, wanted: WantedOrder): TradeAnswer | null {
  const listing = exchange.listing(wanted.symbol);
  if (listing === null) return refused(retcodes.invalid, `there is no symbol ${wanted.symbol}`);
  const made = termsOf(wanted.type, wanted.price);
  if (made === null) return refused(retcodes.invalid, `there is no order type ${wanted.type}`);
  if (!settings.isTradeAllowed)
    return refused(retcodes.autotradingDisabled, "AutoTrading disabled by client");
  if (!["", "fok", "ioc", "return"].includes(wanted.filling))
    return refused(retcodes.invalidFill, "Invalid order filling type");
  if (exchange.isHalted(listing.symbol)) return refused(retcodes.tradeDisabled, "Trade is disabled");
  if (!exchange.isOpen(listing.symbol)) return refused(retcodes.marketClosed, "Market closed");
  return volumeFault(listing, wanted.lots) ?? priceFault(made, wanted, exchange.lastPrice(listing.symbol));
}

function volumeFault(listing: Listing, lots: number): TradeAnswer | null {
  const units = unitsOf(listing, lots);
  const steps = units / listing.lotSize;
  const isWhole = listing.lotSize <= 0 || Math.abs(steps - Math.round(steps)) < 1e-6;
  return units >= listing.quantityMin && units > 0 && isWhole
    ? null
    : refused(retcodes.invalidVolume, "Invalid volume");
}

/** A pending order waits on its own side of the price: a limit never takes, a stop is never there already. */
function priceFault(
  { side, terms }: NonNullable<ReturnType<typeof termsOf>>,
  { price, stopLoss, takeProfit }: WantedOrder,
  last: number,
): TradeAnswer | null {
  const sign = side === "buy" ? 1 : -1;
  if (terms.type !== "market" && !(price > 0)) return refused(retcodes.invalidPrice, "Invalid price");
  const isBehind = terms.type === "limit" ? sign * (last - price) > 0 : sign * (price - last) > 0;
  if (terms.type !== "market" && !isBehind) return refused(retcodes.invalidPrice, "Invalid price");
  const base = terms.type === "market" ? last : price;
  if (stopLoss > 0 && sign * (base - stopLoss) <= 0) return refused(retcodes.invalidStops, "Invalid stops");
  if (takeProfit > 0 && sign * (takeProfit - base) <= 0)
    return refused(retcodes.invalidStops, "Invalid stops");
  return null;
}

/** Whatever has this number: a position, an order that works, or nothing. */
export function selectTicket(
  { book, account }: TerminalContext,
  ticket: number,
): { readonly position: PositionTicket } | { readonly order: ExchangeOrder } | null {
  const position = book.positions.get(ticket);
  if (position !== undefined) return { position };
  const order = account.orders.open().find((one) => isClientOrder(one) && orderTicketOf(one) === ticket);
  return order === undefined ? null : { order };
}
