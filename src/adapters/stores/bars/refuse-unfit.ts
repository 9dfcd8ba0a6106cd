import { assert } from "../../../base/assert.ts";
import { KiwiError } from "../../../base/errors.ts";
import { formatTime } from "../../../base/time.ts";
import { barFields } from "../../../domain/bars.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { BarsToStore, Provenance } from "../../../ports/bar-store.ts";

/** Throws `BARS_UNFIT` for bars that are not numbers in the order of time, or come from a source without a name. */
export function refuseUnfit(
  symbol: string,
  timeframe: Timeframe,
  bars: BarsToStore,
  provenance: Provenance,
): void {
  assert(bars.timeframe === timeframe, "bars are stored under their own timeframe");
  const { source, receivedAtMs } = provenance;
  if (!/^[^\p{Cc}]+$/u.test(source) || !source.isWellFormed())
    throw unfit(symbol, timeframe, `the name of their source is ${JSON.stringify(source)}`);
  if (!Number.isFinite(receivedAtMs))
    throw unfit(symbol, timeframe, `the time of their arrival is ${receivedAtMs}`);
  const { closeTimeMs, length } = bars;
  let beforeMs = -Infinity;
  for (let row = 0; row < length; row++) {
    const closeMs = closeTimeMs[row]!;
    if (!Number.isFinite(closeMs))
      throw unfit(symbol, timeframe, `the close time in row ${row} is ${closeMs}`);
    if (closeMs <= beforeMs)
      throw unfit(
        symbol,
        timeframe,
        `${formatTime(closeMs)} in row ${row} comes after ${formatTime(beforeMs)}`,
      );
    beforeMs = closeMs;
  }
  for (const field of barFields) {
    const column = bars[field];
    for (let row = 0; row < length; row++)
      if (!Number.isFinite(column[row]))
        throw unfit(symbol, timeframe, `${field} is ${column[row]} at ${formatTime(closeTimeMs[row]!)}`);
  }
}

/** `BARS_UNFIT`: bars that no store can hold, or not this one. */
export function unfit(symbol: string, timeframe: Timeframe, why: string): KiwiError {
  return new KiwiError({
    code: "BARS_UNFIT",
    exit: "data",
    message: `the ${timeframe} bars of ${symbol} cannot be stored`,
    why,
    fix: "have the bars checked and cleaned before they are stored: kiwi data check",
    topic: "bar-store",
  });
}
