import type { Timeframe } from "../../domain/timeframe.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";
import type { BarReport } from "../validation/bar-report.ts";
import type { BarFaultKind } from "./find-faults.ts";

/** How many bars of a range came from a provider. */
export type RepairedBy = { readonly provider: string; readonly bars: number };

/** What was wrong in a range of closes, who repaired it, and what remains. */
export type RepairedRange = TimeRange & {
  readonly fault: BarFaultKind;
  /** Bars that were missing or bad. */
  readonly bars: number;
  /** Who sent bars that were stored, in the order of asking. */
  readonly repairedBy: readonly RepairedBy[];
  /** Who sent the same bar again although it looks like a bad tick: it stays as it is. Null where nobody did. */
  readonly confirmedBy: string | null;
  /** Bars that are still missing, bad or unconfirmed. */
  readonly remaining: number;
};

/** A provider that failed; it was not asked any further. */
export type RepairFailure = { readonly provider: string; readonly error: unknown };

/** What a repair did. */
export type RepairReport = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** By time; empty when there was nothing to repair. */
  readonly ranges: readonly RepairedRange[];
  readonly failures: readonly RepairFailure[];
  /** What validation says of the bars before and after. */
  readonly before: BarReport;
  readonly after: BarReport;
};
