import { z } from "zod";

const number = z
  .union([z.string(), z.number()])
  .optional()
  .transform((value, context) => {
    if (value === undefined || value === "") return undefined;
    const parsed = Number(value);
    if (Number.isFinite(parsed) && parsed >= 0) return parsed;
    context.addIssue({ code: "custom", message: "invalid number" });
    return z.NEVER;
  });
const flag = z.boolean().optional();
const linkId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{0,36}$/)
  .optional()
  .transform((id) => (id === "" ? undefined : id));
const priceSource = z.enum(["LastPrice", "MarkPrice", "IndexPrice", ""]).optional();

/** The body of `/v5/order/create`. */
export const createBody = z.object({
  category: z.enum(["linear", "spot"]),
  symbol: z.string(),
  side: z.enum(["Buy", "Sell"]),
  orderType: z.enum(["Market", "Limit"]),
  qty: number,
  price: number,
  timeInForce: z.enum(["GTC", "IOC", "FOK", "PostOnly", ""]).optional(),
  orderLinkId: linkId,
  positionIdx: z.union([z.literal(0), z.literal(1), z.literal(2)]).optional(),
  reduceOnly: flag,
  closeOnTrigger: flag,
  triggerPrice: number,
  triggerDirection: z.union([z.literal(0), z.literal(1), z.literal(2)]).optional(),
  triggerBy: priceSource,
  takeProfit: number,
  stopLoss: number,
  tpTriggerBy: priceSource,
  slTriggerBy: priceSource,
  tpslMode: z.enum(["Full", "Partial", ""]).optional(),
  tpOrderType: z.enum(["Market", "Limit"]).optional(),
  slOrderType: z.enum(["Market", "Limit"]).optional(),
  tpLimitPrice: number,
  slLimitPrice: number,
  marketUnit: z.enum(["baseCoin", "quoteCoin", ""]).optional(),
  orderFilter: z.enum(["Order", "tpslOrder", "StopOrder", ""]).optional(),
});
export type CreateBody = z.infer<typeof createBody>;

/** The body of `/v5/order/amend`. */
export const amendBody = z.object({
  category: z.enum(["linear", "spot"]),
  symbol: z.string(),
  orderId: z.string().optional(),
  orderLinkId: linkId,
  qty: number,
  price: number,
  triggerPrice: number,
});

/** The body of `/v5/order/cancel`. ccxt passes `clientOrderId` through as it is. */
export const cancelBody = z.object({
  category: z.enum(["linear", "spot"]),
  symbol: z.string(),
  orderId: z.string().optional(),
  orderLinkId: linkId,
  clientOrderId: linkId,
  orderFilter: z.string().optional(),
});

/** The body of `/v5/order/cancel-all`. */
export const cancelAllBody = z.object({
  category: z.enum(["linear", "spot"]),
  symbol: z.string().optional(),
  baseCoin: z.string().optional(),
  settleCoin: z.string().optional(),
  orderFilter: z.string().optional(),
  stopOrderType: z.string().optional(),
});

/** The body of `/v5/position/trading-stop`. */
export const tradingStopBody = z.object({
  category: z.literal("linear"),
  symbol: z.string(),
  positionIdx: z.union([z.literal(0), z.literal(1), z.literal(2)]).optional(),
  takeProfit: number,
  stopLoss: number,
  trailingStop: number,
  tpTriggerBy: priceSource,
  slTriggerBy: priceSource,
  activePrice: number,
  tpslMode: z.enum(["Full", "Partial", ""]).optional(),
  tpSize: number,
  slSize: number,
  tpOrderType: z.enum(["Market", "Limit"]).optional(),
  slOrderType: z.enum(["Market", "Limit"]).optional(),
  tpLimitPrice: number,
  slLimitPrice: number,
});

/** What is wrong with a body, for people. */
export function issueOf(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "request" : `${issue.path.join(".")} ${issue.message}`;
}
