import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { BarReport, Severity } from "./bar-report.ts";
import { findBrokenBars, findTimeFaults } from "./find-broken-bars.ts";
import { findGaps, gapFinding } from "./find-gaps.ts";
import { findJumps } from "./find-jumps.ts";
import { findSpikes } from "./find-spikes.ts";
import { findClosedMarket, findFlatBars, findZeroVolume } from "./find-quiet-bars.ts";

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/**
 * Looks bars over for everything that would make a backtest on them wrong, and says what it found.
 * Pure: it changes nothing and reads no clock. `examplesMax` limits the examples of each finding.
 */
export function validateBars(bars: Bars, calendar: Calendar, examplesMax = 5): BarReport {
  const timeFaults = findTimeFaults(bars, examplesMax);
  const findings = [
    ...findBrokenBars(bars, examplesMax),
    ...timeFaults,
    // Without order there is no next bar, and a gap would be a product of the disorder.
    ...(timeFaults.length > 0 ? [] : gapFinding(bars, findGaps(bars, calendar), examplesMax)),
    ...findClosedMarket(bars, calendar, examplesMax),
    ...findZeroVolume(bars, examplesMax),
    ...findFlatBars(bars, examplesMax),
    ...findJumps(bars, examplesMax),
    ...findSpikes(bars, examplesMax),
  ];
  return {
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    calendarName: calendar.name,
    rows: bars.length,
    fromMs: bars.closeTimeMs[0] ?? null,
    toMs: bars.length === 0 ? null : bars.closeTimeMs[bars.length - 1]!,
    findings: findings.toSorted((a, b) => rank[a.severity] - rank[b.severity]),
  };
}
