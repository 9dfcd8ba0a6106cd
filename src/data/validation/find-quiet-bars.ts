import { formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { parseTimeframe } from "../../domain/timeframe.ts";
import type { Finding } from "./bar-report.ts";
import { countOf, percentOf, Tally } from "./finding-list.ts";

/** A feed that stands still for this many bars is not a quiet market any more. */
const flatRunMax = 20;
const flatShareMax = 0.05;
/** More trading outside of the calendar's hours than this, and the zone of the stamps is in doubt. */
const closedShareMax = 0.05;

/** Bars in which nothing was traded: all of them, where the source has no volumes, is only worth knowing. */
export function findZeroVolume(bars: Bars, examplesMax: number): readonly Finding[] {
  const tally = new Tally(examplesMax);
  for (let row = 0; row < bars.length; row++) {
    if (bars.volume[row] === 0)
      tally.add(bars.closeTimeMs[row]!, () => `close ${bars.close[row]} without volume`);
  }
  if (tally.count === bars.length) {
    return tally.finding(
      "zeroVolume",
      "info",
      "the source has no volumes: fills cannot be limited by volume",
    );
  }
  const message = `${countOf(tally.count, "bar")} without volume (${percentOf(tally.count, bars.length)})`;
  return tally.finding("zeroVolume", "warning", message);
}

/** Bars with one price for open, high, low and close, and the longest time that this price stood still. */
export function findFlatBars(bars: Bars, examplesMax: number): readonly Finding[] {
  const { open, high, low, close, closeTimeMs } = bars;
  const tally = new Tally(examplesMax);
  let run = 0;
  let longest = 0;
  let longestEndMs = Number.NaN;
  for (let row = 0; row < bars.length; row++) {
    const price = close[row]!;
    const isFlat = open[row] === price && high[row] === price && low[row] === price;
    if (isFlat) tally.add(closeTimeMs[row]!, () => `one price, ${price}`);
    run = isFlat ? (run > 0 && close[row - 1] === price ? run + 1 : 1) : 0;
    if (run > longest) [longest, longestEndMs] = [run, closeTimeMs[row]!];
  }
  const isSuspect = longest >= flatRunMax || tally.count > bars.length * flatShareMax;
  const still = longest > 1 ? `; the price stood still for ${longest} until ${formatTime(longestEndMs)}` : "";
  const message = `${countOf(tally.count, "bar")} with a single price (${percentOf(tally.count, bars.length)})${still}`;
  return tally.finding("flat", isSuspect ? "warning" : "info", message);
}

/** Intraday bars at times when the calendar says the market is closed. */
export function findClosedMarket(bars: Bars, calendar: Calendar, examplesMax: number): readonly Finding[] {
  const { unit } = parseTimeframe(bars.timeframe);
  if (unit === "d" || unit === "w" || unit === "M") return [];
  const tally = new Tally(examplesMax);
  for (let row = 0; row < bars.length; row++) {
    const time = bars.closeTimeMs[row]!;
    if (!calendar.isOpen(time - 1))
      tally.add(time, () => `closes ${formatTime(time)}, outside of ${calendar.name}`);
  }
  const isSuspect = tally.count > bars.length * closedShareMax;
  const hint = isSuspect ? ": is it the right calendar, and the right time zone?" : "";
  const message = `${countOf(tally.count, "bar")} outside of the hours of ${calendar.name} (${percentOf(tally.count, bars.length)})${hint}`;
  return tally.finding("closedMarket", isSuspect ? "warning" : "info", message);
}
