import { afterEach, expect, test } from "vitest";
import {
  bybitKline,
  bybitTrades,
  startFakeBybit,
  type FakeBybit,
} from "../../../../test/fakes/fake-bybit.ts";
import { candleAt } from "../../../../test/fakes/fake-candles.ts";
import { ManualClock, until } from "../../../../test/fakes/manual-clock.ts";
import { Prng } from "../../../base/prng.ts";
import { minuteMs, secondMs } from "../../../base/time.ts";
import type { LiveBar, StreamState, SubscribeRequest, Subscription } from "../../../ports/bar-source.ts";
import { bybitSource, type BybitOptions } from "./bybit-source.ts";

const startMs = Date.parse("2024-03-05T12:00:00Z");

type StreamUnderTest = {
  readonly fake: FakeBybit;
  readonly clock: ManualClock;
  readonly bars: LiveBar[];
  readonly states: StreamState[];
  readonly stream: Subscription;
};

let running: StreamUnderTest | null = null;
afterEach(async () => {
  running?.stream.close();
  await running?.fake.host.close();
  running = null;
});

async function setUp(
  options: Partial<BybitOptions> = {},
  request: Partial<SubscribeRequest> = {},
): Promise<StreamUnderTest> {
  const clock = new ManualClock(startMs);
  const fake = await startFakeBybit(clock, 0);
  const { url: baseUrl, wsUrl } = fake.host;
  const source = await bybitSource({
    clock,
    prng: new Prng(1),
    baseUrl,
    wsUrl,
    staleAfterMs: 10 * minuteMs,
    ...options,
  });
  const bars: LiveBar[] = [];
  const states: StreamState[] = [];
  const stream = source.subscribe({
    symbols: ["BTCUSDT"],
    timeframes: ["1m"],
    onBar: (bar) => {
      bars.push(bar);
    },
    onState: (state) => states.push(state),
    ...request,
  });
  running = { fake, clock, bars, states, stream };
  return running;
}

const statesOf = <Kind extends StreamState["kind"]>({ states }: StreamUnderTest, kind: Kind) =>
  states.filter((state): state is Extract<StreamState, { kind: Kind }> => state.kind === kind);

async function live(test: StreamUnderTest, times = 1): Promise<void> {
  await until(() => statesOf(test, "live").length === times, `live ${times} times`);
}

async function send(test: StreamUnderTest, message: unknown): Promise<void> {
  const before = test.stream.counts().messages;
  test.fake.host.send(message);
  await until(() => test.stream.counts().messages > before, "the message arrives");
}

const minutesOf = (bars: readonly LiveBar[]): number[] =>
  bars.map(({ closeTimeMs }) => (closeTimeMs - startMs) / minuteMs);
const kline = (minute: number, confirm = true): unknown =>
  bybitKline("BTCUSDT", "1", minuteMs, candleAt(startMs + minute * minuteMs, minuteMs), confirm);

test("a topic is made for each symbol in each timeframe, at the address of the category", async () => {
  const test = await setUp({}, { symbols: ["BTCUSDT", "ETHUSDT"], timeframes: ["1m", "1h"] });
  await live(test);
  expect(test.fake.paths).toEqual(["/v5/public/linear"]);
  expect(test.fake.subscriptions).toEqual([
    ["kline.1.BTCUSDT", "kline.60.BTCUSDT", "kline.1.ETHUSDT", "kline.60.ETHUSDT"],
  ]);
});

