import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import {
  alpacaBar,
  alpacaKey,
  startFakeAlpaca,
  type FakeAlpaca,
} from "../../../../test/fakes/fake-alpaca.ts";
import { candleAt } from "../../../../test/fakes/fake-candles.ts";
import type { Fault } from "../../../../test/fakes/fake-host.ts";
import { ManualClock } from "../../../../test/fakes/manual-clock.ts";
import { hasShared, sharedPath } from "../../../../test/shared.ts";
import { KiwiError } from "../../../base/errors.ts";
import { Prng } from "../../../base/prng.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "../../../base/time.ts";
import type { Bars } from "../../../domain/bars.ts";
import type { BarRequest, BarSource } from "../../../ports/bar-source.ts";
import type { AlpacaOptions, AlpacaSource } from "./alpaca-rest.ts";
import { alpacaSource } from "./alpaca-source.ts";

const nowMs = Date.parse("2024-03-05T18:00:30Z");
const listedMs = Date.parse("2024-01-02T00:00:00Z");

const fakes: FakeAlpaca[] = [];
afterEach(async () => {
  for (const fake of fakes.splice(0)) await fake.host.close();
});

async function setUp(
  options: Partial<AlpacaOptions> = {},
  startMs = nowMs,
): Promise<{ source: AlpacaSource; fake: FakeAlpaca; clock: ManualClock }> {
  const clock = new ManualClock(startMs, "auto");
  const fake = await startFakeAlpaca(clock, listedMs);
  fakes.push(fake);
  const { url } = fake.host;
  const source = await alpacaSource({
    clock,
    prng: new Prng(1),
    baseUrl: url,
    tradingUrl: url,
    market: "stocks",
    credentials: alpacaKey,
    ...options,
  });
  return { source, fake, clock };
}

const crypto = { market: "crypto" } as const;

async function fetchAll(source: BarSource, request: Partial<BarRequest>): Promise<Bars[]> {
  const pages: Bars[] = [];
  const whole = { symbol: "AAPL", timeframe: "1m" as const, fromMs: listedMs, toMs: nowMs, ...request };
  for await (const page of source.fetchBars(whole)) pages.push(page);
  return pages;
}

const closesOf = (pages: readonly Bars[]): number[] => pages.flatMap((page) => [...page.closeTimeMs]);
const isoOf = (pages: readonly Bars[]): string[] =>
  closesOf(pages).map((timeMs) => new Date(timeMs).toISOString());
const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(sharedPath("fixtures", "brokers", "alpaca-py-tests", name), "utf8"));

test("pages follow their tokens to the end", async () => {
  const { source, fake } = await setUp();
  const fromMs = nowMs - 12_000 * minuteMs;
  const pages = await fetchAll(source, { fromMs });
  expect(pages.map((page) => page.length)).toEqual([10_000, 2_000]);
  const first = Date.parse("2024-02-26T10:01:00Z");
  expect(closesOf(pages)).toEqual(Array.from({ length: 12_000 }, (_, k) => first + k * minuteMs));
  const [start, next] = fake.host.requests;
  expect(next!.query.get("page_token")).toMatch(/^\d+$/);
  expect(Object.fromEntries(start!.query)).toMatchObject({
    symbols: "AAPL",
    timeframe: "1Min",
    limit: "10000",
    feed: "iex",
    adjustment: "raw",
    sort: "asc",
  });
});

// Recorded: test data of alpaca-py, whose daily bars of stocks are stamped at midnight in New York.
test.skipIf(!hasShared)(
  "a day of stocks closes with its session, in winter, in summer and in either order",
  async () => {
    const { source, fake } = await setUp({}, Date.parse("2024-03-05T12:00Z"));
    fake.host.answer = () => ({
      body: {
        ...(recorded("test_historical_stock_data__test_get_bars__24.json") as object),
        next_page_token: null,
      },
    });
    const winter = await fetchAll(source, { timeframe: "1d", fromMs: Date.parse("2022-01-30") });
    expect(isoOf(winter)).toEqual(["2022-02-01T21:00:00.000Z", "2022-02-02T21:00:00.000Z"]);
    expect([...winter[0]!.close]).toEqual([174.61, 175.84]);
    fake.host.answer = () => ({
      body: {
        ...(recorded("test_historical_stock_data__test_get_bars_desc__25.json") as object),
        next_page_token: null,
      },
    });
    const summer = await fetchAll(source, {
      symbol: "TSLA",
      timeframe: "1d",
      fromMs: Date.parse("2023-09-01"),
    });
    expect(isoOf(summer)).toEqual([
      "2023-09-25T20:00:00.000Z",
      "2023-09-26T20:00:00.000Z",
      "2023-09-27T20:00:00.000Z",
    ]);
  },
);

