import { isOver, type ExchangeFill, type ExchangeOrder } from "../exchange/exchange-types.ts";
import { contractSizeOf, lotsOf, wallOf, type TerminalContext } from "./terminal-context.ts";
import { dealTicketOf, orderTicketOf } from "./ticket-book.ts";
import { deleteOrder, isClientOrder, orderNamed, placeOrder, type TradeAnswer } from "./trade-desk.ts";
import { retcodes, stateOf, typeOf, wallText } from "./terminal-words.ts";

/** What a command of the bridge is answered with, besides its number. */
export type BridgeAnswer = {
  readonly outcome: "ok" | "refused" | "late" | "taken" | "not_found" | "over" | "malformed";
  readonly retcode: number;
  readonly text: string;
  readonly [field: string]: unknown;
};

type Command = (context: TerminalContext, words: readonly string[]) => BridgeAnswer;

/** The commands that KiwiBridge has beside those of DWX Connect: each is answered in a file of its own. */
export const kiwiCommands: Readonly<Record<string, Command>> = {
  SEND_ORDER: sendOrder,
  DELETE_ORDER: deleteNamed,
  DELETE_ALL_ORDERS: deleteAll,
  GET_ACCOUNT: getAccount,
  GET_ORDER: getOrder,
  GET_DEALS: getDeals,
  GET_SYMBOL: getSymbol,
};

function sendOrder(context: TerminalContext, words: readonly string[]): BridgeAnswer {
  const [symbol = "", type = "", lots = "", price = "", magic = "", name = ""] = words;
  const [filling = "", lifetime = "", validUntil = ""] = words.slice(6);
  if (words.length !== 9 || name === "") return said("malformed", 0, "SEND_ORDER has nine words");
  if (context.nowMs() > Number(validUntil) * 1000)
    return said("late", 0, "the command lay too long: nothing was sent");
  // The journal of the bridge: a name is carried out once, whatever the command's number.
  const known = orderNamed(context, magic, name);
  if (known !== null)
    return { ...said("taken", 0, "an order of this name was sent"), order: orderView(context, known) };
  const answer = placeOrder(context, {
    symbol,
    type,
    lots: Number(lots),
    price: Number(price),
    stopLoss: 0,
    takeProfit: 0,
    magic,
    comment: name,
    name,
    filling,
    isDay: lifetime === "day",
  });
  return { ...traded(answer), ticket: answer.order === null ? "0" : String(orderTicketOf(answer.order)) };
}

function deleteNamed(context: TerminalContext, [magic = "", name = ""]: readonly string[]): BridgeAnswer {
  const order = orderNamed(context, magic, name);
  if (order === null) return said("not_found", 0, "there is no order of this name");
  const view = { order: orderView(context, order) };
  if (isOver(order)) return { ...said("over", 0, `the order is ${order.status}`), ...view };
  return { ...traded(deleteOrder(context, order)), ...view };
}

function deleteAll(context: TerminalContext): BridgeAnswer {
  const answers = working(context).map((order) => deleteOrder(context, order));
  const failed = answers.find(({ retcode }) => retcode !== retcodes.done);
  return failed === undefined
    ? said("ok", retcodes.done, `${answers.length} orders deleted`)
    : traded(failed);
}

function getAccount(context: TerminalContext): BridgeAnswer {
  const { account, exchange, book, settings } = context;
  return {
    ...said("ok", 0, ""),
    account: accountView(context),
    positions: [...book.positions.values()].map((position) => ({
      ticket: String(position.ticket),
      magic: position.magic,
      symbol: position.symbol,
      type: position.quantity > 0 ? "buy" : "sell",
      lots: lotsOf(exchange.listing(position.symbol)!, Math.abs(position.quantity)),
      open_price: position.openPrice,
      comment: position.comment,
    })),
    orders: working(context).map((order) => orderView(context, order)),
    last_deal: String(account.fills.length === 0 ? 0 : dealTicketOf(account.fills.at(-1)!)),
    is_trade_allowed: settings.isTradeAllowed && !account.options.isReadOnly,
  };
}

function getOrder(context: TerminalContext, words: readonly string[]): BridgeAnswer {
  const [ticket = "", magic = "", name = ""] = words;
  const { book, faults, nowMs } = context;
  const order = ticket === "0" ? orderNamed(context, magic, name) : book.order(Number(ticket));
  return order === null || !faults.isVisible(order.venueOrderId, nowMs())
    ? said("not_found", 0, "there is no such order")
    : { ...said("ok", 0, ""), order: orderView(context, order) };
}

