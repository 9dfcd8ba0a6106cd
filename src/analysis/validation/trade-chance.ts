import type { Prng } from "../../base/prng.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Trade } from "../../domain/trade.ts";
import { quantile } from "../statistics/quantile.ts";

/** Fewer trades say nothing about chance. */
const tradesMin = 10;

/** What the same trades in other orders would have been. */
export type TradeOrder = {
  readonly samples: number;
  /** Deepest falls: that of the trades as they came, the median, and the one that 5 % of the orders exceed. */
  readonly drawdown: number;
  readonly drawdownMedian: number;
  readonly drawdown95: number;
  /** Equity after each trade, in multiples of the start: quantiles over the orders. All end where the trades ended. */
  readonly fan: readonly { readonly probability: number; readonly path: readonly number[] }[];
};

const fanProbabilities = [0.05, 0.25, 0.5, 0.75, 0.95];
const fanPointsMax = 120;

/**
 * Shuffles the profits of trades: how deep an account could have fallen with the same trades, each of them once. What they
 * add up to is the same in every order. `null` below ten trades.
 */
export function tradeOrders(
  trades: readonly Trade[],
  startEquity: number,
  prng: Prng,
  samples: number,
): TradeOrder | null {
  if (trades.length < tradesMin) return null;
  const profits = Float64Array.from(trades, ({ pnl }) => pnl / startEquity);
  const count = profits.length;
  const points = Math.min(fanPointsMax, count);
  const falls = new Float64Array(samples);
  const at = Array.from({ length: points + 1 }, () => new Float64Array(samples));
  const drawn = profits.slice();
  for (let sample = 0; sample < samples; sample++) {
    for (let k = count - 1; k > 0; k--) {
      const other = prng.integer(k + 1);
      [drawn[k], drawn[other]] = [drawn[other]!, drawn[k]!];
    }
    falls[sample] = deepestFall(drawn, (done, equity) => {
      const point = Math.floor((done * points) / count);
      at[point]![sample] = equity;
    });
    at[0]![sample] = 1;
  }
  falls.sort();
  for (const column of at) column.sort();
  return {
    samples,
    drawdown: deepestFall(profits),
    drawdownMedian: quantile(falls, 0.5),
    drawdown95: quantile(falls, 0.95),
    fan: fanProbabilities.map((probability) => ({
      probability,
      path: at.map((column) => quantile(column, probability)),
    })),
  };
}

function deepestFall(
  profits: Float64Array,
  onTrade: (done: number, equity: number) => void = () => {},
): number {
  let equity = 1;
  let peak = 1;
  let deepest = 0;
  for (let k = 0; k < profits.length; k++) {
    equity += profits[k]!;
    if (equity > peak) peak = equity;
    deepest = Math.max(deepest, (peak - equity) / peak);
    onTrade(k + 1, equity);
  }
  return Math.min(1, deepest);
}

/** What trades of the same side and length at other times would have made. */
export type RandomEntries = {
  readonly samples: number;
  /** Mean return of a trade, before costs: as it was, and of the median sample. */
  readonly own: number;
  readonly median: number;
  /** Share of samples that made at least as much, the run itself counted among them. */
  readonly probability: number;
};

/**
 * Enters at random: as many trades on each symbol, of the same side and length, from close to close. What a strategy makes by
 * being in a rising market, these make as well. `null` below ten trades.
 */
export function randomEntries(
  trades: readonly Trade[],
  bars: readonly Bars[],
  prng: Prng,
  samples: number,
): RandomEntries | null {
  const usable = trades.filter(
    ({ instrument, barsHeld }) => barsHeld >= 1 && bars[instrument]!.length > barsHeld + 1,
  );
  if (usable.length < tradesMin) return null;
  const own =
    usable.reduce((sum, { side, entryPrice, exitPrice }) => sum + moved(side, entryPrice, exitPrice), 0) /
    usable.length;
  const means = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    for (const { instrument, side, barsHeld } of usable) {
      const { close, length } = bars[instrument]!;
      const row = prng.integer(length - barsHeld);
      sum += moved(side, close[row]!, close[row + barsHeld]!);
    }
    means[sample] = sum / usable.length;
  }
  means.sort();
  const asGood = means.length - lowerBound(means, own);
  return { samples, own, median: quantile(means, 0.5), probability: (asGood + 1) / (samples + 1) };
}

function moved(side: Trade["side"], from: number, to: number): number {
  const change = from > 0 ? to / from - 1 : 0;
  return side === "long" ? change : -change;
}

function lowerBound(ascending: Float64Array, value: number): number {
  const at = ascending.findIndex((one) => one >= value);
  return at < 0 ? ascending.length : at;
}
