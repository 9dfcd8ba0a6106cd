import type { Bars } from "../../domain/bars.ts";
import type { Session } from "../../engine/session.ts";

/** An execution as a comparison sees it; quantities are signed. */
export type ComparedFill = {
  readonly instrument: number;
  readonly timeMs: number;
  readonly quantity: number;
  readonly price: number;
  /** How long after its order. */
  readonly afterMs: number;
  /** What its order wanted; NaN where nobody here ordered it. */
  readonly orderedQuantity: number;
  /** Open of the bar that it fell into: what the market asked before anybody filled. */
  readonly marketPrice: number;
};

/** An order as a comparison sees it. */
export type ComparedOrder = Pick<ComparedFill, "instrument" | "timeMs" | "quantity">;

/** What one side did: fills, the orders they came of, and what a venue kept of a purchase as its fee. */
export type ComparedSide = {
  readonly fills: readonly ComparedFill[];
  readonly orders: readonly ComparedOrder[];
  readonly kept: readonly ComparedFill[];
};

export type FillPair = readonly [own: ComparedFill, other: ComparedFill];

/** Fills of one decision lie within this time of each other. */
const matchMsMax = 10 * 60_000;
/** Parts of one order follow each other within this time. */
const partMsMax = 1_000;

/** Reads a side off the decision log of a session, from `fromMs` on; `bars` are those it traded on, by instrument index. */
export function sideOf({ recorder, pipeline }: Session, bars: readonly Bars[], fromMs: number): ComparedSide {
  const { events } = recorder.log;
  const [fills, orders, kept]: [ComparedFill[], ComparedOrder[], ComparedFill[]] = [[], [], []];
  const lastOrder = new Map<number, ComparedOrder>();
  for (let row = 0; row < events.length; row++) {
    const { kind, timeMs, instrument, first, second, third, fourth } = events.at(row);
    if (kind === "order") {
      const order = { instrument, timeMs, quantity: first };
      lastOrder.set(instrument, order);
      if (timeMs >= fromMs) orders.push(order);
    }
    if (kind !== "fill" || timeMs < fromMs) continue;
    const order = lastOrder.get(instrument);
    const isOurs = order !== undefined && Math.sign(order.quantity) === Math.sign(first);
    const fill = {
      instrument,
      timeMs,
      quantity: first,
      price: second,
      afterMs: timeMs - (order?.timeMs ?? timeMs),
      orderedQuantity: isOurs ? order.quantity : Number.NaN,
      marketPrice: marketPriceAt(bars[instrument]!, timeMs),
    };
    // A fee that is taken from what was bought is booked as a sale that brings nothing.
    const value = Math.abs(first) * second * pipeline.instruments[instrument]!.contractMultiplier;
    const brings = value - (third - fourth);
    (brings < value / 2 ? kept : fills).push(fill);
  }
  return { fills, orders, kept };
}

/** Open of the bar that `timeMs` lies in; where it has not closed yet, the last close; NaN before the first. */
function marketPriceAt(bars: Bars, timeMs: number): number {
  let [low, high] = [0, bars.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bars.closeTimeMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  if (low < bars.length) return bars.open[low]!;
  return bars.length === 0 ? Number.NaN : bars.close[bars.length - 1]!;
}

/** Parts of one order, filled one after the other, are one fill at their mean price. */
export function joined(fills: readonly ComparedFill[]): readonly ComparedFill[] {
  const result: ComparedFill[] = [];
  for (const fill of fills) {
    const last = result.findLast(({ instrument }) => instrument === fill.instrument);
    const isPart =
      last !== undefined &&
      Math.sign(last.quantity) === Math.sign(fill.quantity) &&
      fill.timeMs - last.timeMs < partMsMax;
    if (!isPart) {
      result.push(fill);
      continue;
    }
    const quantity = last.quantity + fill.quantity;
    const meanOf = (of: (one: ComparedFill) => number): number =>
      (of(last) * last.quantity + of(fill) * fill.quantity) / quantity;
    const price = meanOf((one) => one.price);
    const marketPrice = meanOf((one) => one.marketPrice);
    result[result.lastIndexOf(last)] = { ...last, quantity, price, marketPrice };
  }
  return result;
}

/** Pairs each of ours with the first one left of the other side that has its symbol and direction and is near in time. */
export function pairFills(
  ours: readonly ComparedFill[],
  theirs: readonly ComparedFill[],
): {
  readonly pairs: readonly FillPair[];
  readonly ours: readonly ComparedFill[];
  readonly theirs: readonly ComparedFill[];
} {
  const left = [...theirs];
  const pairs: FillPair[] = [];
  const alone: ComparedFill[] = [];
  for (const own of ours) {
    const at = left.findIndex((other) => isNear(own, other));
    if (at < 0) alone.push(own);
    else pairs.push([own, left.splice(at, 1)[0]!]);
  }
  return { pairs, ours: alone, theirs: left };
}

/** Whether two orders or fills are of one instrument and direction, and may come of one decision. */
export function isNear(one: ComparedOrder, other: ComparedOrder): boolean {
  return (
    one.instrument === other.instrument &&
    Math.sign(one.quantity) === Math.sign(other.quantity) &&
    Math.abs(one.timeMs - other.timeMs) <= matchMsMax
  );
}
