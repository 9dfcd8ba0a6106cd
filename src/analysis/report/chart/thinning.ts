import type { CandleSeries } from "./time-figure.ts";

// The source text of these functions runs in the page too: they use each other and nothing else of this module.

/** The candles that touch a range, grouped until at most `most` are left: open, high, low and close stay exact. */
export function visibleCandles(
  candles: CandleSeries,
  fromS: number,
  toS: number,
  most: number,
): CandleSeries {
  const first = Math.max(0, firstAtOrAfter(candles.closeS, fromS));
  let last = firstAtOrAfter(candles.closeS, toS);
  if (last < candles.closeS.length) last += 1;
  const spanS = groupSpan(candles, first, last, most);
  const grouped = { spanS, closeS: [], open: [], high: [], low: [], close: [] } as {
    -readonly [Key in keyof CandleSeries]: CandleSeries[Key] extends number ? number : number[];
  };
  const { volume } = candles;
  const summed: number[] = [];
  // Weeks begin on Monday, and 1970 began on a Thursday; the origin of a figure is such a Monday.
  for (let row = first; row < last; row++) {
    const closeS = candles.closeS[row]!;
    const endS = spanS === candles.spanS ? closeS : Math.ceil(closeS / spanS) * spanS;
    const k = grouped.closeS.length - 1;
    if (k >= 0 && grouped.closeS[k] === endS) {
      grouped.high[k] = Math.max(grouped.high[k]!, candles.high[row]!);
      grouped.low[k] = Math.min(grouped.low[k]!, candles.low[row]!);
      grouped.close[k] = candles.close[row]!;
      if (volume !== undefined) summed[k]! += volume[row]!;
    } else {
      grouped.closeS.push(endS);
      for (const name of ["open", "high", "low", "close"] as const) grouped[name].push(candles[name][row]!);
      if (volume !== undefined) summed.push(volume[row]!);
    }
  }
  return volume === undefined ? grouped : { ...grouped, volume: summed };
}

/** The shortest usual candle length, a multiple of the present one, with which the rows are at most `most` groups. */
function groupSpan(candles: CandleSeries, first: number, last: number, most: number): number {
  const { spanS, closeS } = candles;
  if (last - first <= most) return spanS;
  const neededS = (closeS[last - 1]! - closeS[first]!) / most;
  const [minute, hour, day] = [60, 3600, 86_400];
  const usual = [1, 5, 15, 30].map((count) => count * minute);
  usual.push(...[1, 2, 4, 8, 12].map((count) => count * hour));
  usual.push(...[1, 2, 3, 7, 14, 28, 56, 91, 182, 364].map((count) => count * day));
  const found = usual.find((each) => each >= neededS && each > spanS && each % spanS === 0);
  return found ?? spanS * Math.ceil(neededS / spanS);
}

/** The lowest and the highest point of each of `columns` parts of a range, in the order of time, and both ends. */
export function minMax(
  timeS: ArrayLike<number>,
  value: ArrayLike<number>,
  fromS: number,
  toS: number,
  columns: number,
): { readonly timeS: readonly number[]; readonly value: readonly number[] } {
  const first = Math.max(0, firstAtOrAfter(timeS, fromS) - 1);
  const last = Math.min(timeS.length, firstAtOrAfter(timeS, toS) + 1);
  const rows: number[] = [];
  const columnOf = (row: number) => Math.floor(((timeS[row]! - fromS) / (toS - fromS)) * columns);
  let column = columnOf(first);
  for (let from = first; from < last;) {
    const own = column;
    let lowest = from;
    let highest = from;
    let to = from + 1;
    for (; to < last && (column = columnOf(to)) === own; to++) {
      if (value[to]! < value[lowest]!) lowest = to;
      if (value[to]! > value[highest]!) highest = to;
    }
    if (from === first) rows.push(first);
    rows.push(Math.min(lowest, highest), Math.max(lowest, highest));
    if (to === last) rows.push(last - 1);
    from = to;
  }
  const kept = rows.filter((row, k) => row !== rows[k - 1]);
  return { timeS: kept.map((row) => timeS[row]!), value: kept.map((row) => value[row]!) };
}

/** Row of the first time at or after `wantedS`; the length where there is none. */
function firstAtOrAfter(timeS: ArrayLike<number>, wantedS: number): number {
  let [low, high] = [0, timeS.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeS[middle]! < wantedS) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Every function above, for the page. */
export const thinningFunctions = [visibleCandles, groupSpan, minMax, firstAtOrAfter];
