import { formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import type { Finding } from "./bar-report.ts";
import { countOf, percentOf } from "./finding-list.ts";

/** A stretch that lacks bars which the calendar expected. */
export type Gap = {
  /** Closes of the bars before and after it, UTC milliseconds. */
  readonly afterMs: number;
  readonly beforeMs: number;
  readonly missing: number;
};

/** A larger share of missing bars than this distorts indicators, not only single values. */
const missingShareMax = 0.01;

/** All gaps in the order of time. Holidays, nights and weekends of the calendar are none. */
export function findGaps(bars: Bars, calendar: Pick<Calendar, "missingBars">): readonly Gap[] {
  const { closeTimeMs, length, timeframe } = bars;
  const spanMs = timeframeMs(timeframe);
  const gaps: Gap[] = [];
  for (let row = 1; row < length; row++) {
    const afterMs = closeTimeMs[row - 1]!;
    const beforeMs = closeTimeMs[row]!;
    // Most bars follow at once, and asking the calendar costs more than the comparison.
    if (!(beforeMs - afterMs > spanMs)) continue;
    const missing = calendar.missingBars(afterMs, beforeMs, timeframe);
    if (missing > 0) gaps.push({ afterMs, beforeMs, missing });
  }
  return gaps;
}

/** Gaps as a finding, the longest as examples. */
export function gapFinding(bars: Bars, gaps: readonly Gap[], examplesMax: number): readonly Finding[] {
  const longest = gaps.toSorted((a, b) => b.missing - a.missing);
  const [worst] = longest;
  if (worst === undefined) return [];
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  const expected = bars.length + missing;
  const share = percentOf(missing, expected);
  return [
    {
      kind: "gap",
      severity: missing > expected * missingShareMax ? "warning" : "info",
      count: gaps.length,
      message: `${countOf(gaps.length, "gap")} with ${countOf(missing, "missing bar")} (${share}), the longest ${worst.missing} after ${formatTime(worst.afterMs)}`,
      examples: longest.slice(0, examplesMax).map((gap) => ({
        closeTimeMs: gap.beforeMs,
        text: `${countOf(gap.missing, "bar")} missing between ${formatTime(gap.afterMs)} and ${formatTime(gap.beforeMs)}`,
      })),
    },
  ];
}
