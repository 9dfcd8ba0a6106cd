import type { Prng } from "../../src/base/prng.ts";
import type { ApprovedOrder, ExecutionReport, VenueCode } from "../../src/domain/order.ts";
import type { MarketSlice } from "../../src/domain/slice.ts";
import type { Broker } from "../../src/ports/broker.ts";

/** How badly the road to the venue behaves; shares of all messages, 0 to 1. */
export type Faults = {
  readonly rejected: number;
  readonly late: number;
  readonly twice: number;
  /** Messages to the venue that arrive slices later. */
  readonly slow: number;
};

const slicesLateMax = 3;
const rejections: readonly VenueCode[] = ["unavailable", "rate_limited", "other", "buying_power"];

type Fate = "arrived" | "waits" | "rejected";
type Waiting<T> = { readonly atSlice: number; readonly what: T };

/** A broker on a bad road: what it sends may be refused or slow, what it hears may be late, out of order, or twice. */
export class ChaosBroker implements Broker {
  private readonly venue: Broker;
  private readonly prng: Prng;
  private faults: Faults;
  private readonly fates = new Map<number, Fate>();
  private slices = 0;
  private timeMs = 0;
  private readonly inbox: Waiting<ExecutionReport>[] = [];
  private readonly outbox: Waiting<() => void>[] = [];

  constructor(venue: Broker, prng: Prng, faults: Faults) {
    this.venue = venue;
    this.prng = prng;
    this.faults = faults;
  }

  /** From now on the road is good; what is on it still arrives. */
  calm(): void {
    this.faults = { rejected: 0, late: 0, twice: 0, slow: 0 };
  }

  quietUntil(from: number, to: number): number {
    return this.inbox.length === 0 && this.outbox.length === 0 ? this.venue.quietUntil(from, to) : from;
  }

  get hasAnswers(): boolean {
    return this.venue.hasAnswers || this.inbox.some(({ atSlice }) => atSlice <= this.slices);
  }

  /** A bracket is one message: children share the fate of their parent. */
  submit(order: ApprovedOrder): void {
    const parent = order.parentId === null ? undefined : this.fates.get(order.parentId);
    if (parent === "waits")
      return void this.outbox.push({ ...this.outbox.at(-1)!, what: () => this.venue.submit(order) });
    if (parent === "arrived") return this.venue.submit(order);
    if (parent === undefined && !this.happens(this.faults.rejected)) {
      this.fates.set(
        order.id,
        this.pass(() => this.venue.submit(order)),
      );
      return;
    }
    this.fates.set(order.id, "rejected");
    const drawn = rejections[this.prng.integer(rejections.length)]!;
    // Getting out takes no buying power.
    const code = order.reduceOnly && drawn === "buying_power" ? "unavailable" : drawn;
    this.tell({
      kind: "rejected",
      orderId: order.id,
      timeMs: this.timeMs,
      cumulativeQuantity: 0,
      code,
      reason: "503",
    });
  }

  cancel(order: ApprovedOrder): void {
    void this.pass(() => this.venue.cancel(order));
  }

  modify(order: ApprovedOrder): void {
    void this.pass(() => this.venue.modify(order));
  }

  advance(slice: MarketSlice): readonly ExecutionReport[] {
    if (slice.count > 0) this.slices += 1;
    this.timeMs = slice.timeMs;
    for (const send of take(this.outbox, this.slices)) send();
    for (const report of this.venue.advance(slice)) this.tell(report);
    return take(this.inbox, this.slices);
  }

  private tell(report: ExecutionReport): void {
    const atSlice = this.slices + (this.happens(this.faults.late) ? this.prng.integer(slicesLateMax + 1) : 0);
    this.inbox.push({ atSlice, what: report });
    // A second telling comes over another road, so before or after the first.
    if (this.happens(this.faults.twice))
      this.inbox.push({ atSlice: this.slices + this.prng.integer(slicesLateMax + 1), what: report });
  }

  /** One order's messages keep their sequence, as on one line: a slow one holds up those behind it. */
  private pass(send: () => void): Fate {
    const late = this.happens(this.faults.slow) ? this.prng.integer(slicesLateMax) + 1 : 0;
    const behind = this.outbox.reduce((latest, { atSlice }) => Math.max(latest, atSlice), this.slices);
    const atSlice = Math.max(this.slices + late, behind);
    if (atSlice <= this.slices) send();
    else this.outbox.push({ atSlice, what: send });
    return atSlice <= this.slices ? "arrived" : "waits";
  }

  private happens(share: number): boolean {
    return this.prng.next() < share;
  }
}

/** What has arrived by `slice`, in the order of its arrival. */
function take<T>(waiting: Waiting<T>[], slice: number): T[] {
  const arrived = waiting.filter(({ atSlice }) => atSlice <= slice).sort((a, b) => a.atSlice - b.atSlice);
  const rest = waiting.filter(({ atSlice }) => atSlice > slice);
  waiting.splice(0, waiting.length, ...rest);
  return arrived.map(({ what }) => what);
}