test("spot topics go to the spot address, ten at a time", async () => {
  const test = await setUp(
    { category: "spot" },
    { timeframes: ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d"] },
  );
  await live(test);
  expect(test.fake.paths).toEqual(["/v5/public/spot"]);
  await until(() => test.fake.subscriptions.length === 2, "both requests");
  expect(test.fake.subscriptions.map((topics) => topics.length)).toEqual([10, 1]);
});

test("a wrong symbol is refused by name", async () => {
  const test = await setUp({}, { symbols: ["BTCUSDT", "NOPEUSDT"] });
  await until(() => statesOf(test, "refused").length === 1, "the refusal");
  expect(String(statesOf(test, "refused")[0]!.error)).toMatch(/SYMBOL_UNKNOWN.*"NOPEUSDT"/);
  await until(() => test.fake.host.sockets.size === 0, "the socket closes");
});

test("a bar that claims to be closed before its time is not believed", async () => {
  const test = await setUp();
  await live(test);
  await send(test, kline(0));
  expect([test.bars, statesOf(test, "quarantined").map(({ fault }) => fault)]).toEqual([[], ["outOfRange"]]);
});

test("damaged messages are counted and do no harm", async () => {
  const test = await setUp();
  await live(test);
  await test.clock.advance(3 * minuteMs);
  await send(test, '{"topic":"kline.1.BTCUSDT","data":[{"sta');
  await send(test, { topic: "kline.1.BTCUSDT", data: "none" });
  await send(test, { topic: "tickers.BTCUSDT", type: "delta", data: {} });
  await send(test, kline(0));
  expect(minutesOf(test.bars)).toEqual([1]);
  expect(test.stream.counts()).toMatchObject({ unreadable: 2, ignored: { tickers: 1 }, connections: 1 });
});

test("trades become bars; the one whose beginning was missed is named and not built", async () => {
  const test = await setUp({ feed: "trades" });
  await live(test);
  await test.clock.advance(3 * minuteMs);
  expect(test.fake.subscriptions).toEqual([["publicTrade.BTCUSDT"]]);
  const at = (seconds: number): number => startMs + seconds * secondMs;
  await send(
    test,
    bybitTrades("BTCUSDT", [
      ["a", at(20), 100, 1],
      ["b", at(59), 101, 1],
    ]),
  );
  await send(
    test,
    bybitTrades("BTCUSDT", [
      ["c", at(60), 102, 1],
      ["d", at(61), 105, 2],
    ]),
  );
  expect(statesOf(test, "gap").map(({ backfill }) => backfill)).toEqual([
    [{ symbol: "BTCUSDT", timeframe: "1m", fromMs: at(60), toMs: at(60) + 1 }],
  ]);
  // The same message twice, and one that overtook another: neither counts a trade twice.
  await send(
    test,
    bybitTrades("BTCUSDT", [
      ["c", at(60), 102, 1],
      ["d", at(61), 105, 2],
    ]),
  );
  await send(test, bybitTrades("BTCUSDT", [["f", at(119), 99, 1]]));
  await send(test, bybitTrades("BTCUSDT", [["e", at(90), 104, 1]]));
  await send(test, bybitTrades("BTCUSDT", [["g", at(120), 103, 1]]));
  await send(test, bybitTrades("BTCUSDT", [["h", at(60), 999, 1]]));
  expect(test.bars).toEqual([
    {
      symbol: "BTCUSDT",
      timeframe: "1m",
      closeTimeMs: at(120),
      open: 102,
      high: 105,
      low: 99,
      close: 99,
      volume: 5,
    },
  ]);
  expect(test.stream.counts().ignored).toEqual({
    "repeated trades": 2,
    "trades too late or broken for 1m": 1,
  });
});

test("the venue's time closes a bar although no later trade has come", async () => {
  const test = await setUp({ feed: "trades" }, { symbols: ["BTCUSDT", "ETHUSDT"] });
  await live(test);
  await test.clock.advance(3 * minuteMs);
  await send(test, bybitTrades("BTCUSDT", [["a", startMs, 100, 1]]));
  await send(test, bybitTrades("BTCUSDT", [["b", startMs + 61 * secondMs, 101, 1]]));
  await send(test, bybitTrades("ETHUSDT", [["c", startMs + 120_999, 50, 1]]));
  expect(test.bars).toEqual([]);
  await send(test, bybitTrades("ETHUSDT", [["d", startMs + 121 * secondMs, 51, 1]]));
  expect(test.bars.map(({ symbol, close }) => [symbol, close])).toEqual([["BTCUSDT", 101]]);
});
