import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import { doubtfulSplits } from "../bars/doubtful-splits.ts";
import { loadKnown, type KnownBars } from "../bars/load-known.ts";
import { plainSymbol } from "../bars/pick-symbols.ts";
import { survivorshipWarnings } from "../bars/survivorship.ts";
import type { Bars } from "../../domain/bars.ts";
import { barCalendar } from "../../domain/calendar/detect-calendar-name.ts";
import { resolveParams, type Params } from "../../domain/params.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { MetaPlan } from "../../ports/strategy.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { runConfigOf } from "../config/config-schema.ts";
import { agreeingDetail, detailPath, isTimeframeText } from "../bars/detail-bars.ts";
import type { FoundStrategy } from "../plugins/find-strategy.ts";
import { barsRequestOf } from "../bars/bars-request.ts";
import type { BarsRequest } from "../bars/bars-request.ts";
import { loadBars, type BarSource, type LoadedBars } from "../bars/load-bars.ts";
import type { NewsUse, RunNews } from "../data/news/run-news.ts";
import { externalsNeeded } from "../bars/externals-needed.ts";
import type { PredictionUse } from "../predictions/predictions-of-run.ts";
import { readDay } from "../config/read-day.ts";
import type { RegimeModels } from "../plugins/model-named.ts";
import { instrumentConfig } from "../config/run-config.ts";
import type { RunRequest } from "./run-request.ts";
import { planOf } from "../meta/plan-of.ts";
import { firstDecisionMs } from "./first-decision.ts";
import { spreadsOf } from "../costs/spreads-of.ts";
import { atQuotedSpreads } from "../session/quoted-costs.ts";
import { costGaps } from "../costs/cost-gaps.ts";
import { readTables } from "./run-tables.ts";
import { adviceOn, refuseShareOfNothing } from "./advice.ts";
import type { ModelUse } from "../train/run-models.ts";
import { backwardsRange } from "../bars/backwards-range.ts";

/** A backtest that is ready to run. */
export type PreparedRun = {
  readonly request: RunRequest;
  readonly setup: BacktestSetup;
  readonly found: FoundStrategy;
  readonly loaded: LoadedBars;
  /** The finer bars, when there are any; part of what the run read. */
  readonly detail: readonly BarSource[];
  /** Bars that are read and never traded. */
  readonly known: readonly BarSource[];
  /** Whether to compare with buy & hold of all symbols, or the bars of the one to compare with. */
  readonly benchmark: boolean | Bars;
  /** Where the news came from, by symbol; empty where the strategy reads none. */
  readonly news: RunNews["origins"];
  readonly warnings: readonly string[];
};

type PrepareOptions = {
  /** Bars that are there already, instead of those that the configuration names. */
  readonly loaded?: LoadedBars;
  readonly onFile?: (done: number, total: number) => void;
  /** Runs a piece of the strategy's own code: whoever watches it for hanging hands this in. */
  readonly askStrategy?: <Answer>(ask: () => Answer) => Answer;
};

/**
 * Loads everything that a request names and checks that it fits together. Throws a `KiwiError` that says what does
 * not: the strategy, its parameters, the data, the range, the timeframe.
 */
