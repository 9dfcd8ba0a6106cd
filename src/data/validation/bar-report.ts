import type { Timeframe } from "../../domain/timeframe.ts";

/** What can be wrong, or worth knowing, about bars. */
export type FindingKind =
  | "notFinite"
  | "nonPositive"
  | "ohlc"
  | "negativeVolume"
  | "disorder"
  | "duplicate"
  | "gap"
  | "lost"
  | "closedMarket"
  | "zeroVolume"
  | "flat"
  | "outlier"
  | "flash"
  | "spike"
  | "jump";

/** `error`: not a market's prices; `warning`: look before you trust it; `info`: true and harmless. */
export type Severity = "error" | "warning" | "info";

/** One bar that shows a finding. */
export type FindingExample = {
  /** Close of the bar, UTC milliseconds. */
  readonly closeTimeMs: number;
  readonly text: string;
};

/** One kind of finding over all bars: how often, what it means, and a few of them. */
export type Finding = {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly count: number;
  readonly message: string;
  readonly examples: readonly FindingExample[];
};

/** What validation says about the bars of one instrument. */
export type BarReport = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly calendarName: string;
  readonly rows: number;
  /** First and last close, null without bars. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Worst first; empty when there is nothing to say. */
  readonly findings: readonly Finding[];
};
