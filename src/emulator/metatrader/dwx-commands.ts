import { dayMs } from "../../base/time.ts";
import {
  closePosition,
  deleteOrder,
  placeOrder,
  protect,
  repriceOrder,
  selectTicket,
  isClientOrder,
  type TradeAnswer,
} from "./trade-desk.ts";
import { lotsOf, wallOf, type TerminalContext } from "./terminal-context.ts";
import { dealTicketOf } from "./ticket-book.ts";
import { retcodes, wallText } from "./terminal-words.ts";

/** A line of the message file. */
export type TerminalMessage =
  | { readonly type: "INFO"; readonly message: string }
  | { readonly type: "ERROR"; readonly error_type: string; readonly description: string };

/** What a command of DWX Connect comes to: messages, and files by the name that stands behind `DWX_`. */
export type DwxAnswer = {
  readonly messages: readonly TerminalMessage[];
  readonly files?: Readonly<Record<string, unknown>>;
};

type Command = (context: TerminalContext, content: string) => DwxAnswer;

/** The commands of DWX Connect that trade, or tell of trades. They carry no number: what they come to is a message. */
export const dwxTradeCommands: Readonly<Record<string, Command>> = {
  OPEN_ORDER: openOrder,
  MODIFY_ORDER: modifyOrder,
  CLOSE_ORDER: closeOrder,
  CLOSE_ALL_ORDERS: (context) => closeMany(context, () => true, "CLOSE_ORDER_ALL", ""),
  CLOSE_ORDERS_BY_SYMBOL: (context, symbol) =>
    closeMany(context, (one) => one.symbol === symbol, "CLOSE_ORDER_SYMBOL", ` with symbol ${symbol}`),
  CLOSE_ORDERS_BY_MAGIC: (context, magic) =>
    closeMany(context, (one) => one.magic === magic, "CLOSE_ORDER_MAGIC", ` with magic ${magic}`),
  GET_HISTORIC_TRADES: historicTrades,
};

function openOrder(context: TerminalContext, content: string): DwxAnswer {
  const words = content.split(",");
  if (words.length !== 9)
    return failed("OPEN_ORDER_WRONG_FORMAT", `Wrong format for OPEN_ORDER command: ${content}`);
  const [symbol = "", type = "", lots = "", price = "", stopLoss = "", takeProfit = "", magic = ""] = words;
  const answer = placeOrder(context, {
    symbol,
    type,
    lots: Number(lots),
    price: Number(price),
    stopLoss: Number(stopLoss),
    takeProfit: Number(takeProfit),
    magic,
    comment: words[7]!,
    name: null,
    filling: "",
    isDay: false,
  });
  return isDone(answer)
    ? info(`Successfully sent order: ${symbol}, ${type}, ${lots}, ${price}`)
    : failed("OPEN_ORDER", `Could not open order: ${sayOf(answer)}`);
}

function modifyOrder(context: TerminalContext, content: string): DwxAnswer {
  const words = content.split(",").map(Number);
  if (words.length !== 5)
    return failed("MODIFY_ORDER_WRONG_FORMAT", `Wrong format for MODIFY_ORDER command: ${content}`);
  const [ticket = 0, price = 0, stopLoss = 0, takeProfit = 0] = words;
  const found = selectTicket(context, ticket);
  if (found === null)
    return failed("MODIFY_ORDER_SELECT_TICKET", `Could not select order with ticket: ${ticket}`);
  const answer =
    "position" in found
      ? protect(context, found.position, stopLoss, takeProfit)
      : changePending(context, found.order, price, stopLoss, takeProfit);
  return isDone(answer)
    ? info(`Successfully modified order ${ticket}`)
    : failed("MODIFY_ORDER", `Error in modifying order ${ticket}: ${sayOf(answer)}`);
}

