import { formatTime, hourMs } from "../../base/time.ts";
import { signOf } from "../../domain/order.ts";
import type { VenueOrderRequest } from "../../ports/broker-connection.ts";
import type { Alarm } from "../alarm.ts";
import type { Ticket } from "../desk/desk-state.ts";
import { waitsUntilMs } from "../desk/market-hours.ts";
import { besides, wantedOf } from "../desk/wanted-quantity.ts";
import { denialOf, isReducing, type Denial } from "./check-request.ts";
import type { CourierParts } from "./courier-parts.ts";
import type { EarlierOrders } from "./earlier-orders.ts";
import { SendBudget } from "./send-budget.ts";

const pauseMsMin = 1_000;
const pauseMsMax = 30_000;
/** How soon something that opens is looked at again while the session has news to hear: it hears them at once. */
const unheardMs = 100;
/** How soon an exit that waits for the kill switch is looked at again. */
const haltedMs = 2_000;
/** How soon an order is looked at again that waits for one of an earlier session to end. */
const roomMs = 1_000;
/** What waits for its turn longer than this is refused instead: the price it was decided on is gone. */
const queueMsMax = 5_000;

/**
 * Says of what lies at the desk whether it may go now: refuses what must not go, keeps what cannot go yet and sets the
 * alarm for it. Cancels have a budget of their own.
 */
export class Departures {
  private readonly parts: CourierParts;
  private readonly alarm: Alarm;
  private readonly earlier: EarlierOrders;
  private readonly sends: SendBudget;
  private readonly cancels: SendBudget;
  /** Told of, because they wait for their market. */
  private readonly waiting = new WeakSet<Ticket>();
  /** Told of, because they wait until trading is no longer halted. */
  private readonly halted = new WeakSet<Ticket>();
  private pausedUntilMs = -Infinity;
  private pauseMs = pauseMsMin;

  constructor(parts: CourierParts, alarm: Alarm, earlier: EarlierOrders) {
    this.parts = parts;
    this.alarm = alarm;
    this.earlier = earlier;
    const lookAgain = (): void => {
      this.retryIn(0);
    };
    this.sends = new SendBudget(parts.limits.sends, parts.clock, lookAgain);
    this.cancels = new SendBudget(parts.limits.sends, parts.clock, lookAgain);
  }

  /** Whether a new order or a change may go; what must not is refused. */
  mayGo(ticket: Ticket, request: VenueOrderRequest): boolean {
    const { desk, connection, limits, tradingState } = this.parts;
    const trading = tradingState();
    const reduces = isReducing(desk.state, ticket, request);
    if (trading.state === "halted" && reduces && ticket.errand === "submit")
      return this.waitWhileHalted(ticket, request, trading.reason);
    const denial = denialOf(desk.state, ticket, request, trading, limits.priceCollar);
    if (denial !== null) return this.deny(ticket, denial);
    const ageMs = this.nowMs - ticket.touchedMs;
    // What the session has not heard yet may be that it has this already; and what it has heard it may not have acted on.
    if (!reduces && (desk.hasAnswers || !this.isWanted(ticket))) {
      if (ageMs <= queueMsMax) return this.retryIn(unheardMs);
      return this.deny(ticket, { code: "unavailable", reason: "it is more than is wanted by now" });
    }
    if (connection.line.kind !== "live") {
      const isTooOld = !reduces && ageMs > limits.staleOrderMs;
      if (!isTooOld) return this.retryIn(1_000);
      return this.deny(ticket, { code: "unavailable", reason: "the line to the venue is down" });
    }
    if (this.isMarketClosed(ticket, request)) return false;
    if (this.nowMs < this.pausedUntilMs && !reduces) return this.retryIn(this.pausedUntilMs - this.nowMs);
    // Last, for it takes off what protects until now: only for what can go.
    if (ticket.errand === "submit" && !this.hasRoom(ticket, request, reduces)) return false;
    if (this.mayTakeTurn("submit")) return true;
    const isTooLate = !reduces && ageMs > queueMsMax;
    return isTooLate && this.deny(ticket, { code: "rate_limited", reason: "too many orders at once" });
  }

  /** Whether an order that the venue does not have is still to be there. */
  mayStillGo(ticket: Ticket, openingMsMax: number): boolean {
    const { desk, tradingState, limits } = this.parts;
    const { request } = ticket;
    const work = desk.state.works.get(ticket.orderId)!;
    if (work.isCancelAsked) return false;
    // Other exits may have taken its share of the holding meanwhile.
    const wanted = wantedOf(desk.state, work);
    if (wanted.kind !== "quantity" || wanted.left < request.quantity * (1 - 1e-9)) return false;
    const isStale = this.nowMs - ticket.createdMs > openingMsMax;
    if (!isReducing(desk.state, ticket, request) && (isStale || !this.isWanted(ticket))) return false;
    return denialOf(desk.state, ticket, request, tradingState(), limits.priceCollar) === null;
  }

