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
  readonly price: number;
  /** Commission in quote currency, >= 0. */
  readonly fee: number;
  /** What slippage cost against the price without it, in quote currency. */
  readonly slippageCost: number;
  readonly liquidity: "maker" | "taker";
  readonly timeMs: number;
};

/** Money that moves without a trade: financing of a position or of borrowed stock. Positive = we pay. */
export type Charge = {
  readonly kind: "funding" | "borrow" | "interest";
  readonly instrument: InstrumentIndex;
  readonly amount: number;
  readonly timeMs: number;
};

/** What a venue tells about an order or the account. */
export type ExecutionReport =
  | { readonly kind: "accepted"; readonly orderId: OrderId; readonly timeMs: number }
  | { readonly kind: "triggered"; readonly orderId: OrderId; readonly timeMs: number }
  | { readonly kind: "filled"; readonly fill: Fill; readonly isComplete: boolean }
  | {
      readonly kind: "canceled" | "rejected" | "expired";
      readonly orderId: OrderId;
      readonly timeMs: number;
      readonly reason: string;
    }
  | { readonly kind: "charged"; readonly charge: Charge };

/** The life of an order; the last four are its ends. */
export type OrderStatus =
  | "submitted"
  | "accepted"
  | "triggered"
  | "partially_filled"
  | "filled"
  | "canceled"
  | "rejected"
  | "expired";

/** +1 for buy, -1 for sell. */
export function signOf(side: Side): 1 | -1 {
  return side === "buy" ? 1 : -1;
}
