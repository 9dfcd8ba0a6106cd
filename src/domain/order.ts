import type { Brand } from "../base/brand.ts";
import type { InstrumentIndex } from "./instrument.ts";

/** Our number of an order, unique in a run, counting up from 1. */
export type OrderId = Brand<number, "OrderId">;
export type Side = "buy" | "sell";

/** How far a trailing stop stays behind the best price: in price units or as a fraction of that price. */
export type Trail =
  | { readonly kind: "amount"; readonly amount: number }
  | { readonly kind: "fraction"; readonly fraction: number };

/** What makes an order fill. `..._if_touched` is the take-profit: it triggers when the price turns favourable. */
export type OrderTerms =
  | { readonly type: "market" }
  | { readonly type: "limit"; readonly limitPrice: number }
  | { readonly type: "stop_market"; readonly stopPrice: number }
  | { readonly type: "stop_limit"; readonly stopPrice: number; readonly limitPrice: number }
  | { readonly type: "trailing_stop_market"; readonly trail: Trail }
  | { readonly type: "market_if_touched"; readonly triggerPrice: number }
  | { readonly type: "limit_if_touched"; readonly triggerPrice: number; readonly limitPrice: number };
/** The types by name. */
export type OrderType = OrderTerms["type"];

/** Whether an order fills when the price runs against a position that it closes, or away from one that it opens. */
export function isStop(terms: OrderTerms): boolean {
  return terms.type === "stop_market" || terms.type === "stop_limit" || terms.type === "trailing_stop_market";
}

/** `gtd` orders carry `expireTimeMs`; `day` orders expire at the end of the session. */
export type TimeInForce = "gtc" | "day" | "ioc" | "fok" | "gtd";

/** An order before anybody has approved it. */
export type OrderRequest = {
  readonly id: OrderId;
  readonly instrument: InstrumentIndex;
  readonly side: Side;
  /** Positive, a multiple of the lot size. */
  readonly quantity: number;
  readonly terms: OrderTerms;
  readonly timeInForce: TimeInForce;
  readonly expireTimeMs: number;
  /** Canceled instead of taking liquidity. */
  readonly postOnly: boolean;
  /** Never opens or enlarges a position. */
  readonly reduceOnly: boolean;
  /**
   * Closes the position whatever its size: the order's quantity follows the position, and it goes when the position
   * goes (as Binance's `closePosition` and Bybit's position stops do). Always reduce-only.
   */
  readonly closePosition: boolean;
  /** One triggers other: this order sleeps until its parent fills and then works for the filled quantity. */
  readonly parentId: OrderId | null;
  /** One cancels other: a fill in the group shrinks or cancels its siblings. 0 = in no group. */
  readonly ocoGroup: number;
  /** When set, the venue recomputes the quantity from this weight of equity at the fill price. */
  readonly weightAtFill: number | null;
  readonly requestedMs: number;
  readonly reason: string;
};

/** Minted by the risk gate alone; `Broker.submit` accepts nothing else. */
export type ApprovedOrder = Brand<OrderRequest, "ApprovedOrder">;

/** One execution of one order. */
export type Fill = {
  /** Unique at the venue: a fill is booked once, however often it is reported. */
  readonly fillId: number;
  readonly orderId: OrderId;
  readonly instrument: InstrumentIndex;
  readonly side: Side;
  readonly quantity: number;
  /** All that the order has filled by now, this fill included: who has less has missed one. */
  readonly cumulativeQuantity: number;
  readonly price: number;
  /** Commission; negative is a rebate. */
  readonly fee: number;
  /** Currency of the fee; absent: the quote currency. */
  readonly feeCurrency?: string;
  /** It is no trade: the venue has kept this much of what was bought as its fee. */
  readonly isKeptFee?: boolean;
  /** What slippage cost against the price without it, in quote currency. */
  readonly slippageCost: number;
  readonly liquidity: "maker" | "taker";
  /** Whether an assumption about the way of the price inside a bar decided it: only a simulated venue assumes. */
  readonly isAssumed?: boolean;
  readonly timeMs: number;
};

