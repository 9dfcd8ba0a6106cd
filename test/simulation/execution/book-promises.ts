import { isOver, statusOf, type TrackedOrder } from "../../../src/engine/execution/order-tracker.ts";
import { signOf, type Fill, type OrderStatus } from "../../../src/domain/order.ts";
import type { InstrumentIndex } from "../../../src/domain/instrument.ts";
import type { VenueFill, VenueOrder } from "../../../src/ports/broker-connection.ts";
import type { Session } from "../../../src/engine/session.ts";
import type { Watched } from "./exchange-side.ts";
import type { BrokenPromises, Life } from "./promises.ts";
import type { SendPromises } from "./send-promises.ts";
import { cash, sliceMs, symbols } from "./small-market.ts";

const ends: readonly OrderStatus[] = ["filled", "canceled", "rejected", "expired"];

/** Which states may follow: forward, into waiting for an answer and back from it, and to one end. */
const moves: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  submitted: ["accepted", "triggered", "partially_filled", "cancel_pending", "replace_pending", ...ends],
  accepted: ["triggered", "partially_filled", "cancel_pending", "replace_pending", ...ends],
  triggered: ["partially_filled", "cancel_pending", "replace_pending", ...ends],
  partially_filled: ["cancel_pending", "replace_pending", ...ends],
  cancel_pending: ["submitted", "accepted", "triggered", "partially_filled", ...ends],
  replace_pending: ["submitted", "accepted", "triggered", "partially_filled", "cancel_pending", ...ends],
  filled: [],
  canceled: [],
  rejected: [],
  expired: [],
};

/**
 * Slices for which a position may be without its stop while nothing hinders the robot: few when it does nothing about
 * it, more while its tries get lost or are refused.
 */
const idleSlicesMax = 8;
const unprotectedSlicesMax = 24;
/** An answer that never comes is waited for so long, and asked for a few times, before the next try. */
const tryingMs = 60_000;
/** A try that the road has swallowed excuses so long: then the next one is due. */
const swallowedMs = 10_000;
/** Money is counted in millionths, as whole numbers: sums of fills are exact. */
const millionths = (amount: number): number => Math.round(amount * 1e6);

/** `most`: the largest size that it was ever asked to have, for a change may be acted on after it was given up. */
type Seen = { status: OrderStatus; filled: number; most: number };
type Traded = { buy: number; sell: number };

/** Holds the books of robot and venue against the fills that made them, after every event. */
export class BookPromises {
  private readonly venue: Watched;
  private readonly sends: SendPromises;
  private readonly broken: BrokenPromises;
  private readonly fillsSeen = new Set<string>();
  private readonly venueTraded: readonly Traded[] = symbols.map(() => ({ buy: 0, sell: 0 }));
  private venueMoney: number;
  /** The robot that is looked at. */
  life: Life | null = null;
  private ownTraded: readonly Traded[] = [];
  private ownMoney = 0;
  private readonly seen = new Map<TrackedOrder, Seen>();
  /** Orders that are over, as they were when they ended. */
  private readonly ended = new Map<TrackedOrder, Seen>();
  private readonly unprotected = symbols.map(() => 0);

  constructor(venue: Watched, sends: SendPromises, broken: BrokenPromises, money = cash) {
    this.venueMoney = millionths(money);
    this.venue = venue;
    this.sends = sends;
    this.broken = broken;
    venue.listen({ onFill: (fill) => this.lookAtFill(fill) });
  }

  /** From now on this robot is looked at; its session has just been built and has no fills. */
  follow(life: Life, session: Session): void {
    this.life = life;
    this.seen.clear();
    this.ended.clear();
    this.unprotected.fill(0);
    this.ownTraded = symbols.map(() => ({ buy: 0, sell: 0 }));
    this.ownMoney = millionths(session.portfolio.cash);
    const { portfolio } = session;
    const book = portfolio.book.bind(portfolio);
    portfolio.book = (fill, reason) => {
      book(fill, reason);
      if (this.life === life) this.lookAtBooking(fill, session);
    };
  }

