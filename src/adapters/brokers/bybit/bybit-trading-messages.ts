import { z } from "zod";
import { numeric, toNumber } from "../../shared/numeric.ts";

/** An order as `GET /v5/order/realtime`, `/history` and the topic `order` tell it; the part that is read. */
export const orderSchema = z.object({
  symbol: z.string(),
  orderId: z.string().min(1),
  orderLinkId: z.string().nullish(),
  side: z.enum(["Buy", "Sell"]),
  orderType: z.string(),
  price: z.string().nullish(),
  qty: numeric,
  cumExecQty: z.string().nullish(),
  avgPrice: z.string().nullish(),
  timeInForce: z.string().nullish(),
  orderStatus: z.string(),
  cancelType: z.string().nullish(),
  rejectReason: z.string().nullish(),
  stopOrderType: z.string().nullish(),
  triggerPrice: z.string().nullish(),
  triggerDirection: z.number().nullish(),
  reduceOnly: z.boolean().nullish(),
  updatedTime: z.string(),
  category: z.string().nullish(),
});
export type BybitOrder = z.infer<typeof orderSchema>;

/** An execution as `GET /v5/execution/list` and the topic `execution` tell it. */
export const executionSchema = z.object({
  symbol: z.string(),
  orderId: z.string().min(1),
  orderLinkId: z.string().nullish(),
  side: z.enum(["Buy", "Sell"]),
  execId: z.string().min(1),
  execPrice: numeric,
  execQty: numeric,
  execFee: z.string().nullish(),
  feeCurrency: z.string().nullish(),
  execType: z.string(),
  execTime: z.string(),
  isMaker: z.boolean().nullish(),
  category: z.string().nullish(),
});
export type BybitExecution = z.infer<typeof executionSchema>;

const positionSchema = z.object({
  positionIdx: z.number(),
  symbol: z.string(),
  side: z.string(),
  size: numeric,
  avgPrice: z.string().nullish(),
  leverage: z.string().nullish(),
});

/** A page of a list: `nextPageCursor` is empty or missing on the last one. */
function pageOf<Row extends z.ZodType>(
  row: Row,
): z.ZodObject<{
  result: z.ZodObject<{ list: z.ZodArray<Row>; nextPageCursor: z.ZodOptional<z.ZodNullable<z.ZodString>> }>;
}> {
  return z.object({
    result: z.object({ list: z.array(row), nextPageCursor: z.string().nullable().optional() }),
  });
}

/** Lists in pages. */
export const ordersSchema = pageOf(orderSchema);
export const executionsSchema = pageOf(executionSchema);
export const positionsSchema = pageOf(positionSchema);

/** `GET /v5/market/time`; the time of every answer stands beside its result. */
export const timeSchema = z.object({ time: z.number().positive() });

/** `GET /v5/account/info`. */
export const accountInfoSchema = z.object({
  result: z.object({ marginMode: z.string(), unifiedMarginStatus: z.number() }),
});

/** `GET /v5/user/query-api`: what the key may do. */
export const keySchema = z.object({
  result: z.object({
    readOnly: z.number(),
    permissions: z.record(z.string(), z.array(z.string())),
    ips: z.array(z.string()).nullish(),
    expiredAt: z.string().nullish(),
    userID: z.union([z.number(), z.string()]).transform(String),
  }),
});

/** `GET /v5/account/wallet-balance` of a unified account. */
export const walletSchema = z.object({
  time: z.number(),
  result: z.object({
    list: z.array(
      z.object({
        totalEquity: numeric,
        totalAvailableBalance: z.string(),
        totalWalletBalance: z.string().nullish(),
        coin: z.array(
          z.object({
            coin: z.string(),
            walletBalance: numeric,
            usdValue: z.string().nullish(),
            locked: z.string().nullish(),
            totalOrderIM: z.string().nullish(),
            totalPositionIM: z.string().nullish(),
          }),
        ),
      }),
    ),
  }),
});

/** `GET /v5/market/instruments-info`, the part that orders have to heed. */
export const tradedSchema = z.object({
  result: z.object({
    list: z.array(
      z.object({
        symbol: z.string(),
        status: z.string(),
        baseCoin: z.string(),
        quoteCoin: z.string(),
        priceFilter: z.object({ tickSize: numeric }),
        lotSizeFilter: z.object({
          qtyStep: z.string().optional(),
          basePrecision: z.string().optional(),
          minOrderQty: z.string().optional(),
          maxOrderQty: z.string().optional(),
          maxMktOrderQty: z.string().optional(),
          maxLimitOrderQty: z.string().optional(),
          maxMarketOrderQty: z.string().optional(),
          minNotionalValue: z.string().optional(),
          minOrderAmt: z.string().optional(),
        }),
      }),
    ),
  }),
});

/** What `create`, `amend` and `cancel` answer when they have taken it. */
export const takenSchema = z.object({
  result: z.object({ orderId: z.string().min(1), orderLinkId: z.string().optional() }),
  time: z.number(),
});

/** The number in a text; 0 where nothing is said, NaN for what is no number. */
export function amount(text: string | null | undefined): number {
  return text === null || text === undefined || text === "" ? 0 : toNumber(text);
}
