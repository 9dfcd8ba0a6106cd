import type { OrderStatus, OrderTerms, Side, VenueCode } from "../../domain/order.ts";

/** MetaTrader's answers to a request for trade. Source: MQL5 reference, "Return Codes of the Trade Server". */
export const retcodes = {
  requote: 10004,
  reject: 10006,
  placed: 10008,
  done: 10009,
  error: 10011,
  timeout: 10012,
  invalid: 10013,
  invalidVolume: 10014,
  invalidPrice: 10015,
  invalidStops: 10016,
  tradeDisabled: 10017,
  marketClosed: 10018,
  noMoney: 10019,
  priceOff: 10021,
  tooManyRequests: 10024,
  noChanges: 10025,
  autotradingDisabled: 10027,
  invalidFill: 10030,
  noConnection: 10031,
  limitVolume: 10034,
  invalidOrder: 10035,
  positionClosed: 10036,
  shortOnly: 10042,
  longOnly: 10043,
} as const;

/** The number for a word of the exchange. */
export function retcodeOf(code: VenueCode): number {
  switch (code) {
    case "bad_number":
      return retcodes.invalid;
    case "lot_size":
    case "notional_min":
      return retcodes.invalidVolume;
    case "tick_size":
      return retcodes.invalidPrice;
    case "would_trigger":
      return retcodes.invalidPrice;
    case "buying_power":
      return retcodes.noMoney;
    case "session_closed":
      return retcodes.marketClosed;
    case "halted":
      return retcodes.tradeDisabled;
    case "unavailable":
      return retcodes.priceOff;
    case "long_only":
      return retcodes.longOnly;
    case "unsupported":
      return retcodes.invalidOrder;
    case "nothing_to_reduce":
      return retcodes.positionClosed;
    default:
      return retcodes.reject;
  }
}

/** `2024.03.05 14:00`, with seconds where they are wanted, of a wall time written as if it were UTC. */
export function wallText(wallMs: number, withSeconds: boolean): string {
  const text = new Date(wallMs).toISOString();
  return `${text.slice(0, 10).replaceAll("-", ".")} ${text.slice(11, withSeconds ? 19 : 16)}`;
}

/** MetaTrader's kinds of orders. */
export const orderTypes = ["buy", "sell", "buylimit", "selllimit", "buystop", "sellstop"] as const;
type TerminalOrderType = (typeof orderTypes)[number];

/** What an order of that kind is here; null for a word that is none. */
export function termsOf(
  type: string,
  price: number,
): { readonly side: Side; readonly terms: OrderTerms } | null {
  if (!orderTypes.includes(type as TerminalOrderType)) return null;
  const side = type.startsWith("buy") ? "buy" : "sell";
  switch (type.slice(side.length)) {
    case "limit":
      return { side, terms: { type: "limit", limitPrice: price } };
    case "stop":
      return { side, terms: { type: "stop_market", stopPrice: price } };
    default:
      return { side, terms: { type: "market" } };
  }
}

/** The same the other way round: kind and price. */
export function typeOf(side: Side, terms: OrderTerms): { readonly type: string; readonly price: number } {
  if (terms.type === "limit") return { type: `${side}limit`, price: terms.limitPrice };
  if (terms.type === "stop_market") return { type: `${side}stop`, price: terms.stopPrice };
  return { type: side, price: 0 };
}

/** MetaTrader's word for where an order stands. */
export function stateOf(status: OrderStatus): string {
  switch (status) {
    case "partially_filled":
      return "partial";
    case "cancel_pending":
      return "request_cancel";
    case "replace_pending":
      return "request_modify";
    case "filled":
    case "canceled":
    case "rejected":
    case "expired":
      return status;
    default:
      return "placed";
  }
}
