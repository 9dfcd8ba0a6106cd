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
  /** Open of the bar that it fell into: what the market asked before anybody filled. NaN where nobody knows. */
  readonly marketPrice: number;
};

/** An order as a comparison sees it. */
export type ComparedOrder = Pick<ComparedFill, "instrument" | "timeMs" | "quantity">;

export type FillPair = readonly [own: ComparedFill, other: ComparedFill];

/** Fills of one decision lie within this time of each other. */
export const matchMsMax = 10 * 60_000;
/** Parts of one order follow each other within this time. */
const partMsMax = 1_000;

/** Fills of one order that followed each other, as one at their mean price. */
export type JoinedFill = ComparedFill & { readonly parts: readonly ComparedFill[] };

/** Parts of one order, filled one after the other, are one fill at their mean price. */
export function joined(fills: readonly ComparedFill[]): readonly JoinedFill[] {
  const result: JoinedFill[] = [];
  for (const fill of fills) {
    const last = result.findLast(({ instrument }) => instrument === fill.instrument);
    const isPart =
      last !== undefined &&
      Math.sign(last.quantity) === Math.sign(fill.quantity) &&
      fill.timeMs - last.timeMs < partMsMax;
    if (!isPart) {
      result.push({ ...fill, parts: [fill] });
      continue;
    }
    const quantity = last.quantity + fill.quantity;
    const meanOf = (of: (one: ComparedFill) => number): number =>
      (of(last) * last.quantity + of(fill) * fill.quantity) / quantity;
    const price = meanOf((one) => one.price);
    const marketPrice = meanOf((one) => one.marketPrice);
    const parts = [...last.parts, fill];
    result[result.lastIndexOf(last)] = { ...last, quantity, price, marketPrice, parts };
  }
  return result;
}

/** Pairs each of ours with the first one left of the other side that has its symbol and direction and is near in time. */
export function pairFills<Fill extends ComparedFill>(
  ours: readonly Fill[],
  theirs: readonly Fill[],
): {
  readonly pairs: readonly FillPair[];
  readonly ours: readonly Fill[];
  readonly theirs: readonly Fill[];
} {
  const left = [...theirs];
  const pairs: FillPair[] = [];
  const alone: Fill[] = [];
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
