import { empty } from "../../base/empty.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import {
  signOf,
  type ExecutionReport,
  type Fill,
  type OrderId,
  type Split,
  type VenueCode,
} from "../../domain/order.ts";
import { onTick, scaledProtection, unprotected, type Target } from "../../domain/target.ts";
import { isOver, type OrderTracker, type TrackedOrder } from "./order-tracker.ts";
import type { Portfolio } from "./portfolio.ts";
import { firstStanding, isAhead, retryPolicy, waitAfter, type Standing } from "./standing.ts";

/** A contradiction of the venue, and what would explain it. */
type Doubt = { readonly awaited: Set<OrderId>; stepsLeft: number; seenMs: number; readonly untilMs: number };

/** Of what is missing so much is left out after the first refusal for want of money, twice that after the second. */
const leftOutShare = 0.005;
/** How many steps of time a fill is waited for that the venue's words make likely. */
const doubtSteps = 4;
/** And no less than this: a live session takes many steps in a second, and a lost message is asked for after some. */
const doubtMsMin = 10_000;

/** Refusals that are about the moment and not about the order. */
const passing: ReadonlySet<VenueCode> = new Set([
  "unavailable",
  "rate_limited",
  "session_closed",
  "halted",
  "other",
]);

/**
 * What the account is wanted to hold, instrument by instrument. A target stands until the next decision: an order that
 * the venue refused for the moment, let run out or lost is sent again, and a restart orders what is missing. It falls
 * when its own stop, target or trail has closed the position, at a margin call, or when a breaker says so.
 */
export class StandingTargets {
  private readonly standing: (Standing | null)[] = [];
  /** Instruments whose orders must be looked at, in the order in which they became due. */
  private due: InstrumentIndex[] = [];
  private spare: InstrumentIndex[] = [];
  /**
   * Where the venue has contradicted our books: the orders whose fill on the way to us would explain it. Nothing is
   * sent until one of them has filled, all have ended, or it was waited for long enough: then the venue was late.
   */
  private readonly unsure = new Map<InstrumentIndex, Doubt>();

  /** How many instruments wait to be planned. */
  get dueCount(): number {
    return this.due.length;
  }

  /** Whether nothing waits to be planned: the short way may be taken. */
  get isSettled(): boolean {
    return this.due.length === 0;
  }

  /** What stands for an instrument; null before anybody has wanted anything. */
  of(instrument: InstrumentIndex): Standing | null {
    return this.standing[instrument] ?? null;
  }

  /** Takes a decision: it replaces whatever stood. */
  decide(target: Target, held: number, timeMs: number): void {
    const { instrument, quantity } = target;
    while (this.standing.length <= instrument) this.standing.push(null);
    const standing = (this.standing[instrument] ??= firstStanding(target));
    const goesOn = held !== 0 && Math.sign(quantity) === Math.sign(held);
    const keepsLevels = goesOn && target.replacesProtection !== true && !hasLevels(target);
    // The present levels are those of the holding only where the target that named them was of its side.
    if (held === 0 || standing.target.quantity === 0) standing.levelsOfHeld = unprotected;
    else if (standing.target.quantity * held > 0) standing.levelsOfHeld = standing.protection;
    standing.protection = keepsLevels ? standing.levelsOfHeld : target.protection;
    standing.target = target;
    standing.quantity = quantity;
    standing.decidedMs = timeMs;
    standing.isFresh = true;
    standing.hasNewLevels = target.protection !== unprotected || target.replacesProtection === true;
    standing.failures = 0;
    standing.leftOutShare = 0;
    standing.retryAtMs = -Infinity;
    standing.isClosing = false;
    standing.isLeaving = false;
    standing.startsOver = false;
    this.look(instrument);
  }

