import { readdirSync, readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import {
  alpacaBar,
  alpacaKey,
  startFakeAlpaca,
  type FakeAlpaca,
} from "../../../../test/fakes/fake-alpaca.ts";
import { candleAt } from "../../../../test/fakes/fake-candles.ts";
import { ManualClock, settle, until } from "../../../../test/fakes/manual-clock.ts";
import { hasShared, sharedPath } from "../../../../test/shared.ts";
import { Prng } from "../../../base/prng.ts";
import { hourMs, minuteMs, secondMs } from "../../../base/time.ts";
import type { LiveBar, StreamState, SubscribeRequest, Subscription } from "../../../ports/bar-source.ts";
import type { AlpacaOptions } from "./alpaca-rest.ts";
import { alpacaSource } from "./alpaca-source.ts";

/** A Tuesday, half an hour after the open in New York. */
const startMs = Date.parse("2024-03-05T15:00:00Z");

type StreamUnderTest = {
  readonly fake: FakeAlpaca;
  readonly clock: ManualClock;
  readonly bars: LiveBar[];
  readonly revisions: LiveBar[];
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
  options: Partial<AlpacaOptions> = {},
  { prepare = (_fake: FakeAlpaca): void => {}, atMs = startMs, symbols = ["SPY"] } = {},
): Promise<StreamUnderTest> {
  const clock = new ManualClock(atMs);
  const fake = await startFakeAlpaca(clock, 0);
  prepare(fake);
  const { url: baseUrl, wsUrl } = fake.host;
  const source = await alpacaSource({
    clock,
    prng: new Prng(1),
    baseUrl,
    wsUrl,
    market: "stocks",
    credentials: alpacaKey,
    ...options,
  });
  const bars: LiveBar[] = [];
  const revisions: LiveBar[] = [];
  const states: StreamState[] = [];
  const request: SubscribeRequest = {
    symbols,
    timeframes: ["1m"],
    onBar: (bar) => {
      bars.push(bar);
    },
    onRevision: (bar) => revisions.push(bar),
    onState: (state) => states.push(state),
  };
  running = { fake, clock, bars, revisions, states, stream: source.subscribe(request) };
  return running;
}

const statesOf = <Kind extends StreamState["kind"]>({ states }: StreamUnderTest, kind: Kind) =>
  states.filter((state): state is Extract<StreamState, { kind: Kind }> => state.kind === kind);

async function live(test: StreamUnderTest, times = 1): Promise<void> {
  await until(() => statesOf(test, "live").length === times, `live ${times} times`);
}

async function send(test: StreamUnderTest, frame: Record<string, unknown>): Promise<void> {
  const before = test.stream.counts().messages;
  test.fake.send([frame]);
  await until(() => test.stream.counts().messages > before, "the message arrives");
}

/** The stream writes times as MessagePack timestamps. */
const frame = (T: string, minute: number, more: Record<string, unknown> = {}): Record<string, unknown> => {
  const candle = candleAt(startMs + minute * minuteMs, minuteMs);
  return { T, S: "SPY", ...alpacaBar(candle), t: new Date(candle.openMs), ...more };
};
const minutesOf = (bars: readonly LiveBar[]): number[] =>
  bars.map(({ closeTimeMs }) => (closeTimeMs - startMs) / minuteMs);

test("it signs in, subscribes once, and delivers minutes stamped with their close", async () => {
  const test = await setUp({}, { symbols: ["SPY", "AAPL"] });
  await live(test);
  await test.clock.advance(4 * minuteMs);
  expect(test.fake.paths).toEqual(["/v2/iex"]);
  expect(test.fake.received).toEqual([
    { action: "auth", key: alpacaKey.keyId, secret: alpacaKey.secret },
    { action: "subscribe", bars: ["SPY", "AAPL"], updatedBars: ["SPY", "AAPL"] },
  ]);
  await send(test, frame("b", 0));
  await send(test, frame("b", 0));
  await send(test, frame("b", 3));
  await send(test, frame("b", 2));
  expect(minutesOf(test.bars)).toEqual([1, 4]);
  expect(test.stream.counts()).toMatchObject({ bars: 2, duplicates: 1, late: 1, open: 0 });
  // A minute without a trade has no bar: a hole is nothing to report.
  expect(statesOf(test, "gap")).toEqual([]);
});

test("a wrong key ends the stream, and the key is nowhere in what it says", async () => {
  const credentials = { keyId: "PKWRONGKEY", secret: "wrong-secret-text" };
  const test = await setUp({ credentials });
  await until(() => statesOf(test, "refused").length === 1, "the refusal");
  expect(String(statesOf(test, "refused")[0]!.error)).toMatch(/SOURCE_KEY_REFUSED.*auth failed/);
  expect(JSON.stringify(test.states)).not.toMatch(/PKWRONG|wrong-secret/);
  await test.clock.advance(hourMs);
  expect(test.fake.host.socketCount).toBe(1);
});

test.each([
  [404, "auth timeout", 0],
  [406, "connection limit exceeded", 90 * secondMs],
])("error %i, %s, is tried again, after %i ms at the earliest", async (code, msg, delayMs) => {
  const test = await setUp({}, { prepare: (fake) => (fake.signInError = { code, msg }) });
  // The server leaves the socket open after 406 and waits for us to go.
  await settle();
  if (code === 406) {
    await until(() => test.fake.received.length > 0, "the sign-in");
    await settle(10);
    test.fake.host.cutSockets();
  }
  await until(() => statesOf(test, "reconnecting").length === 1, "the loss is noticed");
  const [lost] = statesOf(test, "reconnecting");
  expect(lost!.reason).toBe(msg);
  expect(lost!.delayMs).toBeGreaterThanOrEqual(delayMs);
  test.fake.signInError = null;
  await test.clock.advance(lost!.delayMs);
  await live(test);
});

test.each([
  [405, "symbol limit exceeded", /SOURCE_REFUSED/],
  [409, "insufficient subscription", /SOURCE_KEY_REFUSED/],
])("error %i, %s, is final", async (code, msg, expected) => {
  const test = await setUp();
  await live(test);
  test.fake.send([{ T: "error", code, msg }]);
  await until(() => statesOf(test, "refused").length === 1, "the refusal");
  expect(String(statesOf(test, "refused")[0]!.error)).toMatch(expected);
});

test("silence is suspicious while the market is open, and nothing to remark when it is closed", async () => {
  const open = await setUp({ staleAfterMs: 5 * minuteMs });
  await live(open);
  await open.clock.advance(5 * minuteMs);
  expect(statesOf(open, "reconnecting").map(({ reason }) => reason)).toEqual([
    "the stream was silent for 5 min",
  ]);
  open.stream.close();
  await open.fake.host.close();
  const saturdayMs = Date.parse("2024-03-09T15:00:00Z");
  const closed = await setUp({ staleAfterMs: 5 * minuteMs }, { atMs: saturdayMs });
  await live(closed);
  await closed.clock.advance(24 * hourMs);
  expect(statesOf(closed, "reconnecting")).toEqual([]);
});

test("only minutes are streamed", async () => {
  const test = await setUp();
  const source = await alpacaSource({
    clock: test.clock,
    prng: new Prng(1),
    market: "stocks",
    credentials: alpacaKey,
  });
  expect(() =>
    source.subscribe({ symbols: ["SPY"], timeframes: ["1m", "1d"], onBar() {}, onState() {} }),
  ).toThrow(/TIMEFRAME_UNSUPPORTED.*1d/);
});

// Recorded: the frames in Alpaca's documents, sent by a server to the official client.
test.skipIf(!hasShared)(
  "every data frame of the documents is understood or left out on purpose",
  async () => {
    const folder = sharedPath("fixtures", "market", "alpaca-doc-examples");
    const frames = readdirSync(folder)
      .filter((name) => name.includes("stock-pricing-data__realtime"))
      .map((name) => (JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as { message: unknown }).message)
      .filter((message) => !Array.isArray(message) && "T" in (message as object)) as Record<
      string,
      unknown
    >[];
    const test = await setUp();
    await live(test);
    const before = test.stream.counts().messages;
    for (const one of frames) test.fake.send([one]);
    await until(() => test.stream.counts().messages - before === 2, "bar and day arrive");
    await settle();
    expect(frames.map(({ T }) => T)).toEqual(["t", "q", "b", "d", "s"]);
    expect(test.bars).toEqual([
      {
        symbol: "SPY",
        timeframe: "1m",
        closeTimeMs: Date.parse("2021-02-22T19:16:00Z"),
        open: 388.985,
        high: 389.13,
        low: 388.975,
        close: 389.12,
        volume: 49378,
      },
    ]);
    // Trades, quotes and halts are not subscribed to: the client hands them to nobody.
    expect(test.stream.counts()).toMatchObject({ bars: 1, unreadable: 0, ignored: { dailyBar: 1 } });
  },
);
