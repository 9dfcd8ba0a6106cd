import { formatDuration } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarSource } from "../../ports/bar-source.ts";
import { sleep, type Clock } from "../../ports/clock.ts";
import type { FeedEvent } from "./feed-event.ts";

const delayMsBase = 1_000;
const delayMsMax = 15_000;

/** Whom to ask, how long, and who hears what came of it. */
export type FetchParts = {
  readonly source: Pick<BarSource, "fetchBars">;
  readonly timeframe: Timeframe;
  readonly clock: Clock;
  /** A range that is not fetched within this time is given up. */
  readonly fetchMsMax: number;
  /** Aborted when the feed closes. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: FeedEvent) => void;
};

/** Bars of one symbol with `fromMs <= close < toMs`. */
export type SymbolRange = { readonly symbol: string; readonly fromMs: number; readonly toMs: number };

/** Fetches a range, again and again from where it broke off, until it is whole (true) or its time is up (false). */
export async function fetchRange(
  parts: FetchParts,
  range: SymbolRange,
  onBars: (bars: Bars) => void | Promise<void>,
): Promise<boolean> {
  const { clock, fetchMsMax, onEvent } = parts;
  const limit = new AbortController();
  const cancel = clock.schedule(fetchMsMax, () =>
    limit.abort(new Error(`not fetched within ${formatDuration(fetchMsMax)}`)),
  );
  const signal = AbortSignal.any([parts.signal, limit.signal]);
  const progress = { nextMs: range.fromMs, bars: 0 };
  let error: unknown = null;
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await unlessAborted(signal, fetchRest(parts, range, progress, signal, onBars));
      cancel();
      onEvent({ kind: "backfilled", ...range, bars: progress.bars });
      return true;
    } catch (cause) {
      if (!signal.aborted) error = cause;
    }
    await sleep(clock, Math.min(delayMsMax, delayMsBase * 2 ** attempt), signal).catch(() => {});
  }
  cancel();
  if (!parts.signal.aborted) onEvent({ kind: "backfillFailed", ...range, error: error ?? signal.reason });
  return false;
}

async function fetchRest(
  { source, timeframe, onEvent }: FetchParts,
  { symbol, toMs }: SymbolRange,
  progress: { nextMs: number; bars: number },
  signal: AbortSignal,
  onBars: (bars: Bars) => void | Promise<void>,
): Promise<void> {
  const pages = source.fetchBars({
    symbol,
    timeframe,
    fromMs: progress.nextMs,
    toMs,
    signal,
    onQuarantine: (entries) => onEvent({ kind: "quarantined", symbol, entries }),
  });
  for await (const bars of pages) {
    // Whoever gave up on this range has gone on without it.
    if (signal.aborted) return;
    if (bars.length === 0) continue;
    await onBars(bars);
    progress.bars += bars.length;
    progress.nextMs = bars.closeTimeMs[bars.length - 1]! + 1;
  }
}

/** A source that does not listen to the signal must not keep us. */
function unlessAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  const aborted = new Promise<void>((_, reject) => {
    const refuse = (): void => reject(signal.reason as Error);
    if (signal.aborted) refuse();
    else signal.addEventListener("abort", refuse, { once: true });
  });
  return Promise.race([work, aborted]);
}
