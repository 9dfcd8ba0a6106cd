import type { AssetClass } from "../../domain/instrument.ts";
import type { OrderStatus, OrderTerms, Side, TimeInForce, VenueCode } from "../../domain/order.ts";

/** One thing that the exchange trades, with the rules of its orders. */
export type Listing = {
  readonly symbol: string;
  readonly assetClass: AssetClass;
  readonly baseCurrency: string;
  readonly quoteCurrency: string;
  readonly tickSize: number;
  readonly lotSize: number;
  readonly quantityMin: number;
  readonly notionalMin: number;
  readonly contractMultiplier: number;
  readonly calendarName: string;
  readonly canShort: boolean;
  /** The fee of a purchase is kept from what was bought, as markets of coins do it; else it is money. */
  readonly keepsFeeOfPurchase: boolean;
};

/** Which position an order belongs to: the only one, or in hedge mode the long or the short one. */
export type Leg = "net" | "long" | "short";

/** An order as somebody hands it in. */
export type OrderTicket = {
  /** Unique on the account for ever; null for what is done by hand. */
  readonly clientOrderId: string | null;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: Side;
  readonly quantity: number;
  readonly terms: OrderTerms;
  readonly timeInForce: TimeInForce;
  /** For `gtd`, UTC milliseconds; else Infinity. */
  readonly expireTimeMs: number;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  /** As large as the position, whatever that is. */
  readonly closePosition: boolean;
  /** Venue id of the order that wakes this one. */
  readonly parentId: string | null;
  /** Orders of one group other than 0: what one fills the others lose. */
  readonly ocoGroup: number;
  /** Whose price triggers it. */
  readonly triggerBy: "last" | "mark";
  /** What a face wants to read back: words of its own protocol. */
  readonly labels: Readonly<Record<string, string>>;
};

/** An order as the exchange keeps it. A new object with every change: what somebody holds does not move. */
export type ExchangeOrder = OrderTicket & {
  readonly venueOrderId: string;
  /** Counts up over all orders of the account: the place in lists and pages. */
  readonly sequence: number;
  readonly status: OrderStatus;
  readonly filledQuantity: number;
  /** Sum of price times quantity over its fills; 0 before the first. */
  readonly filledValue: number;
  readonly feePaid: number;
  /** Why it ended or was refused; null while it works, or when it is filled. */
  readonly code: VenueCode | null;
  readonly reason: string;
  /** The order that took its place, and the one whose place it took. */
  readonly replacedBy: string | null;
  readonly replaces: string | null;
  readonly createdMs: number;
  readonly updatedMs: number;
};

/** One execution. */
export type ExchangeFill = {
  readonly fillId: string;
  /** Counts up over all fills of the account. */
  readonly sequence: number;
  readonly venueOrderId: string;
  readonly clientOrderId: string | null;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly feeCurrency: string;
  readonly liquidity: "maker" | "taker";
  /** What is held after it, signed. */
  readonly positionAfter: number;
  readonly timeMs: number;
};

/** What is held of one leg. */
export type ExchangePosition = {
  readonly symbol: string;
  readonly leg: Leg;
  /** Signed. */
  readonly quantity: number;
  readonly averagePrice: number;
  readonly lastPrice: number;
  readonly markPrice: number;
  /** What it adds to the cash, in the account's currency. */
  readonly worth: number;
  readonly realizedPnl: number;
  readonly feesPaid: number;
  readonly updatedMs: number;
};

/** What happens at the exchange, told as it happens. */
export type ExchangeEvent =
  | { readonly kind: "order"; readonly accountKey: string; readonly order: ExchangeOrder }
  | {
      readonly kind: "fill" | "bust";
      readonly accountKey: string;
      readonly fill: ExchangeFill;
      readonly order: ExchangeOrder;
    }
  /** A cancel or a change that came too late. */
  | {
      readonly kind: "cancel_rejected" | "modify_rejected";
      readonly accountKey: string;
      readonly order: ExchangeOrder;
      readonly reason: string;
    }
  | {
      readonly kind: "charge";
      readonly accountKey: string;
      readonly symbol: string;
      readonly chargeKind: string;
      readonly amount: number;
      readonly timeMs: number;
    }
  /** Bars of these symbols have closed, and everything that they filled has been told. */
  | { readonly kind: "slice"; readonly timeMs: number; readonly symbols: readonly string[] };

/** What the exchange answers to something that was sent. */
export type ExchangeAnswer =
  | { readonly kind: "accepted"; readonly order: ExchangeOrder }
  | { readonly kind: "rejected"; readonly code: VenueCode; readonly reason: string };

/** Whether an order has come to its end. */
export function isOver({ status }: ExchangeOrder): boolean {
  return status === "filled" || status === "canceled" || status === "rejected" || status === "expired";
}

/** What is answered about an order that is not there, or not any more. */
export function notWorking(order: ExchangeOrder | null): ExchangeAnswer {
  return order === null
    ? { kind: "rejected", code: "unknown_order", reason: "no such order" }
    : { kind: "rejected", code: "already_over", reason: `the order is ${order.status}` };
}

/** A ticket from what is not usual about it. */
export function orderTicket(
  wanted: Partial<OrderTicket> & Pick<OrderTicket, "symbol" | "side" | "quantity">,
): OrderTicket {
  return {
    clientOrderId: null,
    leg: "net",
    terms: { type: "market" },
    timeInForce: "gtc",
    expireTimeMs: Infinity,
    postOnly: false,
    reduceOnly: false,
    closePosition: false,
    parentId: null,
    ocoGroup: 0,
    triggerBy: "last",
    labels: {},
    ...wanted,
  };
}

/** A ticket as an order of which nothing has filled. */
export function newOrder(
  ticket: OrderTicket,
  status: OrderStatus,
  venueOrderId: string,
  sequence: number,
  timeMs: number,
): ExchangeOrder {
  return {
    ...ticket,
    venueOrderId,
    sequence,
    status,
    filledQuantity: 0,
    filledValue: 0,
    feePaid: 0,
    code: null,
    reason: "",
    replacedBy: null,
    replaces: null,
    createdMs: timeMs,
    updatedMs: timeMs,
  };
}
