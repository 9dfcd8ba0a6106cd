import { dailyReturns } from "../../analysis/metrics/daily-returns.ts";
import type { MetricsReport } from "../../analysis/metrics/metrics-report.ts";
import { sharpe } from "../../analysis/metrics/sharpe.ts";
import { overfittingProbability } from "../../analysis/statistics/overfitting-probability.ts";
import { chooseAndJudge, joinedReturns, pathReturns } from "../../analysis/validation/choose-and-judge.ts";
import { headlineIntervals, type HeadlineIntervals } from "../../analysis/validation/headline-intervals.ts";
import { byRegime, byYear, type PeriodGroup } from "../../analysis/validation/period-groups.ts";
import { purgedSplits, walkForwardSplits } from "../../analysis/validation/period-splits.ts";
import { permutedBars } from "../../analysis/validation/permuted-bars.ts";
import { superiorAbility, type SuperiorAbility } from "../../analysis/validation/superior-ability.ts";
import {
  randomEntries,
  tradeOrders,
  type RandomEntries,
  type TradeOrder,
} from "../../analysis/validation/trade-chance.ts";
import { Prng } from "../../base/prng.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import { executeRun } from "../runs/execute-run.ts";
import type { BacktestResult } from "../runs/run-backtest.ts";
import { atScaledCosts } from "../session/scaled-costs.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import type { StrategyWatch } from "../plugins/watched-strategy.ts";

const bootstrapSamples = 1_000;
/** With nine parts of which five are tested there are 126 splits and 70 paths. */
const [pathGroups, pathTests] = [9, 5] as const;
const foldGroups = 8;
const forwardSteps = 6;
const embargoShare = 0.01;
/** Bars that all permutations together may take: a long history is permuted less often. */
const permutedBarsMax = 20_000_000;
const permutationsMax = 200;
const permutationsMin = 19;

/** A choice on one part of the time and its fate on the other, over many splits; Sharpe ratios are per year. */
export type Forward = {
  readonly splits: readonly {
    readonly trial: number;
    readonly inSample: number;
    readonly outOfSample: number;
  }[];
  /** Sharpe ratio of everything that was judged, joined; `null` where it does not exist. */
  readonly sharpe: number | null;
  /** Of whole paths through the time, where there are several: in ascending order. */
  readonly paths: readonly (number | null)[];
};

/** The same run under worse conditions. */
export type Stress = {
  readonly name: string;
  readonly totalReturn: number | null;
  readonly sharpe: number | null;
};

/** What many tests say about one run and the parameters around it; `null` where the sample is too small. */
export type Validation = {
  readonly walkForward: { readonly anchored: Forward; readonly rolling: Forward } | null;
  readonly kFold: Forward | null;
  readonly combinatorial: Forward | null;
  readonly pbo: number | null;
  readonly logits: readonly number[];
  readonly ability: SuperiorAbility | null;
  readonly intervals: HeadlineIntervals;
  readonly permutation: {
    readonly samples: number;
    readonly own: number;
    readonly probability: number;
  } | null;
  readonly randomEntries: RandomEntries | null;
  readonly tradeOrder: TradeOrder | null;
  readonly costs: readonly Stress[];
  readonly delays: readonly Stress[];
  readonly years: readonly PeriodGroup[];
  readonly regimes: readonly PeriodGroup[];
};

/** What is validated, and with what. */
export type ValidationParts = {
  readonly setup: BacktestSetup;
  readonly result: BacktestResult;
  /** Returns of the parameters around, over the same periods. */
  readonly trials: readonly Float64Array[];
  readonly seed: number;
  readonly watch?: StrategyWatch;
  readonly onStage: (name: string) => void;
  readonly onDone: (done: number, total: number) => void;
};

/** Runs every test. The same parts give the same numbers. */
export function validate(parts: ValidationParts): Validation {
  const { setup, result, trials, seed } = parts;
  const prng = new Prng(seed).fork("validate");
  const { closeTimeMs, startEquity, daily } = periodsOf(result);
  const { returns, ends, periodsPerYear } = daily;
  const purge = longestHold(result, daily.ends.length);
  parts.onStage("splits");
  const forward = forwardOf(trials, periodsPerYear, purge);
  const overfitting = trials.length < 2 ? null : overfittingProbability(trials);
  parts.onStage("bootstrap");
  const blockLength = Math.max(1, Math.round(Math.cbrt(returns.length)));
  const clean = returns.every((value) => Number.isFinite(value)) ? returns : new Float64Array(0);
  const market = marketAt(result, ends);
  return {
    ...forward,
    pbo: overfitting?.probability ?? null,
    logits: [...(overfitting?.logits ?? [])],
    ability: superiorAbility(trials, prng.fork("ability"), bootstrapSamples, blockLength),
    intervals: headlineIntervals(clean, periodsPerYear, prng.fork("intervals"), bootstrapSamples),
    randomEntries: randomEntries(result.trades, setup.bars, prng.fork("entries"), bootstrapSamples),
    tradeOrder: tradeOrders(result.trades, startEquity, prng.fork("order"), bootstrapSamples),
    years: byYear(
      clean,
      Float64Array.from(ends, (row) => closeTimeMs[row]!),
      periodsPerYear,
    ),
    regimes: byRegime(clean, market, periodsPerYear),
    ...stresses(parts),
    permutation: permutation(parts, prng.fork("permutation")),
  };
}

/** Daily returns of a finished run, and the closes that they end at. */
export function periodsOf({ log, ground, setup }: BacktestResult) {
  const startEquity = setup.config.account.cash;
  const { timeMs: closeTimeMs, equity, length } = log;
  const daily = dailyReturns({ closeTimeMs, equity, length, startEquity }, ground.calendars[0]!);
  return { closeTimeMs, startEquity, daily };
}