  /**
   * Learns from a report that `tracker` has taken in; `order` is the one it was about. Waits go by `nowMs`, when the
   * slice was handed over.
   */
  hear(
    report: ExecutionReport,
    order: TrackedOrder | null,
    portfolio: Portfolio,
    tracker: OrderTracker,
    nowMs: number,
  ): void {
    if (order === null) {
      if (report.kind === "filled" && report.fill.orderId < 0) this.fall(report.fill.instrument);
      if (report.kind === "filled" && report.fill.isKeptFee === true) this.giveUp(report.fill);
      if (report.kind === "charged" && report.charge.split !== undefined)
        this.split(report.charge.instrument, report.charge.split, portfolio);
      return;
    }
    switch (report.kind) {
      case "filled":
        this.hearFill(order, portfolio, tracker, nowMs);
        break;
      case "modified":
      case "cancel_rejected":
      case "modify_rejected":
        this.hearAnswer(order, report.kind !== "modified", nowMs);
        break;
      default:
    }
    // The last missing fill may be what ends an order that was canceled before.
    if (report.kind !== "accepted" && report.kind !== "triggered" && isOver(order))
      this.hearEnd(order, portfolio, tracker, nowMs);
  }

  /** Settles for what is held and on its way: a gate, a breaker or the order's own terms allow no more. */
  settleFor(instrument: InstrumentIndex, portfolio: Portfolio, tracker: OrderTracker): void {
    const standing = this.of(instrument);
    if (standing !== null)
      standing.quantity = portfolio.ledger.quantity[instrument]! + tracker.onTheWay(instrument);
  }

  /** Settles for what is held: everything on its way is being withdrawn. */
  settleWithout(instrument: InstrumentIndex, portfolio: Portfolio): void {
    const standing = this.of(instrument);
    if (standing !== null) standing.quantity = portfolio.ledger.quantity[instrument]!;
  }

  /** Brings what is due into another order. */
  sortDue(compare: (a: InstrumentIndex, b: InstrumentIndex) => number): void {
    this.due.sort(compare);
  }

  /** Hands over every due instrument, once: `mustWait` makes it due again. The array is reused. */
  takeDue(): readonly InstrumentIndex[] {
    const { due, spare } = this;
    empty(spare);
    this.due = spare;
    this.spare = due;
    return due;
  }

  /** Whether nothing may be sent for an instrument yet; it stays due then. */
  mustWait(instrument: InstrumentIndex, nowMs: number): boolean {
    const { retryAtMs, retryWaitMs } = this.standing[instrument]!;
    const isWaiting = isAhead(retryAtMs, nowMs, retryWaitMs);
    if (!isWaiting && !this.isUnsure(instrument, nowMs)) return false;
    this.due.push(instrument);
    return true;
  }

  /** An instrument that was handed over stays due: it could not be planned yet. */
  lookLater(instrument: InstrumentIndex): void {
    this.due.push(instrument);
  }

  /** What the venue keeps of a purchase is not bought once more. */
  private giveUp({ instrument, quantity }: Fill): void {
    const standing = this.of(instrument);
    if (standing !== null && standing.quantity > 0)
      standing.quantity = Math.max(0, standing.quantity - quantity);
  }

  /** What is held in new shares is what is wanted, at levels in new prices; entries that waited are withdrawn by it. */
  private split(instrument: InstrumentIndex, { ratio, tickSize }: Split, portfolio: Portfolio): void {
    const standing = this.of(instrument);
    if (standing === null) return;
    standing.quantity = portfolio.ledger.quantity[instrument]!;
    standing.protection = onTick(scaledProtection(standing.protection, 1 / ratio), tickSize);
    standing.levelsOfHeld = onTick(scaledProtection(standing.levelsOfHeld, 1 / ratio), tickSize);
  }

  private look(instrument: InstrumentIndex): void {
    if (this.due.length === 0 || !this.due.includes(instrument)) this.due.push(instrument);
  }

