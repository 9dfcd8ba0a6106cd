import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { ManifestNews } from "../../../adapters/stores/runs/run-manifest.ts";
import { KiwiError } from "../../../base/errors.ts";
import { dayMs, formatDuration, formatTime, hourMs, secondMs } from "../../../base/time.ts";
import { publicMs } from "../../../data/news/known-versions.ts";
import { lexiconScorer } from "../../../data/news/lexicon-scorer.ts";
import { sentimentSeries } from "../../../data/news/sentiment-series.ts";
import { joinRanges } from "../../../data/pipeline/time-ranges.ts";
import { barsOf, type Bars } from "../../../domain/bars.ts";
import { externalName } from "../../../domain/external-series.ts";
import { timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";
import type { TimeRange } from "../../../ports/fetched-ranges.ts";
import type { NewsItem } from "../../../ports/news-source.ts";
import type { KiwiConfig } from "../../config/config-schema.ts";
import { newsEndsEarly, newsMissing } from "../../bars/find-external.ts";
import { readDay } from "../../config/read-day.ts";
import { plainSymbol } from "../../bars/pick-symbols.ts";
import { dataHash } from "../../bars/data-hash.ts";
import { dataPathsOf } from "../data-folder.ts";
import { withNewsFolder, type NewsFolder } from "./news-folder.ts";

/** A series begins so many half-lives after the news do: see `sentimentSeries`. */
const halfLivesBefore = 10;
const halfLifeDefaultMs = 24 * hourMs;
/** Later than this, an article was not heard of live but downloaded afterwards. */
const lateMs = dayMs;

/** What a run needs, and what it is about. */
export type NewsUse = {
  readonly folder: string;
  readonly config: KiwiConfig;
  readonly nowMs: number;
  readonly symbols: readonly string[];
  /** The bars of the run, of every symbol. */
  readonly bars: readonly Bars[];
  /** Timeframe that is decided on. */
  readonly timeframe: Timeframe;
  readonly tradeFromMs: number | undefined;
};

/** News as series of a run, and where they came from. */
export type RunNews = {
  readonly externals: readonly Bars[];
  readonly origins: readonly ManifestNews[];
  readonly warnings: readonly string[];
};

/** What the settings come to: spans in milliseconds, times in UTC milliseconds. */
type Shape = {
  readonly timeframe: Timeframe;
  readonly halfLifeMs: number;
  readonly neutralWeight: number;
  readonly knownBy: "published" | "received";
  readonly delayMs: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** From when on news are wanted. */
  readonly wantedFromMs: number;
  readonly asOfMs: number;
};

/**
 * The series that a run needs, made of the news in the data folder as they were known at the present of the run, or
 * with `asOf` earlier. Throws `NEWS_MISSING`, `NEWS_ENDS_EARLY`, `NEWS_TOO_SHORT` and what the store throws.
 */
export async function newsOfRun(use: NewsUse): Promise<RunNews> {
  const shape = shapeOf(use);
  const folder = resolve(use.folder, use.config.dataFolder);
  // A run must not make a store only to find it empty.
  if (!existsSync(dataPathsOf(folder).news)) throw newsMissing(use.symbols[0]!, [], shape.wantedFromMs);
  return withNewsFolder(folder, false, async (news) => readAll(news, use, shape));
}

function shapeOf({ config, bars, timeframe: decided, nowMs }: NewsUse): Shape {
  const { halfLifeBars, halfLifeHours, neutralWeight, knownBy, delaySeconds } = config.news;
  const timeframe = (config.news.timeframe ?? decided) as Timeframe;
  const halfLifeMs =
    halfLifeBars === undefined
      ? halfLifeHours === undefined
        ? halfLifeDefaultMs
        : halfLifeHours * hourMs
      : halfLifeBars * timeframeMs(decided);
  const firstMs = Math.min(...bars.map((table) => table.closeTimeMs[0]!));
  const lastMs = Math.max(...bars.map((table) => table.closeTimeMs[table.length - 1]!));
  const leadMs = halfLivesBefore * halfLifeMs + 2 * timeframeMs(timeframe);
  return {
    timeframe,
    halfLifeMs,
    neutralWeight,
    knownBy,
    delayMs: delaySeconds * secondMs,
    firstMs,
    lastMs,
    // Whole days, so that the command that fetches them is a short one.
    wantedFromMs: Math.floor((firstMs - leadMs) / dayMs) * dayMs,
    asOfMs: Math.min(nowMs, config.asOf === undefined ? Infinity : readDay(config.asOf, "--as-of")),
  };
}

async function readAll({ store, holdings, path }: NewsFolder, use: NewsUse, shape: Shape): Promise<RunNews> {
  const externals: Bars[] = [];
  const origins: ManifestNews[] = [];
  const warnings: string[] = [];
  for (const symbol of use.symbols) {
    const fetches = (await holdings.fetches(plainSymbol(symbol))).filter(
      ({ fetchedMs }) => fetchedMs <= shape.asOfMs,
    );
    const covered = joinRanges(fetches);
    const range = covered.findLast(({ fromMs }) => fromMs < shape.lastMs);
    if (range === undefined) throw newsMissing(symbol, externals.map(symbolOf), shape.wantedFromMs);
    const fromMs = Math.max(range.fromMs, shape.wantedFromMs);
    const toMs = Math.min(range.toMs, shape.lastMs + 1);
    const reading = { symbol: plainSymbol(symbol), fromMs, toMs, asOfMs: shape.asOfMs };
    const items = await store.read({ ...reading, versions: "all" });
    const bars = seriesOf(symbol, items, range, shape);
    externals.push(bars);
    origins.push({
      symbol,
      path: relative(use.folder, path),
      sources: [...new Set(fetches.filter((one) => overlaps(one, range)).map(({ source }) => source))],
      versions: items.length,
      fromMs,
      toMs,
      receivedToMs: items.length === 0 ? null : Math.max(...items.map(({ receivedAtMs }) => receivedAtMs)),
      scorer: `${lexiconScorer.name} ${lexiconScorer.version}`,
      timeframe: bars.timeframe,
      rows: bars.length,
      sha256: dataHash([bars]),
    });
    warnings.push(...adviceOn(symbol, items, bars, shape, use.tradeFromMs));
  }
  return { externals, origins, warnings };
}

function seriesOf(symbol: string, items: readonly NewsItem[], range: TimeRange, shape: Shape): Bars {
  const { timeframe, halfLifeMs, neutralWeight, knownBy, delayMs, lastMs } = shape;
  const fromMs = Math.max(range.fromMs, shape.wantedFromMs);
  // What is known at T came out `delayMs` before: so much longer the news that are there suffice.
  const toMs = Math.min(lastMs, range.toMs - 1 + delayMs);
  const options = {
    symbol: plainSymbol(symbol),
    timeframe,
    halfLifeMs,
    neutralWeight,
    knownBy,
    delayMs,
    fromMs,
    toMs,
  };
  const table = fromMs < toMs ? sentimentSeries(items, lexiconScorer, options) : null;
  if (table === null || table.length === 0) {
    if (toMs + timeframeMs(timeframe) <= lastMs) throw newsEndsEarly(symbol, -Infinity, lastMs);
    throw tooShort(symbol, fromMs, toMs, shape);
  }
  // Finished columns, without the spare room of a table that still grows: they go to other processes.
  const column = (values: Float64Array): Float64Array => values.slice(0, table.length);
  return barsOf(externalName("news", symbol), timeframe, {
    closeTimeMs: column(table.closeTimeMs),
    open: column(table.open),
    high: column(table.high),
    low: column(table.low),
    close: column(table.close),
    volume: column(table.volume),
  });
}

function adviceOn(
  symbol: string,
  items: readonly NewsItem[],
  bars: Bars,
  { firstMs, wantedFromMs, knownBy }: Shape,
  tradeFromMs = -Infinity,
): readonly string[] {
  const lines: string[] = [];
  const beginsMs = bars.closeTimeMs[0]!;
  if (beginsMs > Math.max(firstMs, tradeFromMs))
    lines.push(
      `the news of ${symbol} begin ${formatTime(beginsMs)}, and nothing is decided before: kiwi data news ${symbol} --from ${formatTime(wantedFromMs)}`,
    );
  const late = items.filter((item) => item.receivedAtMs - publicMs(item) > lateMs).length;
  if (knownBy === "received" && late > 0)
    lines.push(
      `${late} of ${items.length} texts on ${symbol} arrived here over a day after they came out, and count from then (news.knownBy)`,
    );
  return lines;
}

function symbolOf({ symbol }: Bars): string {
  return symbol.slice(symbol.indexOf(":") + 1);
}

function overlaps(a: TimeRange, b: TimeRange): boolean {
  return a.fromMs < b.toMs && b.fromMs < a.toMs;
}

function tooShort(symbol: string, fromMs: number, toMs: number, shape: Shape): KiwiError {
  return new KiwiError({
    code: "NEWS_TOO_SHORT",
    exit: "data",
    message: `the news of ${symbol} cover ${formatTime(fromMs)} to ${formatTime(toMs)}, too short for a half-life of ${formatDuration(shape.halfLifeMs)}`,
    why: `a series begins ${halfLivesBefore} half-lives after the news do, where what came before has faded`,
    fix: `kiwi data news ${symbol} --from ${formatTime(shape.wantedFromMs)}   (or a shorter one: --set news.halfLifeHours=6)`,
    topic: "news",
  });
}
