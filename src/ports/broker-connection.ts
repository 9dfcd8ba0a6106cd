import type { OrderStatus, OrderTerms, OrderType, Side, TimeInForce, VenueCode } from "../domain/order.ts";

/**
 * A real venue as the robot sees it: everything takes time and may fail, and nothing is sure until it was asked. Ids are
 * the venue's own texts, symbols are those of the run. Beside it stands `Broker`, the mailbox that the engine knows;
 * whoever joins the two turns these texts into the numbers of the run.
 *
 * Questions (`account`, `openOrders`, `order`, `fillsSince`, `instruments`, `timeMs`) reject when the venue could not
 * answer: a question that failed is never an empty answer. What is sent never rejects; it comes back `unknown`.
 */
export interface BrokerConnection {
  /** The account as the venue names it: what a person types to arm it. */
  readonly accountName: string;
  readonly capabilities: BrokerCapabilities;
  /** How the line is at this moment. */
  readonly line: LineState;
  /** Logs in, checks account and settings, and begins to listen. Resolves when fills can no longer be missed. */
  open(listener: BrokerListener, signal: AbortSignal): Promise<void>;
  /** Sends an order. `unknown` is no failure: the order may live, and only asking the venue tells. */
  submit(order: VenueOrderRequest, urgency?: Urgency): Promise<Acknowledgement>;
  /** Asks for the end of an order; that it has ended is told by a report or by asking. */
  cancel(clientOrderId: string, symbol: string): Promise<Acknowledgement>;
  /** Asks for other prices or another quantity of an order that works; `order` is the whole of it. */
  modify(order: VenueOrderRequest, urgency?: Urgency): Promise<Acknowledgement>;
  /** Asks for the end of every order of the account, of every list the venue keeps. Done is when `openOrders` is empty. */
  cancelAll(): Promise<Acknowledgement>;
  /** Money and positions as the venue has them now. */
  account(): Promise<AccountSnapshot>;
  /** The orders that work now, of every list and every page. */
  openOrders(): Promise<OpenOrders>;
  /** One order by our name for it; null when the venue has never seen it, or no longer says. */
  order(clientOrderId: string, symbol: string): Promise<VenueOrder | null>;
  /** Every fill of the account from `sinceMs` on (venue time), oldest first, whether it was told before or not. */
  fillsSince(sinceMs: number): Promise<readonly VenueFill[]>;
  /** The rules of the symbols the robot trades. Rejects for one the venue does not have. */
  instruments(symbols: readonly string[]): Promise<readonly VenueInstrument[]>;
  /** The venue's clock, UTC milliseconds. */
  timeMs(): Promise<number>;
  /** Whether orders of a symbol would trade now. */
  isMarketOpen(symbol: string): Promise<boolean>;
  /** What `open` checks, as it is now, for people. Changes nothing. Absent where nothing is checked. */
  inspect?(): Promise<readonly BrokerFinding[]>;
  /** Stops listening and hangs up. Orders at the venue stay as they are. */
  close(): Promise<void>;
}

/**
 * `usual` where nothing is said. Whether something makes a risk smaller and nothing else, as exits do and all cancels: that may use what is kept of a
 * rate limit, and goes into a pause that the venue asked for, seldom, to be heard as soon as it hears again.
 */
export type Urgency = "usual" | "urgent";

/** One thing about key, account or clock: how it is, and how it has to be. */
export type BrokerFinding = {
  /** `permission to withdraw`, `position mode`. */
  readonly what: string;
  readonly found: string;
  readonly wanted: string;
  /** False where `open` refuses because of it. */
  readonly isFit: boolean;
};

/** What a venue takes. What it does not take is refused before it is sent, or done here in its place. */
export type BrokerCapabilities = {
  readonly orderTypes: readonly OrderType[];
  readonly timesInForce: readonly TimeInForce[];
  readonly postOnly: boolean;
  /** False where an exit can open a position the other way: then exits are held within the holding here. */
  readonly reduceOnly: boolean;
  /**
   * True where what wants to fill at once is kept here while its market is closed, by its calendar: the venue would refuse it,
   * or keep it where nobody looks at it any more before it fills.
   */
  readonly waitsForOpen?: boolean;
  /**
   * True where the venue tells from the market to which side of it a trigger lies: a stop whose price has been reached would
   * then wait for the market to come back, and protect nothing.
   */
  readonly turnsReachedStops?: boolean;
  /** False where an order must be canceled and sent anew to change it. */
  readonly modify: boolean;
  /** The longest client order id, and what it may be made of. */
  readonly clientOrderId: { readonly lengthMax: number; readonly pattern: RegExp };
};

/** An order as it goes to a venue. */
export type VenueOrderRequest = {
  /** Ours, unique for ever, known before anything is sent. */
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly terms: OrderTerms;
  readonly timeInForce: TimeInForce;
  /** For `gtd`, UTC milliseconds; else Infinity. */
  readonly expireTimeMs: number;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
};

/** What may be traded at the venue, and in which steps. */
export type VenueInstrument = {
  readonly symbol: string;
  readonly tickSize: number;
  readonly lotSize: number;
  readonly quantityMin: number;
  /** The largest quantity that any order may have, where the venue says so: what is more goes in parts. */
  readonly quantityMax?: number | undefined;
  readonly notionalMin: number;
  readonly contractMultiplier: number;
  /** What is bought: fees may be taken from it. */
  readonly baseCurrency: string;
  readonly quoteCurrency: string;
  /** False while it is halted, delisted or not to be opened. */
  readonly isTradable: boolean;
  readonly canShort: boolean;
};

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
  /** No later than the positions: a fill after it may be in them, one before it is. */
  readonly venueTimeMs: number;
  /** By currency. */
  readonly cash: ReadonlyMap<string, number>;
  /** Money in `currency` without what the positions are worth: what is left of it where they were paid for, else without their open profit. */
  readonly balance: number;
  /** Everything at the venue's prices, in `currency`. */
  readonly equity: number;
  readonly currency: string;
  /** What new positions may use. */
  readonly buyingPower: number;
  /** Signed quantity by symbol, as the venue writes it; what is not held is left out. */
  readonly positions: ReadonlyMap<string, VenuePosition>;
};

/** What is held of one symbol. */
export type VenuePosition = {
  readonly quantity: number;
  readonly averagePrice: number;
  /** How much of the account's money was given for it, negative for what was received; 0 where only profit and loss are money. */
  readonly paid: number;
};

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
  /** What its fills cost on average, where the venue says so. */
  readonly averagePrice?: number;
  readonly status: OrderStatus;
  /** What it is; null for a type that has no word here. */
  readonly terms: OrderTerms | null;
  readonly reduceOnly: boolean;
  /** Why it ended or was refused; null while it works. */
  readonly code: VenueCode | null;
  /** The venue's own text, for people. */
  readonly reason: string;
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
  /** The venue takes a fee and does not tell it with the fill: `fee` is 0 and means nothing. */
  readonly isFeeUntold?: true;
  readonly liquidity: "maker" | "taker";
  readonly venueTimeMs: number;
  /** When it was heard of here; outside the identity of a run. */
  readonly receivedAtMs: number;
  /** The fill that the venue takes back with this one: a bust, or the first half of a correction. All else is as it was. */
  readonly takesBack?: string;
};
