import type { ApprovedOrder, ExecutionReport } from "../../domain/order.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import type { Broker } from "../../ports/broker.ts";
import type { Bars } from "../../domain/bars.ts";
import type { JournaledBar, JournalRecord, JournalStore } from "../../ports/journal-store.ts";
import type { Market } from "../../ports/market.ts";

/** A step that is being lived through again. */
export type RecordedStep = Extract<JournalRecord, { kind: "slice" }>;
/** Something that a session sent. */
export type Sent = Extract<JournalRecord, { kind: "order" | "change" | "cancel" }>;

/** How a recorded venue is brought back: one inside this process lives again, one outside has gone on without us. */
export type VenuePlace = "inside" | "outside";

/**
 * A broker whose session can be restored. It writes what comes in and, before it goes, what goes out. While a journal
 * is read back it gives the session what it was given then, and notes what the session sends: a session is
 * deterministic, so that must be the same.
 */
export class JournaledBroker implements Broker {
  /** What the session has sent since the present recorded step began. */
  readonly sentAgain: Sent[] = [];
  /** What it was told on that step. */
  heardAgain: readonly ExecutionReport[] = [];
  private readonly venue: Broker;
  private readonly market: Market;
  private readonly store: JournalStore;
  private readonly place: VenuePlace;
  private recorded: RecordedStep | null = null;
  /** By instrument: rows of its bars that are in the journal. */
  private readonly rowsWritten: number[];

  constructor(venue: Broker, market: Market, store: JournalStore, place: VenuePlace) {
    this.venue = venue;
    this.market = market;
    this.store = store;
    this.place = place;
    this.rowsWritten = market.bars.map(({ length }) => length);
  }

  /** Every bar is shown: whoever restores the session needs them all. */
  quietUntil(from: number): number {
    return from;
  }

  get hasAnswers(): boolean {
    return this.recorded === null && this.venue.hasAnswers;
  }

  /** From now on the session is shown `step` instead of the venue; null ends it: the bars so far are in the journal. */
  showRecorded(step: RecordedStep | null): void {
    this.recorded = step;
    this.sentAgain.length = 0;
    if (step !== null) return;
    for (const [instrument, { length }] of this.market.bars.entries()) this.rowsWritten[instrument] = length;
  }

  submit(order: ApprovedOrder): void {
    if (this.write({ kind: "order", order })) this.venue.submit(order);
  }

  cancel(order: ApprovedOrder): void {
    if (this.write({ kind: "cancel", orderId: order.id })) this.venue.cancel(order);
  }

  modify(order: ApprovedOrder): void {
    if (this.write({ kind: "change", order })) this.venue.modify(order);
  }

  advance(slice: MarketSlice): readonly ExecutionReport[] {
    if (this.recorded !== null && this.place === "outside") return (this.heardAgain = this.recorded.reports);
    const reports = this.venue.advance(slice);
    if (this.recorded !== null) this.heardAgain = [...reports];
    // A slice without bars and news counts too: on it an order may be sent again, or a doubt end.
    if (this.recorded === null) this.store.append(this.stepOf(slice, reports));
    return reports;
  }

  /** Returns whether the venue is to hear of it. */
  private write(sent: Sent): boolean {
    if (this.recorded === null) this.store.append(sent);
    else this.sentAgain.push(sent);
    return this.recorded === null || this.place === "inside";
  }

  /** Bars that came too late for their slice are in the tables all the same: columns read them. */
  private stepOf(slice: MarketSlice, reports: readonly ExecutionReport[]): RecordedStep {
    const { timeMs, nowMs, count, instruments, rows } = slice;
    const bars: JournaledBar[] = [];
    const late: JournaledBar[] = [];
    let k = 0;
    for (const [instrument, table] of this.market.bars.entries()) {
      const isInSlice = k < count && instruments[k] === instrument;
      const end = isInSlice ? rows[k]! : table.length;
      let row = this.rowsWritten[instrument]!;
      for (; row < end && table.closeTimeMs[row]! <= timeMs; row++) late.push(barAt(table, instrument, row));
      if (isInSlice) bars.push(barAt(table, instrument, rows[k++]!));
      this.rowsWritten[instrument] = isInSlice ? end + 1 : row;
    }
    const step = {
      kind: "slice",
      timeMs,
      ...(nowMs === undefined ? {} : { nowMs }),
      isStale: slice.isStale === true,
      bars,
      reports: [...reports],
    } as const;
    const asked = slice.isMuted === true ? { ...step, isMuted: true } : step;
    return late.length === 0 ? asked : { ...asked, late };
  }
}

function barAt(table: Bars, instrument: number, row: number): JournaledBar {
  const { closeTimeMs, open, high, low, close, volume } = table;
  return {
    instrument,
    closeTimeMs: closeTimeMs[row]!,
    open: open[row]!,
    high: high[row]!,
    low: low[row]!,
    close: close[row]!,
    volume: volume[row]!,
  };
}
