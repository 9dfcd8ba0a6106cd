import type { OrderTerms } from "../../domain/order.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import { isOver, type ExchangeFill, type ExchangeOrder } from "../exchange/exchange-types.ts";
import { decimal } from "../wire/decimal.ts";
import { contractFields, contractOf } from "./ib-contracts.ts";
import { cancelOf, errorFrame } from "./ib-errors.ts";
import { timeText } from "./ib-times.ts";
import { frame, group, type Field } from "./frames.ts";

/** Whose orders and fills are told. */
export type Teller = {
  readonly exchange: Exchange;
  readonly account: ExchangeAccount;
  readonly accountName: string;
};

/** The first permanent number; orders of an account count up from it. */
const firstPermId = 1_800_000_001;
/** What stands where a gateway knows no number. */
const unset = "1.7976931348623157E308";
const empty = (count: number): readonly Field[] => Array<Field>(count).fill("");

/** Who placed an order under which number; an order by hand has neither. */
export function originOf({ labels }: ExchangeOrder): { readonly clientId: number; readonly orderId: number } {
  return { clientId: Number(labels["clientId"] ?? 0), orderId: Number(labels["orderId"] ?? 0) };
}

function permIdOf({ sequence }: ExchangeOrder): number {
  return firstPermId + sequence;
}

function statusOf(order: ExchangeOrder, account: ExchangeAccount): string {
  switch (order.status) {
    case "filled":
      return "Filled";
    case "canceled":
    case "expired":
      return "Cancelled";
    case "rejected":
      return "Inactive";
    case "cancel_pending":
      return "PendingCancel";
    case "triggered":
    case "partially_filled":
      return "Submitted";
    default:
      return isHeld(order, account) ? "PreSubmitted" : "Submitted";
  }
}

/** Whether the gateway keeps the order back: it waits for a price or for its parent. */
function isHeld(order: ExchangeOrder, account: ExchangeAccount): boolean {
  const parent = order.parentId === null ? null : account.orders.byId(order.parentId);
  return (parent !== null && parent.filledQuantity === 0) || !["market", "limit"].includes(order.terms.type);
}

/** Type, limit price, auxiliary price and trailing percent. */
function termFields(terms: OrderTerms): readonly [type: string, limit: Field, aux: Field, percent: Field] {
  switch (terms.type) {
    case "market":
      return ["MKT", "", "", ""];
    case "limit":
      return ["LMT", decimal(terms.limitPrice), "", ""];
    case "stop_market":
      return ["STP", "", decimal(terms.stopPrice), ""];
    case "stop_limit":
      return ["STP LMT", decimal(terms.limitPrice), decimal(terms.stopPrice), ""];
    case "market_if_touched":
      return ["MIT", "", decimal(terms.triggerPrice), ""];
    case "limit_if_touched":
      return ["LIT", decimal(terms.limitPrice), decimal(terms.triggerPrice), ""];
    case "trailing_stop_market":
      return terms.trail.kind === "amount"
        ? ["TRAIL", "", decimal(terms.trail.amount), ""]
        : ["TRAIL", "", "", decimal(100 * terms.trail.fraction)];
  }
}

/** What an order is, up to its reference: the same in news of open and of ended orders. */
function mainFields(order: ExchangeOrder, { exchange, accountName }: Teller): readonly Field[] {
  const [type, limit, aux] = termFields(order.terms);
  return [
    ...contractFields(contractOf(exchange.listing(order.symbol)!, exchange)),
    order.side === "buy" ? "BUY" : "SELL",
    decimal(order.quantity),
    type,
    limit,
    aux,
    order.timeInForce.toUpperCase(),
    order.labels["ocaGroup"] ?? "",
    accountName,
    "",
    0,
    order.labels["orderRef"] ?? "",
  ];
}

/** Source of the order of fields: the decoders of the clients, for server version 178. */
function openOrder(order: ExchangeOrder, teller: Teller): Buffer {
  const { clientId, orderId } = originOf(order);
  const [, , , percent] = termFields(order.terms);
  const goodTill = order.expireTimeMs === Infinity ? "" : timeText(order.expireTimeMs);
  return frame([
    5,
    orderId,
    ...mainFields(order, teller),
    clientId,
    permIdOf(order),
    ...group(0, 0, 0, "", ""), // outsideRth, hidden, discretionary amount, goodAfterTime, shares allocation
    ...empty(4), // faGroup, faMethod, faPercentage, modelCode
    goodTill,
    ...empty(3), // rule80A, percentOffset, settlingFirm
    ...group(0, "", -1, 0), // shortSaleSlot, designatedLocation, exemptCode, auctionStrategy
    ...empty(6), // startingPrice to displaySize
    ...group(0, 0, 0, "", 3, 0, 0, ""), // blockOrder, sweepToFill, allOrNone, minQty, ocaType, eTradeOnly, firmQuoteOnly, nbboPriceCap
    Number(order.labels["parentOrderId"] ?? 0),
    0, // triggerMethod
    ...group("", 0, "", ""), // volatility, its type, delta neutral type and price
    ...group(0, 0, "", percent), // continuousUpdate, referencePriceType, trailStopPrice, trailingPercent
    ...group("", "", "", 0, 0, 0), // basisPoints and its type, combo legs
    ...group("", "", "", ""), // scale, hedgeType
    ...group(0, "", "IB", 0, 0, "", 0, 0), // optOutSmartRouting, clearing, notHeld, delta neutral, algoStrategy, solicited, whatIf
    statusOf(order, teller.account),
    ...Array<Field>(9).fill(unset), // margins before, changed, after
    ...group("", "", "", "", "", 0, 0, 0), // commission, its least, most and currency, warning, randomize, conditions
    ...group("None", "", "", "", "", "", "", 0), // adjusted order
    ...group("", "", "", "", 0, 0, 0, 0), // soft dollar tier, cashQty, four flags
    ...group("", "", 0), // duration, postToAts, autoCancelParent
    ...empty(5), // pegged orders
  ]);
}

