import { noBars } from "../../adapters/stores/bars/version-columns.ts";
import { secondMs } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarStore } from "../../ports/bar-store.ts";
import { isDataFolder } from "./data-folder.ts";
import { openBars } from "./open-data.ts";

/** What a warm-up needs of the bars that are held on this machine. */
export type StoredHistoryParts = {
  /** Path of the data folder; it need not be there. */
  readonly path: string;
  readonly timeframe: Timeframe;
  readonly warmupBars: number;
  /** Names of the sources whose bars the session trades on: those of others are another market's. */
  readonly sources: readonly string[];
  readonly calendarOf: (symbol: string) => Calendar;
};

/** A store that nobody has read for so long is closed: a session warms up once and then runs for months. */
const idleMs = 30 * secondMs;

/** Bars of the local store for the warm-up of a session, so that only what is newer is asked of the venue. */
export function storedHistory(
  parts: StoredHistoryParts,
): (symbol: string, fromMs: number, toMs: number) => Promise<Bars> {
  const { path, timeframe, warmupBars, sources, calendarOf } = parts;
  const kept = keptOpen(path);
  return async (symbol, fromMs, toMs) => {
    const none: Bars = noBars(symbol, timeframe);
    return kept(async (store) => {
      const bars = await store.read(symbol, timeframe, fromMs, toMs);
      const isOfSources = bars.sources.every((name) => sources.includes(name));
      const isEnough = bars.length >= warmupBars && isWhole(bars, calendarOf(symbol));
      return isOfSources && isEnough ? bars : none;
    }, none);
  };
}

/** Whether no bar is missing between the first and the last: what has a hole is asked of the venue, whole. */
function isWhole({ closeTimeMs, length, timeframe }: Bars, calendar: Calendar): boolean {
  return calendar.missingBars(closeTimeMs[0]!, closeTimeMs[length - 1]!, timeframe) === length - 2;
}

/** Opens the store where somebody reads, once for all who read at a time, and closes it when nobody has for a while. */
function keptOpen(path: string) {
  let opening: Promise<BarStore | null> | null = null;
  let readers = 0;
  let timer: NodeJS.Timeout | null = null;
  return async <Answer>(read: (store: BarStore) => Promise<Answer>, none: Answer): Promise<Answer> => {
    if (timer !== null) clearTimeout(timer);
    readers += 1;
    opening ??= isDataFolder(path).then((isThere) => (isThere ? openBars(path) : null));
    const opened = opening;
    try {
      const store = await opened;
      return store === null ? none : await read(store);
    } finally {
      readers -= 1;
      if (readers === 0) {
        timer = setTimeout(() => {
          opening = null;
          void opened.then((store) => store?.close()).catch(() => {});
        }, idleMs);
        timer.unref();
      }
    }
  };
}