function changePending(
  context: TerminalContext,
  order: Parameters<typeof repriceOrder>[1],
  price: number,
  stopLoss: number,
  takeProfit: number,
): TradeAnswer {
  const labels = { stopLoss: String(stopLoss), takeProfit: String(takeProfit) };
  context.account.label(order.venueOrderId, labels);
  return price === 0
    ? { retcode: retcodes.done, text: "Request done", order }
    : repriceOrder(context, context.account.orders.byId(order.venueOrderId)!, price);
}

function closeOrder(context: TerminalContext, content: string): DwxAnswer {
  const words = content.split(",").map(Number);
  if (words.length !== 2)
    return failed("CLOSE_ORDER_WRONG_FORMAT", `Wrong format for CLOSE_ORDER command: ${content}`);
  const [ticket = 0, lots = 0] = words;
  const found = selectTicket(context, ticket);
  if (found === null)
    return failed("CLOSE_ORDER_SELECT_TICKET", `Could not select order with ticket: ${ticket}`);
  const answer =
    "position" in found ? closePosition(context, found.position, lots) : deleteOrder(context, found.order);
  return isDone(answer)
    ? info(`Successfully closed order: ${ticket}`)
    : failed("CLOSE_ORDER_TICKET", `Could not close position ${ticket}: ${sayOf(answer)}`);
}

function closeMany(
  context: TerminalContext,
  isMeant: (one: { readonly symbol: string; readonly magic: string }) => boolean,
  errorType: string,
  which: string,
): DwxAnswer {
  const { book, account } = context;
  const answers = [
    ...[...book.positions.values()].filter(isMeant).map((position) => closePosition(context, position, 0)),
    ...account.orders
      .open()
      .filter((order) => isClientOrder(order) && order.terms.type !== "market")
      .filter(({ symbol, labels }) => isMeant({ symbol, magic: labels["magic"] ?? "0" }))
      .map((order) => deleteOrder(context, order)),
  ];
  const errors = answers.filter((answer) => !isDone(answer)).length;
  if (answers.length === 0) return info(`No orders to close${which}.`);
  return errors > 0
    ? failed(errorType, `Error during closing of ${errors} orders${which}.`)
    : info(`Successfully closed ${answers.length} orders${which}.`);
}

function historicTrades(context: TerminalContext, content: string): DwxAnswer {
  const days = Number.parseInt(content, 10);
  if (!(days > 0)) return failed("HISTORIC_TRADES", `Lookback days smaller or equal to zero: ${content}`);
  const { account, exchange, book } = context;
  const trades = account.fills
    .filter(({ timeMs }) => timeMs >= exchange.timeMs - days * dayMs)
    .toReversed()
    .map((fill) => {
      const { labels } = account.orders.byId(fill.venueOrderId)!;
      const deal = dealTicketOf(fill);
      return [
        deal,
        {
          magic: Number(labels["magic"] ?? 0),
          symbol: fill.symbol,
          lots: lotsOf(exchange.listing(fill.symbol)!, fill.quantity),
          type: fill.side,
          entry: { in: "entry_in", out: "entry_out", inout: "in_out" }[book.entryOf(deal).entry],
          deal_time: wallText(wallOf(context, fill.timeMs), true),
          deal_price: fill.price,
          pnl: 0,
          commission: -fill.fee,
          swap: 0,
          comment: labels["comment"] ?? "",
        },
      ] as const;
    });
  return {
    messages: [{ type: "INFO", message: "Successfully read historic trades." }],
    files: { Historic_Trades: Object.fromEntries(trades) },
  };
}

function isDone({ retcode }: TradeAnswer): boolean {
  return retcode === retcodes.placed || retcode === retcodes.done;
}

function sayOf({ retcode, text }: TradeAnswer): string {
  return `${text} (${retcode})`;
}

/** A message that all is well. */
export function info(message: string): DwxAnswer {
  return { messages: [{ type: "INFO", message }] };
}

/** A message that something is not. */
export function failed(errorType: string, description: string): DwxAnswer {
  return { messages: [{ type: "ERROR", error_type: errorType, description }] };
}