  private hearFill(order: TrackedOrder, portfolio: Portfolio, tracker: OrderTracker, nowMs: number): void {
    const { instrument, closePosition, side } = order.request;
    const standing = this.of(instrument);
    if (standing === null) return;
    // Its own stop, target or trail: it is over. One of the position before does not touch what is wanted now.
    if (closePosition && Math.sign(standing.quantity) === -signOf(side)) this.fall(instrument);
    const held = portfolio.ledger.quantity[instrument]!;
    // Protection that was filling when the position turned around has told its last part too late, or will. And beside a
    // fill that came in spite of its cancel, protection of the same side may have filled as well.
    if (!closePosition && (order.wasCanceled || held !== 0)) {
      const guards = tracker.guards(instrument, order.wasCanceled ? -signOf(side) : -held);
      if (guards.length > 0)
        this.waitFor(instrument, order.wasCanceled ? guards : guards.filter(hasFilled), nowMs);
    }
    // A stop of the position before may have done what another order is on its way to do.
    const isThere = held === standing.quantity && !(closePosition && tracker.open(instrument).length > 0);
    // What has been opened must have its protection: the venue may have refused that.
    if (order.pending !== "nothing" || !isThere || (!closePosition && standing.protection !== unprotected))
      this.look(instrument);
  }

  private hearEnd(order: TrackedOrder, portfolio: Portfolio, tracker: OrderTracker, nowMs: number): void {
    const { instrument, closePosition, weightAtFill } = order.request;
    const standing = this.of(instrument);
    const { code } = order.end!;
    this.noLongerAwaited(order);
    if (standing === null) return;
    if (closePosition) {
      if (code !== null) this.hearProtectionEnd(standing, order, code, tracker, nowMs);
      return;
    }
    if (code === null) {
      if (weightAtFill !== null) standing.quantity = portfolio.ledger.quantity[instrument]!;
    } else if (passing.has(code) || (code === "buying_power" && standing.quantity === 0)) {
      // An exit for which the account has nothing meets another one, or a book that is behind: later it does not.
      this.fail(standing, nowMs);
      standing.startsOver = order.request.reduceOnly;
    } else if (code === "buying_power" && isRefusedWhole(order)) this.ease(standing, nowMs);
    else if (code === "nothing_to_reduce" || code === "position_closed") this.doubt(order, tracker, nowMs);
    // It ended by what it said itself, or the account does not allow it: what is held is all there will be.
    else if (code !== "on_request") {
      // What was to open after a closing half must not go alone.
      standing.startsOver ||= order.request.reduceOnly;
      if (order.request.reduceOnly) this.settleWithout(instrument, portfolio);
      else this.settleFor(instrument, portfolio, tracker);
    }
    // Getting out is never given up.
    if (standing.failures > retryPolicy.failuresMax && standing.quantity !== 0)
      this.settleFor(instrument, portfolio, tracker);
    // A last fill has been looked at as a fill.
    if (code !== null) this.look(instrument);
  }

  private hearProtectionEnd(
    standing: Standing,
    order: TrackedOrder,
    code: VenueCode,
    tracker: OrderTracker,
    nowMs: number,
  ): void {
    if (isAboutPosition(code) || code === "sibling_filled" || code === "at_target") {
      this.doubt(order, tracker, nowMs);
      // Where it was taken for the protection of a later position, that one has none.
      return this.look(standing.target.instrument);
    }
    if (code === "parent_ended") return;
    if (code === "on_request") return this.look(standing.target.instrument);
    this.fail(standing, nowMs);
    // A position whose stop cannot be placed is not kept, and one whose stop has been reached is over: at once.
    if (standing.failures > retryPolicy.failuresMax || code === "would_trigger") {
      standing.quantity = 0;
      if (!standing.isLeaving) standing.retryAtMs = -Infinity;
      standing.isLeaving = true;
    }
    this.look(standing.target.instrument);
  }

