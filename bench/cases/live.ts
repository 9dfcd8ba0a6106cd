import { interpretBinance } from "../../src/adapters/sources/binance/interpret-binance.ts";
import { utcCloses } from "../../src/adapters/sources/shared/bar-grid.ts";
import { LiveStream } from "../../src/adapters/sources/shared/live-stream.ts";
import { buildSession, layGround } from "../../src/app/session/build-session.ts";
import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { Prng } from "../../src/base/prng.ts";
import { minuteMs } from "../../src/base/time.ts";
import { historicalFeed } from "../../src/data/historical-feed.ts";
import { SliceAssembler } from "../../src/data/live/slice-assembler.ts";
import { BarTable } from "../../src/domain/bar-table.ts";
import type { Bars } from "../../src/domain/bars.ts";
import { calendarNamed } from "../../src/domain/calendar/calendar-named.ts";
import type { Timeframe } from "../../src/domain/timeframe.ts";
import { runBatch, step } from "../../src/engine/step.ts";
import { trendFollowing } from "../../src/strategies/trend-following.ts";
import { medianMs } from "../median.ts";
import { randomWalk } from "../random-walk.ts";

// A cycle: the bars of one instant go in through the assembler, the columns of trend-following grow by a row, the
// decisions, orders and reports of one step come out. 1,200 hourly bars a symbol are warm; the median of 200 hours more.
const warmBars = 1_200;
const cycles = 200;

function assemblerOver(tables: readonly BarTable[], timeframe: Timeframe, fromMs: number): SliceAssembler {
  return new SliceAssembler({
    tables,
    calendars: tables.map(() => calendarNamed("24/7")),
    timeframe,
    graceMs: 5_000,
    releasedThroughMs: fromMs,
    pendingMax: 100_000,
    pendingMaxPerSymbol: 1_000,
    onEvent() {},
  });
}

function decisionCycleMs(symbols: number): number {
  const market = Array.from({ length: symbols }, (_, k) => randomWalk(warmBars + cycles, k + 1, `S${k}`));
  const tables = market.map((bars) => {
    const table = new BarTable(bars.symbol, bars.timeframe);
    for (let row = 0; row < warmBars; row++) append(table, bars, row);
    return table;
  });
  const config = runConfigSchema.parse({ account: { cash: 1e9 }, risk: { profile: "moderate" } });
  const setup = { bars: tables, strategy: trendFollowing, params: {}, config };
  const session = buildSession(setup, layGround(tables, config));
  for (const batch of historicalFeed(tables)) runBatch(session, batch);
  const assembler = assemblerOver(tables, "1h", tables[0]!.closeTimeMs[warmBars - 1]!);
  const times: number[] = [];
  for (let row = warmBars; row < warmBars + cycles; row++) {
    const bars = market.map((table) => barAt(table, row));
    const nowMs = bars[0]!.closeTimeMs;
    const start = performance.now();
    for (let index = 0; index < symbols; index++) assembler.push(index, bars[index]!, nowMs);
    const slice = assembler.next(nowMs);
    if (slice?.count !== symbols) throw new Error("a cycle has the bars of all symbols");
    step(session, slice);
    times.push(performance.now() - start);
  }
  if (session.recorder.log.events.count("order") === 0) throw new Error("nothing was ordered");
  return times.toSorted((a, b) => a - b)[cycles >> 1]!;
}

function barAt(bars: Bars, row: number) {
  const { closeTimeMs, open, high, low, close, volume } = bars;
  return {
    closeTimeMs: closeTimeMs[row]!,
    open: open[row]!,
    high: high[row]!,
    low: low[row]!,
    close: close[row]!,
    volume: volume[row]!,
  };
}

function append(table: BarTable, bars: Bars, row: number): void {
  const { closeTimeMs, open, high, low, close, volume } = barAt(bars, row);
  table.append(closeTimeMs, open, high, low, close, volume);
}

// Raw messages of 600 symbols, each the last one of a minute: parsed, checked, judged by the gate, delivered and put into
// slices. Messages of a bar that is still open, the most frequent ones of a real stream, end sooner.
const symbols = Array.from({ length: 600 }, (_, k) => `S${k}USDT`);
const minutes = 100;
const firstOpenMs = Date.UTC(2024, 0, 1);

function klineMessages(): readonly string[] {
  const prng = new Prng(1);
  return Array.from({ length: minutes * symbols.length }, (_, k) => {
    const openMs = firstOpenMs + Math.floor(k / symbols.length) * minuteMs;
    const symbol = symbols[k % symbols.length]!;
    const price = (value: number) => value.toFixed(8);
    const [open, close] = [100 + prng.next(), 100 + prng.next()];
    const closeMs = openMs + minuteMs - 1;
    return JSON.stringify({
      stream: `${symbol.toLowerCase()}@kline_1m`,
      data: {
        e: "kline",
        E: closeMs + 30,
        s: symbol,
        k: {
          t: openMs,
          T: closeMs,
          s: symbol,
          i: "1m",
          f: k,
          L: k + 50,
          o: price(open),
          c: price(close),
          h: price(102),
          l: price(99),
          v: price(prng.next() * 1_000),
          n: 51,
          x: true,
          q: price(prng.next() * 100_000),
          V: price(prng.next() * 500),
          Q: price(prng.next() * 50_000),
          B: "0",
        },
      },
    });
  });
}

function feedMessagesPerSecond(): number {
  const messages = klineMessages();
  const nowMs = firstOpenMs + (minutes + 1) * minuteMs;
  const clock = { nowMs: () => nowMs, schedule: () => () => {} };
  const ms = medianMs(
    () => {
      const tables = symbols.map((symbol) => new BarTable(symbol, "1m"));
      const assembler = assemblerOver(tables, "1m", firstOpenMs);
      const indexOf = new Map(symbols.map((symbol, index) => [symbol, index]));
      let told: (message: unknown) => void = () => {};
      const stream = new LiveStream(
        {
          symbols,
          timeframes: ["1m"],
          onBar(bar) {
            assembler.push(indexOf.get(bar.symbol)!, bar, bar.closeTimeMs);
            while (assembler.dueMs() <= bar.closeTimeMs) assembler.next(bar.closeTimeMs);
          },
          onState() {},
        },
        {
          clock,
          prng: new Prng(1),
          bufferMax: 10_000,
          clockSkewMsMax: 5_000,
          topicsPerConnection: symbols.length,
          staleAfterMs: minuteMs,
          isContinuous: true,
          closesOf: utcCloses,
          interpreter: () => interpretBinance,
          openWire(_topics, { message }) {
            told = message;
            return { close() {} };
          },
        },
      );
      for (const message of messages) told(JSON.parse(message));
      stream.close();
      if (assembler.counts().bars !== messages.length) throw new Error("every message is a bar in a slice");
    },
    7,
    2,
  );
  return (messages.length / ms) * 1_000;
}

console.log(
  JSON.stringify({
    liveDecisionCycle600Ms: decisionCycleMs(600),
    liveDecisionCycle50Ms: decisionCycleMs(50),
    liveDecisionCycle3Ms: decisionCycleMs(3),
    feedMessagesPerSecond: feedMessagesPerSecond(),
  }),
);
