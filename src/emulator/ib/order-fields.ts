import type { OrderTerms, TimeInForce } from "../../domain/order.ts";
import type { IbError } from "./ib-errors.ts";
import { readContract, type AskedContract } from "./ib-contracts.ts";
import { readTime } from "./ib-times.ts";
import type { FieldReader } from "./frames.ts";

/** An order as it came: what this venue does not know is left out. */
export type AskedOrder = {
  readonly orderId: number;
  readonly contract: AskedContract;
  readonly side: "buy" | "sell" | null;
  readonly quantity: number;
  readonly orderType: string;
  readonly limitPrice: number;
  readonly auxPrice: number;
  readonly timeInForce: string;
  readonly ocaGroup: string;
  readonly account: string;
  readonly orderRef: string;
  readonly isTransmitted: boolean;
  readonly parentId: number;
  readonly goodTillDate: string;
  readonly trailingPercent: number;
  readonly isWhatIf: boolean;
};

/** Reads message 3 as clients write it for server version 178. */
export function readOrder(fields: FieldReader): AskedOrder {
  const orderId = fields.whole();
  const contract = readContract(fields);
  fields.skip(2); // secIdType, secId
  const action = fields.text();
  const main = {
    quantity: fields.number(),
    orderType: fields.text().toUpperCase(),
    limitPrice: fields.number(),
    auxPrice: fields.number(),
    timeInForce: fields.text().toUpperCase(),
    ocaGroup: fields.text(),
    account: fields.text(),
  };
  fields.skip(2); // openClose, origin
  const orderRef = fields.text();
  const isTransmitted = fields.isTrue();
  const parentId = fields.whole();
  fields.skip(6); // blockOrder, sweepToFill, displaySize, triggerMethod, outsideRth, hidden
  fields.skip(3); // shares allocation, discretionary amount, goodAfterTime
  const goodTillDate = fields.text();
  fields.skip(7); // faGroup, faMethod, faPercentage, modelCode, shortSaleSlot, designatedLocation, exemptCode
  fields.skip(17); // ocaType to overridePercentageConstraints
  fields.skip(2); // volatility, volatilityType
  const deltaNeutralType = fields.text();
  fields.skip(deltaNeutralType === "" ? 1 : 9);
  fields.skip(3); // continuousUpdate, referencePriceType, trailStopPrice
  const trailingPercent = fields.number();
  return {
    orderId,
    contract,
    side: action === "BUY" ? "buy" : action === "SELL" || action === "SSHORT" ? "sell" : null,
    ...main,
    orderRef,
    isTransmitted,
    parentId,
    goodTillDate,
    trailingPercent,
    isWhatIf: readWhatIf(fields),
  };
}

function readWhatIf(fields: FieldReader): boolean {
  fields.skip(2); // scaleInitLevelSize, scaleSubsLevelSize
  fields.skip(fields.number() > 0 ? 7 : 0);
  fields.skip(3); // scaleTable, activeStartTime, activeStopTime
  if (fields.text() !== "") fields.skip(1); // hedgeType and what belongs to it
  fields.skip(4); // optOutSmartRouting, clearingAccount, clearingIntent, notHeld
  if (fields.isTrue()) fields.skip(3); // delta neutral contract
  if (fields.text() !== "") fields.skip(2 * fields.whole()); // algoStrategy
  fields.skip(1); // algoId
  return fields.isTrue();
}

/** What makes the order fill, in our words, or why there is no such order. */
export function termsOf(order: AskedOrder): OrderTerms | IbError {
  const { orderType, limitPrice, auxPrice, trailingPercent } = order;
  const missing: IbError = [
    321,
    `Error validating request.-'bT' : cause - a price of the ${orderType} order is missing`,
  ];
  const hasLimit = limitPrice > 0;
  const hasAux = auxPrice > 0;
  switch (orderType) {
    case "MKT":
      return { type: "market" };
    case "LMT":
      return Number.isFinite(limitPrice) ? { type: "limit", limitPrice } : missing;
    case "STP":
      return hasAux ? { type: "stop_market", stopPrice: auxPrice } : missing;
    case "STP LMT":
      return hasAux && hasLimit ? { type: "stop_limit", stopPrice: auxPrice, limitPrice } : missing;
    case "MIT":
      return hasAux ? { type: "market_if_touched", triggerPrice: auxPrice } : missing;
    case "LIT":
      return hasAux && hasLimit ? { type: "limit_if_touched", triggerPrice: auxPrice, limitPrice } : missing;
    case "TRAIL":
      if (trailingPercent > 0)
        return { type: "trailing_stop_market", trail: { kind: "fraction", fraction: trailingPercent / 100 } };
      return hasAux ? { type: "trailing_stop_market", trail: { kind: "amount", amount: auxPrice } } : missing;
    default:
      return [387, "Unsupported order type for this exchange and security type."];
  }
}

const times: Readonly<Record<string, TimeInForce>> = {
  "": "day",
  DAY: "day",
  GTC: "gtc",
  IOC: "ioc",
  FOK: "fok",
  GTD: "gtd",
};

/** How long it works, or why that cannot be. */
export function timeOf(
  order: AskedOrder,
): { readonly timeInForce: TimeInForce; readonly expireTimeMs: number } | IbError {
  const timeInForce = times[order.timeInForce];
  if (timeInForce === undefined) return [10052, `Invalid time in force:${order.timeInForce}.`];
  if (timeInForce !== "gtd") return { timeInForce, expireTimeMs: Infinity };
  const expireTimeMs = readTime(order.goodTillDate);
  return expireTimeMs === null
    ? [391, "The 'Good till date' has to be written as 20240305 10:30:00 US/Eastern."]
    : { timeInForce, expireTimeMs };
}
