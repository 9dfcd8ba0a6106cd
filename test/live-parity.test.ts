import { expect, test } from "vitest";
import { buildSession, layGround } from "../src/app/session/build-session.ts";
import { runBacktest } from "../src/app/runs/run-backtest.ts";
import { runConfigSchema } from "../src/app/config/run-config.ts";
import { hourMs } from "../src/base/time.ts";
import { syntheticMarket } from "../src/data/synthetic/synthetic-market.ts";
import { sliceBars, type Bars } from "../src/domain/bars.ts";
import { calendarNamed } from "../src/domain/calendar/calendar-named.ts";
import type { Timeframe } from "../src/domain/timeframe.ts";
import { runBatch } from "../src/engine/step.ts";
import { sma } from "../src/indicators/sma.ts";
import { crossOver, crossUnder, strategy, type AnyStrategy } from "../src/ports/strategy.ts";
import { multiTimeframeSrsi } from "../src/strategies/multi-timeframe-srsi.ts";
import { smaCross } from "../src/strategies/sma-cross.ts";
import { trendFollowing } from "../src/strategies/trend-following.ts";
import { liveBench } from "./live-bench.ts";

const firstMs = Date.UTC(2024, 0, 1);
const loadedBars = 300;
const liveBars = 500;

/** Follows another symbol and that symbol's higher bars: what has to be there when this symbol's bar closes. */
const follower = strategy({
  name: "follower",
  summary: "Long while the leader is above its average of four-hour bars.",
  params: {},
  setup: ({ symbol }) => ({
    lead: symbol("SYN1").close,
    average: sma(symbol("SYN1", "4h").close, 5),
  }),
  onBar({ series, target }) {
    if (crossOver(series.lead, series.average)) target(1, "leader above");
    if (crossUnder(series.lead, series.average)) target(0, "leader below");
  },
});

type Case = {
  readonly name: string;
  readonly strategy: AnyStrategy;
  readonly symbols: number;
  readonly params?: Readonly<Record<string, string | number | boolean>>;
  readonly timeframe?: Timeframe;
  readonly config?: object;
  readonly calendar?: string;
  readonly withHoles?: boolean;
};

const volatility = { sizing: { use: "volatility-target" }, risk: { profile: "moderate" } };
const cases: readonly Case[] = [
  { name: "sma-cross", strategy: smaCross, symbols: 1 },
  { name: "sma-cross on eight symbols", strategy: smaCross, symbols: 8 },
  {
    name: "trend-following with stops and breakers",
    strategy: trendFollowing,
    symbols: 4,
    config: volatility,
  },
  { name: "two timeframes", strategy: multiTimeframeSrsi, symbols: 3, params: { confirm: "4h" } },
  { name: "decisions on four-hour bars", strategy: smaCross, symbols: 3, timeframe: "4h" },
  { name: "a strategy that reads another symbol", strategy: follower, symbols: 3 },
  { name: "symbols with holes", strategy: follower, symbols: 5, withHoles: true },
  { name: "shares", strategy: smaCross, symbols: 4, calendar: "us-equity" },
];

function marketOf({ symbols, calendar = "24/7", withHoles = false }: Case): readonly Bars[] {
  const { bars } = syntheticMarket({
    seed: 5,
    symbols,
    timeframe: "1h",
    bars: loadedBars + liveBars,
    startMs: firstMs,
    calendarName: calendar,
  });
  if (!withHoles) return bars;
  return bars.map((table, index) => {
    const rows = [...Array(table.length).keys()].filter((row) => (row * 7 + index * 3) % 11 !== 0);
    const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]!);
    const { closeTimeMs, open, high, low, close, volume } = table;
    return {
      ...table,
      length: rows.length,
      closeTimeMs: pick(closeTimeMs),
      open: pick(open),
      high: pick(high),
      low: pick(low),
      close: pick(close),
      volume: pick(volume),
    };
  });
}

/** Runs a session on a feed: the session stands before the first bar, or when history is loaded. */
async function runLive(example: Case, stands: "before" | "after") {
  const { params = {}, config = {}, timeframe, calendar = "24/7" } = example;
  const market = marketOf(example);
  const startMs = market[0]!.closeTimeMs[loadedBars]! + 60_000;
  const endMs = Math.max(...market.map((bars) => bars.closeTimeMs[bars.length - 1]!)) + 60_000;
  const bench = liveBench(
    startMs,
    { bars: market, seed: 9 },
    { warmupBars: loadedBars - 100, calendarOf: () => calendarNamed(calendar), heartbeatMs: 1e12 },
  );
  const setup = {
    strategy: example.strategy,
    params,
    config: runConfigSchema.parse({ instruments: { "*": { calendar } }, ...config }),
    ...(timeframe === undefined ? {} : { timeframe }),
  };
  const { feed, clock, source } = bench;
  if (stands === "after") await feed.start();
  const session = buildSession({ ...setup, bars: feed.bars }, layGround(feed.bars, setup.config, timeframe));
  const read = async (): Promise<void> => {
    for await (const batch of feed.batches()) runBatch(session, batch);
  };
  const done = read();
  await clock.advance(0);
  source.tell({ kind: "live", atMs: clock.nowMs(), backfill: [] });
  await bench.play(endMs);
  await feed.close();
  await done;
  const seen = market.map((bars, index) =>
    sliceBars(bars, bars.length - feed.bars[index]!.length, bars.length),
  );
  return { session, bench, backtest: runBacktest({ ...setup, bars: seen }) };
}

test.each(cases)("$name: live decisions are, to the last bit, those of a backtest", async (example) => {
  for (const stands of ["before", "after"] as const) {
    const { session, bench, backtest } = await runLive(example, stands);
    expect(bench.feed.counts().late).toBe(0);
    expect(bench.feed.bars[0]!.length).toBeGreaterThan(liveBars);
    expect(backtest.log.events.count("fill")).toBeGreaterThan(0);
    expect(session.recorder.log.length).toBe(backtest.session.recorder.log.length);
    expect(session.recorder.log.hash()).toBe(backtest.decisionsHash);
  }
});

test("slices without bars change no decision, no order, no fill, and leave no trace in the log", async () => {
  const example = cases[2]!;
  const market = marketOf(example);
  const { config } = { config: runConfigSchema.parse(example.config) };
  const startMs = market[0]!.closeTimeMs[loadedBars]! + 60_000;
  const bench = liveBench(startMs, { bars: market, seed: 9 }, { warmupBars: 200, heartbeatMs: 10 * 60_000 });
  const setup = { strategy: example.strategy, params: {}, config };
  const session = buildSession({ ...setup, bars: bench.feed.bars });
  const read = async (): Promise<void> => {
    for await (const batch of bench.feed.batches()) runBatch(session, batch);
  };
  const done = read();
  await bench.play(startMs + liveBars * hourMs);
  await bench.feed.close();
  await done;
  const seen = market.map((bars, index) =>
    sliceBars(bars, bars.length - bench.feed.bars[index]!.length, bars.length),
  );
  const backtest = runBacktest({ ...setup, bars: seen });
  expect(bench.feed.counts().heartbeats).toBeGreaterThan(500);
  expect(session.recorder.log.hash()).toBe(backtest.decisionsHash);
  expect(session.portfolio.equity).toBe(backtest.session.portfolio.equity);
});
