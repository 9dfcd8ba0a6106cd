import type { RegimeLabel } from "../domain/regime.ts";

/** How a strategy did over some of its past bars, net of costs, measured on its shadow account. NaN while unknown. */
export type PerformanceView = {
  /** Bars behind the numbers; with regimes, the sum of their posterior weights. */
  readonly bars: number;
  /** Mean return of a bar. */
  readonly mean: number;
  /** Standard deviation of the return of a bar. */
  readonly deviation: number;
  /** Annualised, without a risk-free rate. */
  readonly sharpe: number;
  readonly sortino: number;
  /** Largest drawdown of the window, as a negative share. */
  readonly drawdownMax: number;
  /** Present drawdown from the highest equity so far, as a negative share. */
  readonly drawdown: number;
  /** Share of the bars with a position that earned something. */
  readonly hitRate: number;
  /** Traded notional over equity, per bar. */
  readonly turnover: number;
};

/** One strategy of the arsenal at this bar. */
export type Candidate = {
  readonly name: string;
  /** Warmed up and measured for as long as the monitor asks. */
  readonly isReady: boolean;
  /** What its shadow holds or waits for: 1 fully long, 0 flat, -1 fully short. */
  readonly weight: number;
  /** Over the rolling window. */
  readonly recent: PerformanceView;
  /** Over everything since the beginning. */
  readonly overall: PerformanceView;
  /** By label, weighted with the posterior of each bar. */
  readonly byRegime: Readonly<Record<RegimeLabel, PerformanceView>>;
  /** Why it may not trade, or null: its performance has degraded and it has not recovered. */
  readonly demotion: string | null;
};

/** The regime at this bar, as the detector tells it. */
export type RegimeView = {
  readonly label: RegimeLabel;
  readonly posterior: Readonly<Record<RegimeLabel, number>>;
  readonly dwellBars: number;
  /** NaN where the detector has no estimate. */
  readonly expectedDwellBars: number;
};

/** What a selector decides on. The object is reused: do not keep it. */
export type SelectionContext = {
  readonly timeMs: number;
  readonly symbol: string;
  readonly regime: RegimeView;
  /** Decision bars of a year. */
  readonly barsPerYear: number;
  readonly candidates: readonly Candidate[];
  /** Index of the strategy that trades now, or -1. */
  readonly current: number;
  readonly barsSinceSwitch: number;
  /** Expected cost of handing the position over to another strategy, as a share of equity, by candidate. */
  readonly switchCost: Float64Array;
};

/** Which strategy trades from the next bar on, and why. */
export type Selection = {
  readonly action: "hold" | "switch" | "exit";
  /** Index of the strategy, or -1 for none. */
  readonly strategy: number;
  /** Shares of several strategies at once, adding up to at most 1; null when one of them trades alone. */
  readonly blend: Float64Array | null;
  /** Share of its usual size at which the chosen strategy trades, 0 to 1: less where little is known. */
  readonly share: number;
  readonly reason: string;
  /** Index of the next best, or -1. */
  readonly runnerUp: number;
  /** By candidate, what the choice was made on; NaN where a candidate was not considered. */
  readonly scores: Float64Array;
};

/** Chooses the strategy of one symbol, bar by bar. It may learn, from what it is shown and nothing else. */
export interface Selector {
  select(context: SelectionContext): Selection;
}
