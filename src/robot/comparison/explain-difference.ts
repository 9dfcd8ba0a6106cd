import {
  isNear,
  joined,
  pairFills,
  type ComparedFill,
  type ComparedOrder,
  type ComparedSide,
  type FillPair,
} from "./compared-fills.ts";

/** Why a session made something else than its backtest, in the account's currency; all parts together are the whole. */
export type Explanation = {
  /** Filled at worse prices than the backtest, beside the same market. */
  readonly price: number;
  /** The market had moved on until we were filled. */
  readonly delay: number;
  /** The venue took other fees. */
  readonly fee: number;
  /** Ordered by both and filled by one alone, or in part. */
  readonly missed: number;
  /** Ordered by one alone, or another quantity: bars that came late, other holdings, other money. */
  readonly data: number;
  /** What no fill explains: borrowing, funding, rates of currencies, corrections of the venue. */
  readonly rest: number;
};

/** What an explanation needs to know beside the fills of both sides. */
export type Valuation = {
  /** What our session and its backtest made, in the account's currency. */
  readonly pnl: number;
  readonly shadowPnl: number;
  readonly fees: number;
  readonly shadowFees: number;
  /** What holdings are worth now, by instrument, in quote currency. */
  readonly lastPrice: (instrument: number) => number;
  /** The account's currency for one unit of price of one unit of quantity. */
  readonly unitValue: (instrument: number) => number;
};

/**
 * Takes `pnl - shadowPnl` apart. Every fill is worth its quantity times what the price has moved since: where both sides
 * filled, the difference of their prices counts; where one did, all that it has made. So the parts add up by themselves,
 * and `rest` is what is left over.
 */
export function explainDifference(
  ours: ComparedSide,
  theirs: ComparedSide,
  valuation: Valuation,
): Explanation {
  const paired = pairFills(joined(ours.fills), joined(theirs.fills));
  const made = madeBy(valuation);
  const parts = { price: 0, delay: 0, missed: 0, data: 0 };
  for (const pair of paired.pairs) addPair(parts, pair, valuation, made);
  for (const fill of paired.ours) parts[wasOrdered(fill, theirs.orders) ? "missed" : "data"] += made(fill);
  for (const fill of paired.theirs) parts[wasOrdered(fill, ours.orders) ? "missed" : "data"] -= made(fill);
  const kept = [...ours.kept.map(made), ...theirs.kept.map((fill) => -made(fill))];
  // What a venue keeps of a purchase it books as sold: its worth is the fee, and what it makes later is no longer ours.
  const fee = kept.reduce((sum, one) => sum + one, valuation.shadowFees - valuation.fees);
  const { price, delay, missed, data } = parts;
  const whole = valuation.pnl - valuation.shadowPnl;
  return { ...parts, fee, rest: whole - price - delay - missed - data - fee };
}

type Parts = { price: number; delay: number; missed: number; data: number };
type Made = (fill: Pick<ComparedFill, "instrument" | "quantity" | "price">) => number;

function madeBy({ lastPrice, unitValue }: Valuation): Made {
  return ({ instrument, quantity, price }) =>
    quantity * (lastPrice(instrument) - price) * unitValue(instrument);
}

function addPair(parts: Parts, [own, other]: FillPair, { unitValue }: Valuation, made: Made): void {
  const { instrument } = own;
  const sign = Math.sign(own.quantity);
  const common = sign * Math.min(Math.abs(own.quantity), Math.abs(other.quantity));
  const value = common * unitValue(instrument);
  // Without bars nobody knows what the market did: all of it is price.
  const moved = own.marketPrice - other.marketPrice;
  const delay = Number.isFinite(moved) ? moved : 0;
  parts.delay -= value * delay;
  parts.price -= value * (own.price - other.price - delay);
  const [more, less] = [own.quantity - common, other.quantity - common];
  const areWhole = isWhole(own) && isWhole(other);
  parts[areWhole ? "data" : "missed"] +=
    made({ instrument, quantity: more, price: own.price }) -
    made({ instrument, quantity: less, price: other.price });
}

/** Filled as it was ordered: another quantity of the other side was another decision. */
function isWhole({ quantity, orderedQuantity }: ComparedFill): boolean {
  return Math.abs(quantity - orderedQuantity) <= 1e-6 * Math.abs(orderedQuantity);
}

/** The other side wanted the same, and did not get it. */
function wasOrdered(
  { instrument, timeMs, quantity, afterMs }: ComparedFill,
  orders: readonly ComparedOrder[],
): boolean {
  return orders.some((order) => isNear({ instrument, quantity, timeMs: timeMs - afterMs }, order));
}
