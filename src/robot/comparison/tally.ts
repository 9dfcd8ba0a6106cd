import {
  isNear,
  matchMsMax,
  pairFills,
  type ComparedFill,
  type ComparedOrder,
  type FillPair,
} from "./compared-fills.ts";

/** What fills have made by some price: `quantity` times it, less what they cost. In quote currency. */
export type Made = { quantity: number; cost: number };

/** Sums of one instrument, all in quote currency, so that later prices and rates can still be put in. */
export type InstrumentTally = {
  price: number;
  delay: number;
  readonly missed: Made;
  readonly waited: Made;
  readonly data: Made;
};

/**
 * Why a fill has no counterpart: an order of the other side stands behind it, and was not filled; the same, while ours waited under our
 * own pulled switch; or nobody ordered it there.
 */
export type WhyAlone = "missed" | "waited" | "data";

/** What of a comparison is a sum over pairs of fills and over fills that are alone. */
export class Tally {
  matched = 0;
  /** What was filled of orders of both sides, and what of them was filled on theirs alone, by quantity. */
  private filled = 0;
  private unfilled = 0;
  /** Fills of theirs that ours has ordered and not got. */
  missed = 0;
  /** Those that ours could not get, for our own switch was pulled. */
  waited = 0;
  readonly byInstrument = new Map<number, InstrumentTally>();
  /** How much worse our fill of a pair was, as a share: mean, and the sum of squares about it (Welford). */
  worseMean = 0;
  private worseSquares = 0;

  /** The standard error of that mean; NaN below two pairs. */
  get worseError(): number {
    return Math.sqrt(this.worseSquares / this.matched / (this.matched - 1));
  }

  /** What was filled of that which both have ordered and they have filled; NaN before anything was. */
  get fillRatio(): number {
    return this.filled / (this.filled + this.unfilled);
  }

  copy(): Tally {
    const copy = new Tally();
    copy.matched = this.matched;
    copy.filled = this.filled;
    copy.unfilled = this.unfilled;
    copy.missed = this.missed;
    copy.worseMean = this.worseMean;
    copy.worseSquares = this.worseSquares;
    copy.waited = this.waited;
    for (const [instrument, { missed, waited, data, ...sums }] of this.byInstrument)
      copy.byInstrument.set(instrument, {
        ...sums,
        missed: { ...missed },
        waited: { ...waited },
        data: { ...data },
      });
    return copy;
  }

  of(instrument: number): InstrumentTally {
    let sums = this.byInstrument.get(instrument);
    if (sums === undefined) {
      const none = { quantity: 0, cost: 0 };
      sums = { price: 0, delay: 0, missed: { ...none }, waited: { ...none }, data: { ...none } };
      this.byInstrument.set(instrument, sums);
    }
    return sums;
  }

  /** Pairs fills and adds them; returns those of theirs that are still alone. After `answeredMs` more of ours may come. */
  addFills<Fill extends ComparedFill>(
    ours: readonly Fill[],
    theirs: readonly Fill[],
    whyAlone: (fill: ComparedFill) => WhyAlone,
    answeredMs = Infinity,
  ): readonly Fill[] {
    const paired = pairFills(ours, theirs);
    for (const pair of paired.pairs) this.addPair(pair, answeredMs);
    for (const fill of paired.ours) this.addAlone(fill, 1, whyAlone(fill));
    return paired.theirs;
  }

  /** `sign` is 1 of ours, -1 of theirs. */
  addAlone(fill: ComparedFill, sign: 1 | -1, why: WhyAlone, answeredMs = Infinity): void {
    if (why === "waited" && sign < 0) this.waited += 1;
    if (why === "missed" && sign < 0 && fill.timeMs <= answeredMs) {
      this.missed += 1;
      this.unfilled += Math.abs(fill.quantity);
    }
    add(this.of(fill.instrument)[why], sign * fill.quantity, fill.price);
  }

  private addPair([own, other]: FillPair, answeredMs: number): void {
    const sums = this.of(own.instrument);
    const sign = Math.sign(own.quantity);
    this.addWorse(sign * (own.price / other.price - 1));
    const common = sign * Math.min(Math.abs(own.quantity), Math.abs(other.quantity));
    // Without bars nobody knows what the market did: all of it is price.
    const moved = own.marketPrice - other.marketPrice;
    const delay = Number.isFinite(moved) ? moved : 0;
    sums.delay -= common * delay;
    sums.price -= common * (own.price - other.price - delay);
    const isDecided = isWhole(own) && isWhole(other);
    const rest = isDecided ? sums.data : sums.missed;
    this.filled += Math.abs(own.quantity);
    if (!isDecided && own.timeMs <= answeredMs)
      this.unfilled += Math.max(0, Math.abs(other.quantity) - Math.abs(own.quantity));
    add(rest, own.quantity - common, own.price);
    add(rest, common - other.quantity, other.price);
  }

  private addWorse(share: number): void {
    this.matched += 1;
    const off = share - this.worseMean;
    this.worseMean += off / this.matched;
    this.worseSquares += off * (share - this.worseMean);
  }
}

/** Orders of one side, found again by time: as many as there are, they are not looked through. */
export class KnownOrders {
  private readonly byInstrument = new Map<number, ComparedOrder[]>();

  add(order: ComparedOrder): void {
    const orders = this.byInstrument.get(order.instrument);
    if (orders === undefined) this.byInstrument.set(order.instrument, [order]);
    // As a rule it is the newest.
    else orders.splice(firstFrom(orders, order.timeMs + 1), 0, order);
  }

  /** Whether one of them may come of the same decision as the order of a fill. */
  has({ instrument, quantity, timeMs, afterMs }: ComparedFill): boolean {
    const orders = this.byInstrument.get(instrument) ?? [];
    const orderedMs = timeMs - afterMs;
    for (let k = firstFrom(orders, orderedMs - matchMsMax); k < orders.length; k++) {
      if (orders[k]!.timeMs > orderedMs + matchMsMax) return false;
      if (isNear({ instrument, quantity, timeMs: orderedMs }, orders[k]!)) return true;
    }
    return false;
  }
}

/** The first of orders in time that is not before `timeMs`. */
function firstFrom(orders: readonly ComparedOrder[], timeMs: number): number {
  let [low, high] = [0, orders.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (orders[middle]!.timeMs < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function add(made: Made, quantity: number, price: number): void {
  made.quantity += quantity;
  made.cost += quantity * price;
}

/** Filled as it was ordered: another quantity of the other side was another decision. */
function isWhole({ quantity, orderedQuantity }: ComparedFill): boolean {
  return Math.abs(quantity - orderedQuantity) <= 1e-6 * Math.abs(orderedQuantity);
}