  /** After everything that the session has lived through. */
  look(): void {
    const session = this.life?.session;
    if (session == null) return;
    const { ledger } = session.portfolio;
    if (!isFinite(ledger.cash)) this.broken.say(24, `cash is ${ledger.cash}`);
    for (let index = 0; index < symbols.length; index++) {
      if (!isFinite(ledger.quantity[index]!)) this.broken.say(24, `holds ${ledger.quantity[index]}`);
      const open = session.orders.open(index as InstrumentIndex);
      for (let k = 0; k < open.length; k++) this.lookAtTracked(open[k]!);
    }
    for (const [order, seen] of this.seen) {
      if (!isOver(order)) continue;
      this.lookAtTracked(order);
      this.seen.delete(order);
      this.ended.set(order, seen);
    }
  }

  /** After every slice of the market: what is held must be protected, unless something keeps the robot from it. */
  lookAtProtection(isBlocked: (symbol: string) => boolean): void {
    const { life, venue } = this;
    const session = life?.session;
    if (life === null || session == null) return;
    const isHindered = !life.isRunning() || !life.isHearing();
    if (symbols.every((symbol) => venue.held(symbol) === 0)) return void this.unprotected.fill(0);
    const open = venue.openOrders();
    for (const [index, symbol] of symbols.entries()) {
      const held = venue.held(symbol);
      const standing = session.targets.of(index as InstrumentIndex);
      const levels = Object.values(standing?.protection ?? {}).filter((level) => level !== undefined).length;
      const isWanted =
        held !== 0 &&
        levels > 0 &&
        !standing!.isClosing &&
        Math.sign(standing!.quantity) === Math.sign(held) &&
        // Levels of a target on the other side, which was refused, are not about this holding.
        Math.sign(standing!.target.quantity) === Math.sign(held);
      const rules = {
        hasStop: standing?.protection.stopPrice !== undefined,
        areShares: !venue.hasReduceOnly,
      };
      // What is too large for one order goes in parts, one after the other, and a part may have filled in part.
      const least = venue.quantityMax < Infinity ? 1 : Math.abs(held);
      const isCovered = closingOf(open, symbol, held, rules) >= least;
      if (!isWanted || isCovered || this.sends.tradedByHand.has(symbol)) this.unprotected[index] = 0;
      else if (!isHindered && !isBlocked(symbol) && !this.isSwallowed(symbol)) this.unprotected[index]! += 1;
      if (this.unprotected[index]! > this.patience(symbol)) {
        this.broken.say(
          11,
          `${held} ${symbol} without protection for ${(this.unprotected[index]! * sliceMs) / 1_000} s`,
        );
        this.unprotected[index] = 0;
      }
    }
  }

  /** Whether its newest try was swallowed by the road just now: that is no fault of the robot while it goes on trying. */
  private isSwallowed(symbol: string): boolean {
    const { lastSwallowedMs } = this.sends;
    return this.broken.nowMs - (lastSwallowedMs.get(symbol) ?? -Infinity) < swallowedMs;
  }

  private patience(symbol: string): number {
    const triedMs = this.broken.nowMs - (this.sends.lastExitMs.get(symbol) ?? -Infinity);
    return triedMs < tryingMs ? unprotectedSlicesMax : idleSlicesMax;
  }

  /** When everything has come to rest. */
  lookAtEnd(): void {
    for (const [order, seen] of this.ended) {
      this.lookAtMove(order, seen.status, statusOf(order));
      this.lookAtFilled(order, seen);
    }
  }

  private lookAtTracked(order: TrackedOrder): void {
    const seen = this.seen.get(order);
    const status = statusOf(order);
    if (seen === undefined) {
      this.seen.set(order, { status, filled: order.filledQuantity, most: largestOf(order) });
      return;
    }
    seen.most = Math.max(seen.most, largestOf(order));
    if (order.filledQuantity !== seen.filled) this.lookAtFilled(order, seen);
    if (status !== seen.status) {
      this.lookAtMove(order, seen.status, status);
      seen.status = status;
    }
  }

  private lookAtMove(order: TrackedOrder, from: OrderStatus, to: OrderStatus): void {
    if (from !== to && !moves[from].includes(to))
      this.broken.say(5, `order ${order.request.id} went from ${from} to ${to}`);
  }