/** Periods that the longest trade took: what is open at a border knows both sides of it. */
function longestHold({ trades, log }: BacktestResult, periods: number): number {
  const span = log.length === 0 ? 1 : log.timeMs[log.length - 1]! - log.timeMs[0]!;
  const longest = trades.reduce(
    (most, { entryTimeMs, exitTimeMs }) => Math.max(most, exitTimeMs - entryTimeMs),
    0,
  );
  // Who holds for ever would leave nothing to choose on.
  return Math.min(Math.ceil((longest / Math.max(1, span)) * periods), Math.floor(periods / 20));
}

/** Closes of the first symbol at the start and at the end of each period. */
export function marketAt({ log, setup }: BacktestResult, ends: Int32Array): Float64Array {
  const { closeTimeMs, close, length } = setup.bars[0]!;
  let row = 0;
  return Float64Array.from([0, ...ends], (end) => {
    while (row + 1 < length && closeTimeMs[row + 1]! <= log.timeMs[end]!) row += 1;
    return close[row]!;
  });
}

type Forwards = Pick<Validation, "walkForward" | "kFold" | "combinatorial">;

function forwardOf(trials: readonly Float64Array[], periodsPerYear: number, purge: number): Forwards {
  const periods = trials[0]?.length ?? 0;
  if (trials.length < 2 || periods < 10 * pathGroups)
    return { walkForward: null, kFold: null, combinatorial: null };
  const yearly = Math.sqrt(periodsPerYear);
  const gap = { purge, embargo: Math.ceil(embargoShare * periods) };
  const judge = (splits: ReturnType<typeof purgedSplits>, groups: number | null): Forward => {
    const judged = chooseAndJudge(trials, splits);
    const paths = groups === null ? [] : pathReturns(trials, splits, judged, groups);
    const ascending = paths.map((path) => sharpe(path, periodsPerYear)).sort((a, b) => (a ?? 0) - (b ?? 0));
    return {
      splits: judged.map(({ trial, trainSharpe, testSharpe }) => ({
        trial,
        inSample: trainSharpe * yearly,
        outOfSample: testSharpe * yearly,
      })),
      sharpe:
        groups === null
          ? sharpe(joinedReturns(trials, splits, judged), periodsPerYear)
          : (ascending[ascending.length >> 1] ?? null),
      paths: ascending,
    };
  };
  return {
    walkForward: {
      anchored: judge(walkForwardSplits(periods, forwardSteps, true, purge), null),
      rolling: judge(walkForwardSplits(periods, forwardSteps, false, purge), null),
    },
    kFold: judge(purgedSplits(periods, foldGroups, 1, gap), foldGroups),
    combinatorial: judge(purgedSplits(periods, pathGroups, pathTests, gap), pathGroups),
  };
}

function stresses(parts: ValidationParts): Pick<Validation, "costs" | "delays"> {
  const { setup, result, watch, onStage } = parts;
  const own = stressOf("as it is", result.metrics);
  const again = (name: string, other: BacktestSetup, ground = result.ground): Stress =>
    stressOf(
      name,
      executeRun(other, { withBenchmark: false, ground, ...(watch === undefined ? {} : { watch }) }).metrics,
    );
  onStage("stress");
  const barMs = timeframeMs(setup.bars[0]!.timeframe);
  const { costs } = setup.config;
  const late = (bars: number): BacktestSetup => ({
    ...setup,
    config: { ...setup.config, costs: { ...costs, latencyMs: costs.latencyMs + bars * barMs } },
  });
  return {
    costs: [0.5, 1, 2, 4].map((multiple) =>
      multiple === 1 ? { ...own, name: "1x" } : again(`${multiple}x`, atScaledCosts(setup, multiple)),
    ),
    delays: [0, 1, 2].map((bars) =>
      bars === 0 ? { ...own, name: "0 bars" } : again(bars === 1 ? "1 bar" : `${bars} bars`, late(bars)),
    ),
  };
}

function stressOf(name: string, { totalReturn, sharpe: ratio }: MetricsReport): Stress {
  return { name, totalReturn, sharpe: ratio };
}

/** How often the strategy makes as much on bars whose order means nothing. `null` where nothing can be permuted. */
function permutation(parts: ValidationParts, prng: Prng): Validation["permutation"] {
  const { setup, result, watch, onStage, onDone } = parts;
  const own = result.metrics.totalReturn;
  const barCount = setup.bars.reduce((sum, { length }) => sum + length, 0);
  const samples = Math.min(permutationsMax, Math.floor(permutedBarsMax / barCount));
  const isPlain =
    setup.externals === undefined &&
    setup.actions === undefined &&
    setup.membership === undefined &&
    setup.delistings === undefined;
  const isPositive = setup.bars.every(({ low, length }) =>
    low.subarray(0, length).every((price) => price > 0),
  );
  if (own === null || result.trades.length === 0 || samples < permutationsMin || !isPlain || !isPositive)
    return null;
  onStage("permutation");
  let asGood = 0;
  for (let sample = 0; sample < samples; sample++) {
    // The same order for all symbols of the same length: what moved together still does.
    const bars = setup.bars.map((table) => permutedBars(table, prng.fork(`order ${sample} ${table.length}`)));
    const { metrics } = executeRun(
      { ...setup, bars },
      { withBenchmark: false, ...(watch === undefined ? {} : { watch }) },
    );
    if ((metrics.totalReturn ?? -1) >= own) asGood += 1;
    onDone(sample + 1, samples);
  }
  return { samples, own, probability: (asGood + 1) / (samples + 1) };
}