test("a stock's day counts as closed only when its auction and late prints are in", async () => {
  const day = { timeframe: "1d" as const, fromMs: nowMs - 2 * dayMs, toMs: nowMs + dayMs };
  const body = {
    bars: { AAPL: [alpacaBar({ ...candleAt(Date.parse("2024-03-05T05:00:00Z"), dayMs) })] },
    next_page_token: null,
  };
  const early = await setUp({}, Date.parse("2024-03-05T21:10:00Z"));
  early.fake.host.answer = () => ({ body });
  expect(await fetchAll(early.source, day)).toEqual([]);
  await early.clock.advance(11 * minuteMs);
  expect(isoOf(await fetchAll(early.source, day))).toEqual(["2024-03-05T21:00:00.000Z"]);
});

test.skipIf(!hasShared)("an answer without bars is no bars", async () => {
  const { source, fake } = await setUp();
  fake.host.answer = () => ({
    body: recorded("test_historical_stock_data__test_get_bars_single_empty_response__27.json"),
  });
  expect(await fetchAll(source, {})).toEqual([]);
});

const passing: readonly (readonly [string, Fault])[] = [
  ["an error 500", { kind: "reply", status: 500, body: { message: "internal server error" } }],
  ["bars of another symbol", { kind: "reply", body: { bars: { MSFT: [] }, next_page_token: null } }],
];

test.each(passing)("%s is tried again and costs nothing", async (_what, fault) => {
  const { source, fake } = await setUp({ requestTimeoutMs: 100 });
  fake.host.faults.push(fault, fault);
  expect(closesOf(await fetchAll(source, { fromMs: nowMs - 10 * minuteMs }))).toHaveLength(10);
  expect(fake.host.requests).toHaveLength(3);
});

test("a page that leads back to itself is not followed for ever", async () => {
  const { source, fake } = await setUp();
  fake.host.answer = () => ({ body: { bars: {}, next_page_token: "again" } });
  await expect(fetchAll(source, {})).rejects.toThrow(/SOURCE_UNREACHABLE.*leads back to itself/);
});

test("a wrong key is final and never shown", async () => {
  const credentials = { keyId: "PKWRONGKEY", secret: "wrong-secret-text" };
  const { source, fake } = await setUp({ credentials });
  await expect(fetchAll(source, {})).rejects.toThrow(/SOURCE_KEY_REFUSED.*not authorized/);
  fake.host.faults.push({
    kind: "reply",
    status: 403,
    body: { message: `forbidden for ${credentials.keyId} with ${credentials.secret}` },
  });
  const error = (await fetchAll(source, {}).catch((caught: unknown) => caught)) as KiwiError;
  expect(error.message).toContain("forbidden for *** with ***");
  expect(JSON.stringify([error, error.parts, error.stack, error.cause])).not.toMatch(/PKWRONG|wrong-secret/);
  expect(fake.host.requests).toHaveLength(2);
});

test("a free key that asks for the consolidated tape is told what to do", async () => {
  const { source, fake } = await setUp({ feed: "sip" });
  fake.host.faults.push({
    kind: "reply",
    status: 403,
    body: { message: "subscription does not permit querying recent SIP data" },
  });
  const error = (await fetchAll(source, {}).catch((caught: unknown) => caught)) as KiwiError;
  expect([error.parts.code, error.parts.fix]).toEqual([
    "SOURCE_KEY_REFUSED",
    'use feed: "iex", end the range 15 minutes ago, or subscribe to the data',
  ]);
});

