import type { ApprovedOrder, ExecutionReport } from "../../domain/order.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import type { Broker } from "../../ports/broker.ts";
import type { JournalRecord, JournalStore } from "../../ports/journal-store.ts";
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
  private readonly venue: Broker;
  private readonly market: Market;
  private readonly store: JournalStore;
  private readonly place: VenuePlace;
  private recorded: RecordedStep | null = null;

  constructor(venue: Broker, market: Market, store: JournalStore, place: VenuePlace) {
    this.venue = venue;
    this.market = market;
    this.store = store;
    this.place = place;
  }

  /** Every bar is shown: whoever restores the session needs them all. */
  quietUntil(from: number): number {
    return from;
  }

  get hasAnswers(): boolean {
    return this.recorded === null && this.venue.hasAnswers;
  }

  /** From now on the session is shown `step` instead of the venue; null ends it. */
  showRecorded(step: RecordedStep | null): void {
    this.recorded = step;
    this.sentAgain.length = 0;
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
    if (this.recorded !== null && this.place === "outside") return this.recorded.reports;
    const reports = this.venue.advance(slice);
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

  private stepOf(slice: MarketSlice, reports: readonly ExecutionReport[]): RecordedStep {
    const bars = Array.from({ length: slice.count }, (_, k) => {
      const instrument = slice.instruments[k]!;
      const row = slice.rows[k]!;
      const { closeTimeMs, open, high, low, close, volume } = this.market.bars[instrument]!;
      return {
        instrument,
        closeTimeMs: closeTimeMs[row]!,
        open: open[row]!,
        high: high[row]!,
        low: low[row]!,
        close: close[row]!,
        volume: volume[row]!,
      };
    });
    return {
      kind: "slice",
      timeMs: slice.timeMs,
      isStale: slice.isStale === true,
      bars,
      reports: [...reports],
    };
  }
}
