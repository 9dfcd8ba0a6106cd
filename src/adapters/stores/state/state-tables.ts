/** A session, and how much of its journal the other tables tell. */
export type SessionRow = {
  readonly id: string;
  readonly mode: string;
  readonly account: string;
  readonly strategy: string;
  /** As JSON. */
  readonly params: string;
  /** As JSON. */
  readonly symbols: string;
  readonly timeframe: string;
  readonly broker: string;
  readonly isDemo: number;
  readonly startedMs: number;
  readonly settingsHash: string;
  /** Money it began with, in the base currency of its account. */
  readonly cash: number;
  /** Bytes of the journal that were read. */
  readonly journalBytes: number;
  /** SHA-256 of its decisions; null where the session could not be lived through again. */
  readonly decisionsHash: string | null;
  /** Why there are no rows of equity, decisions and trades; null where there are. */
  readonly replayFailure: string | null;
};

type OfSession = { readonly sessionId: string; readonly sequence: number };

/** An order as it was sent, with its newest terms and its end. */
export type OrderRow = OfSession & {
  readonly orderId: number;
  /** Names at the venue, as JSON. */
  readonly clientOrderIds: string;
  readonly symbol: string;
  readonly side: string;
  readonly type: string;
  readonly quantity: number;
  /** Limit, stop or trigger price; null for a market order. */
  readonly price: number | null;
  readonly filledQuantity: number;
  readonly status: string;
  readonly isProtection: number;
  readonly requestedMs: number;
  readonly reason: string;
  /** What the venue said at its end. */
  readonly endReason: string | null;
};

/** An execution; the quantity is signed. */
export type FillRow = OfSession & {
  readonly orderId: number;
  readonly timeMs: number;
  readonly symbol: string;
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly feeCurrency: string | null;
  readonly liquidity: string;
};

/** What was decided, or what a rule made of it. */
export type DecisionRow = OfSession & {
  readonly timeMs: number;
  readonly symbol: string;
  /** `signal`, `refused`, `trimmed`, `alarm` or `selection`. */
  readonly kind: string;
  readonly quantity: number | null;
  readonly reason: string;
};

/** A closed round trip, in base currency. */
export type TradeRow = OfSession & {
  readonly symbol: string;
  readonly side: string;
  readonly entryTimeMs: number;
  readonly exitTimeMs: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly quantity: number;
  readonly pnl: number;
  readonly feesPaid: number;
  readonly entryReason: string;
  readonly exitReason: string;
};

/** What the account was worth when bars had closed. */
export type EquityRow = OfSession & { readonly timeMs: number; readonly equity: number };

/** What is held at the end of what was read; the quantity is signed. */
export type PositionRow = OfSession & {
  readonly symbol: string;
  readonly quantity: number;
  readonly lastPrice: number | null;
};

/** What went wrong, or what the kill switch said: `kind` is `incident` or `trading`. */
export type EventRow = OfSession & {
  readonly atMs: number;
  readonly kind: string;
  readonly what: string;
  readonly message: string;
};

/** The tables of the state database by the names that Kysely gives them; in the database they are in snake case. */
export type StateTables = {
  readonly sessions: SessionRow;
  readonly orders: OrderRow;
  readonly fills: FillRow;
  readonly decisions: DecisionRow;
  readonly trades: TradeRow;
  readonly equity: EquityRow;
  readonly positions: PositionRow;
  readonly events: EventRow;
};

/** All rows of one session: what a journal says, as tables. */
export type SessionRows = { readonly session: SessionRow } & {
  readonly [Table in Exclude<keyof StateTables, "sessions">]: readonly Omit<
    StateTables[Table],
    "sessionId" | "sequence"
  >[];
};
