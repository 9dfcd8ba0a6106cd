import { lotsOf, wallOf, type TerminalContext } from "./terminal-context.ts";
import { orderTicketOf } from "./ticket-book.ts";
import { accountView } from "./kiwi-commands.ts";
import { exitPrice, isClientOrder } from "./trade-desk.ts";
import { typeOf, wallText } from "./terminal-words.ts";

/** `DWX_Orders.txt`, as DWX Connect writes it: the account, and positions and orders under their numbers. */
export function ordersFile(context: TerminalContext): Readonly<Record<string, unknown>> {
  const { account, book, exchange } = context;
  const open = account.orders.open();
  const positions = [...book.positions.values()].map((position) => {
    const listing = exchange.listing(position.symbol)!;
    const pnl =
      (exchange.lastPrice(position.symbol) - position.openPrice) *
      position.quantity *
      listing.contractMultiplier;
    return [
      position.ticket,
      {
        magic: Number(position.magic),
        symbol: position.symbol,
        lots: lotsOf(listing, Math.abs(position.quantity)),
        type: position.quantity > 0 ? "buy" : "sell",
        open_price: position.openPrice,
        open_time: wallText(wallOf(context, position.openMs), true),
        SL: exitPrice(open, position.ticket, "sl"),
        TP: exitPrice(open, position.ticket, "tp"),
        pnl: Number(pnl.toFixed(2)),
        swap: 0,
        comment: position.comment,
      },
    ] as const;
  });
  const orders = open.filter(isClientOrder).map((order) => {
    const { type, price } = typeOf(order.side, order.terms);
    return [
      orderTicketOf(order),
      {
        magic: Number(order.labels["magic"] ?? 0),
        symbol: order.symbol,
        lots: lotsOf(exchange.listing(order.symbol)!, order.quantity - order.filledQuantity),
        type,
        open_price: price,
        open_time: wallText(wallOf(context, order.createdMs), true),
        SL: Number(order.labels["stopLoss"] ?? 0),
        TP: Number(order.labels["takeProfit"] ?? 0),
        pnl: 0,
        swap: 0,
        comment: order.labels["comment"] ?? "",
      },
    ] as const;
  });
  return { account_info: accountView(context), orders: Object.fromEntries([...orders, ...positions]) };
}
