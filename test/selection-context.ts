import { createPlugin } from "../src/app/plugins/registry.ts";
import { regimeLabels, type RegimeLabel } from "../src/domain/regime.ts";
import type { ParamValue } from "../src/domain/params.ts";
import type { Candidate, PerformanceView, SelectionContext, Selector } from "../src/ports/selector.ts";
import { testTools } from "./plugin-tools.ts";

/** Hours of a year. */
export const barsPerYear = 8_766;

const nothing: PerformanceView = {
  bars: 0,
  mean: Number.NaN,
  deviation: Number.NaN,
  sharpe: Number.NaN,
  sortino: Number.NaN,
  drawdownMax: Number.NaN,
  drawdown: Number.NaN,
  hitRate: Number.NaN,
  turnover: Number.NaN,
};

/** So many bars with this mean and standard deviation. */
export function performance(mean: number, bars = 4_000, deviation = 0.01): PerformanceView {
  return { ...nothing, bars, mean, deviation, sharpe: (mean / deviation) * Math.sqrt(barsPerYear) };
}

/** A measured strategy that earned the same mean everywhere, or other means in some regimes. */
export function candidate(
  name: string,
  mean: number,
  { means = {}, bars = 4_000, ...rest }: CandidateOptions = {},
): Candidate {
  const all = regimeLabels.map((label) => [label, performance(means[label] ?? mean, bars)] as const);
  return {
    name,
    isReady: true,
    weight: 1,
    demotion: null,
    recent: performance(mean, bars),
    overall: performance(mean, bars),
    byRegime: Object.fromEntries(all) as Record<RegimeLabel, PerformanceView>,
    ...rest,
  };
}

export type CandidateOptions = Partial<Candidate> & {
  readonly means?: Partial<Record<RegimeLabel, number>>;
  readonly bars?: number;
};

/** Probabilities of the labels that are named; the others have none. */
export function posteriorOf(shares: Partial<Record<RegimeLabel, number>>): Record<RegimeLabel, number> {
  const all = regimeLabels.map((label) => [label, shares[label] ?? 0] as const);
  return Object.fromEntries(all) as Record<RegimeLabel, number>;
}

/** A bar on which one regime is sure, long after the last switch, and switching is free. */
export function contextOf(
  candidates: readonly Candidate[],
  label: RegimeLabel,
  current: number,
  rest: Partial<SelectionContext> = {},
): SelectionContext {
  return {
    timeMs: 0,
    symbol: "TEST",
    regime: { label, posterior: posteriorOf({ [label]: 1 }), dwellBars: 100, expectedDwellBars: 250 },
    barsPerYear,
    candidates,
    current,
    barsSinceSwitch: 1_000_000,
    switchCost: new Float64Array(candidates.length),
    ...rest,
  };
}

/** A new selector by name. */
export function selectorOf(use: string, options: Readonly<Record<string, ParamValue>> = {}): Selector {
  return createPlugin("selector", { use, ...options }, testTools());
}
