import * as fc from "fast-check";
import { expect, test } from "vitest";
import { newsItem } from "../../../test/news-items.ts";
import { handBars } from "../../../test/strategy-harness.ts";
import { lookahead, lookaheadDefaults } from "../../analysis/checks/lookahead.ts";
import { hourMs } from "../../base/time.ts";
import { historicalFeed } from "../../data/historical-feed.ts";
import { lexiconScorer } from "../../data/news/lexicon-scorer.ts";
import { sentimentSeries } from "../../data/news/sentiment-series.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import { news } from "../../domain/external-series.ts";
import { sma } from "../../indicators/sma.ts";
import type { NewsItem } from "../../ports/news-source.ts";
import { crossOver, strategy, type AnyStrategy } from "../../ports/strategy.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { buildSession, layGround } from "../session/build-session.ts";
import { explainRun } from "../explain/explain-run.ts";
import { runBacktest } from "../runs/run-backtest.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { kiwiConfigSchema } from "../config/config-schema.ts";
import { TrialRunner } from "../search/trial-runner.ts";

const startMs = Date.UTC(2024, 0, 1);
const at = (hours: number): number => startMs + hours * hourMs;
const hours = 60;
const bars = handBars(Array.from({ length: hours }, (_, k) => 100 + 5 * Math.sin(k)));
const config = runConfigSchema.parse({ instruments: { "*": { calendar: "24/7" } } });

const mood = strategy({
  name: "mood",
  summary: "Long while the news are good, flat while they are bad.",
  params: {},
  setup: () => ({ mood: news().sentiment, count: news().count, mean: sma(news().sentiment, 3) }),
  onBar({ series, target }) {
    if (series.mood.now > 0.1) target(1, `good ${series.mood.now} ${series.count.now} ${series.mean.now}`);
    if (series.mood.now < -0.1) target(0, `bad ${series.mood.now} ${series.count.now} ${series.mean.now}`);
  },
});

function newsOf(items: readonly NewsItem[], symbol = "TEST", toMs = at(hours)): Bars {
  return sentimentSeries(items, lexiconScorer, {
    symbol,
    timeframe: "1h",
    fromMs: at(-20),
    toMs,
    halfLifeMs: 2 * hourMs,
  });
}

function run(more: Partial<BacktestSetup> = {}) {
  return runBacktest({ bars: [bars], strategy: mood as AnyStrategy, params: {}, config, ...more });
}

/** Signals as `hour weight`, with the reason cut to its first word. */
function signals(setup: Partial<BacktestSetup>, throughMs = Infinity): readonly string[] {
  const { events } = run(setup).log;
  return Array.from({ length: events.length }, (_, row) => events.at(row))
    .filter(({ kind, timeMs }) => kind === "signal" && timeMs <= throughMs)
    .map(({ timeMs, first, text }) => `${(timeMs - startMs) / hourMs} ${first} ${text}`);
}

const beforeReason = (line: string): string => line.split(" ").slice(0, 3).join(" ");

test("a strategy sees an article at the close of the bar at whose close it was published, and not before", () => {
  const items = [
    newsItem("a", at(10), "Profit soars"),
    newsItem("b", at(20) + 1, "Bankruptcy, shares crash"),
  ];
  const lines = signals({ externals: [newsOf(items)] }).map(beforeReason);
  expect(lines[0]).toBe("10 1 good");
  expect(lines.find((line) => line.endsWith("bad"))).toBe("21 0 bad");
});

test("the news are those of the symbol that is decided on, or of the one that is named", () => {
  const other = { ...bars, symbol: "OTHER" };
  const externals = [
    newsOf([newsItem("a", at(10), "Profit soars")]),
    newsOf([newsItem("b", at(30), "Profit soars", { symbols: ["OTHER"] })], "OTHER"),
  ];
  const first = (more: Partial<BacktestSetup>) => {
    const { log } = run({ externals, ...more });
    const events = Array.from({ length: log.events.length }, (_, row) => log.events.at(row));
    const hoursOf = (instrument: number) =>
      events.find((event) => event.kind === "signal" && event.instrument === instrument)?.timeMs;
    return [hoursOf(0), hoursOf(1)];
  };
  expect(first({ bars: [bars, other] })).toEqual([at(10), at(30)]);
  const ofOther = strategy({
    ...mood,
    setup: () => ({ ...mood.setup({} as never), mood: news("OTHER").sentiment }),
  });
  expect(first({ strategy: ofOther as AnyStrategy })).toEqual([at(30), undefined]);
});

test("an external series is never an instrument", () => {
  const { ground, session } = run({ externals: [newsOf([])] });
  expect(ground.instruments.map(({ symbol }) => symbol)).toEqual(["TEST"]);
  expect(session.pipeline.bars.map(({ symbol }) => symbol)).toEqual(["TEST"]);
});

test("a run without the news that its strategy reads says what is missing and how to get it", () => {
  expect(() => run()).toThrow(/NEWS_MISSING.*news of TEST/);
  const error = (() => {
    try {
      run({ externals: [newsOf([], "OTHER")] });
    } catch (reason) {
      return reason;
    }
  })();
  expect(error).toMatchObject({
    parts: {
      code: "NEWS_MISSING",
      exit: "data",
      why: "it has news of OTHER",
      fix: expect.stringContaining("docs/how-to/news.md"),
    },
  });
});

