import { Prng } from "../../base/prng.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { dailyReturns } from "../metrics/daily-returns.ts";
import type { MetricsReport } from "../metrics/metrics-report.ts";
import { sharpe } from "../metrics/sharpe.ts";
import { benchmarkName } from "../report/benchmark-name.ts";
import type { ReportInput } from "../report/report-input.ts";
import { analyseRun, intervalPeriodsMin } from "../report/run-analysis.ts";
import { bootstrapInterval, type BootstrapInterval } from "../statistics/bootstrap.ts";
import { attributeProfit } from "./attribute-profit.ts";
import { profitBySymbol } from "./profit-by-symbol.ts";
import { regimeAccuracy, type RegimeAccuracy } from "./regime-accuracy.ts";
import { regimeSpells, regimeTransitions, type RegimeSpells, type Transitions } from "./regime-spells.ts";
import type { AccountLog, Rival, SelectionInput } from "./selection-input.ts";
import { strategyTurns, type StrategyTurn } from "./strategy-turns.ts";
import { switchRows, type SwitchRow } from "./switch-rows.ts";

/** The choice, or something that it has to beat. */
export type Contestant = {
  readonly name: string;
  readonly kind: "choice" | Rival["kind"] | "hold";
  readonly totalReturn: number | null;
  readonly cagr: number | null;
  readonly sharpe: number | null;
  readonly sharpeInterval: BootstrapInterval | null;
  readonly maxDrawdown: number;
  /** Null where nobody counted: buy & hold. */
  readonly trades: number | null;
  readonly costs: number | null;
  /**
   * Profit by regime as a share of the equity at the start, adding up to the return; places as in `regimeLabels`, the
   * last one before the first choice. Null where it cannot be told apart.
   */
  readonly byRegime: readonly number[] | null;
};

/** By how much more a rival returned than the choice did: positive is regret. */
export type Regret = {
  readonly name: string;
  readonly totalReturn: number | null;
  readonly regret: number | null;
};

/** Everything that a report says about a choice among strategies. */
export type SelectionAnalysis = {
  readonly selection: SelectionInput;
  readonly spells: readonly RegimeSpells[];
  readonly transitions: Transitions;
  readonly accuracy: RegimeAccuracy | null;
  /** The choice, every strategy alone, equal shares, buy & hold. */
  readonly contestants: readonly Contestant[];
  /** The best strategy alone, known only afterwards; equal shares; buy & hold. */
  readonly regrets: readonly Regret[];
  readonly turns: readonly StrategyTurn[];
  readonly switches: readonly SwitchRow[];
  readonly switchCost: number;
  /** Decision bars of all symbols on which there was a choice. */
  readonly decisions: number;
};

const analyses = new WeakMap<ReportInput, SelectionAnalysis>();

/** Analyses the choice of a run once, however many faces of the report ask; null where one strategy traded alone. */
export function analyseSelection(input: ReportInput): SelectionAnalysis | null {
  if (input.selection === undefined) return null;
  const known = analyses.get(input);
  if (known !== undefined) return known;
  const analysis = analyse(input, input.selection);
  analyses.set(input, analysis);
  return analysis;
}

function analyse(input: ReportInput, selection: SelectionInput): SelectionAnalysis {
  const { symbols, strategies } = selection;
  const { log, metrics } = input;
  const profits = profitBySymbol(input, log, metrics.startEquity);
  const byStrategy = attributeProfit(profits, log.timeMs, symbols, "strategy", strategies.length);
  const switches = switchRows(selection, input, log);
  const contestants = contestantsOf(input, selection, profits);
  return {
    selection,
    spells: regimeSpells(symbols),
    transitions: regimeTransitions(symbols),
    accuracy: regimeAccuracy(symbols),
    contestants,
    regrets: regretsOf(contestants),
    turns: strategyTurns(selection, byStrategy),
    switches,
    switchCost: switches.reduce((sum, { cost }) => sum + cost, 0),
    decisions: symbols.reduce((sum, symbol) => sum + symbol.log.length, 0),
  };
}

function contestantsOf(
  input: ReportInput,
  selection: SelectionInput,
  profits: readonly Float64Array[],
): readonly Contestant[] {
  const { intervals, benchmark } = analyseRun(input);
  const shares = (of: readonly Float64Array[], { startEquity }: MetricsReport) =>
    Array.from(
      attributeProfit(of, input.log.timeMs, selection.symbols, "label", selection.strategies.length),
      (sum) => sum / startEquity,
    );
  const own: Contestant = {
    name: input.meta.strategyName,
    kind: "choice",
    ...figuresOf(input.metrics),
    sharpeInterval: intervals.sharpe,
    byRegime: shares(profits, input.metrics),
  };
  const rivals = selection.rivals.map(({ name, kind, log, metrics }): Contestant => ({
    name,
    kind,
    ...figuresOf(metrics),
    sharpeInterval: sharpeIntervalOf(input, name, log, metrics),
    byRegime: shares(profitBySymbol(input, log, metrics.startEquity), metrics),
  }));
  if (benchmark === null) return [own, ...rivals];
  // Nobody kept what buy & hold made symbol by symbol.
  const held = { ...input.log, equity: input.benchmarkEquity! };
  const canTell = input.instruments.length === 1;
  const hold: Contestant = {
    name: benchmarkName(input),
    kind: "hold",
    ...figuresOf(benchmark.metrics),
    trades: null,
    costs: null,
    sharpeInterval: benchmark.intervals.sharpe,
    byRegime: canTell
      ? shares(profitBySymbol(input, held, benchmark.metrics.startEquity), benchmark.metrics)
      : null,
  };
  return [own, ...rivals, hold];
}

function figuresOf(metrics: MetricsReport) {
  const { totalReturn, cagr, maxDrawdown, trades, feesPaid, slippagePaid, chargesPaid } = metrics;
  return {
    totalReturn,
    cagr,
    sharpe: metrics.sharpe,
    maxDrawdown,
    trades,
    costs: feesPaid + slippagePaid + chargesPaid,
  };
}

function sharpeIntervalOf(
  { meta, calendarNames }: ReportInput,
  name: string,
  { timeMs, equity, length }: AccountLog,
  { startEquity, riskFreeRate }: MetricsReport,
): BootstrapInterval | null {
  const calendar = calendarNamed(calendarNames[0] ?? "24/7");
  const { returns, periodsPerYear } = dailyReturns(
    { closeTimeMs: timeMs, equity, length, startEquity },
    calendar,
  );
  if (returns.length < intervalPeriodsMin || returns.every((each) => each === 0)) return null;
  return bootstrapInterval(
    returns,
    (sample) => sharpe(sample, periodsPerYear, riskFreeRate / periodsPerYear),
    {
      prng: new Prng(meta.seed).fork(`report:rival:${name}`).fork("sharpe"),
    },
  );
}

function regretsOf(contestants: readonly Contestant[]): readonly Regret[] {
  const own = contestants[0]!.totalReturn;
  const better = (a: Contestant, b: Contestant) =>
    (b.totalReturn ?? -Infinity) > (a.totalReturn ?? -Infinity) ? b : a;
  const alone = contestants.filter(({ kind }) => kind === "alone");
  const best = alone.length === 0 ? [] : [alone.reduce(better)];
  const others = contestants.filter(({ kind }) => kind === "equal-weight" || kind === "hold");
  return [...best, ...others].map(({ name, totalReturn }) => ({
    name,
    totalReturn,
    regret: totalReturn === null || own === null ? null : totalReturn - own,
  }));
}