/** What a split does to a holding, and to the prices of what waits for it. */
export type Split = {
  /** New shares for one old. */
  readonly ratio: number;
  /** The whole holding after it, signed. */
  readonly quantityAfter: number;
  /** Prices of orders are multiples of this. */
  readonly tickSize: number;
};

/**
 * Money that moves without a trade: financing of a position or of borrowed stock, dividends, and what a split leaves of a
 * lot. Positive = we pay.
 */
export type Charge = {
  /** Counts up from 1 at the venue: a charge is booked once, however often it is told. */
  readonly chargeId: number;
  readonly kind: "funding" | "borrow" | "interest" | "dividend" | "split";
  readonly instrument: InstrumentIndex;
  readonly amount: number;
  readonly split?: Split;
  readonly timeMs: number;
};

/**
 * Why a venue refused an order or ended it. Texts differ from venue to venue, these words do not: what is done about an
 * order hangs on them, so whatever a connection does not understand is `other`.
 */
export type VenueCode =
  // Refused for what it says:
  | "bad_number"
  | "lot_size"
  | "tick_size"
  | "notional_min"
  | "doubled_id"
  | "unknown_symbol"
  // A type, a time in force or a flag that the venue does not take:
  | "unsupported"
  | "unknown_order"
  | "already_over"
  // Refused for the state of the account:
  | "buying_power"
  | "long_only"
  | "nothing_to_reduce"
  // The price of a stop or a target has been reached already:
  | "would_trigger"
  // The price is too far from the market:
  | "price_band"
  // Refused for the state of the market or of the venue:
  | "session_closed"
  | "halted"
  | "unavailable"
  | "rate_limited"
  // Ended by its own terms:
  | "would_take"
  | "not_at_once"
  | "date_passed"
  | "session_ended"
  | "at_target"
  // Ended by us, or by what it hangs on:
  | "on_request"
  | "sibling_filled"
  | "parent_ended"
  | "position_closed"
  | "other";

/** What a venue tells about an order or the account. `reason` is the venue's own text, for people. */
export type ExecutionReport =
  | { readonly kind: "accepted" | "triggered"; readonly orderId: OrderId; readonly timeMs: number }
  | { readonly kind: "filled"; readonly fill: Fill; readonly isComplete: boolean }
  | {
      readonly kind: "canceled" | "rejected" | "expired";
      readonly orderId: OrderId;
      readonly timeMs: number;
      /** All that the order had filled when it ended. */
      readonly cumulativeQuantity: number;
      readonly code: VenueCode;
      readonly reason: string;
    }
  | {
      readonly kind: "cancel_rejected" | "modify_rejected";
      readonly orderId: OrderId;
      readonly timeMs: number;
      readonly code: VenueCode;
      readonly reason: string;
    }
  /** The order has other terms or another quantity from now on; `quantity` is the whole, filled part included. */
  | {
      readonly kind: "modified";
      readonly orderId: OrderId;
      readonly timeMs: number;
      readonly terms: OrderTerms;
      readonly quantity: number;
    }
  | { readonly kind: "charged"; readonly charge: Charge };

/** The life of an order. The first four only move forward, a pending one waits for an answer, the last four are ends. */
export type OrderStatus =
  | "submitted"
  | "accepted"
  | "triggered"
  | "partially_filled"
  | "cancel_pending"
  | "replace_pending"
  | "filled"
  | "canceled"
  | "rejected"
  | "expired";

/** +1 for buy, -1 for sell. */
export function signOf(side: Side): 1 | -1 {
  return side === "buy" ? 1 : -1;
}

/** How far the farthest price that an order names is from the last one, as a share of that; 0 for one that names none. */
export function priceDistance(terms: OrderTerms, lastPrice: number): number {
  let farthest = 0;
  for (const price of Object.values(terms)) {
    // One that is no number is farther than any.
    if (typeof price === "number") farthest = Math.max(farthest, Math.abs(price / lastPrice - 1));
  }
  return farthest;
}
