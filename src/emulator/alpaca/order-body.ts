import { z } from "zod";

const amount = z.union([z.string(), z.number()]).transform((value, context) => {
  const number = typeof value === "number" ? value : value.trim() === "" ? Number.NaN : Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  context.addIssue({ code: "custom", message: "must be a positive number" });
  return z.NEVER;
});

const optional = amount.nullish().transform((value) => value ?? undefined);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** The body of `POST /v2/orders`. Clients send numbers as texts or as numbers, and null for what they leave out. */
export const orderBody = z.object({
  symbol: z.string().min(1),
  side: z.enum(["buy", "sell"]),
  type: z.enum(["market", "limit", "stop", "stop_limit", "trailing_stop"]),
  time_in_force: z.enum(["day", "gtc", "ioc", "fok", "opg", "cls"]),
  qty: optional,
  notional: optional,
  limit_price: optional,
  stop_price: optional,
  trail_price: optional,
  trail_percent: optional,
  extended_hours: flag,
  client_order_id: z.string().min(1).max(128).nullish(),
  order_class: z.enum(["", "simple", "bracket", "oco", "oto", "mleg"]).nullish(),
  take_profit: z.object({ limit_price: optional }).nullish(),
  stop_loss: z.object({ stop_price: optional, limit_price: optional }).nullish(),
  position_intent: z.enum(["buy_to_open", "buy_to_close", "sell_to_open", "sell_to_close"]).nullish(),
});
export type OrderBody = z.infer<typeof orderBody>;

/** The body of `PATCH /v2/orders/{id}`. */
export const replaceBody = z.object({
  qty: optional,
  limit_price: optional,
  stop_price: optional,
  trail: optional,
  time_in_force: z.enum(["day", "gtc", "ioc", "fok"]).nullish(),
  client_order_id: z.string().min(1).max(128).nullish(),
});
export type ReplaceBody = z.infer<typeof replaceBody>;
