import { Prng } from "../../base/prng.ts";
import { noFaults, type FaultSpec } from "./parse-faults.ts";

/** What becomes of a request. Of those that are carried out the sender may learn nothing. */
export type RequestFate =
  | "answered"
  | "lost"
  | "reset"
  | "unanswered"
  | "server_error"
  | "server_error_after"
  | "html"
  | "truncated"
  | "rate_limited";

/** Whether what was asked is done, whatever the sender learns of it. */
export function isCarriedOut(fate: RequestFate): boolean {
  return fate !== "lost" && fate !== "server_error" && fate !== "rate_limited";
}

/** What becomes of a message on a stream. */
export type MessageFate = "told" | "lost" | "twice" | "late" | "disconnected" | "silenced";

/** Draws what goes wrong, by a seed, in the order in which it is asked; what is forced comes before that. */
export class FaultPlan {
  spec: FaultSpec;
  private readonly forcedRequests: RequestFate[] = [];
  private readonly forcedMessages: MessageFate[] = [];
  private readonly requests: Prng;
  private readonly messages: Prng;
  private readonly orders: Prng;
  /** When orders arrived, by venue id, for as long as they may be hidden. */
  private readonly arrivedMs = new Map<string, number>();

  /** `linesBefore`: how long the books are that it goes on with. Faults of a venue that was started again are others than at its beginning. */
  constructor(spec: FaultSpec = noFaults, linesBefore = 0) {
    this.spec = spec;
    const seeded = new Prng(spec.seed);
    const prng = linesBefore === 0 ? seeded : seeded.fork(`after ${linesBefore}`);
    this.requests = prng.fork("requests");
    this.messages = prng.fork("messages");
    this.orders = prng.fork("orders");
  }

  /** Milliseconds that the exchange's clock is ahead. */
  get skewMs(): number {
    return this.spec.skew;
  }

  /** Makes the next requests meet these fates. */
  forceRequests(...fates: readonly RequestFate[]): void {
    this.forcedRequests.push(...fates);
  }

  /** Makes the next messages meet these fates. */
  forceMessages(...fates: readonly MessageFate[]): void {
    this.forcedMessages.push(...fates);
  }

  /** Ends all faults: what has been forced and is not used up yet is forgotten. */
  stop(): void {
    this.spec = { ...noFaults, seed: this.spec.seed };
    this.forcedRequests.length = 0;
    this.forcedMessages.length = 0;
  }

  nextRequest(): RequestFate {
    const forced = this.forcedRequests.shift();
    if (forced !== undefined) return forced;
    const { spec } = this;
    let left = this.requests.next();
    const meets = (share: number): boolean => (left -= share) < 0;
    if (meets(spec.drop)) return "lost";
    if (meets(spec.reset)) return "reset";
    if (meets(spec.timeoutAfterAccept)) return "unanswered";
    if (meets(spec.http500 / 2)) return "server_error";
    if (meets(spec.http500 / 2)) return "server_error_after";
    if (meets(spec.html)) return "html";
    if (meets(spec.truncate)) return "truncated";
    return meets(spec["429"]) ? "rate_limited" : "answered";
  }

  nextMessage(): MessageFate {
    const forced = this.forcedMessages.shift();
    if (forced !== undefined) return forced;
    const { spec } = this;
    let left = this.messages.next();
    const meets = (share: number): boolean => (left -= share) < 0;
    if (meets(spec.lose)) return "lost";
    if (meets(spec.duplicate)) return "twice";
    if (meets(spec.reorder)) return "late";
    if (meets(spec.disconnect)) return "disconnected";
    return meets(spec.silent) ? "silenced" : "told";
  }

  /** How long the next answer takes. */
  nextDelayMs(): number {
    return this.spec.delay === 0 ? 0 : this.requests.next() * this.spec.delay;
  }

  /** Whether an order that was accepted is rejected a moment later. */
  isRejectedLater(): boolean {
    return this.spec.rejectLater > 0 && this.orders.next() < this.spec.rejectLater;
  }

  /** Whether a cancel that was accepted is never done. */
  isCancelStuck(): boolean {
    return this.spec.stuckCancel > 0 && this.orders.next() < this.spec.stuckCancel;
  }

  /** Whether a page after the first fails. */
  isPageFailing(): boolean {
    return this.spec.pageFail > 0 && this.requests.next() < this.spec.pageFail;
  }

  /** Notes that an order has come. */
  noteArrival(venueOrderId: string, wireMs: number): void {
    if (this.spec.eventualVisibility > 0) this.arrivedMs.set(venueOrderId, wireMs);
  }

  /** Whether an order is found by those who ask. */
  isVisible(venueOrderId: string, wireMs: number): boolean {
    const arrivedMs = this.arrivedMs.get(venueOrderId);
    return arrivedMs === undefined || wireMs >= arrivedMs + this.spec.eventualVisibility;
  }
}