  private lookAtFilled(order: TrackedOrder, seen: Seen): void {
    const { request, filledQuantity } = order;
    const { most } = seen;
    if (filledQuantity < seen.filled)
      this.broken.say(4, `order ${request.id} had ${seen.filled} filled and now ${filledQuantity}`);
    if (filledQuantity > most + 1e-9 && !this.hasOverfilled() && !request.closePosition)
      this.broken.say(4, `order ${request.id} of ${most} has ${filledQuantity} filled`);
    seen.filled = filledQuantity;
  }

  /** What the robot books is compared with the sum of what it has booked, and with what there is to be booked. */
  private lookAtBooking(fill: Fill, session: Session): void {
    const { ledger } = session.portfolio;
    const traded = this.ownTraded[fill.instrument]!;
    traded[fill.side] += fill.quantity;
    this.ownMoney -= millionths(signOf(fill.side) * fill.quantity * fill.price + fill.fee);
    if (Math.abs(millionths(ledger.cash) - this.ownMoney) > 5)
      this.broken.say(1, `cash is ${ledger.cash}, and its fills make ${this.ownMoney / 1e6}`);
    const held = traded.buy - traded.sell;
    if (Math.abs(ledger.quantity[fill.instrument]! - held) > 1e-9)
      this.broken.say(2, `holds ${ledger.quantity[fill.instrument]}, and its fills make ${held}`);
    const there = this.venueTraded[fill.instrument]![fill.side];
    if (traded[fill.side] > there + 1e-9)
      this.broken.say(3, `booked ${traded[fill.side]} of ${there} (${fill.side})`);
  }

  private lookAtFill(fill: VenueFill): void {
    const index = symbols.indexOf(fill.symbol as (typeof symbols)[number]);
    const traded = this.venueTraded[index]!;
    const before = traded.buy - traded.sell;
    if (this.fillsSeen.has(fill.fillId)) this.broken.say(3, `the venue has fill ${fill.fillId} twice`);
    this.fillsSeen.add(fill.fillId);
    traded[fill.side] += fill.quantity;
    const held = traded.buy - traded.sell;
    this.venueMoney -= millionths(signOf(fill.side) * fill.quantity * fill.price + fill.fee);
    const sent = fill.clientOrderId === null ? undefined : this.sends.sent.get(fill.clientOrderId);
    if (sent?.isExit === true && !this.sends.tradedByHand.has(fill.symbol))
      if ((Math.abs(held) > Math.abs(before) || held * before < 0) && !this.isWanted(index, held))
        this.broken.say(10, `${fill.side} ${fill.quantity} ${fill.symbol} made ${before} into ${held}`);
  }

  /** Of a reversal the opening half may fill first where exits are orders like others: what comes of it is wanted. */
  private isWanted(index: number, held: number): boolean {
    const wanted = this.life?.session?.targets.of(index as InstrumentIndex)?.quantity ?? 0;
    return !this.venue.hasReduceOnly && held * wanted > 0 && Math.abs(held) <= Math.abs(wanted);
  }

  /** Whether the venue has filled more than was ordered, so that orders may be fuller than they are large. */
  private hasOverfilled(): boolean {
    return this.venue.overfilledMs > -Infinity;
  }

  /** The venue's money, counted from its fills. */
  get venueCash(): number {
    return this.venueMoney / 1e6;
  }
}

/**
 * What works at the venue to close a holding. A stop that was wanted must be there: an exit that waits for a better price
 * may never come. Where exits only reduce, each may be as large as the holding, and elsewhere they share it.
 */
function largestOf({ request, asked }: TrackedOrder): number {
  return Math.max(request.quantity, asked.quantity);
}

function closingOf(
  open: readonly VenueOrder[],
  symbol: string,
  held: number,
  { hasStop, areShares }: { readonly hasStop: boolean; readonly areShares: boolean },
): number {
  let most = 0;
  let sum = 0;
  for (const { symbol: other, side, quantity, filledQuantity, terms } of open) {
    if (other !== symbol || signOf(side) * held > 0) continue;
    if (hasStop && terms?.type !== "stop_market" && terms?.type !== "market") continue;
    most = Math.max(most, quantity - filledQuantity);
    sum += quantity - filledQuantity;
  }
  return areShares ? sum : most;
}
