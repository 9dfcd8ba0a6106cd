import { z } from "zod";
import type { OrderStatus, OrderTerms } from "../../../domain/order.ts";
import { contractSchema } from "./ib-contracts.ts";

/** An order as `openOrder` and `completedOrder` tell it. */
export const orderSchema = z.object({
  orderId: z.number().optional(),
  clientId: z.number().optional(),
  permId: z.number(),
  account: z.string(),
  action: z.enum(["BUY", "SELL", "SSHORT"]),
  totalQuantity: z.number(),
  filledQuantity: z.number().optional(),
  orderType: z.string(),
  lmtPrice: z.number().optional(),
  auxPrice: z.number().optional(),
  trailingPercent: z.number().optional(),
  tif: z.string(),
  orderRef: z.string().optional(),
});

export type IbOrder = z.output<typeof orderSchema>;

const stateSchema = z.object({ status: z.string(), completedStatus: z.string().optional() });
/** Number, contract, order and state. */
export const openOrderSchema = z.tuple([z.number(), contractSchema, orderSchema, stateSchema]);
/** The same without a number. */
export const completedOrderSchema = z.tuple([contractSchema, orderSchema, stateSchema]);
/** Number, status, filled, remaining, average price, permanent number, parent, last price, client. */
export const orderStatusSchema = z
  .tuple([
    z.number(),
    z.string(),
    z.number(),
    z.number(),
    z.number(),
    z.number(),
    z.number(),
    z.number().optional(),
    z.number(),
  ])
  .rest(z.unknown());

/** Request, contract, execution. */
export const executionSchema = z.tuple([
  z.number(),
  contractSchema,
  z.object({
    execId: z.string().min(1),
    time: z.string(),
    acctNumber: z.string(),
    side: z.enum(["BOT", "SLD"]),
    shares: z.number(),
    price: z.number(),
    permId: z.number(),
    orderRef: z.string().optional(),
    lastLiquidity: z.number().optional(),
  }),
]);

/** What an execution cost. */
export const commissionSchema = z.tuple([
  z.object({ execId: z.string(), commission: z.number(), currency: z.string() }),
]);

/** What makes an order fill; null for a type that has no word here. */
export function termsOf({ orderType, lmtPrice, auxPrice, trailingPercent }: IbOrder): OrderTerms | null {
  const limitPrice = lmtPrice ?? Number.NaN;
  const trigger = auxPrice ?? Number.NaN;
  switch (orderType) {
    case "MKT":
      return { type: "market" };
    case "LMT":
      return { type: "limit", limitPrice };
    case "STP":
      return { type: "stop_market", stopPrice: trigger };
    case "STP LMT":
      return { type: "stop_limit", stopPrice: trigger, limitPrice };
    case "MIT":
      return { type: "market_if_touched", triggerPrice: trigger };
    case "LIT":
      return { type: "limit_if_touched", triggerPrice: trigger, limitPrice };
    case "TRAIL":
      return trailingPercent !== undefined && trailingPercent > 0
        ? { type: "trailing_stop_market", trail: { kind: "fraction", fraction: trailingPercent / 100 } }
        : { type: "trailing_stop_market", trail: { kind: "amount", amount: trigger } };
    default:
      return null;
  }
}

/** A word of state in ours. `Inactive` is both: refused, and held back until it may work; a refusal says so beside it. */
export function statusOf(word: string, filledQuantity: number, isRefused: boolean): OrderStatus {
  switch (word) {
    case "Filled":
      return "filled";
    case "Cancelled":
    case "ApiCancelled":
      return isRefused ? "rejected" : "canceled";
    case "Inactive":
      return isRefused ? "rejected" : "accepted";
    case "PendingCancel":
      return "cancel_pending";
    case "ApiPending":
    case "PendingSubmit":
      return filledQuantity > 0 ? "partially_filled" : "submitted";
    default:
      return filledQuantity > 0 ? "partially_filled" : "accepted";
  }
}
