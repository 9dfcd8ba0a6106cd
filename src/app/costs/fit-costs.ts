import { Prng } from "../../base/prng.ts";
import { bootstrapInterval } from "../../analysis/statistics/bootstrap.ts";
import type { JournalRecord } from "../../ports/journal-store.ts";
import { readExecutions, type Execution } from "./read-executions.ts";

/** A mean over real fills with the interval that holds it in 95 of 100 cases. */
export type Fitted = {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
};

/** What trading has cost; null where fewer than `fitCountMin` fills tell of it. */
export type CostFit = {
  readonly fills: number;
  /** How much worse than the open after its decision a market order filled, as a share of the price. */
  readonly slippage: Fitted | null;
  /** Fees as shares of what was traded. */
  readonly taker: Fitted | null;
  readonly maker: Fitted | null;
  /** From sending a market order until the venue was heard to have it: the longest that it can have taken. */
  readonly latencyMs: Fitted | null;
};

/** From how many fills on a figure is given at all. */
export const fitCountMin = 8;

/**
 * Fits the cost model to the executions of a journal. Fees are weighed by money, everything else counts each order once.
 * Intervals are bootstrapped in blocks with a fixed seed: the same journal gives the same figures.
 */
export function fitCosts(records: Iterable<JournalRecord>): CostFit {
  const executions = readExecutions(records);
  const market = executions.filter(({ isMarket }) => isMarket);
  const feesOf = (wanted: Execution["liquidity"]): Fitted | null =>
    fitted(
      executions.filter(({ liquidity, fee }) => liquidity === wanted && Number.isFinite(fee)),
      ({ fee }) => fee,
      ({ value }) => value,
    );
  return {
    fills: executions.length,
    slippage: fitted(
      market.filter(({ marketPrice }) => Number.isFinite(marketPrice)),
      ({ sign, price, marketPrice }) => sign * (price / marketPrice - 1),
    ),
    taker: feesOf("taker"),
    maker: feesOf("maker"),
    latencyMs: fitted(market, ({ afterMs }) => afterMs),
  };
}

/** The sum of one over the sum of the other, with its interval. */
function fitted(
  rows: readonly Execution[],
  of: (row: Execution) => number,
  weight: (row: Execution) => number = () => 1,
): Fitted | null {
  if (rows.length < fitCountMin) return null;
  const [tops, bottoms] = [rows.map(of), rows.map(weight)];
  const ratio = (picked: Float64Array): number => {
    let [top, bottom] = [0, 0];
    for (const row of picked) {
      top += tops[row]!;
      bottom += bottoms[row]!;
    }
    return top / bottom;
  };
  const found = bootstrapInterval(
    Float64Array.from(rows, (_, row) => row),
    ratio,
    { prng: new Prng(1) },
  )!;
  return { value: found.estimate, low: found.low, high: found.high, count: rows.length };
}
