import { dayMs } from "../../base/time.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { BarSource } from "../../ports/bar-source.ts";
import type { BarStore } from "../../ports/bar-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FetchedRanges, TimeRange } from "../../ports/fetched-ranges.ts";
import { chunksOf } from "./chunks-of.ts";
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
  readonly signal: AbortSignal | undefined;
  readonly tally: FetchTally;
  /** Called when everything that closes before this time is safe. */
  readonly onSafe: (beforeMs: number) => void;
};

/**
 * Fetches a range chunk by chunk. A chunk is remembered as fetched only when its bars are safe in the store, so that
 * after a kill at any moment at most one chunk is fetched again and none is missed.
 */
export async function fetchRange(fetch: RangeFetch, range: TimeRange): Promise<void> {
  const { source, store, ranges, symbol, timeframe, tally } = fetch;
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
  const remember = async (beforeMs: number): Promise<void> => {
    if (beforeMs > fromMs) await ranges.add(source.name, symbol, timeframe, { fromMs, toMs: beforeMs });
    fromMs = Math.max(fromMs, beforeMs);
    fetch.onSafe(fromMs);
  };
  for await (const { bars, provider } of chunksOf(pages, fetch.chunkRows)) {
    const provenance = { source: provider ?? source.name, receivedAtMs: fetch.clock.nowMs() };
    tally.take(bars, await store.append(symbol, timeframe, bars, provenance));
    await remember(bars.closeTimeMs[bars.length - 1]! + 1);
  }
  // After the last bar the source has answered with nothing: near the present that may change.
  await remember(Math.min(range.toMs, settledMs(askedAtMs, timeframe)));
}

/**
 * Until when a time without bars stays without them. Venues publish late, vendors of daily bars hours after the close:
 * only what had more than a day for it is believed to be empty.
 */
export function settledMs(nowMs: number, timeframe: Timeframe): number {
  return nowMs - timeframeMs(timeframe) - dayMs;
}
