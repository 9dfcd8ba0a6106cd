import type { OrderStatus, OrderTerms, Side } from "../domain/order.ts";
import type { BarTable } from "../domain/bar-table.ts";
import type { LiveFeed } from "../data/live/live-feed-parts.ts";
import type { Broker } from "../ports/broker.ts";
import type { LineState } from "../ports/broker-connection.ts";
import type { Market } from "../ports/market.ts";
import type { TradingState } from "../ports/risk.ts";
import type { VenueMoney } from "./kill/moved-money.ts";

export type { TradingState } from "../ports/risk.ts";

/** Something that a person should hear of. */
export type Incident = {
  readonly kind:
    /** The disk does not take the journal: nothing is sent any more. */
    | "disk failed"
    /** The venue has a fill or an order that we did not send. */
    | "external fill"
    | "external order"
    /** More was filled than ordered; the holding follows the venue. */
    | "overfill"
    /** The venue has taken a fill back. */
    | "bust"
    /** A fill that only the order's total tells of was booked at its average price. */
    | "fill inferred"
    /** A fee was taken in something that nothing turns into money. */
    | "fee unknown"
    /** The venue's holding is not ours. */
    | "position differs"
    /** An order is neither among the open ones nor known by its name. */
    | "order lost"
    /** An order has been without an answer for too long. */
    | "order unresolved"
    /** Money came or went without a trade: a deposit, a withdrawal. */
    | "money moved"
    /** An order waits here until its market opens. */
    | "market closed"
    /** The venue has other steps or sizes for a symbol than it told at the start. */
    | "rules changed"
    /** What is held is too little to be sold. */
    | "dust"
    /** A position has stood without the stop that it should have; or has one again. */
    | "unprotected"
    /** Orders are refused one after the other. */
    | "reject storm"
    | "line down"
    | "line back"
    | "line refused"
    | "question failed"
    | "lock lost"
    /** Some other part of the program failed and nobody caught it. */
    | "rejection unhandled"
    /** The strategy hung, threw or took too much memory, and was ended; it has come back. */
    | "strategy ended"
    | "strategy back"
    /** It is asked nothing any more; its stops and exits go on. */
    | "strategy muted"
    /** It comes near its limit of memory. */
    | "strategy large"
    | "recovered"
    /** Something was changed while the robot runs: settings, or a part that was switched on or off. */
    | "settings changed"
    /** Settings that cannot be, or do not open: those before them stay in force. */
    | "settings refused"
    /** The tables of the sessions cannot be told what happens; they have been told what they missed. */
    | "trading waits"
    | "trading goes on"
    | "database away"
    | "database back";
  readonly gravity: "notice" | "alarm";
  readonly atMs: number;
  readonly symbol: string | null;
  readonly message: string;
  /** How often it was told where that is more than once, and when first. */
  readonly times?: number;
  readonly sinceMs?: number;
};

/** One of our orders as a person reads it. */
export type OrderLine = {
  readonly id: number;
  readonly clientOrderIds: readonly string[];
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly filledQuantity: number;
  readonly terms: OrderTerms;
  readonly status: OrderStatus;
  readonly isProtection: boolean;
  readonly reason: string;
  readonly requestedMs: number;
};

/** What is held of one symbol, by our books and by those of the venue. */
export type PositionLine = {
  readonly symbol: string;
  readonly quantity: number;
  readonly averagePrice: number;
  readonly lastPrice: number;
  /** At the last price, in the account's currency at the last rate. */
  readonly unrealizedPnl: number;
  /** What stands as wanted, and why. */
  readonly wanted: number;
  readonly reason: string;
  /** Why nothing is opened in it; null while it trades. */
  readonly blocked: string | null;
};

/** An order that works on the account and that is not of this session. */
export type StrangerLine = {
  readonly symbol: string;
  readonly clientOrderId: string | null;
  /** As in `sell 10 BTC/USD stop market 90 (m5k2o7)`. */
  readonly order: string;
  /** The session before this one that sent it; null where nobody here knows whose it is. */
  readonly earlierSession: string | null;
  /** When this session heard of it. */
  readonly sinceMs: number;
  /** What a person does about it. */
  readonly fix: string;
};

