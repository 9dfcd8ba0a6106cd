import { formatDuration } from "../../base/time.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { OrderId } from "../../domain/order.ts";
import type { Acknowledgement, VenueOrder, VenueOrderRequest } from "../../ports/broker-connection.ts";
import type { Alarm } from "../alarm.ts";
import type { Stranger } from "../desk/desk-state.ts";
import { canOnlyReduce, howToCancel, orderText } from "../desk/strangers.ts";
import type { Denial } from "./check-request.ts";
import type { CourierParts } from "./courier-parts.ts";

/** They are of no order of this session. */
const nobodys = 0 as OrderId;
/** How soon one that has been asked to end is asked again. */
const againMs = 2_000;
/** A venue that has not ended one after so long is not waited for by what opens. */
const stuckMs = 30_000;

/** One that was asked to end. */
type Leaving = {
  readonly sinceMs: number;
  againAtMs: number;
  isAsking: boolean;
  isTold: boolean;
  said: string;
};

/**
 * Orders of sessions before this one that still work on its account. What protects a holding stays until this session sends
 * an order in the same symbol: then it is withdrawn first, and the new order waits until the venue has ended the old one and
 * all that it filled is booked, so that the two can never close more than is held. What would open something is withdrawn
 * at once: nobody has decided on it now, and nobody would protect what it opens.
 */
export class EarlierOrders {
  private readonly parts: CourierParts;
  private readonly alarm: Alarm;
  private readonly mayCancel: () => boolean;
  private readonly fetchMissed: () => Promise<void>;
  private readonly leaving = new Map<string, Leaving>();

  /** `mayCancel` takes a turn from the budget of cancels; `fetchMissed` books executions that were not heard of. */
  constructor(parts: CourierParts, alarm: Alarm, mayCancel: () => boolean, fetchMissed: () => Promise<void>) {
    this.parts = parts;
    this.alarm = alarm;
    this.mayCancel = mayCancel;
    this.fetchMissed = fetchMissed;
  }

  /** Withdraws those that would open something. */
  withdrawEntries(): void {
    const { state } = this.parts.desk;
    for (const stranger of state.strangers.values())
      if (stranger.earlierSession !== null && !canOnlyReduce(state, stranger))
        this.withdraw(stranger, "it would open what this session has not decided on");
  }

  /**
   * Whether none of them works in a symbol any more; those that do are withdrawn. `wait`: the order of this session has to.
   * A `Denial` where the venue has not ended one for long: then nothing is opened.
   */
  roomIn(instrument: InstrumentIndex): "free" | "wait" | Denial {
    let found: "free" | "wait" | Denial = "free";
    for (const stranger of this.parts.desk.state.strangers.values()) {
      if (stranger.earlierSession === null || stranger.instrument !== instrument) continue;
      this.withdraw(stranger, `this session has an order for ${stranger.order.symbol} of its own`);
      const leaving = this.leaving.get(stranger.order.venueOrderId);
      const isStuck = leaving !== undefined && this.nowMs - leaving.sinceMs >= stuckMs;
      if (isStuck) found = { code: "halted", reason: this.stuckText(stranger, leaving) };
      else if (found === "free") found = "wait";
    }
    return found;
  }

  private get nowMs(): number {
    return this.parts.clock.nowMs();
  }

  private withdraw(stranger: Stranger, why: string): void {
    const { connection, say, fail, patience, lock } = this.parts;
    const { order } = stranger;
    const { venueOrderId, symbol, clientOrderId } = order;
    const leaving = this.leaving.get(venueOrderId) ?? this.begin(stranger, why);
    const waitsMs = leaving.againAtMs - this.nowMs;
    // One that is further off than any wait was set before the clock was set back.
    if (leaving.isAsking || (waitsMs > 0 && waitsMs <= againMs) || connection.line.kind !== "live") return;
    if (lock?.isHeld === false || !this.mayCancel()) return;
    if (this.nowMs - leaving.sinceMs >= stuckMs && !leaving.isTold) {
      leaving.isTold = true;
      say({ kind: "external order", gravity: "alarm", symbol, message: this.stuckText(stranger, leaving) });
    }
    leaving.isAsking = true;
    this.write(order);
    patience
      .within(() => connection.cancel(clientOrderId!, symbol))
      .catch((error: unknown): Acknowledgement => ({ kind: "unknown", reason: String(error) }))
      .then((answer) => this.learn(order, leaving, answer))
      .catch(fail);
  }

  private begin({ order, earlierSession }: Stranger, why: string): Leaving {
    const leaving = { sinceMs: this.nowMs, againAtMs: -Infinity, isAsking: false, isTold: false, said: "" };
    this.leaving.set(order.venueOrderId, leaving);
    const message = `${orderText(order)} of the session ${earlierSession} is withdrawn: ${why}`;
    this.parts.say({ kind: "external order", gravity: "notice", symbol: order.symbol, message });
    return leaving;
  }

  /** What is asked of the venue is on the disk before. */
  private write(order: VenueOrder): void {
    const { journal, desk } = this.parts;
    const about = { orderId: nobodys, request: requestOf(order) };
    const intent = { kind: "intent", atMs: this.nowMs, errand: "cancel", ...about } as const;
    journal.append(intent);
    // Whoever lives through the journal hears it: the time of the desk goes on there, too.
    desk.hear(intent);
    journal.sync();
  }

  /** Only the order itself can say that it has ended, and with how much. */
  private async learn(order: VenueOrder, leaving: Leaving, answer: Acknowledgement): Promise<void> {
    const { connection, desk, hear, patience, log } = this.parts;
    const { symbol } = order;
    const clientOrderId = order.clientOrderId!;
    leaving.said = answer.kind === "accepted" ? "" : answer.reason;
    log.info({ clientOrderId, answer: answer.kind }, `cancel ${clientOrderId} of a session before this one`);
    try {
      const told = await patience.within(() => connection.order(clientOrderId, symbol));
      await this.fetchMissed();
      if (told !== null && desk.isNews(told)) hear({ kind: "told", atMs: this.nowMs, order: told });
    } catch (error) {
      log.warn({ clientOrderId, error: String(error) }, `could not ask for ${clientOrderId}`);
    }
    leaving.isAsking = false;
    leaving.againAtMs = this.nowMs + againMs;
    this.alarm.set(leaving.againAtMs);
  }

  private stuckText({ order, earlierSession }: Stranger, { sinceMs, said }: Leaving): string {
    const span = formatDuration(this.nowMs - sinceMs);
    const why = said === "" ? "" : ` (${said})`;
    return (
      `nothing is opened in ${order.symbol}: ${orderText(order)} of the session ${earlierSession} still works, ` +
      `${span} after it was asked to end${why}. ${howToCancel(order.clientOrderId)}`
    );
  }
}

/** As far as anybody but its own session knows it. */
function requestOf({ symbol, side, quantity, reduceOnly, ...order }: VenueOrder): VenueOrderRequest {
  const life = { timeInForce: "gtc", expireTimeMs: Infinity, postOnly: false } as const;
  const terms = order.terms ?? { type: "market" };
  return { clientOrderId: order.clientOrderId!, symbol, side, quantity, terms, reduceOnly, ...life };
}
