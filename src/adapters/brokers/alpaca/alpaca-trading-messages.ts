import { z } from "zod";
import { numeric } from "../../shared/numeric.ts";

/** Decimal texts; the venue writes some as numbers where nothing depends on the last digit. */
const decimal = z.union([z.string(), z.number()]).nullish();

const orderFields = z.object({
  id: z.string().min(1),
  client_order_id: z.string(),
  symbol: z.string(),
  asset_class: z.string().nullish(),
  /** Null for an order of a sum of money. */
  qty: decimal,
  filled_qty: decimal,
  filled_avg_price: decimal,
  side: z.enum(["buy", "sell"]),
  type: z.string().nullish(),
  order_type: z.string().nullish(),
  time_in_force: z.string(),
  limit_price: decimal,
  stop_price: decimal,
  trail_price: decimal,
  trail_percent: decimal,
  status: z.string(),
  submitted_at: z.string().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
});

/** An order with the legs that hang on it. */
export const orderSchema = orderFields.extend({ legs: z.array(orderFields).nullish() });
export type AlpacaOrder = z.infer<typeof orderFields>;

/** A page of orders. */
export const ordersSchema = z.array(orderSchema);

/** `GET /v2/account/activities/FILL`. */
export const fillsSchema = z.array(
  z.object({
    id: z.string().min(1),
    transaction_time: z.string(),
    price: numeric,
    qty: numeric,
    cum_qty: numeric,
    side: z.string(),
    symbol: z.string(),
    order_id: z.string().min(1),
  }),
);
export type AlpacaFill = z.infer<typeof fillsSchema>[number];

/** `GET /v2/account`, the part that is read. */
export const accountSchema = z.object({
  account_number: z.string().min(1),
  status: z.string(),
  crypto_status: z.string().nullish(),
  currency: z.string(),
  cash: numeric,
  equity: numeric,
  buying_power: numeric,
  non_marginable_buying_power: numeric.nullish(),
  multiplier: z.union([z.string(), z.number()]).nullish(),
  shorting_enabled: z.boolean().nullish(),
  trading_blocked: z.boolean(),
  account_blocked: z.boolean(),
  trade_suspended_by_user: z.boolean(),
});

/** `GET /v2/account/configurations`. */
export const settingsSchema = z.object({
  suspend_trade: z.boolean(),
  no_shorting: z.boolean(),
  max_margin_multiplier: z.union([z.string(), z.number()]).transform(String).nullish(),
});

/** `GET /v2/positions`. */
export const positionsSchema = z.array(
  z.object({
    symbol: z.string(),
    asset_class: z.string(),
    qty: numeric,
    side: z.string(),
    avg_entry_price: numeric,
  }),
);

/** `GET /v2/clock`. */
export const clockSchema = z.object({ timestamp: z.string(), is_open: z.boolean() });

/** `GET /v2/assets/{symbol}`. */
export const assetSchema = z.object({
  class: z.string(),
  symbol: z.string(),
  status: z.string(),
  tradable: z.boolean(),
  shortable: z.boolean().nullish(),
  easy_to_borrow: z.boolean().nullish(),
  fractionable: z.boolean().nullish(),
  price_increment: z.union([z.string(), z.number()]).nullish(),
  min_trade_increment: z.union([z.string(), z.number()]).nullish(),
  min_order_size: z.union([z.string(), z.number()]).nullish(),
});

/** How it says no. */
export const alpacaErrorSchema = z.object({ code: z.number().optional(), message: z.string() });

/** What `DELETE /v2/orders` says about each order. */
export const canceledSchema = z.array(z.object({ id: z.string(), status: z.number() }));

/** A message of the stream `trade_updates`. */
export const updateSchema = z.object({
  event: z.string(),
  execution_id: z.string().nullish(),
  timestamp: z.string().nullish(),
  price: decimal,
  qty: decimal,
  order: orderSchema,
});
export type AlpacaUpdate = z.infer<typeof updateSchema>;
