import { z } from "zod";

/** Numbers of orders and deals: longer than a number of JavaScript can be. */
const ticket = z.string().regex(/^\d+$/);

/** Commands that KiwiBridge has beside those of DWX Connect. Each is answered in a file of its own. */
export const bridgeCommands = [
  "SEND_ORDER",
  "DELETE_ORDER",
  "DELETE_ALL_ORDERS",
  "GET_ACCOUNT",
  "GET_ORDER",
  "GET_DEALS",
  "GET_SYMBOL",
] as const;
export type BridgeCommand = (typeof bridgeCommands)[number];

/** What every answer holds. `retcode` is MetaTrader's word where its server was asked, else 0. */
export const answerSchema = z.looseObject({
  id: z.string(),
  time: z.string(),
  outcome: z.enum(["ok", "refused", "late", "taken", "unsure", "not_found", "over", "malformed"]),
  retcode: z.number(),
  text: z.string(),
  /** Of the order that `SEND_ORDER` made. */
  ticket: ticket.optional(),
});
export type BridgeAnswer = z.infer<typeof answerSchema>;

const orderSchema = z.object({
  ticket,
  magic: z.string(),
  /** As it was sent; empty where the bridge did not send it. */
  name: z.string(),
  comment: z.string(),
  symbol: z.string(),
  type: z.string(),
  price: z.number(),
  lots: z.number(),
  lots_left: z.number(),
  state: z.string(),
  time: z.string(),
});
export type BridgeOrder = z.infer<typeof orderSchema>;

/** Answers that hold one order. */
export const oneOrderSchema = z.looseObject({ order: orderSchema });

/** `GET_ACCOUNT`. */
export const accountSchema = z.looseObject({
  account: z.object({
    number: z.number(),
    server: z.string(),
    currency: z.string(),
    leverage: z.number(),
    trade_mode: z.enum(["demo", "contest", "real"]),
    margin_mode: z.enum(["netting", "hedging", "exchange"]),
    free_margin: z.number(),
    balance: z.number(),
    equity: z.number(),
  }),
  positions: z.array(
    z.object({
      ticket,
      magic: z.string(),
      symbol: z.string(),
      type: z.enum(["buy", "sell"]),
      lots: z.number(),
      open_price: z.number(),
      comment: z.string(),
    }),
  ),
  orders: z.array(orderSchema),
  is_trade_allowed: z.boolean(),
  /** The number of the newest deal; 0 before the first. */
  last_deal: ticket,
});
export type BridgeAccount = z.infer<typeof accountSchema>;

/** `GET_DEALS`, oldest first. */
export const dealsSchema = z.looseObject({
  deals: z.array(
    z.object({
      ticket,
      order: ticket,
      position: ticket,
      magic: z.string(),
      name: z.string(),
      symbol: z.string(),
      side: z.enum(["buy", "sell"]),
      entry: z.enum(["in", "out", "inout", "out_by"]),
      lots: z.number(),
      price: z.number(),
      commission: z.number(),
      fee: z.number(),
      /** The server's wall clock, in milliseconds as if it were UTC. */
      time_ms: z.number(),
    }),
  ),
  /** False where there are more behind the last. */
  is_whole: z.boolean(),
});
export type BridgeDeal = z.infer<typeof dealsSchema>["deals"][number];

/** `GET_SYMBOL`. */
export const symbolSchema = z.looseObject({
  symbol: z.object({
    name: z.string(),
    base: z.string(),
    quote: z.string(),
    tick_size: z.number(),
    contract_size: z.number(),
    volume_min: z.number(),
    volume_step: z.number(),
    trade_mode: z.enum(["full", "long_only", "short_only", "close_only", "disabled"]),
    is_open: z.boolean(),
  }),
});
export type BridgeSymbol = z.infer<typeof symbolSchema>["symbol"];