/** An order that is over, as the list of completed orders shows it. */
export function completedOrder(order: ExchangeOrder, teller: Teller): Buffer {
  const [, , , percent] = termFields(order.terms);
  const status = statusOf(order, teller.account);
  const size = order.status === "filled" ? `Filled Size: ${decimal(order.filledQuantity)}` : order.reason;
  return frame([
    101,
    ...mainFields(order, teller),
    permIdOf(order),
    ...group(0, 0, 0, ""), // outsideRth, hidden, discretionary amount, goodAfterTime
    ...empty(5), // faGroup, faMethod, faPercentage, modelCode, goodTillDate
    ...empty(3), // rule80A, percentOffset, settlingFirm
    ...group(0, "", -1), // shortSaleSlot, designatedLocation, exemptCode
    ...empty(6), // startingPrice to displaySize
    ...group(0, 0, "", 3, 0), // sweepToFill, allOrNone, minQty, ocaType, triggerMethod
    ...group("", 0, "", ""), // volatility, its type, delta neutral type and price
    ...group(0, 0, "", percent), // continuousUpdate, referencePriceType, trailStopPrice, trailingPercent
    ...group("", 0, 0, 0), // combo legs
    ...group("", "", "", ""), // scale, hedgeType
    ...group("", "IB", 0, 0, "", 0), // clearing, notHeld, delta neutral, algoStrategy, solicited
    status === "Inactive" ? "Cancelled" : status,
    ...group(0, 0, 0), // randomize, conditions
    ...group("", "", "", 0, 0, ""), // trailStopPrice, lmtPriceOffset, cashQty, two flags, autoCancelDate
    decimal(order.filledQuantity),
    ...group(0, 0, "", 0, 0, 0), // refFuturesConId, autoCancelParent, shareholder, two flags, parentPermId
    timeText(order.updatedMs),
    size,
    ...empty(5), // pegged orders
  ]);
}

/** How an order stands: what it is, and how much of it has filled. */
export function orderFrames(order: ExchangeOrder, teller: Teller): readonly Buffer[] {
  const { clientId, orderId } = originOf(order);
  const { account } = teller;
  const { filledQuantity, filledValue, quantity } = order;
  const average = filledQuantity > 0 ? filledValue / filledQuantity : 0;
  const last = account.fills.findLast((fill) => fill.venueOrderId === order.venueOrderId)?.price ?? 0;
  const status = frame([
    3,
    orderId,
    statusOf(order, account),
    decimal(filledQuantity),
    decimal(quantity - filledQuantity),
    decimal(average),
    permIdOf(order),
    Number(order.labels["parentOrderId"] ?? 0),
    decimal(last),
    clientId,
    isOver(order) || !isHeld(order, account) ? "" : order.parentId === null ? "trigger" : "child",
    0,
  ]);
  return [openOrder(order, teller), status];
}

/** The same, with why it has ended where it has. */
export function orderNews(order: ExchangeOrder, teller: Teller): readonly Buffer[] {
  const { orderId } = originOf(order);
  const frames = orderFrames(order, teller);
  if (order.status === "rejected")
    return [errorFrame(orderId, [201, `Order rejected - reason:${order.reason}`]), ...frames];
  const isCanceled = order.status === "canceled" || order.status === "expired";
  if (!isCanceled) return frames;
  const reason = order.code === "on_request" ? "" : `${order.status}: ${order.reason}`;
  return [errorFrame(orderId, cancelOf(reason)), ...frames];
}

/** An execution and what it cost. A correction has the same name but for its last number, and what is right now. */
export function fillFrames(
  fill: ExchangeFill,
  teller: Teller,
  reqId: number,
  isBusted = false,
): readonly Buffer[] {
  const { exchange, account, accountName } = teller;
  const order = account.orders.byId(fill.venueOrderId)!;
  const { clientId, orderId } = originOf(order);
  const contract = contractOf(exchange.listing(fill.symbol)!, exchange);
  const earlier = account.fills.filter(
    ({ venueOrderId, sequence }) => venueOrderId === fill.venueOrderId && sequence <= fill.sequence,
  );
  const cumulative = earlier.reduce((sum, { quantity }) => sum + quantity, 0);
  const value = earlier.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  const execId = `0000e1a7.${fill.sequence.toString(16).padStart(8, "0")}.01.${isBusted ? "02" : "01"}`;
  const execution = frame([
    11,
    reqId,
    orderId,
    ...contractFields(contract),
    execId,
    timeText(fill.timeMs),
    accountName,
    contract.primaryExchange || contract.exchange,
    fill.side === "buy" ? "BOT" : "SLD",
    isBusted ? 0 : decimal(fill.quantity),
    decimal(fill.price),
    permIdOf(order),
    clientId,
    order.labels["createdBy"] === "liquidation" ? 1 : 0,
    decimal(isBusted ? cumulative - fill.quantity : cumulative),
    decimal(value / cumulative),
    order.labels["orderRef"] ?? "",
    ...group("", "", ""), // evRule, evMultiplier, modelCode
    fill.liquidity === "maker" ? 1 : 2,
    0, // whether its price may still change
  ]);
  const fee = isBusted ? 0 : fill.fee;
  return [execution, frame([59, 1, execId, decimal(fee), fill.feeCurrency, unset, unset, ""])];
}
