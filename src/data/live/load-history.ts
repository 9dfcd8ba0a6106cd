import type { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { expectsBars } from "../../domain/calendar/expects-bars.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import { fetchRange, type FetchParts } from "./fetch-range.ts";

/** Where the bars before the stream come from. */
export type HistoryParts = FetchParts & {
  /** Bars held here with `fromMs <= close < toMs`; absent when there are none. */
  readonly history: ((symbol: string, fromMs: number, toMs: number) => Promise<Bars>) | null;
  /** Bars that a strategy needs before it may decide. */
  readonly warmupBars: number;
  /** The newest close that is surely known everywhere. */
  readonly throughMs: number;
  /** Hears of every page that came from the source. */
  readonly onFetched: (bars: Bars) => void | Promise<void>;
};

/**
 * Fills a table with at least `warmupBars` bars up to `throughMs`, as far as there are so many: those held here, then
 * what the source has since. A table that has bars goes on after them without a hole, however long ago they closed.
 * False when the source could not be asked; what is there stays.
 */
export async function loadHistory(
  parts: HistoryParts,
  table: BarTable,
  calendar: Calendar,
): Promise<boolean> {
  const { timeframe, throughMs, warmupBars, onFetched } = parts;
  const { symbol } = table;
  const knownMs = table.length === 0 ? null : table.closeTimeMs[table.length - 1]!;
  const fromMs = knownMs === null ? historyStart(calendar, timeframe, throughMs, warmupBars) : knownMs + 1;
  const held = await readHeld(parts, symbol, fromMs);
  if (held !== null) appendNewer(table, held, throughMs);
  const lastMs = table.length === 0 ? null : table.closeTimeMs[table.length - 1]!;
  if (lastMs !== null && !expectsBars(calendar, timeframe, lastMs, throughMs + 1)) return true;
  const range = { symbol, fromMs: lastMs === null ? fromMs : lastMs + 1, toMs: throughMs + 1 };
  return fetchRange(parts, range, (bars) => {
    appendNewer(table, bars, throughMs);
    return onFetched(bars);
  });
}

async function readHeld(parts: HistoryParts, symbol: string, fromMs: number): Promise<Bars | null> {
  try {
    return (await parts.history?.(symbol, fromMs, parts.throughMs + 1)) ?? null;
  } catch (error) {
    parts.onEvent({ kind: "historyFailed", symbol, error });
    return null;
  }
}

function appendNewer(table: BarTable, bars: Bars, throughMs: number): void {
  for (let row = 0; row < bars.length; row++) {
    const closeTimeMs = bars.closeTimeMs[row]!;
    if (closeTimeMs > throughMs) return;
    if (table.length > 0 && closeTimeMs <= table.closeTimeMs[table.length - 1]!) continue;
    table.append(
      closeTimeMs,
      bars.open[row]!,
      bars.high[row]!,
      bars.low[row]!,
      bars.close[row]!,
      bars.volume[row]!,
    );
  }
}

/** How far back to go for so many bars: the calendar knows how much of the time the market is closed. */
export function historyStart(
  calendar: Calendar,
  timeframe: Timeframe,
  throughMs: number,
  warmupBars: number,
): number {
  let spanMs = (warmupBars + 1) * timeframeMs(timeframe);
  for (let tries = 0; tries < 12; tries++) {
    const count = calendar.missingBars(throughMs - spanMs, throughMs, timeframe);
    if (count >= warmupBars) break;
    spanMs *= Math.max(1.1, Math.min(8, (warmupBars + 1) / Math.max(1, count)));
  }
  return Math.floor(throughMs - spanMs);
}
