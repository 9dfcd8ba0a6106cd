import type { Trade } from "../../domain/trade.ts";
import type { StrategySwitch } from "../../selection/selection-log.ts";
import type { MetricsReport } from "../metrics/metrics-report.ts";
import type { EventTable } from "../../engine/decision-log/event-table.ts";

/** A strategy that had lost the right to trade a symbol for a time. */
export type Demotion = {
  /** Index of the strategy. */
  readonly strategy: number;
  readonly fromMs: number;
  /** Null where it lasts until the end of the run. */
  readonly untilMs: number | null;
  readonly reason: string;
};

/** The decision bars on which there was a choice, rows 0 to `length - 1`. */
export type ChoiceLog = {
  readonly length: number;
  readonly timeMs: Float64Array;
  /** Index of the strategy from the next bar on; -1 for nobody. */
  readonly strategy: Int8Array;
  /** Index into `regimeLabels`. */
  readonly label: Uint8Array;
  /** Row-major, one probability per label. */
  readonly posterior: Float32Array;
  readonly switches: readonly StrategySwitch[];
};

/** What was chosen on one symbol, decision bar by decision bar. */
export type SymbolSelection = {
  readonly log: ChoiceLog;
  /** What the detector expected the regime in force to last, by row of the log; NaN where it has no estimate. */
  readonly expectedDwellBars: Float64Array;
  /** Index into `regimeLabels` of the true regime, by row of the log; null where nobody knows the truth. */
  readonly truth: Uint8Array | null;
  readonly demotions: readonly Demotion[];
};

/** Slices and events of an account over the range of the run. */
export type AccountLog = {
  readonly timeMs: Float64Array;
  readonly equity: Float64Array;
  readonly length: number;
  readonly events: Pick<EventTable, "length" | "at">;
};

/** A run that a choice has to beat: the same bars, range, money, costs, sizes and limits. */
export type Rival = {
  readonly name: string;
  /** One strategy of the arsenal alone, or all of them with equal shares. */
  readonly kind: "alone" | "equal-weight";
  readonly log: AccountLog;
  readonly trades: readonly Trade[];
  readonly metrics: MetricsReport;
};

/** The same run on bars that begin some days later, and how often it decided alike. */
export type LaterStart = {
  readonly days: number;
  readonly totalReturn: number | null;
  /** Shares of the decisions made in both runs; null where there is none. */
  readonly sameRegime: number | null;
  readonly sameChoice: number | null;
};

/** What a run that chooses among strategies leaves behind beside its account. */
export type SelectionInput = {
  readonly regimeName: string;
  readonly selectorName: string;
  /** Names of the strategies; their places are the indices of everything else. */
  readonly strategies: readonly string[];
  /** True where the money was shared among several at once: the strategy of a bar is then the leading one. */
  readonly isBlend: boolean;
  /** By instrument. */
  readonly symbols: readonly SymbolSelection[];
  readonly rivals: readonly Rival[];
  /** The soonest first; empty where the bars are too few to begin later. */
  readonly laterStarts: readonly LaterStart[];
};