test("news that end before the bars do not stand still: the run is refused", () => {
  expect(() => run({ externals: [newsOf([])] })).not.toThrow();
  expect(() => run({ externals: [newsOf([], "TEST", at(hours) - 1)] })).toThrow(
    /NEWS_ENDS_EARLY.*the news of TEST end at 2024-01-03T11:00:00Z, the bars at 2024-01-03T12:00:00Z/,
  );
  expect(() => run({ externals: [sliceBars(newsOf([]), 0, 0)] })).toThrow(/NEWS_ENDS_EARLY.*no row/);
});

test("a strategy is not asked before its news begin", () => {
  const late = newsOf([newsItem("a", at(-5), "Profit soars")]);
  const { funnel } = run({ externals: [sliceBars(late, 30, late.length)] });
  // Row 30 closes at hour 30; its average needs two more rows, and `prev` one.
  expect(funnel.warmingUp).toBe(32);
});

const headline = fc.constantFrom("Profit soars", "Shares crash", "Meeting on Tuesday", "Sales grow slightly");
const article = fc
  .record({ id: fc.nat(10), hour: fc.integer({ min: -10, max: hours }), offset: fc.nat(3), text: headline })
  .chain(({ id, hour, offset, text }) =>
    fc.constantFrom(0, 0, 1, 5).map((revised) =>
      newsItem(`n${id}`, at(hour) + offset * 900_000, text, {
        updatedAtMs: at(hour + revised) + offset * 900_000,
      }),
    ),
  );

test("replacing all later news by noise leaves every decision up to then as it was", () => {
  let different = 0;
  fc.assert(
    fc.property(
      fc.array(article, { minLength: 5, maxLength: 30 }),
      fc.array(article, { minLength: 5, maxLength: 30 }),
      fc.integer({ min: 5, max: hours - 5 }),
      (items, noise, hour) => {
        const cutMs = at(hour);
        const isPast = ({ publishedAtMs, updatedAtMs }: NewsItem): boolean =>
          Math.max(publishedAtMs, updatedAtMs) <= cutMs;
        const replaced = [...items.filter(isPast), ...noise.filter((item) => !isPast(item))];
        const [one, other] = [[newsOf(items)], [newsOf(replaced)]];
        expect(signals({ externals: other }, cutMs)).toEqual(signals({ externals: one }, cutMs));
        if (signals({ externals: other }).join() !== signals({ externals: one }).join()) different += 1;
      },
    ),
    { seed: 20240311, numRuns: 60 },
  );
  expect(different).toBeGreaterThan(30);
});

test("a search and an explanation know the news of their run", () => {
  const externals = [newsOf([newsItem("a", at(10), "Profit soars")])];
  const setup: BacktestSetup = { bars: [bars], strategy: mood as AnyStrategy, params: {}, config, externals };
  const runner = new TrialRunner(
    { setup, request: { config: kiwiConfigSchema.parse({}) } },
    { measuring: { keys: [], folds: 1, holdout: 0 } },
  );
  const outcome = runner.run({ index: 0, params: {}, settings: {}, share: 1, wantsReturns: false });
  expect(outcome).toMatchObject({ kind: "measured" });
  expect(outcome.kind === "measured" && outcome.inSample["totalReturn"]).not.toBe(0);
  const { series, signal } = explainRun(setup, { symbol: undefined, timeMs: at(10) });
  expect(series.find(({ name }) => name === "mood")).toMatchObject({ expression: "news:@:close", prev: 0 });
  expect(signal?.weight).toBe(1);
});

test("a crossing of news and prices meets in the bars of the strategy", () => {
  const crossing = strategy({
    name: "news and prices",
    summary: "Compares two moods by hand.",
    params: {},
    setup: () => ({ fast: news().sentiment, slow: sma(news().sentiment, 5) }),
    onBar: ({ series, target }) => {
      if (crossOver(series.fast, series.slow)) target(1, "better than before");
    },
  });
  const externals = [newsOf([newsItem("a", at(10), "Profit soars")])];
  expect(signals({ strategy: crossing as AnyStrategy, externals }).map((line) => line.split(" ")[0])).toEqual(
    ["10"],
  );
});

test("the check for look-ahead finds nothing in a strategy that reads news", async () => {
  const items = Array.from({ length: 20 }, (_, k) =>
    newsItem(`n${k}`, at(3 * k), k % 2 === 0 ? "Profit soars" : "Shares crash"),
  );
  const externals = [newsOf(items)];
  const result = await lookahead(
    {
      bars: [bars],
      params: {},
      load: async () => mood as AnyStrategy,
      feed: historicalFeed,
      build: (one, params, shown) =>
        buildSession({ bars: shown, strategy: one, params, config, externals }, layGround(shown, config)),
    },
    { ...lookaheadDefaults, cuts: 4 },
  );
  expect(result.findings).toEqual([]);
  expect(result.eventsCompared).toBeGreaterThan(20);
});
