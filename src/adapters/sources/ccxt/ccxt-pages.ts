import { dayMs, formatTime } from "../../../base/time.ts";
import { timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";
import { longestMs, nextOpenMs, shortestMs } from "../shared/bar-grid.ts";
import { describeRange, type PageRequest } from "../shared/make-source.ts";
import { newestIn, type VenuePage } from "../shared/read-page.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";
import { historyTooShort } from "./load-ccxt.ts";

/** A page with fewer rows is not one that an exchange has cut. */
const suspectRows = 100;

/** One question for bars that begin at `sinceMs` or later, and before `untilMs` where that is given. */
export type RowsRequest = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly sinceMs: number;
  readonly untilMs: number | null;
  readonly signal: AbortSignal;
};
type Rows = { readonly rows: readonly VenueRow[]; readonly generatedMs: number };

export type CcxtPaging = {
  readonly name: string;
  readonly timeframes: readonly Timeframe[];
  /** Rows in one answer. */
  readonly limit: number;
  readonly ask: (request: RowsRequest) => Promise<Rows>;
};

/**
 * Pages through a range of any exchange, oldest first. Exchanges differ in what they do with a start: some give the
 * first bars from it on, some the bars of a window after it, which may be empty, some the last bars of the range, and
 * some their newest, whatever is asked for.
 */
export async function* ccxtPages(paging: CcxtPaging, request: PageRequest): AsyncGenerator<VenuePage> {
  const { timeframe, fromMs, toMs } = request;
  const spanMs = shortestMs(timeframe);
  const windowMs = paging.limit * spanMs;
  const lastMs = toMs - 1 - spanMs;
  let startMs = nextOpenMs(Math.max(0, fromMs - longestMs(timeframe)), timeframe);
  /** Whether an end has to be named, because the exchange fills a page from the end. */
  let isWindowed: boolean | null = null;
  while (startMs <= lastMs) {
    const untilMs = isWindowed === true ? startMs + windowMs : null;
    const { rows, generatedMs } = await paging.ask({ ...request, sinceMs: startMs, untilMs });
    const firstMs = rows[0]?.openMs;
    // Where weeks and months begin differs: the first may come later than asked.
    const latestStartMs = startMs + (/[wM]$/.test(timeframe) ? longestMs(timeframe) : 0);
    if (firstMs === undefined) {
      const resumeMs = await findNext(paging, request, startMs, lastMs, generatedMs);
      if (resumeMs === null) return;
      startMs = Math.max(startMs + windowMs, resumeMs);
      continue;
    }
    if (
      isWindowed === null &&
      firstMs > latestStartMs &&
      rows.length >= Math.min(paging.limit - 1, suspectRows)
    ) {
      isWindowed = await isFilledFromEnd(paging, request, startMs, firstMs);
      if (isWindowed) continue;
      const isNewest = rows.length >= paging.limit - 1 && newestIn(rows)! + 2 * spanMs > generatedMs;
      if (isNewest || (await hasTradedBefore(paging, request, startMs, firstMs))) {
        throw historyTooShort(paging.name, describeRange(request, startMs), formatTime(firstMs));
      }
    }
    isWindowed ??= false;
    yield {
      rows,
      askedFromMs: startMs,
      askedToMs: untilMs ?? Number.MAX_SAFE_INTEGER,
      generatedMs,
    };
    const reachedMs = untilMs ?? newestIn(rows)! + spanMs;
    // The bar after the newest is not asked for or has not begun: there is nothing more.
    if (reachedMs > Math.min(lastMs, generatedMs)) return;
    startMs = reachedMs;
  }
}

/** Whether there are bars before the first of a page that was asked for from `startMs` on. */
async function isFilledFromEnd(
  { ask }: CcxtPaging,
  request: PageRequest,
  startMs: number,
  firstMs: number,
): Promise<boolean> {
  const { rows } = await ask({ ...request, sinceMs: startMs, untilMs: firstMs });
  return rows.some(({ openMs }) => openMs < firstMs);
}

/** A market that began to trade later is no reason to stop; an exchange that forgets its bars is. */
async function hasTradedBefore(
  paging: CcxtPaging,
  request: PageRequest,
  startMs: number,
  firstMs: number,
): Promise<boolean> {
  const timeframe = coarserOf(paging, request.timeframe, ["1h", "1d", "1w"]);
  if (timeframe === null) return false;
  const { rows } = await paging.ask({ ...request, timeframe, sinceMs: startMs, untilMs: null });
  const tradedMs = rows[0]?.openMs;
  return tradedMs !== undefined && tradedMs + longestMs(timeframe) <= firstMs;
}

/** Where bars go on after a page without any: coarser bars tell in few questions. Null when they do not. */
async function findNext(
  paging: CcxtPaging,
  request: PageRequest,
  startMs: number,
  lastMs: number,
  generatedMs: number,
): Promise<number | null> {
  const endMs = Math.min(lastMs, generatedMs);
  const timeframe = coarserOf(paging, request.timeframe, ["1d", "1w"]);
  if (timeframe === null) return startMs + paging.limit * shortestMs(request.timeframe) <= endMs ? 0 : null;
  const coarseMs = timeframeMs(timeframe);
  // The coarser bar that holds the start began before it.
  for (let sinceMs = startMs - (startMs % dayMs); sinceMs <= endMs;) {
    const untilMs = sinceMs + paging.limit * coarseMs;
    const { rows } = await paging.ask({ ...request, timeframe, sinceMs, untilMs });
    const next = rows.find(({ openMs }) => openMs + coarseMs > startMs);
    if (next !== undefined) return next.openMs <= endMs ? next.openMs : null;
    sinceMs = untilMs;
  }
  return null;
}

function coarserOf(
  { timeframes }: CcxtPaging,
  timeframe: Timeframe,
  candidates: readonly Timeframe[],
): Timeframe | null {
  const spanMs = timeframeMs(timeframe);
  return candidates.find((one) => timeframes.includes(one) && timeframeMs(one) > spanMs) ?? null;
}