export async function prepareRun(
  request: RunRequest,
  found: FoundStrategy,
  options: PrepareOptions = {},
): Promise<PreparedRun> {
  const { onFile, askStrategy = (ask) => ask() } = options;
  const { config } = request;
  const params = resolveParams(
    `strategy ${found.strategy.name}`,
    found.strategy.params as Params,
    request.params,
  );
  const barsRequest = barsRequestOf(request);
  const loaded = options.loaded ?? (await loadBars(barsRequest, onFile));
  const coarse = loaded.sources.map(({ bars }) => bars);
  const runConfig = runConfigOf(config);
  const fromMs = config.from === undefined ? undefined : firstDecisionMs(config.from, coarse, runConfig);
  refuseEmptyRange(coarse, fromMs, config);
  const timeframe = decisionTimeframe(coarse, barsRequest.timeframe, config.detail !== undefined);
  const { sources: detail, bars, warnings } = await fillingBars(request, barsRequest, loaded);
  refuseShareOfNothing(runConfig, bars);
  const plan =
    planOf({
      strategy: found.strategy,
      params,
      bars,
      timeframe,
      registry: found.registry,
    }) ?? undefined;
  const regimeModels = await loadModels(plan, {
    folder: request.folder,
    bars: coarse,
    config: runConfig,
    timeframe: barsRequest.timeframe,
    tradeFromMs: fromMs ?? -Infinity,
  });
  const known = await loadKnown(barsRequest, config, loaded.sources);
  const spreads = spreadsOf([...loaded.sources, ...detail]);
  const tables = await readTables(config, request.folder, found.strategy, spreads);
  const needed = askStrategy(() =>
    externalsNeeded({
      strategy: found.strategy,
      params,
      bars,
      timeframe,
      registry: found.registry,
      config: runConfig,
    }),
  );
  const news = await loadNews({
    ...request,
    symbols: needed.news,
    bars,
    timeframe: timeframe ?? bars[0]!.timeframe,
    tradeFromMs: fromMs,
  });
  const predictions = await loadPredictions({
    folder: request.folder,
    needed: needed.predictions,
    bars,
    config: runConfig,
    timeframe,
    actions: tables.actions ?? [],
    tradeFromMs: fromMs ?? -Infinity,
    registry: found.registry,
    opening: request.config,
  });
  return {
    request,
    found,
    loaded,
    detail,
    known: known.sources,
    benchmark: benchmarkOf(config.benchmark, [...loaded.sources, ...known.sources]),
    news: news?.origins ?? [],
    warnings: [
      ...loaded.warnings,
      ...known.warnings,
      ...warnings,
      ...(news?.warnings ?? []),
      ...survivorshipWarnings(coarse, tables.membership),
      ...doubtfulSplits([...coarse, ...known.sources.map((one) => one.bars)], tables.actions ?? [], (table) =>
        barCalendar(table, instrumentConfig(runConfig, table.symbol).calendar),
      ),
      ...costGaps(tables.costTables, coarse),
      ...adviceOn(runConfig, bars.length, found.registry),
    ],
    setup: atQuotedSpreads({
      bars,
      strategy: found.strategy,
      params,
      config: runConfig,
      registry: found.registry,
      ...externalsOf(known, news, predictions),
      ...tables,
      ...(regimeModels === undefined ? {} : { regimeModels }),
      ...(timeframe === undefined ? {} : { timeframe }),
      ...(fromMs === undefined ? {} : { tradeFromMs: fromMs }),
    }),
  };
}

/** Everything that is known and not traded; absent where there is nothing. */
function externalsOf(
  { sources, series }: KnownBars,
  news: RunNews | undefined,
  predictions: readonly Bars[],
): Pick<BacktestSetup, "externals"> {
  const externals = [
    ...sources.map(({ bars }) => bars),
    ...series,
    ...(news?.externals ?? []),
    ...predictions,
  ];
  return externals.length === 0 && news === undefined ? {} : { externals };
}

/** What a run is compared with: nothing, all of its symbols, or the bars of one. Throws `BENCHMARK_UNKNOWN`. */
function benchmarkOf(wanted: boolean | string, sources: readonly BarSource[]): boolean | Bars {
  if (typeof wanted === "boolean") return wanted;
  const found = sources.find(({ bars }) => plainSymbol(bars.symbol) === plainSymbol(wanted));
  if (found !== undefined) return found.bars;
  throw new KiwiError({
    code: "BENCHMARK_UNKNOWN",
    exit: "data",
    message: `the run has no bars of the benchmark ${wanted}`,
    why: `it reads ${sources
      .slice(0, 12)
      .map(({ bars }) => bars.symbol)
      .join(", ")}${sources.length > 12 ? " ..." : ""}`,
    fix: `add --with <file of ${wanted}>`,
    topic: "data",
  });
}

/** The store of models is loaded when one is named: no other run must wait for it. */
async function loadModels(plan: MetaPlan | undefined, use: ModelUse): Promise<RegimeModels | undefined> {
  if (typeof plan?.regime["model"] !== "string") return undefined;
  const { modelsOfRun } = await import("../train/run-models.ts");
  return modelsOfRun(plan.regime["model"], plan.regimeTimeframe, use);
}

/** Models are loaded when somebody reads what they say. */
async function loadPredictions(use: PredictionUse): Promise<readonly Bars[]> {
  if (use.needed.length === 0) return [];
  const { predictionsOfRun } = await import("../predictions/predictions-of-run.ts");
  return predictionsOfRun(use);
}

/** The store of news is loaded when they are read: no other run must wait for a database. */
async function loadNews(use: NewsUse): Promise<RunNews | undefined> {
  if (use.symbols.length === 0) return undefined;
  const { newsOfRun } = await import("../data/news/run-news.ts");
  return newsOfRun(use);
}

type Filling = {
  readonly sources: readonly BarSource[];
  readonly bars: readonly Bars[];
  readonly warnings: readonly string[];
};

