import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarSource } from "../../ports/bar-source.ts";
import type { BarStore, MayJoin } from "../../ports/bar-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { BarsCame, FetchedRanges, TimeRange } from "../../ports/fetched-ranges.ts";
import { chunksOf } from "./chunks-of.ts";
import { provenRange, settledMs } from "./proven-range.ts";
import type { FetchTally } from "./fetch-report.ts";

/** One range to fetch, and where it goes. */
export type RangeFetch = {
  readonly source: BarSource;
  readonly store: BarStore;
  readonly ranges: FetchedRanges;
  readonly clock: Clock;
  readonly chunkRows: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly calendar: Calendar;
  /** Whose bars these may stand beside. */
  readonly mayJoin: MayJoin | undefined;
  /** When the symbol trades, as far as that is known; kept with the series. */
  readonly calendarName: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly tally: FetchTally;
  /** Called when everything that closes before this time is safe. */
  readonly onSafe: (beforeMs: number) => void;
};

/**
 * Fetches a range chunk by chunk; what was missing in it is so no longer, as far as the answer proves. A chunk is remembered as fetched only when its bars are safe in the store, so that
 * after a kill at any moment at most one chunk is fetched again and none is missed.
 */
export async function fetchRange(fetch: RangeFetch, range: TimeRange): Promise<void> {
  const { source, store, ranges, symbol, timeframe, tally, mayJoin, calendarName } = fetch;
  const askedAtMs = fetch.clock.nowMs();
  tally.ask(range);
  const pages = source.fetchBars({
    symbol,
    timeframe,
    ...range,
    onQuarantine: (entries) => tally.quarantine(entries),
    ...(fetch.signal === undefined ? {} : { signal: fetch.signal }),
  });
  let { fromMs } = range;
  let [firstMs, lastMs] = [Number.NaN, Number.NaN];
  const remember = async (beforeMs: number, came: BarsCame): Promise<void> => {
    if (beforeMs > fromMs) await ranges.add(source.name, symbol, timeframe, { fromMs, toMs: beforeMs }, came);
    fromMs = Math.max(fromMs, beforeMs);
    fetch.onSafe(fromMs);
  };
  for await (const { bars, provider } of chunksOf(pages, fetch.chunkRows)) {
    const provenance = {
      source: provider ?? source.name,
      receivedAtMs: fetch.clock.nowMs(),
      mayJoin,
      calendarName,
    };
    lastMs = bars.closeTimeMs[bars.length - 1]!;
    if (Number.isNaN(firstMs)) firstMs = bars.closeTimeMs[0]!;
    tally.take(bars, await store.append(symbol, timeframe, bars, provenance));
    const came = { bars: bars.length, firstMs: bars.closeTimeMs[0]! };
    await remember(lastMs + 1, came);
  }
  // After the last bar the source has answered with nothing: near the present that may change.
  await remember(Math.min(range.toMs, settledMs(askedAtMs, timeframe)), { bars: 0, firstMs: null });
  const arrived = Number.isNaN(firstMs) ? null : { firstMs, lastMs };
  const proven = provenRange(range, arrived, askedAtMs, fetch.calendar, timeframe);
  if (proven !== null) await store.settleMissing(symbol, timeframe, proven);
}
