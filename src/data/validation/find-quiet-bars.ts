import { dayMs, formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { weekdayOf } from "../../domain/calendar/days.ts";
import { isTraded } from "../../domain/calendar/settle-closes.ts";
import { zoneClock } from "../../domain/calendar/zone-clock.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import type { Finding } from "./bar-report.ts";
import { countOf, percentOf, Tally } from "./finding-list.ts";

/** A feed that stands still for this many bars is not a quiet market any more. */
const flatRunMax = 20;
const flatShareMax = 0.05;
const weekdayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
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

/**
 * Bars in which the calendar says that nothing was traded. Hours beside the regular ones are common; a day on which an
 * exchange is closed is not, and neither is a night that belongs to another market.
 */
export function findClosedMarket(bars: Bars, calendar: Calendar, examplesMax: number): readonly Finding[] {
  const spanMs = timeframeMs(bars.timeframe);
  const isDaily = spanMs === dayMs;
  const tally = new Tally(examplesMax);
  for (let row = 0; row < bars.length; row++) {
    const time = bars.closeTimeMs[row]!;
    if (isTraded(time, spanMs, calendar)) continue;
    tally.add(time, () =>
      isDaily
        ? `${dateText(time, calendar)}: ${calendar.name} is closed`
        : `closes ${formatTime(time)}, outside of ${calendar.name}`,
    );
  }
  const isMany = tally.count > bars.length * closedShareMax;
  const hint = isMany ? ": is it the right calendar, and the right time zone?" : "";
  const where = isDaily
    ? `on days when ${calendar.name} is closed`
    : `outside of the hours of ${calendar.name}`;
  const message = `${countOf(tally.count, "bar")} ${where} (${percentOf(tally.count, bars.length)})${hint}`;
  return tally.finding("closedMarket", isDaily || isMany ? "warning" : "info", message);
}

/** The date of the market on which a daily bar ends, with its weekday. */
function dateText(closeTimeMs: number, calendar: Calendar): string {
  const lastMs = closeTimeMs - 1;
  const day = Math.floor((lastMs + zoneClock(calendar.timeZone).offsetAt(lastMs)) / dayMs);
  return `${weekdayNames[weekdayOf(day)]!} ${formatTime(day * dayMs)}`;
}
