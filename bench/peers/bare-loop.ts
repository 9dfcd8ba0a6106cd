import type { Bars } from "../../src/domain/bars.ts";

const [fast, slow, feeRate, slippageRate, cash0] = [10, 30, 0.0002, 0.0001, 1e9];

type BareResult = { readonly orders: number; readonly totalReturn: number; readonly figures: number };

/**
 * The least that the work can cost: the same rule, fees and slippage in one loop without an engine around it, equity and
 * trades kept, and four numbers of a report. The ceiling that engines are measured against.
 */
export function bareLoop({ open, close, length }: Bars): BareResult {
  const equity = new Float64Array(length);
  const profits = new Float64Array(length);
  let [cash, quantity, fastSum, slowSum, was, want, orders, cost, trades] = [cash0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let row = 0; row < length; row++) {
    if (want === 1) {
      const price = open[row]! * (1 + slippageRate);
      quantity = cash / (price * (1 + feeRate));
      cost = quantity * price * (1 + feeRate);
      cash -= cost;
      orders += 1;
    } else if (want === -1) {
      const proceeds = quantity * open[row]! * (1 - slippageRate) * (1 - feeRate);
      cash += proceeds;
      profits[trades++] = proceeds - cost;
      quantity = 0;
      orders += 1;
    }
    want = 0;
    const price = close[row]!;
    fastSum += price;
    slowSum += price;
    if (row >= fast) fastSum -= close[row - fast]!;
    if (row >= slow) slowSum -= close[row - slow]!;
    if (row >= slow - 1) {
      const side = fastSum / fast > slowSum / slow ? 1 : -1;
      if (side !== was && was !== 0) {
        if (side > 0 && quantity === 0) want = 1;
        else if (side < 0 && quantity > 0) want = -1;
      }
      was = side;
    }
    equity[row] = cash + quantity * price;
  }
  return { orders, totalReturn: equity[length - 1]! / cash0 - 1, figures: measure(equity) };
}

/** What a report needs at least, as one number that nobody can leave out. */
function measure(equity: Float64Array): number {
  let [sum, squares, peak, deepest, before] = [0, 0, 0, 0, cash0];
  for (const now of equity) {
    const change = now / before - 1;
    sum += change;
    squares += change * change;
    before = now;
    if (now > peak) peak = now;
    else deepest = Math.max(deepest, 1 - now / peak);
  }
  return sum / Math.sqrt(squares) + deepest;
}
