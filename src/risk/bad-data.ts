import type { Bars } from "../domain/bars.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import { int } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";

/** Columns that were rounded one by one may cross by this much, relative to the price. */
const roundingRelative = 1e-9;

/** Nobody should buy on bars that cannot be right, and whoever watches the feed is believed. */
export const badData = definePlugin({
  kind: "risk",
  name: "bad-data",
  summary: "Refuses an order in a symbol whose last bars are broken or missing, or whose feed is in trouble.",
  options: {
    goodBarsMin: int(
      1,
      { min: 0, max: 20 },
      "good bars in a row up to the last one; 0 = bars are not looked at",
    ),
    gapBarsMax: int(
      0,
      { min: 0, max: 100 },
      "bars that may be missing right before a bar that still counts as good, by the calendar",
    ),
  },
  create({ goodBarsMin, gapBarsMax }, { market, calendars, feedHealth }) {
    return {
      check(_order, { instrument: { index, symbol }, lastBarTimeMs }) {
        const trouble = feedHealth?.troubleWith(symbol) ?? null;
        if (trouble !== null)
          return { kind: "refuse", reason: trouble, limit: Number.NaN, value: Number.NaN };
        if (goodBarsMin === 0) return approve;
        const bars = market.bars[index]!;
        const last = rowAt(bars, lastBarTimeMs);
        let value = 0;
        while (value < goodBarsMin && isGood(bars, last - value, gapBarsMax, calendars[index]!)) value += 1;
        if (value >= goodBarsMin) return approve;
        return { kind: "refuse", reason: faultAt(bars, last - value), limit: goodBarsMin, value };
      },
    };
  },
});

/** Row of the bar that closed then; -1 before the first. What lies behind it in the table is the future. */
function rowAt({ closeTimeMs, length }: Bars, timeMs: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (closeTimeMs[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isGood(bars: Bars, row: number, gapBarsMax: number, calendar: Calendar): boolean {
  return row >= 0 && isSound(bars, row) && missingBefore(bars, row, calendar) <= gapBarsMax;
}

function isSound({ open, high, low, close, volume }: Bars, row: number): boolean {
  const top = high[row]!;
  const bottom = low[row]!;
  const [first, last, traded] = [open[row]!, close[row]!, volume[row]!];
  if (![first, top, bottom, last, traded].every(Number.isFinite)) return false;
  const slack = top * roundingRelative;
  const isInside = bottom <= Math.min(first, last) + slack && top >= Math.max(first, last) - slack;
  return bottom > 0 && isInside && traded >= 0;
}

function missingBefore({ closeTimeMs, timeframe }: Bars, row: number, calendar: Calendar): number {
  return row === 0 ? 0 : calendar.missingBars(closeTimeMs[row - 1]!, closeTimeMs[row]!, timeframe);
}

function faultAt(bars: Bars, row: number): string {
  if (row < 0) return "too few bars have come yet";
  return isSound(bars, row) ? "bars are missing right before a recent one" : "a recent bar cannot be right";
}