test("stocks need a key, the history of crypto does not", async () => {
  const clock = new ManualClock(nowMs, "auto");
  await expect(alpacaSource({ clock, prng: new Prng(1), market: "stocks" })).rejects.toThrow(
    /SOURCE_KEY_MISSING/,
  );
  const fake = await startFakeAlpaca(clock, listedMs);
  fakes.push(fake);
  const open = await alpacaSource({ clock, prng: new Prng(1), ...crypto, baseUrl: fake.host.url });
  const pages = await fetchAll(open, { symbol: "BTC/USD", fromMs: nowMs - 5 * minuteMs });
  expect(closesOf(pages)).toHaveLength(5);
  expect(fake.host.requests[0]!.headers).not.toHaveProperty("apca-api-key-id");
  expect(() =>
    open.subscribe({ symbols: ["BTC/USD"], timeframes: ["1m"], onBar() {}, onState() {} }),
  ).toThrow(/SOURCE_KEY_MISSING/);
});

test("a day of crypto closes at the next midnight of the zone that its stamp shows", async () => {
  const { source, fake } = await setUp(crypto);
  // Midnight in Chicago before and after the clocks change on 2023-03-12, then midnight UTC, then no midnight at all.
  const stamps = [
    "2023-03-11T06:00Z",
    "2023-03-12T06:00Z",
    "2023-03-13T05:00Z",
    "2023-03-16T00:00Z",
    "2023-03-17T03:00Z",
  ];
  const rows = stamps.map((stamp) => alpacaBar({ ...candleAt(Date.parse(stamp), dayMs) }));
  fake.host.answer = () => ({ body: { bars: { "BTC/USD": rows }, next_page_token: null } });
  let offGrid = 0;
  const pages = await fetchAll(source, {
    symbol: "BTC/USD",
    timeframe: "1d",
    fromMs: Date.parse("2023-03-01"),
    onQuarantine: ([first]) => (offGrid = first!.count),
  });
  expect(isoOf(pages).map((iso) => iso.slice(0, 13))).toEqual([
    "2023-03-12T06",
    "2023-03-13T05",
    "2023-03-14T05",
    "2023-03-17T00",
  ]);
  expect(offGrid).toBe(1);
});

// Recorded: the snapshot in alpaca-py's test data, taken while the day and the minute were running.
test.skipIf(!hasShared)("a snapshot gives closed bars only", async () => {
  const snapshotAt = Date.parse("2022-03-28T17:33:21Z");
  const body = recorded("test_historical_crypto_data__test_crypto_get_snapshot__50.json");
  const { source, fake, clock } = await setUp(crypto, snapshotAt);
  fake.host.answer = () => ({ body });
  const [bitcoin] = await source.snapshots(["BTC/USD"]);
  expect(fake.host.requests[0]!.path).toBe("/v1beta3/crypto/us/snapshots");
  expect(bitcoin).toEqual({
    symbol: "BTC/USD",
    minuteBar: expect.objectContaining({ closeTimeMs: Date.parse("2022-03-28T17:33:00Z"), close: 47532.2 }),
    previousDay: expect.objectContaining({
      closeTimeMs: Date.parse("2022-03-28T05:00:00Z"),
      close: 47148.98,
    }),
    lastTrade: { timeMs: Date.parse("2022-03-28T17:33:20.198Z"), price: 47537.64 },
    quote: { timeMs: Date.parse("2022-03-28T17:32:30.824Z"), bid: 47530.99, ask: 47531.66 },
  });
  const bars = await source.latest("BTC/USD", "1d", 1);
  expect([bars.length, bars.close[0]]).toEqual([1, 47148.98]);
  // The same answer half a minute earlier: its minute was still open.
  const earlier = await setUp(crypto, snapshotAt - 30 * secondMs);
  earlier.fake.host.answer = () => ({ body });
  expect((await earlier.source.snapshots(["BTC/USD"]))[0]!.minuteBar).toBeNull();
  expect(clock.nowMs()).toBe(snapshotAt);
});

test("the last bars, and the symbols of both markets", async () => {
  const { source } = await setUp();
  const bars = await source.latest("AAPL", "1h", 2);
  expect([...bars.closeTimeMs]).toEqual([nowMs - 30 * secondMs - hourMs, nowMs - 30 * secondMs]);
  expect((await source.symbols()).map(({ symbol }) => symbol)).toEqual(["AAPL", "MSFT", "BRK.B"]);
  const other = await setUp(crypto);
  expect(await other.source.symbols()).toEqual([
    {
      symbol: "BTC/USD",
      assetClass: "crypto",
      baseCurrency: "BTC",
      quoteCurrency: "USD",
      tickSize: 1,
      lotSize: 0.0001,
      notionalMin: null,
      isTrading: true,
      calendarName: "24/7",
    },
  ]);
});
