import { afterEach, expect, test } from "vitest";
import { klineMessage, startFakeBinance, type FakeBinance } from "../../../../test/fakes/fake-binance.ts";
import { candleAt } from "../../../../test/fakes/fake-candles.ts";
import { ManualClock, settle, until } from "../../../../test/fakes/manual-clock.ts";
import { Prng } from "../../../base/prng.ts";
import { minuteMs, secondMs } from "../../../base/time.ts";
import type {
  BarSource,
  LiveBar,
  StreamState,
  SubscribeRequest,
  Subscription,
} from "../../../ports/bar-source.ts";
import { binanceSource } from "./binance-source.ts";

const startMs = Date.parse("2024-03-05T12:00:00Z");

type StreamUnderTest = {
  readonly source: BarSource;
  readonly fake: FakeBinance;
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
  request: Partial<SubscribeRequest> = {},
  { bufferMax = 100, staleAfterMs = 10 * minuteMs } = {},
): Promise<StreamUnderTest> {
  const clock = new ManualClock(startMs);
  const fake = await startFakeBinance(clock, 0);
  const source = await binanceSource({
    clock,
    prng: new Prng(1),
    baseUrl: fake.host.url,
    wsUrl: fake.host.wsUrl,
    staleAfterMs,
    bufferMax,
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
  running = { source, fake, clock, bars, states, stream };
  return running;
}

const statesOf = <Kind extends StreamState["kind"]>({ states }: StreamUnderTest, kind: Kind) =>
  states.filter((state): state is Extract<StreamState, { kind: Kind }> => state.kind === kind);

async function live(test: StreamUnderTest, times = 1): Promise<void> {
  await until(() => statesOf(test, "live").length === times, `live ${times} times`);
}

/** Lets the bar of minute `minute` close and sends it. */
async function close(test: StreamUnderTest, minute: number, symbol = "BTCUSDT"): Promise<void> {
  const closeMs = startMs + (minute + 1) * minuteMs;
  if (test.clock.nowMs() < closeMs) await test.clock.advance(closeMs - test.clock.nowMs());
  await send(test, klineMessage(symbol, "1m", candleAt(closeMs - minuteMs, minuteMs)));
}

async function send(test: StreamUnderTest, message: unknown): Promise<void> {
  const before = test.stream.counts().messages;
  test.fake.host.send(message);
  await until(() => test.stream.counts().messages > before, "the message arrives");
}

const minutesOf = (bars: readonly LiveBar[]): number[] =>
  bars.map(({ closeTimeMs }) => (closeTimeMs - startMs) / minuteMs);

test("a topic is the symbol in small letters and the timeframe", async () => {
  const test = await setUp();
  await live(test);
  expect(test.fake.subscriptions).toEqual([["btcusdt@kline_1m"]]);
});

test("one silent symbol among live ones is told as overdue, once", async () => {
  const test = await setUp({ symbols: ["BTCUSDT", "ETHUSDT"] }, { staleAfterMs: 90 * secondMs });
  await live(test);
  for (let minute = 0; minute < 5; minute++) await close(test, minute, "ETHUSDT");
  expect(statesOf(test, "reconnecting")).toEqual([]);
  expect(
    statesOf(test, "overdue").map(({ symbol, timeframe, lastCloseMs }) => [symbol, timeframe, lastCloseMs]),
  ).toEqual([["BTCUSDT", "1m", null]]);
});

test("messages that are damaged, of no use or impossible are counted, each as what it is", async () => {
  const test = await setUp();
  await live(test);
  await send(test, '{"stream":"btcusdt@kline_1m","data":{"e":"kline","s":"BT');
  await send(test, {
    stream: "btcusdt@bookTicker",
    data: { u: 1, s: "BTCUSDT", b: "1", B: "1", a: "2", A: "1" },
  });
  await send(test, klineMessage("DOGEUSDT", "1m", candleAt(startMs, minuteMs)));
  await send(test, klineMessage("BTCUSDT", "1m", { ...candleAt(startMs, minuteMs), high: "1" }));
  await close(test, 0);
  expect(minutesOf(test.bars)).toEqual([1]);
  expect(test.stream.counts()).toMatchObject({
    unreadable: 1,
    quarantined: 1,
    ignored: { bookTicker: 1, "bars nobody asked for": 1 },
  });
  const [quarantined] = statesOf(test, "quarantined");
  expect([quarantined!.fault, quarantined!.example]).toEqual(["ohlc", expect.stringContaining("high 1 ")]);
});

test("a slow receiver gets bars in order; what its buffer cannot hold is counted and named", async () => {
  const received: number[] = [];
  let release = (): void => {};
  const test = await setUp(
    {
      onBar: (bar) => {
        received.push((bar.closeTimeMs - startMs) / minuteMs);
        return received.length > 1 ? undefined : new Promise<void>((resolve) => (release = resolve));
      },
    },
    { bufferMax: 2 },
  );
  await live(test);
  for (let minute = 0; minute < 6; minute++) await close(test, minute);
  expect(received).toEqual([1]);
  release();
  await settle();
  expect(received).toEqual([1, 2, 3]);
  expect(test.stream.counts()).toMatchObject({ bars: 3, dropped: 3 });
  expect(statesOf(test, "overflow").map(({ dropped, backfill }) => ({ dropped, backfill }))).toEqual([
    { dropped: 1, backfill: [rangeOfMinutes(4, 4)] },
    { dropped: 3, backfill: [rangeOfMinutes(4, 6)] },
  ]);
});

const rangeOfMinutes = (first: number, last: number) => ({
  symbol: "BTCUSDT",
  timeframe: "1m",
  fromMs: startMs + first * minuteMs,
  toMs: startMs + last * minuteMs + 1,
});

test("more topics than a connection takes are spread over several", async () => {
  const symbols = Array.from({ length: 450 }, (_, k) => `SYM${k}USDT`);
  const test = await setUp({ symbols });
  await live(test, 3);
  expect(test.fake.subscriptions.map((topics) => topics.length)).toEqual([200, 200, 50]);
});

test("heartbeats tell that something arrives, once a second at most", async () => {
  const test = await setUp();
  await live(test);
  for (let k = 0; k < 5; k++)
    await send(test, klineMessage("BTCUSDT", "1m", candleAt(startMs, minuteMs), false));
  await test.clock.advance(secondMs);
  await send(test, klineMessage("BTCUSDT", "1m", candleAt(startMs, minuteMs), false));
  expect(statesOf(test, "heartbeat")).toHaveLength(2);
});

test("a connection that held for a minute makes the next failure a first one again", async () => {
  const test = await setUp();
  const attempts = (): number[] => statesOf(test, "connecting").map(({ attempt }) => attempt);
  const lose = async (): Promise<void> => {
    const losses = statesOf(test, "reconnecting").length;
    test.fake.host.cutSockets();
    await until(() => statesOf(test, "reconnecting").length > losses, "the loss is noticed");
    await test.clock.advance(statesOf(test, "reconnecting").at(-1)!.delayMs);
    await live(test, statesOf(test, "reconnecting").length + 1);
  };
  await live(test);
  await lose();
  await lose();
  expect(attempts()).toEqual([1, 2, 3]);
  await test.clock.advance(minuteMs);
  await lose();
  expect(attempts()).toEqual([1, 2, 3, 1]);
});

test("what the venue will not subscribe to ends the stream with the reason", async () => {
  const test = await setUp();
  test.fake.host.socketHandler = {
    message(socket, data) {
      const { id } = JSON.parse(data.toString()) as { id: number };
      socket.send(JSON.stringify({ error: { code: 2, msg: "Invalid request" }, id }));
    },
  };
  await until(() => statesOf(test, "refused").length === 1, "the refusal");
  expect(String(statesOf(test, "refused")[0]!.error)).toMatch(/SOURCE_REFUSED.*Invalid request/);
});

test("a symbol in small letters, which the venue would confirm and never serve, is refused", async () => {
  const test = await setUp();
  expect(() =>
    test.source.subscribe({ symbols: ["btcusdt"], timeframes: ["1m"], onBar() {}, onState() {} }),
  ).toThrow(/SYMBOL_UNKNOWN/);
});
