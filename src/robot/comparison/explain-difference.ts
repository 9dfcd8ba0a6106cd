import type { ComparedSide } from "./compared-side.ts";
import type { FillComparison } from "./fill-comparison.ts";
import type { Made, Tally } from "./tally.ts";

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
  /** The same while our own switch was pulled: exits waited here. */
  readonly waited: number;
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
  { ours, theirs }: FillComparison,
  tally: Tally,
  valuation: Valuation,
): Explanation {
  const { unitValue, lastPrice, fees, shadowFees, pnl, shadowPnl } = valuation;
  const parts = { price: 0, delay: 0, missed: 0, waited: 0, data: 0 };
  for (const [instrument, { price, delay, missed, waited, data }] of tally.byInstrument) {
    const unit = unitValue(instrument);
    parts.price += price * unit;
    parts.delay += delay * unit;
    parts.missed += worthOf(missed, lastPrice(instrument)) * unit;
    parts.waited += worthOf(waited, lastPrice(instrument)) * unit;
    parts.data += worthOf(data, lastPrice(instrument)) * unit;
  }
  // What a venue keeps of a purchase it books as sold: its worth is the fee, and what it makes later is no longer ours.
  const fee = shadowFees - fees + keptBy(ours, valuation) - keptBy(theirs, valuation);
  const { price, delay, missed, waited, data } = parts;
  const whole = pnl - shadowPnl;
  return { ...parts, fee, rest: whole - price - delay - missed - waited - data - fee };
}

function keptBy({ kept }: ComparedSide, { unitValue, lastPrice }: Valuation): number {
  let sum = 0;
  for (const [instrument, made] of kept) sum += worthOf(made, lastPrice(instrument)) * unitValue(instrument);
  return sum;
}

/** Where nothing is left the price does not count, not even one that nobody knows. */
function worthOf({ quantity, cost }: Made, price: number): number {
  return quantity === 0 && cost === 0 ? 0 : quantity * price - cost;
}