/** The robot at this moment, as plain data. */
export type RobotStatus = {
  readonly atMs: number;
  readonly phase: "starting" | "recovering" | "running" | "stopping" | "stopped";
  readonly sessionId: string;
  readonly accountName: string;
  readonly trading: TradingState;
  readonly line: LineState;
  readonly positions: readonly PositionLine[];
  readonly orders: readonly OrderLine[];
  /** Absent in what versions before wrote. */
  readonly strangers?: readonly StrangerLine[];
  readonly equity: number;
  readonly cash: number;
  /** Equity as the venue last told it, and when; null before it was asked. */
  readonly venueEquity: { readonly equity: number; readonly atMs: number } | null;
  /** Cash in the account's currency and holdings of that answer; null where the venue tells no cash in it. */
  readonly venueMoney: Omit<VenueMoney, "ownEquity"> | null;
  /** When the newest fill happened, by the venue's clock; NaN before the first. */
  readonly lastFillMs: number;
  readonly lastDecision: {
    readonly timeMs: number;
    readonly symbol: string;
    readonly wanted: number;
    readonly reason: string;
  } | null;
  /** Close of the newest bar that was lived through; NaN before the first. */
  readonly lastBarMs: number;
  /** When the loop last went round, by the clock: who watches from outside sees a robot hang by it. */
  readonly lastTurnMs: number;
  /** For how long the strategy has been thinking about its present step; 0 while it waits for the next. */
  readonly answerOwedMs: number;
  /** Orders that were sent and of which nobody knows yet whether they have come to the venue. */
  readonly unanswered: number;
  readonly decisionsHash: string;
  readonly counts: RobotCounts;
  /** Orders that our own limits refused, and those they let through in part, since the session began. */
  readonly heldBack: { readonly refused: number; readonly trimmed: number };
  /** The newest incidents, oldest first. */
  readonly incidents: readonly Incident[];
};

/** What a robot has done since it started. */
export type RobotCounts = {
  readonly slices: number;
  readonly sent: number;
  readonly refusedHere: number;
  readonly refusedByVenue: number;
  readonly canceled: number;
  readonly fills: number;
  readonly unknown: number;
  readonly resent: number;
};

/** Where lines of the log go: pino's shape. `fields` are for machines, `message` for people. */
export type RobotLog = {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
};

/** One process per account: whoever does not hold the lock any more sends nothing. */
export type HeldLock = {
  /** Asked before every send. */
  readonly isHeld: boolean;
  release(): void;
};

/** What the account lacks or has too much of, beside our books. */
export type Difference = { readonly symbol: string; readonly ours: number; readonly venue: number };

/** How the venue is asked and believed; spans in milliseconds. */
export type RobotLimits = {
  /** Orders that may leave in any span of `spanMs`. Cancels have as many of their own. */
  readonly sends: { readonly count: number; readonly spanMs: number };
  /** An answer that has not come by then is unknown. */
  readonly answerMs: number;
  /** How often an order without an answer is asked for, and how long it must have been unknown to be sent again. */
  readonly askEveryMs: number;
  readonly unknownMs: number;
  /** How often the venue must say that it does not know an order before that is believed. */
  readonly missesMin: number;
  readonly resendsMax: number;
  /** An entry older than this is not sent again. */
  readonly staleOrderMs: number;
  /** Largest distance from the last close of a price at which something opens, as a share of it. */
  readonly priceCollar: number;
  readonly openOrdersEveryMs: number;
  readonly positionsEveryMs: number;
  /** Differences about an order or symbol that was touched within this time are not believed. */
  readonly quietMs: number;
};

/** What a session is made of that the robot itself brings. */
export type SessionMaking = {
  /** Growing tables by instrument index: those of the feed. */
  readonly bars: readonly BarTable[];
  /** Money to begin with: what the venue says. */
  readonly cash: number;
  /** Takes the place of the simulated venue. */
  readonly broker: (venue: Broker, market: Market) => Broker;
};

/** What the robot needs of a live feed. */
export type RobotFeed = Pick<LiveFeed, "bars" | "batches" | "wake" | "close">;

/** How a robot ended: asked to, at the end of its feed, or because it could not go on. */
export type RobotEnd =
  | { readonly kind: "stopped" | "feed ended" }
  | { readonly kind: "failed"; readonly error: unknown };
