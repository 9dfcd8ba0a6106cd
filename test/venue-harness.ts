import { BarTable } from "../src/domain/bar-table.ts";
import { calendarNamed } from "../src/domain/calendar/calendar-named.ts";
import { conversionsFor } from "../src/domain/currency.ts";
import type { Instrument, InstrumentIndex } from "../src/domain/instrument.ts";
import { Ledger } from "../src/domain/ledger.ts";
import type { ExecutionReport, OrderId, OrderRequest } from "../src/domain/order.ts";
import { hourMs } from "../src/base/time.ts";
import { Venue } from "../src/venue/venue.ts";
import type { VenueAccount, VenueAnswer } from "../src/venue/venue-account.ts";
import type { VenueOptions } from "../src/venue/venue-options.ts";

/** Open, high, low, close, and volume if it matters. */
export type Quad = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** A venue that takes everything at once and for nothing. */
export const freeVenue: VenueOptions = {
  accountKind: "margin",
  leverage: 10,
  maintenanceMargin: 0,
  commission: { fee: () => 0, rate: () => 0 },
  slippage: { fraction: () => 0, rate: () => 0 },
  latencyMs: 0,
  volumeShareMax: Infinity,
  borrowRate: 0,
  fundingRate: 0,
};

/**
 * An account at a venue with hourly bars and, unless told otherwise, one instrument and no costs: what a test can reckon
 * by hand.
 */
export class VenueHarness {
  readonly venue: VenueAccount;
  readonly ledger: Ledger;
  /** What the venue answered to the last order, cancel or change. */
  answer: VenueAnswer | null = null;
  /** Fills so far that the venue had to assume something for. */
  assumedFills = 0;
  private readonly tables: readonly BarTable[];
  private readonly sent = new Map<OrderId, OrderRequest>();
  private lastId = 0;
  private hour = 0;

  constructor(
    options: Partial<VenueOptions> = {},
    cash = 10_000,
    instrument: Partial<Instrument> = {},
    symbols: readonly string[] = ["TEST"],
  ) {
    const instruments = symbols.map((symbol, index): Instrument => ({
      index: index as InstrumentIndex,
      symbol,
      assetClass: "unknown",
      quoteCurrency: "USD",
      tickSize: 0.01,
      lotSize: 1,
      notionalMin: 0,
      contractMultiplier: 1,
      calendarName: "24/7",
      ...instrument,
    }));
    this.ledger = new Ledger(cash, instruments, conversionsFor(instruments, "USD"), {
      kind: options.accountKind ?? freeVenue.accountKind,
      baseCurrency: "USD",
    });
    this.tables = symbols.map((symbol) => new BarTable(symbol, "1h"));
    const market = { instruments, bars: this.tables };
    const calendars = instruments.map(({ calendarName }) => calendarNamed(calendarName));
    this.venue = new Venue(market, calendars).openAccount(this.ledger, { ...freeVenue, ...options });
  }

  /** Sends an order: a market buy of one unit of the first symbol, changed by what is given. Returns its number. */
  send(order: Partial<OrderRequest>): OrderId {
    const id = order.id ?? (++this.lastId as OrderId);
    const request: OrderRequest = {
      id,
      instrument: 0 as InstrumentIndex,
      side: "buy",
      quantity: 1,
      terms: { type: "market" },
      timeInForce: "gtc",
      expireTimeMs: Infinity,
      postOnly: false,
      reduceOnly: false,
      closePosition: false,
      parentId: null,
      ocoGroup: 0,
      weightAtFill: null,
      requestedMs: this.hour * hourMs,
      reason: "test",
      ...order,
    };
    this.sent.set(id, request);
    this.answer = this.venue.submit(request);
    return id;
  }

  /** Asks the venue to cancel an order. */
  cancel(id: OrderId): void {
    this.answer = this.venue.cancel(id);
  }

  /** Asks the venue to change an order that was sent. */
  modify(id: OrderId, change: Partial<OrderRequest>): void {
    const order = { ...this.sent.get(id)!, ...change };
    this.sent.set(id, order);
    this.answer = this.venue.modify(order);
  }

  /** Lets one hourly bar of every symbol pass and returns what the venue reports. */
  bar(...quads: readonly Quad[]): readonly ExecutionReport[] {
    this.hour += 1;
    const timeMs = this.hour * hourMs;
    quads.forEach(([open, high, low, close, volume = 1_000], k) =>
      this.tables[k]!.append(timeMs, open, high, low, close, volume),
    );
    const instruments = Int32Array.from(quads.keys());
    const rows = Int32Array.from(quads, (_, k) => this.tables[k]!.length - 1);
    const reports = [...this.venue.advance({ timeMs, count: quads.length, instruments, rows })];
    for (const report of reports)
      if (report.kind === "filled" && report.fill.isAssumed === true) this.assumedFills += 1;
    return reports;
  }

  /** Lets time pass without a bar. */
  heartbeat(afterMs: number): readonly string[] {
    const timeMs = this.hour * hourMs + afterMs;
    const none = new Int32Array(0);
    return told(this.venue.advance({ timeMs, count: 0, instruments: none, rows: none }));
  }

  /** As `bar`, shortened: `"#1 1@100"` for a fill, `"#1 canceled: why"` for an end; acknowledgements are left out. */
  story(...quads: readonly Quad[]): readonly string[] {
    return told(this.bar(...quads));
  }
}

function told(reports: readonly ExecutionReport[]): readonly string[] {
  return reports.flatMap((report) => {
    if (report.kind === "filled")
      return [`#${report.fill.orderId} ${report.fill.quantity}@${report.fill.price}`];
    if (report.kind === "charged") return [`${report.charge.kind} ${report.charge.amount}`];
    return "reason" in report ? [`#${report.orderId} ${report.kind}: ${report.reason}`] : [];
  });
}