function getDeals(context: TerminalContext, words: readonly string[]): BridgeAnswer {
  const [fromSeconds = "", afterTicket = "", limit = ""] = words;
  const found = context.account.fills.filter(
    (fill) =>
      dealTicketOf(fill) > Number(afterTicket) &&
      wallOf(context, fill.timeMs) >= Number(fromSeconds) * 1000 &&
      context.account.orders.byId(fill.venueOrderId) !== null,
  );
  const page = found.slice(0, Number(limit));
  return {
    ...said("ok", 0, ""),
    deals: page.map((fill) => dealView(context, fill)),
    is_whole: page.length === found.length,
  };
}

function getSymbol({ exchange, account }: TerminalContext, [symbol = ""]: readonly string[]): BridgeAnswer {
  const listing = exchange.listing(symbol);
  if (listing === null) return said("not_found", 0, `there is no symbol ${symbol}`);
  return {
    ...said("ok", 0, ""),
    symbol: {
      name: symbol,
      base: listing.baseCurrency,
      quote: listing.quoteCurrency,
      tick_size: listing.tickSize,
      contract_size: contractSizeOf(listing),
      volume_min: lotsOf(listing, listing.quantityMin),
      volume_step: lotsOf(listing, listing.lotSize),
      trade_mode: exchange.isHalted(symbol)
        ? "disabled"
        : listing.canShort && account.options.venue.accountKind !== "cash"
          ? "full"
          : "long_only",
      is_open: exchange.isOpen(symbol),
    },
  };
}

/** What `account_info` and `GET_ACCOUNT` say of the account. */
export function accountView({ account, settings }: TerminalContext): Readonly<Record<string, unknown>> {
  const { equity, unrealizedPnl, buyingPower, leverage } = account.summary();
  return {
    name: "Kiwi emulator",
    number: settings.login,
    server: settings.server,
    currency: account.options.currency,
    leverage,
    trade_mode: settings.tradeMode,
    margin_mode: settings.marginMode,
    free_margin: buyingPower / leverage,
    // What is open is not paid for: its profit alone is apart from the balance.
    balance: equity - unrealizedPnl,
    equity,
  };
}

function orderView(context: TerminalContext, order: ExchangeOrder): Readonly<Record<string, unknown>> {
  const listing = context.exchange.listing(order.symbol)!;
  return {
    ticket: String(orderTicketOf(order)),
    magic: order.labels["magic"] ?? "0",
    name: order.labels["name"] ?? "",
    comment: order.labels["comment"] ?? "",
    symbol: order.symbol,
    ...typeOf(order.side, order.terms),
    lots: lotsOf(listing, order.quantity),
    lots_left: lotsOf(listing, Math.max(0, order.quantity - order.filledQuantity)),
    state: stateOf(order.status),
    time: wallText(wallOf(context, order.updatedMs), true),
  };
}

function dealView(context: TerminalContext, fill: ExchangeFill): Readonly<Record<string, unknown>> {
  const { account, book, exchange } = context;
  const order = account.orders.byId(fill.venueOrderId)!;
  const deal = dealTicketOf(fill);
  const { position, entry } = book.entryOf(deal);
  return {
    ticket: String(deal),
    order: String(orderTicketOf(order)),
    position: String(position),
    magic: order.labels["magic"] ?? "0",
    name: order.labels["name"] ?? "",
    symbol: fill.symbol,
    side: fill.side,
    entry,
    lots: lotsOf(exchange.listing(fill.symbol)!, fill.quantity),
    price: fill.price,
    commission: -fill.fee,
    fee: 0,
    time_ms: wallOf(context, fill.timeMs),
  };
}

function working({ account }: TerminalContext): readonly ExchangeOrder[] {
  return account.orders.open().filter(isClientOrder);
}

function traded({ retcode, text }: TradeAnswer): BridgeAnswer {
  const isDone = retcode === retcodes.placed || retcode === retcodes.done;
  return said(isDone ? "ok" : "refused", retcode, text);
}

function said(outcome: BridgeAnswer["outcome"], retcode: number, text: string): BridgeAnswer {
  return { outcome, retcode, text };
}
