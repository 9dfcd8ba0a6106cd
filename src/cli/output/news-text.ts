import type { NewsOutcome } from "../../app/data/news/download-news.ts";
import type { HeldNews } from "../../adapters/stores/news/news-holdings.ts";
import { minuteMs, formatTime } from "../../base/time.ts";
import { joinRanges } from "../../data/pipeline/time-ranges.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";
import { table } from "./table.ts";

const right = { align: "right" } as const;

/** What a download or an import did, symbol by symbol. */
export function newsOutcomesText(outcomes: readonly NewsOutcome[]): string {
  return table(
    [
      { title: "symbol" },
      { title: "new", ...right },
      { title: "revised", ...right },
      { title: "same", ...right },
      { title: "held in full" },
    ],
    outcomes.map(({ symbol, added, revised, unchanged, covered, error }) => [
      symbol,
      ...[added, revised, unchanged].map(String),
      `${rangesText(covered)}${error === null ? "" : "   not finished"}`,
    ]),
  );
}

/** What is held of each symbol. */
export function heldNewsText(held: readonly HeldNews[]): string {
  return table(
    [
      { title: "symbol" },
      { title: "articles", ...right },
      { title: "revised", ...right },
      { title: "held in full" },
      { title: "source" },
      { title: "last fetched" },
    ],
    held.map(({ symbol, articles, versions, fetches }) => [
      symbol,
      String(articles),
      String(versions - articles),
      rangesText(joinRanges(fetches)),
      [...new Set(fetches.map(({ source }) => source))].join(", "),
      minuteText(Math.max(...fetches.map(({ fetchedMs }) => fetchedMs))),
    ]),
  );
}

function rangesText(ranges: readonly TimeRange[]): string {
  if (ranges.length === 0) return "nothing";
  return ranges.map(({ fromMs, toMs }) => `${minuteText(fromMs)} .. ${minuteText(toMs)}`).join(", ");
}

/** A time to the minute. */
function minuteText(timeMs: number): string {
  return formatTime(Math.floor(timeMs / minuteMs) * minuteMs).replace(/:00Z$/, "Z");
}