  /** Whether no order of an earlier session is in the way of an order; an exit that can only reduce passes one that will not go. */
  private hasRoom(ticket: Ticket, request: VenueOrderRequest, reduces: boolean): boolean {
    const room = this.earlier.roomIn(ticket.instrument);
    if (room === "free") return true;
    if (room === "wait" || (reduces && !request.reduceOnly)) return this.retryIn(roomMs);
    return reduces || this.deny(ticket, room);
  }

  /** Whether the session still wants what a ticket would do, with all that is on its way besides. */
  private isWanted(ticket: Ticket): boolean {
    const { desk, missing } = this.parts;
    const { instrument, request, filled } = ticket;
    const room = signOf(request.side) * missing(instrument) - besides(desk.state, ticket);
    return room >= (request.quantity - filled) * (1 - 1e-9);
  }

  /** Takes a turn from the budget of cancels or of all else; where none is free the alarm is set for the next. */
  mayTakeTurn(kind: "submit" | "cancel"): boolean {
    return (kind === "cancel" ? this.cancels : this.sends).take();
  }

  /** Something came too often for the venue: what opens waits, longer each time. */
  slowDown(): void {
    this.pausedUntilMs = this.nowMs + this.pauseMs;
    this.pauseMs = Math.min(pauseMsMax, this.pauseMs * 2);
  }

  /** The venue answers about the order itself again. */
  keepPace(): void {
    this.pauseMs = pauseMsMin;
  }

  /** Looks again in so long. Never true: nothing goes before. */
  retryIn(spanMs: number): false {
    this.alarm.set(this.nowMs + spanMs);
    return false;
  }

  private get nowMs(): number {
    return this.parts.clock.nowMs();
  }

  /** Whether an order waits for its market; it is looked at again when that opens. */
  private isMarketClosed(ticket: Ticket, request: VenueOrderRequest): boolean {
    const { desk, connection, say } = this.parts;
    const { market } = desk.state;
    const opensMs = connection.capabilities.waitsForOpen
      ? waitsUntilMs(market, ticket.instrument, request, this.nowMs)
      : null;
    if (opensMs === null) return false;
    const { symbol, side, quantity } = request;
    const message = `${side} ${quantity} ${symbol} waits here until ${formatTime(opensMs)}: the market is closed`;
    if (!this.waiting.has(ticket)) say({ kind: "market closed", gravity: "notice", symbol, message });
    this.waiting.add(ticket);
    // A clock that is set anew must not make it late by more than this.
    this.retryIn(Math.min(opensMs - this.nowMs, hourMs));
    return true;
  }

  /**
   * An exit or a stop is wanted for as long as something is held. Refused, it would be planned and refused again and again;
   * here it lies until trading goes on, as large as the holding is by then.
   */
  private waitWhileHalted(
    ticket: Ticket,
    { symbol, side, quantity, terms }: VenueOrderRequest,
    why: string,
  ): false {
    const { clientOrderId } = ticket;
    const what = terms.type === "market" ? "" : ` (${terms.type.replaceAll("_", " ")})`;
    if (!this.halted.has(ticket))
      this.parts.log.warn(
        { clientOrderId, code: "halted" },
        `${side} ${quantity} ${symbol}${what} waits here while trading is halted: ${why}`,
      );
    this.halted.add(ticket);
    return this.retryIn(haltedMs);
  }

  /** Never true: what is denied does not go. */
  private deny(ticket: Ticket, { code, reason }: Denial): false {
    const { clientOrderId } = ticket;
    const { counts, log, hear } = this.parts;
    counts.refusedHere += 1;
    if (code === "notional_min" || code === "lot_size") this.sayDust(ticket, reason);
    log.warn({ clientOrderId, code }, `not sent: ${reason}`);
    hear({ kind: "denied", atMs: this.nowMs, clientOrderId, code, reason });
    return false;
  }

  private sayDust({ request: { symbol, side }, instrument }: Ticket, reason: string): void {
    const { desk, say } = this.parts;
    const held = desk.state.position[instrument]!;
    if (signOf(side) * held >= 0) return;
    say({ kind: "dust", gravity: "notice", symbol, message: `${held} ${symbol} cannot be sold: ${reason}` });
  }
}
