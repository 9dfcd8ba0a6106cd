import { assert } from "../../base/assert.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Bars } from "../../domain/bars.ts";
import { conversionsFor } from "../../domain/currency.ts";
import type { Instrument, InstrumentIndex } from "../../domain/instrument.ts";
import { Ledger } from "../../domain/ledger.ts";
import { Venue } from "../../venue/venue.ts";
import type { VenueAccount } from "../../venue/venue-account.ts";
import type { AccountOptions } from "./account-options.ts";
import { ExchangeAccount } from "./exchange-account.ts";
import { noteAccountCalls, type ExchangeCall, type Scribe } from "./exchange-calls.ts";
import { idMaker } from "./exchange-ids.ts";
import type { ExchangeEvent, Leg, Listing } from "./exchange-types.ts";
import type { ExchangeView } from "./exchange-views.ts";
import { MarkPrices } from "./mark-prices.ts";
import { Tape, type PlayedBars } from "./tape.ts";

export type ExchangeOptions = {
  readonly listings: readonly Listing[];
  /** One table for each listing, in the same order. */
  readonly bars: readonly Bars[];
  /** Mark prices by symbol, where they differ from the last ones. */
  readonly markBars?: readonly Bars[];
  /** Whether accounts may hold a long and a short position of one symbol. */
  readonly hasHedgeMode: boolean;
  readonly seed: number;
};

/**
 * An exchange in memory: accounts, orders with names, histories and news for whoever listens, over a venue that alone
 * says what fills. It has no clock: the market moves by `advance`, and between two slices time is what it is told.
 */
export class Exchange implements ExchangeView {
  readonly listings: readonly Listing[];
  readonly marks: MarkPrices;
  private readonly tape: Tape;
  private readonly venue: Venue;
  private readonly instruments: readonly Instrument[];
  private readonly indexOf: ReadonlyMap<string, number>;
  private readonly accountsByKey = new Map<string, ExchangeAccount>();
  private readonly accountsByVenue = new Map<VenueAccount, ExchangeAccount>();
  private readonly listeners = new Set<(event: ExchangeEvent) => void>();
  private readonly halted = new Set<string>();
  private readonly legs: 1 | 2;
  private readonly seed: number;
  private sliceMs = 0;
  private toldMs = 0;
  private scribe: Scribe | null = null;
  /** How deep we are in what a call from outside brings about. */
  private depth = 0;

  constructor(options: ExchangeOptions) {
    const { listings, bars, seed } = options;
    assert(
      listings.length === bars.length && listings.every(({ symbol }, k) => symbol === bars[k]!.symbol),
      "every listing has its bars",
    );
    this.listings = listings;
    this.seed = seed;
    this.legs = options.hasHedgeMode ? 2 : 1;
    this.tape = new Tape(bars, this.legs);
    this.indexOf = new Map(listings.map(({ symbol }, index) => [symbol, index]));
    this.instruments = Array.from({ length: this.legs }, () => listings)
      .flat()
      .map((listing, index) => instrumentOf(listing, index));
    const market = {
      instruments: this.instruments,
      bars: Array.from({ length: this.legs }, () => bars).flat(),
    };
    this.venue = new Venue(
      market,
      this.instruments.map(({ calendarName }) => calendarNamed(calendarName)),
    );
    this.marks = new MarkPrices(options.markBars ?? []);
  }

  /** The time of the market: of the last slice, or what was told since. */
  get timeMs(): number {
    return Math.max(this.sliceMs, this.toldMs);
  }

  /** When the next slice closes; Infinity at the end of the tape. */
  get nextTimeMs(): number {
    return this.tape.nextTimeMs;
  }

  /** Says how far the market's time has moved since the last slice. Never beyond the next one, never back. */
  tellTime(timeMs: number): void {
    this.toldMs = Math.max(this.toldMs, Math.min(timeMs, this.tape.nextTimeMs));
  }

  /** Opens an account; its holdings are booked at once. */
  openAccount(options: AccountOptions): ExchangeAccount {
    assert(!this.accountsByKey.has(options.key), "an account has a key of its own");
    const conversions = conversionsFor(this.instruments, options.currency);
    const ledger = new Ledger(options.cash, this.instruments, conversions, {
      kind: options.venue.accountKind,
      baseCurrency: options.currency,
    });
    const venueAccount = this.venue.openAccount(ledger, options.venue);
    const account = new ExchangeAccount(this, venueAccount, options, {
      nextId: idMaker(this.seed, `orders:${options.key}`),
      tell: (event) => this.tell(event),
    });
    this.accountsByKey.set(options.key, account);
    this.accountsByVenue.set(venueAccount, account);
    return account;
  }

  /** The account of a key; null for a key that nobody has. */
  account(key: string): ExchangeAccount | null {
    return this.accountsByKey.get(key) ?? null;
  }

  get accounts(): readonly ExchangeAccount[] {
    return [...this.accountsByKey.values()];
  }

