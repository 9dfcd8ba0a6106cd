import type { OrderRequest, OrderStatus, Side, VenueCode } from "../domain/order.ts";

/**
 * A real venue as the robot sees it: everything takes time and may fail, numbers are the venue's own texts, and nothing
 * is sure until it was asked. Beside it stands `Broker`, the mailbox that the engine knows; whoever joins the two turns
 * these texts into the numbers of the run.
 */
export interface BrokerConnection {
  /** Logs in and begins to listen. Resolves when fills of the account can no longer be missed. */
  open(listener: BrokerListener, signal: AbortSignal): Promise<void>;
  /** Sends an order. `unknown` is no failure: the order may live, and only asking the venue tells. */
  submit(clientOrderId: string, order: OrderRequest): Promise<Acknowledgement>;
  /** Asks for the end of an order; that it has ended is told by a report or by asking. */
  cancel(clientOrderId: string): Promise<Acknowledgement>;
  /** Asks for other prices or another quantity of an order that works; `order` is the whole of it. */
  modify(clientOrderId: string, order: OrderRequest): Promise<Acknowledgement>;
  /** Money and positions as the venue has them now. */
  account(): Promise<AccountSnapshot>;
  /** The orders that work now. */
  openOrders(): Promise<OpenOrders>;
  /** One order by our name for it; null when the venue has never seen it. */
  order(clientOrderId: string): Promise<VenueOrder | null>;
  /** Every fill of the account from `sinceMs` on (venue time), oldest first, whether it was told before or not. */
  fillsSince(sinceMs: number): Promise<readonly VenueFill[]>;
  /** How the line is at this moment. */
  readonly line: LineState;
  /** Stops listening and hangs up. Orders at the venue stay as they are. */
  close(): Promise<void>;
}

/** Who hears what a venue tells by itself. Everything may come twice, late, or before the answer to what caused it. */
export interface BrokerListener {
  /** An order has another state. */
  onOrder(order: VenueOrder): void;
  onFill(fill: VenueFill): void;
  onLine(line: LineState): void;
}

/** What became of something that was sent. */
export type Acknowledgement =
  | { readonly kind: "accepted"; readonly venueOrderId: string; readonly venueTimeMs: number }
  | { readonly kind: "rejected"; readonly code: VenueCode; readonly reason: string }
  /** No answer, half an answer, or an error after which it may have been taken: ask, do not send again. */
  | { readonly kind: "unknown"; readonly reason: string };

/** The state of the line to a venue. `atMs` is the clock of this machine. */
export type LineState =
  | { readonly kind: "connecting" | "live" | "closed"; readonly atMs: number }
  /** Nothing is heard until it is live again; what happened meanwhile must be asked for. */
  | { readonly kind: "down"; readonly atMs: number; readonly reason: string }
  /** The venue will not have us: keys, permissions, a closed account. Nobody tries again by himself. */
  | { readonly kind: "refused"; readonly atMs: number; readonly reason: string };

/** An account at one moment of the venue. */
export type AccountSnapshot = {
  readonly venueTimeMs: number;
  /** By currency. */
  readonly cash: ReadonlyMap<string, number>;
  /** Signed quantity by symbol, as the venue writes it; what is not held is left out. */
  readonly positions: ReadonlyMap<string, VenuePosition>;
};

/** What is held of one symbol. */
export type VenuePosition = { readonly quantity: number; readonly averagePrice: number };

/**
 * The orders that work. `whole` lists every one of them; from a page that was cut, or a moment when the venue could not
 * say, nothing may be concluded about an order that is missing.
 */
export type OpenOrders =
  | { readonly kind: "whole"; readonly orders: readonly VenueOrder[] }
  | { readonly kind: "unknown"; readonly reason: string };

/** An order as a venue tells of it. */
export type VenueOrder = {
  /** Null for an order that was not sent through us. */
  readonly clientOrderId: string | null;
  readonly venueOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly filledQuantity: number;
  readonly status: OrderStatus;
  /** Why it ended or was refused; null while it works. */
  readonly code: VenueCode | null;
  readonly venueTimeMs: number;
};

/** One execution as a venue tells of it. */
export type VenueFill = {
  /** Unique at the venue: the same fill is known by it, over whichever road it comes. */
  readonly fillId: string;
  readonly clientOrderId: string | null;
  readonly venueOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  /** Negative is a rebate. */
  readonly fee: number;
  readonly feeCurrency: string;
  readonly liquidity: "maker" | "taker";
  readonly venueTimeMs: number;
  /** When it was heard of here; outside the identity of a run. */
  readonly receivedAtMs: number;
};
