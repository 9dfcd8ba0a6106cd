import { dayMs } from "../src/base/time.ts";
import { BarTable } from "../src/domain/bar-table.ts";
import { calendarNamed } from "../src/domain/calendar/calendar-named.ts";
import { conversionsFor } from "../src/domain/currency.ts";
import type { Instrument } from "../src/domain/instrument.ts";
import { Ledger } from "../src/domain/ledger.ts";
import type { ApprovedOrder, ExecutionReport, OrderId, OrderRequest } from "../src/domain/order.ts";
import type { Broker } from "../src/ports/broker.ts";
import { SimulatedBroker } from "../src/venue/simulated-broker.ts";
import { Venue } from "../src/venue/venue.ts";
import type { VenueOptions } from "../src/venue/venue-options.ts";
import { testInstrument } from "./plugin-tools.ts";
import { marketOrder } from "./risk-harness.ts";
import { freeVenue } from "./venue-harness.ts";

/** What a desk is put in front of: a venue, its books and the list of tables that it reads. */
export type VenueBehind = {
  readonly inner: SimulatedBroker;
  readonly ledger: Ledger;
  readonly bars: readonly BarTable[];
  readonly shown: BarTable[];
  readonly instruments: readonly Instrument[];
};

/** A desk in front of a real venue without costs; daily bars that stand still at one price, the first on day 0. */
export class VenueDesk<Desk extends Broker> {
  readonly desk: Desk;
  readonly behind: VenueBehind;
  /** What the venue was shown last: of each bar its instrument, its row and its close. */
  shownLast: readonly (readonly [instrument: number, row: number, close: number])[] = [];
  private readonly instruments: Int32Array;
  private readonly rows: Int32Array;
  private readonly sent = new Map<OrderId, ApprovedOrder>();
  private lastId = 0;
  /** Days that have passed; whoever sets it lets time pass without bars. */
  day = 0;

  constructor(
    make: (behind: VenueBehind) => Desk,
    {
      symbols = 1,
      instrument = {},
      options = {},
    }: {
      readonly symbols?: number;
      readonly instrument?: Partial<Instrument>;
      readonly options?: Partial<VenueOptions>;
    } = {},
  ) {
    const instruments = Array.from({ length: symbols }, (_, index) => testInstrument(index, instrument));
    const venueOptions = { ...freeVenue, ...options };
    const ledger = new Ledger(100_000, instruments, conversionsFor(instruments, "USD"), {
      kind: venueOptions.accountKind,
      baseCurrency: "USD",
    });
    const bars = instruments.map(({ symbol }) => new BarTable(symbol, "1d"));
    const shown = [...bars];
    const calendars = instruments.map(() => calendarNamed("24/7"));
    const venue = new Venue({ instruments, bars: shown }, calendars);
    const broker = new SimulatedBroker(venue.openAccount(ledger, venueOptions));
    const advance = broker.advance.bind(broker);
    broker.advance = (slice) => {
      this.shownLast = Array.from({ length: slice.count }, (_, k): readonly [number, number, number] => {
        const [index, row] = [slice.instruments[k]!, slice.rows[k]!];
        return [index, row, shown[index]!.close[row]!];
      });
      return advance(slice);
    };
    this.instruments = new Int32Array(symbols);
    this.rows = new Int32Array(symbols);
    this.behind = { inner: broker, ledger, bars, shown, instruments };
    this.desk = make(this.behind);
  }

  /** Sends an order: a market buy of one unit of the first instrument, changed by what is given. Returns its number. */
  send(change: Partial<OrderRequest> = {}): OrderId {
    this.lastId += 1;
    const id = this.lastId as OrderId;
    const order = marketOrder({ id, requestedMs: this.day * dayMs, ...change }) as ApprovedOrder;
    this.sent.set(id, order);
    this.desk.submit(order);
    return id;
  }

  cancel(id: OrderId): void {
    this.desk.cancel(this.sent.get(id)!);
  }

  modify(id: OrderId, change: Partial<OrderRequest>): void {
    const order = { ...this.sent.get(id)!, ...change } as ApprovedOrder;
    this.sent.set(id, order);
    this.desk.modify(order);
  }

  /** Lets a day pass with bars at these prices, by instrument; NaN is none. Tells what was reported. */
  pass(...prices: readonly number[]): readonly ExecutionReport[] {
    this.day += 1;
    const timeMs = this.day * dayMs;
    const present = [...prices.keys()].filter((index) => !Number.isNaN(prices[index]!));
    for (const index of present) {
      const price = prices[index]!;
      this.behind.bars[index]!.append(timeMs, price, price, price, price, 1_000);
    }
    // As in a run the arrays are reused: behind their end stands what was there before.
    const { instruments, rows } = this;
    instruments.set(present);
    rows.set(present.map((index) => this.behind.bars[index]!.length - 1));
    return [...this.desk.advance({ timeMs, count: present.length, instruments, rows })];
  }

  /** Lets a day pass of whose bar nobody hears: it is in the table of the first instrument. */
  skip(price: number): void {
    this.day += 1;
    this.behind.bars[0]!.append(this.day * dayMs, price, price, price, price, 1_000);
  }

  /** As `pass`, a word each: `fill 1 10@100`, `dividend 5`, `canceled 2`; that an order was taken in or triggered is left out. */
  story(...prices: readonly number[]): readonly string[] {
    return this.pass(...prices).flatMap((report) => {
      if (report.kind === "accepted" || report.kind === "triggered") return [];
      if (report.kind === "charged") return [`${report.charge.kind} ${report.charge.amount}`];
      if (report.kind !== "filled") return [`${report.kind} ${report.orderId}`];
      const { orderId, quantity, price } = report.fill;
      return [`fill ${orderId} ${quantity}@${price}`];
    });
  }

  held(index = 0): number {
    return this.behind.ledger.quantity[index]!;
  }
}
