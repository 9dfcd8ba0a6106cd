import type { Trade } from "../../domain/trade.ts";
import type { EquityCurve } from "./daily-returns.ts";
import type { MetricKey } from "./metric-definitions.ts";
import type { SessionCalendar } from "./sessions.ts";

/** What a run left behind, and everything that its metrics are computed from. Money is in the base currency. */
export type MetricsInput = EquityCurve & {
  readonly calendar: SessionCalendar;
  /** Closed trades in the order of their exits. */
  readonly trades: readonly Trade[];
  /** Same rows as `equity`: an account that started with the same equity and held the benchmark. */
  readonly benchmarkEquity?: Float64Array;
  /** Bars at whose close a position was open. */
  readonly exposureBars: number;
  /** Sum of |quantity x price| over all fills. */
  readonly tradedNotional: number;
  readonly feesPaid: number;
  readonly slippagePaid: number;
  readonly chargesPaid: number;
  /** Per year; 0 by default. */
  readonly riskFreeRate?: number;
  /** Configurations tried on these data, this one included; without it there is no deflated Sharpe ratio. */
  readonly trialCount?: number;
  /** Variance of the trials' Sharpe ratios per period; by default that of trials without skill, 1 / (n - 1). */
  readonly trialSharpeVariance?: number;
};

/** Metrics that exist for every run; all others are `null` where the sample is too small or the definition fails. */
type AlwaysKey =
  | "startEquity"
  | "finalEquity"
  | "peakEquity"
  | "bars"
  | "days"
  | "periods"
  | "years"
  | "periodsPerYear"
  | "riskFreeRate"
  | "feesPaid"
  | "slippagePaid"
  | "chargesPaid"
  | "trades"
  | "tradesLong"
  | "tradesShort"
  | "grossProfit"
  | "grossLoss"
  | "longestWinStreak"
  | "longestLossStreak"
  | "maxDrawdown"
  | "underwaterDays";

/** One flat record, as in result.json: fractions (0.1 is ten per cent), money, UTC milliseconds; `null` is N/A. */
export type MetricsReport = {
  readonly [Key in MetricKey]: Key extends AlwaysKey ? number : number | null;
} & {
  /** False below 30 trades, where SQN says little. */
  readonly sqnReliable: boolean;
};