/** The bars that orders fill on: those of `--detail`, else those of the data. */
async function fillingBars(
  request: RunRequest,
  barsRequest: BarsRequest,
  loaded: LoadedBars,
): Promise<Filling> {
  const { detail } = request.config;
  const coarse = loaded.sources.map(({ bars }) => bars);
  if (detail === undefined) return { sources: [], bars: coarse, warnings: [] };
  const paths = isTimeframeText(detail)
    ? await Promise.all(
        // A data folder holds the finer bars itself.
        loaded.sources.map(async ({ path, bars, stored }) =>
          stored === undefined ? detailPath(request.folder, path, bars.symbol, detail) : path,
        ),
      )
    : [detail];
  const fine = await loadBars({
    ...barsRequest,
    data: [...new Set(paths)],
    timeframe: isTimeframeText(detail) ? detail : undefined,
    pairs: coarse.map(({ symbol }) => symbol),
  });
  const matched = coarse.map((bars) => {
    const source = fine.sources.find((other) => other.bars.symbol === bars.symbol)!;
    const named = instrumentConfig(runConfigOf(request.config), bars.symbol).calendar;
    return agreeingDetail(bars, source.bars, barCalendar(bars, named));
  });
  return {
    sources: fine.sources,
    bars: matched.map(({ bars }) => bars),
    warnings: [...fine.warnings, ...matched.flatMap(({ warnings }) => warnings)],
  };
}

/** The timeframe that is decided on; undefined when it is simply that of the bars. Throws where it cannot be made of them. */
export function decisionTimeframe(
  bars: readonly Bars[],
  wanted: Timeframe | undefined,
  hasDetail: boolean,
): Timeframe | undefined {
  const known = [...new Set(bars.map(({ timeframe }) => timeframe))];
  if (wanted === undefined) {
    if (known.length > 1) throw mixedTimeframes(bars, known);
    return hasDetail ? known[0] : undefined;
  }
  for (const table of bars) {
    const isMultiple = wanted.endsWith("M") || timeframeMs(wanted) % timeframeMs(table.timeframe) === 0;
    if (timeframeMs(wanted) < timeframeMs(table.timeframe) || !isMultiple) throw badTimeframe(table, wanted);
  }
  return hasDetail || known.some((one) => one !== wanted) ? wanted : undefined;
}

function refuseEmptyRange(
  bars: readonly Bars[],
  fromMs: number | undefined,
  { from: asked, to }: RunRequest["config"],
): void {
  if (fromMs === undefined || asked === undefined) return;
  const askedMs = readDay(asked, "--from");
  const toMs = to === undefined ? Infinity : readDay(to, "--to");
  if (askedMs >= toMs) throw backwardsRange(askedMs, toMs);
  const lastMs = Math.max(...bars.map((table) => table.closeTimeMs[table.length - 1]!));
  const firstMs = Math.min(...bars.map((table) => table.closeTimeMs[0]!));
  const traded = Math.max(...bars.map((table) => rowsFrom(table, fromMs)));
  if (traded >= 2) return;
  throw new KiwiError({
    code: traded === 1 ? "RANGE_ONE_BAR" : "DATA_MISSING",
    exit: "data",
    message: `the bars close ${formatTime(firstMs)} to ${formatTime(lastMs)}; you asked from ${formatTime(askedMs)}`,
    why:
      traded === 1
        ? "one bar is left to trade, and a decision on it could not fill"
        : "no bar is left to trade",
    fix: `choose an earlier --from, or get newer data`,
    topic: "data-missing",
  });
}

function rowsFrom(bars: Bars, fromMs: number): number {
  let count = 0;
  for (let row = bars.length - 1; row >= 0 && bars.closeTimeMs[row]! >= fromMs && count < 2; row--)
    count += 1;
  return count;
}

function mixedTimeframes(bars: readonly Bars[], known: readonly Timeframe[]): KiwiError {
  const slowest = known.toSorted((a, b) => timeframeMs(b) - timeframeMs(a))[0]!;
  const examples = known.map((one) => `${bars.find(({ timeframe }) => timeframe === one)!.symbol} ${one}`);
  return new KiwiError({
    code: "TIMEFRAME_MIXED",
    exit: "data",
    message: `the data have bars of ${known.length} lengths: ${examples.join(", ")}`,
    why: "all symbols of a run are decided on in the same timeframe",
    fix: `say which: -t ${slowest}`,
    topic: "timeframes",
  });
}

function badTimeframe(bars: Bars, wanted: Timeframe): KiwiError {
  const isTooFine = timeframeMs(wanted) < timeframeMs(bars.timeframe);
  return new KiwiError({
    code: "TIMEFRAME_IMPOSSIBLE",
    exit: "data",
    message: `${wanted} bars cannot be made of the ${bars.timeframe} bars of ${bars.symbol}`,
    why: isTooFine
      ? "what happened inside a bar is not in it"
      : `${wanted} is not a whole number of ${bars.timeframe}`,
    fix: isTooFine ? `leave -t out, or get ${wanted} bars` : `use a multiple of ${bars.timeframe}`,
    topic: "timeframes",
  });
}