  /** Calls `listener` with everything that happens from now on. The returned function ends that. */
  listen(listener: (event: ExchangeEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Plays slices that close up to `timeMs` as the past: nobody trades on them. */
  skipTo(timeMs: number): void {
    while (this.tape.nextTimeMs <= timeMs) this.playSlice();
  }

  /** Plays the next slice; false at the end of the tape. */
  advance(): boolean {
    if (this.tape.nextTimeMs === Infinity) return false;
    return this.carryOut(
      { call: "advance", timeMs: this.tape.nextTimeMs },
      () => {
        const symbols = this.playSlice()!;
        this.tell({ kind: "slice", timeMs: this.sliceMs, symbols });
        return true;
      },
      false,
    );
  }

  /** From now on what comes from outside is written down before it has an effect; all accounts are open by now. */
  keepBooks(scribe: Scribe): void {
    this.scribe = scribe;
    for (const account of this.accountsByKey.values())
      noteAccountCalls(
        account,
        (call, act, refused) => this.carryOut(call, act, refused),
        () => this.timeMs,
      );
  }

  /** The listing of a symbol; null for one that is not traded here. */
  listing(symbol: string): Listing | null {
    return this.listings[this.indexOf.get(symbol) ?? -1] ?? null;
  }

  /** The bars of a symbol that have closed. */
  played(symbol: string): PlayedBars {
    const index = this.indexOf.get(symbol);
    assert(index !== undefined, "only listed symbols have bars");
    return this.tape.playedOf(index);
  }

  /** The last close; NaN before the first. */
  lastPrice(symbol: string): number {
    const { bars, length } = this.played(symbol);
    return length === 0 ? Number.NaN : bars.close[length - 1]!;
  }

  /** The mark price, which triggers what asks for it and values positions. */
  markPrice(symbol: string): number {
    return this.marks.at(symbol) ?? this.lastPrice(symbol);
  }

  /** Whether regular trading is open now and nobody has halted it. */
  isOpen(symbol: string): boolean {
    const listing = this.listing(symbol);
    if (listing === null || this.halted.has(symbol)) return false;
    return calendarNamed(listing.calendarName).isOpen(this.timeMs);
  }

  isHalted(symbol: string): boolean {
    return this.halted.has(symbol);
  }

  /** Halts a symbol, or lets it trade again: a halted one takes no orders. */
  halt(symbol: string, isHalted: boolean): void {
    const act = (): unknown => (isHalted ? this.halted.add(symbol) : this.halted.delete(symbol));
    this.carryOut({ call: "halt", timeMs: this.timeMs, args: [symbol, isHalted] }, act, null);
  }

  /** Where a leg of a symbol stands among the venue's instruments. */
  instrumentIndex(symbol: string, leg: Leg): InstrumentIndex {
    const index = this.indexOf.get(symbol);
    assert(index !== undefined, "only listed symbols are instruments");
    assert(leg !== "short" || this.legs === 2, "a short leg needs an exchange with hedge mode");
    return (leg === "short" ? index + this.listings.length : index) as InstrumentIndex;
  }

  /** The symbol of one of the venue's instruments. */
  symbolAt(index: number): string {
    return this.listings[index % this.listings.length]!.symbol;
  }

  /** Whether that instrument is a short leg. */
  isShortLeg(index: number): boolean {
    return index >= this.listings.length;
  }

  private playSlice(): readonly string[] | null {
    for (const account of this.accountsByKey.values()) account.rejectDoomed();
    const slice = this.tape.next();
    if (slice === null) return null;
    this.sliceMs = slice.timeMs;
    this.marks.moveTo(slice.timeMs);
    // Copied: whoever hears of it may send again at once, and the venue reuses its list.
    this.venue.advance(slice, (account, reports) => this.accountsByVenue.get(account)?.hear([...reports]));
    const symbols: string[] = [];
    for (let k = 0; k < slice.count / this.legs; k++) symbols.push(this.symbolAt(slice.instruments[k]!));
    for (const account of this.accountsByKey.values()) account.checkMarkTriggers();
    return symbols;
  }

  /** What listeners call while this goes on follows from it, and is not written down. */
  private carryOut<T>(call: ExchangeCall, act: () => T, refused: T): T {
    if (this.depth === 0 && this.scribe?.(call) === false) return refused;
    this.depth += 1;
    try {
      return act();
    } finally {
      this.depth -= 1;
    }
  }

  private tell(event: ExchangeEvent): void {
    if (event.kind === "fill") this.scribe?.({ call: "filled", account: event.accountKey, fill: event.fill });
    for (const listener of this.listeners) listener(event);
  }
}

function instrumentOf(listing: Listing, index: number): Instrument {
  const { symbol, assetClass, quoteCurrency, tickSize, lotSize, notionalMin, contractMultiplier } = listing;
  const { calendarName } = listing;
  return {
    index: index as InstrumentIndex,
    symbol,
    assetClass,
    quoteCurrency,
    tickSize,
    lotSize,
    notionalMin,
    contractMultiplier,
    calendarName,
  };
}