  /**
   * The venue says that the position is closed, and other orders that could have closed it are open by our books: their
   * fill or their end is on the way to us, and what would be planned until it is here would be wrong.
   */
  private doubt({ request, end }: TrackedOrder, tracker: OrderTracker, nowMs: number): void {
    const { instrument, side } = request;
    const guards = tracker.guards(instrument, -signOf(side));
    const standing = this.of(instrument);
    if (guards.length > 0) this.waitFor(instrument, guards, nowMs);
    // Nothing on the way explains it: the books are wrong, and who asks at once gets the same answer, without an end, and
    // without the quiet moment in which they could be compared.
    else if (standing !== null && end?.progress === "rejected") this.fail(standing, nowMs);
  }

  private waitFor(instrument: InstrumentIndex, guards: readonly TrackedOrder[], nowMs: number): void {
    if (guards.length === 0) return;
    const awaited = new Set(guards.map((guard) => guard.request.id));
    // A second contradiction does not explain the first.
    for (const id of this.unsure.get(instrument)?.awaited ?? []) awaited.add(id);
    this.unsure.set(instrument, {
      awaited,
      stepsLeft: doubtSteps,
      seenMs: -Infinity,
      untilMs: nowMs + doubtMsMin,
    });
    this.look(instrument);
  }

  private isUnsure(instrument: InstrumentIndex, nowMs: number): boolean {
    const doubt = this.unsure.get(instrument);
    if (doubt === undefined) return false;
    if (nowMs > doubt.seenMs) doubt.stepsLeft -= 1;
    doubt.seenMs = nowMs;
    const isLong = doubt.stepsLeft < 0 && !isAhead(doubt.untilMs, nowMs, doubtMsMin);
    if (isLong) this.unsure.delete(instrument);
    return !isLong;
  }

  /** A whole fill of one of them explains it; one that ended otherwise does not come into question any more. */
  private noLongerAwaited({ request: { instrument, id }, end }: TrackedOrder): void {
    const doubt = this.unsure.get(instrument);
    if (doubt?.awaited.delete(id) !== true) return;
    if (doubt.awaited.size === 0 || end?.progress === "filled") this.unsure.delete(instrument);
  }

  private hearAnswer(order: TrackedOrder, isRefused: boolean, nowMs: number): void {
    const standing = this.of(order.request.instrument);
    if (standing === null) return;
    // The venue says that it cannot be changed: its fill or its end is on the way. It is asked again later.
    if (isRefused) waitAfter(standing, Math.min(order.refusedChanges, 10), nowMs);
    this.look(order.request.instrument);
  }

  /**
   * A venue that looks at the money before it takes an order refuses what a fill would have made smaller: fees, and what
   * it sets aside for a price that moves. A little less is tried, and less again.
   */
  private ease(standing: Standing, nowMs: number): void {
    standing.leftOutShare = leftOutShare * 2 ** standing.failures;
    this.fail(standing, nowMs);
  }

  private fail(standing: Standing, nowMs: number): void {
    waitAfter(standing, Math.min(standing.failures, 6), nowMs);
    standing.failures += 1;
  }

  /** Nothing is wanted any more, until the next decision. */
  private fall(instrument: InstrumentIndex): void {
    const standing = this.of(instrument);
    if (standing === null) return;
    standing.quantity = 0;
    standing.isClosing = true;
    standing.retryAtMs = -Infinity;
    this.look(instrument);
  }
}

/** Whether the venue took nothing of an order that opens. */
function isRefusedWhole({ end, filledQuantity, request }: TrackedOrder): boolean {
  return end?.progress === "rejected" && filledQuantity === 0 && !request.reduceOnly;
}

function hasFilled({ filledQuantity }: TrackedOrder): boolean {
  return filledQuantity > 0;
}

/** Whether an order ended because the venue has no position for it to reduce. */
function isAboutPosition(code: VenueCode): boolean {
  return code === "position_closed" || code === "nothing_to_reduce";
}

function hasLevels({ protection: { stopPrice, takeProfitPrice, trail } }: Target): boolean {
  return stopPrice !== undefined || takeProfitPrice !== undefined || trail !== undefined;
}
