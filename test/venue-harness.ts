import { BarTable } from "../src/domain/bar-table.ts";
import { calendarNamed } from "../src/domain/calendar/calendar-named.ts";
import { conversionsFor } from "../src/domain/currency.ts";
import type { Instrument, InstrumentIndex } from "../src/domain/instrument.ts";
import { Ledger } from "../src/domain/ledger.ts";
import type { ApprovedOrder, ExecutionReport, OrderId, OrderRequest } from "../src/domain/order.ts";
import { hourMs } from "../src/base/time.ts";
import { SimulatedVenue } from "../src/venue/simulated-venue.ts";
import type { VenueOptions } from "../src/venue/venue-options.ts";

/** Open, high, low, close, and volume if it matters. */
export type Quad = readonly [open: number, high: number, low: number, close: number, volume?: number];

const free: VenueOptions = {
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

/** A venue with one instrument, hourly bars and, unless told otherwise, no costs: what a test can reckon by hand. */
export class VenueHarness {
  readonly venue: SimulatedVenue;
  readonly ledger: Ledger;
  private readonly bars = new BarTable("TEST", "1h");
  private readonly sent: ApprovedOrder[] = [];
  private lastId = 0;
  private hour = 0;

  constructor(options: Partial<VenueOptions> = {}, cash = 10_000, instrument: Partial<Instrument> = {}) {
    const instruments: Instrument[] = [
      {
        index: 0 as InstrumentIndex,
        symbol: "TEST",
        assetClass: "unknown",
        quoteCurrency: "USD",
        tickSize: 0.01,
        lotSize: 1,
        notionalMin: 0,
        contractMultiplier: 1,
        calendarName: "24/7",
        ...instrument,
      },
    ];
    this.ledger = new Ledger(cash, instruments, conversionsFor(instruments, "USD"));
    const market = { instruments, bars: [this.bars] };
    this.venue = new SimulatedVenue(market, [calendarNamed("24/7")], this.ledger, { ...free, ...options });
  }

  /** Sends an order: a market buy of one unit, changed by what is given. Returns its number. */
  send(order: Partial<OrderRequest>): OrderId {
    const id = ++this.lastId as OrderId;
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
    this.sent.push(request as ApprovedOrder);
    this.venue.submit(request as ApprovedOrder);
    return id;
  }

  /** Asks the venue to cancel an order. */
  cancel(id: OrderId): void {
    this.venue.cancel(this.sent.find((order) => order.id === id)!);
  }

  /** Lets one hourly bar pass and returns what the venue reports. */
  bar([open, high, low, close, volume = 1_000]: Quad): readonly ExecutionReport[] {
    this.hour += 1;
    this.bars.append(this.hour * hourMs, open, high, low, close, volume);
    const slice = {
      timeMs: this.hour * hourMs,
      count: 1,
      instruments: Int32Array.of(0),
      rows: Int32Array.of(this.bars.length - 1),
    };
    return [...this.venue.advance(slice)];
  }

  /** As `bar`, shortened: `"#1 1@100"` for a fill, `"#1 canceled: why"` for an end; acknowledgements are left out. */
  story(quad: Quad): readonly string[] {
    return this.bar(quad).flatMap((report) => {
      if (report.kind === "filled")
        return [`#${report.fill.orderId} ${report.fill.quantity}@${report.fill.price}`];
      if (report.kind === "charged") return [`${report.charge.kind} ${report.charge.amount}`];
      return "reason" in report ? [`#${report.orderId} ${report.kind}: ${report.reason}`] : [];
    });
  }
}
