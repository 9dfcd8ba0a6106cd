import { afterEach, expect, test } from "vitest";
import { ManualClock, until } from "../../../../test/fakes/manual-clock.ts";
import { startFakeBinance, type FakeBinance } from "../../../../test/fakes/fake-binance.ts";
import type { Fault } from "../../../../test/fakes/fake-host.ts";
import { Prng } from "../../../base/prng.ts";
import { dayMs, minuteMs, secondMs } from "../../../base/time.ts";
import type { Bars } from "../../../domain/bars.ts";
import type { BarRequest, BarSource, RowQuarantine } from "../../../ports/bar-source.ts";
import type { SourceOptions } from "../shared/source-options.ts";
import { binanceSource } from "./binance-source.ts";

const nowMs = Date.parse("2024-03-05T12:00:30Z");
const listedMs = Date.parse("2024-03-01T00:00:00Z");

let fake: FakeBinance | null = null;
afterEach(async () => {
  await fake?.host.close();
  fake = null;
});

async function setUp(
  options: Partial<SourceOptions> = {},
  startMs = nowMs,
): Promise<{ source: BarSource; fake: FakeBinance; clock: ManualClock }> {
  const clock = new ManualClock(startMs, "auto");
  fake = await startFakeBinance(clock, listedMs);
  const source = await binanceSource({ clock, prng: new Prng(1), baseUrl: fake.host.url, ...options });
  return { source, fake, clock };
}

async function fetchAll(source: BarSource, request: Partial<BarRequest>): Promise<Bars[]> {
  const pages: Bars[] = [];
  const whole = { symbol: "BTCUSDT", timeframe: "1m" as const, fromMs: listedMs, toMs: nowMs, ...request };
  for await (const page of source.fetchBars(whole)) pages.push(page);
  return pages;
}

const closesOf = (pages: readonly Bars[]): number[] => pages.flatMap((page) => [...page.closeTimeMs]);

test.each([
  ["is still open", "2024-03-05T12:00:30Z", "2024-03-05T12:00:00Z"],
  ["closed a moment ago and may still change", "2024-03-05T12:00:00.900Z", "2024-03-05T11:59:00Z"],
  ["closed a second ago", "2024-03-05T12:00:02Z", "2024-03-05T12:00:00Z"],
])("a bar that %s: the last one used is the right one", async (_what, now, last) => {
  const { source } = await setUp({}, Date.parse(now));
  const closes = closesOf(await fetchAll(source, { fromMs: nowMs - 3 * minuteMs, toMs: nowMs + dayMs }));
  expect(closes.at(-1)).toBe(Date.parse(last));
});

test("a range from before the listing begins with the first bar there is", async () => {
  const { source } = await setUp();
  const pages = await fetchAll(source, { timeframe: "1d", fromMs: 0, toMs: nowMs });
  expect(closesOf(pages).map((closeMs) => (closeMs - listedMs) / dayMs)).toEqual([1, 2, 3, 4]);
});

const passing: readonly (readonly [string, Fault])[] = [
  ["an error 500", { kind: "reply", status: 500, body: { code: -1000, msg: "An unknown error occurred" } }],
  ["a timeout inside the venue", { kind: "reply", status: 400, body: { code: -1007, msg: "Timeout" } }],
  ["another shape", { kind: "reply", body: { klines: [] } }],
];

test.each(passing)("%s is tried again and costs nothing", async (_what, fault) => {
  const { source, fake } = await setUp({ requestTimeoutMs: 100 });
  fake.host.faults.push(fault, fault);
  const pages = await fetchAll(source, { fromMs: nowMs - 10 * minuteMs });
  expect(closesOf(pages)).toHaveLength(10);
  expect(fake.host.requests).toHaveLength(3);
});

test("Retry-After is obeyed, also by calls that had no part in it", async () => {
  const clock = new ManualClock(nowMs);
  fake = await startFakeBinance(clock, listedMs);
  const source = await binanceSource({ clock, prng: new Prng(1), baseUrl: fake.host.url });
  const { requests, faults } = fake.host;
  faults.push({ kind: "reply", status: 429, headers: { "retry-after": "7" }, body: {} });
  const first = fetchAll(source, { fromMs: nowMs - 10 * minuteMs });
  await until(() => clock.waits.length > 0, "the refusal");
  const second = fetchAll(source, { symbol: "ETHUSDT", fromMs: nowMs - 10 * minuteMs });
  await clock.advance(7 * secondMs - 1);
  expect(requests).toHaveLength(1);
  await clock.advance(1);
  expect(closesOf(await first)).toHaveLength(10);
  await second;
  expect(requests).toHaveLength(3);
});

test("a pause that is too long to sit out is an error that says until when", async () => {
  const { source, fake } = await setUp();
  fake.host.faults.push({ kind: "reply", status: 429, headers: { "retry-after": "3600" }, body: {} });
  await expect(fetchAll(source, {})).rejects.toThrow(/SOURCE_RATE_LIMITED.*2024-03-05T13:00:30Z/);
  expect(fake.host.requests).toHaveLength(1);
});

test("after a ban nothing is sent until it is over", async () => {
  const { source, fake, clock } = await setUp();
  fake.host.faults.push({ kind: "reply", status: 418, headers: { "retry-after": "180" }, body: {} });
  await expect(fetchAll(source, {})).rejects.toThrow(/SOURCE_BANNED.*until 2024-03-05T12:03:30Z/);
  await expect(fetchAll(source, { symbol: "ETHUSDT" })).rejects.toThrow(/SOURCE_BANNED/);
  expect(fake.host.requests).toHaveLength(1);
  await clock.advance(180 * secondMs);
  expect(closesOf(await fetchAll(source, { fromMs: nowMs - minuteMs }))).toHaveLength(1);
});

test("the weight that the headers count slows us down before the venue has to", async () => {
  const { source, fake, clock } = await setUp();
  const answer = fake.host.answer;
  fake.host.answer = (request) => ({ ...answer(request), headers: { "x-mbx-used-weight-1m": "4800" } });
  const startMs = clock.nowMs();
  await fetchAll(source, { fromMs: nowMs - 2_500 * minuteMs });
  // 3 requests of weight 2: two waits for 2 of 4,800 a minute.
  expect(fake.host.requests).toHaveLength(3);
  expect(clock.nowMs() - startMs).toBeGreaterThanOrEqual(2 * 25);
});

test.each(["", "BTC USDT", "BTC&limit=1"])("%j is no symbol and is not sent", async (symbol) => {
  const { source, fake } = await setUp();
  await expect(fetchAll(source, { symbol })).rejects.toThrow(/SYMBOL_INVALID/);
  expect(fake.host.requests).toHaveLength(0);
});

test("a blocked country is told apart from trouble", async () => {
  const { source, fake } = await setUp();
  fake.host.faults.push({ kind: "reply", status: 451, body: { code: 0, msg: "restricted location" } });
  await expect(fetchAll(source, {})).rejects.toThrow(/SOURCE_REGION_REFUSED.*restricted location/);
});

test("a refusal that we cannot explain is passed on and not repeated", async () => {
  const { source, fake } = await setUp();
  fake.host.faults.push({ kind: "reply", status: 400, body: { code: -1127, msg: "More than 24 hours" } });
  await expect(fetchAll(source, {})).rejects.toThrow(/SOURCE_REFUSED.*More than 24 hours \(-1127\)/);
  expect(fake.host.requests).toHaveLength(1);
});

test("rows that cannot be bars are left out, counted and shown; the others are used", async () => {
  const { source, fake } = await setUp();
  const row = (minutes: number, ...prices: readonly string[]): unknown[] => [
    nowMs - 30 * secondMs - minutes * minuteMs,
    ...prices,
    0,
  ];
  const body = [
    row(9, "10", "11", "9", "10", "1"),
    row(8, "10", "9", "11", "10", "1"),
    row(7, "10", "11", "9", "10", "-1"),
    row(6, "abc", "11", "9", "10", "1"),
    row(5, "0", "11", "0", "10", "1"),
    row(4.5, "10", "11", "9", "10", "1"),
    row(4, "10", "11", "9", "10", "2"),
    row(4, "10", "11", "9", "10", "2"),
    row(4, "10", "12", "9", "10", "2"),
    row(3, "10", "11", "9", "10.5", "0"),
  ];
  fake.host.answer = () => ({ body: body.splice(0) });
  let quarantine: readonly RowQuarantine[] = [];
  const pages = await fetchAll(source, {
    fromMs: nowMs - 10 * minuteMs,
    toMs: nowMs - 2 * minuteMs,
    onQuarantine: (entries) => {
      quarantine = entries;
    },
  });
  expect([...pages[0]!.volume]).toEqual([1, 2, 0]);
  expect(Object.fromEntries(quarantine.map(({ fault, count }) => [fault, count]))).toEqual({
    ohlc: 1,
    negativeVolume: 1,
    number: 1,
    nonPositive: 1,
    offGrid: 1,
    conflict: 1,
  });
  expect(quarantine.find(({ fault }) => fault === "ohlc")?.examples).toEqual([
    "2024-03-05T11:52:00Z open 10 high 9 low 11 close 10 volume 1",
  ]);
});

test("a page whose times go back and forth is asked for again", async () => {
  const { source, fake } = await setUp();
  const answer = fake.host.answer;
  let asked = 0;
  fake.host.answer = (request) => {
    const { body } = answer(request);
    asked += 1;
    const [first, second, ...others] = body as unknown[];
    return { body: asked > 1 ? body : [second, first, ...others] };
  };
  expect(closesOf(await fetchAll(source, { fromMs: nowMs - 30 * minuteMs }))).toHaveLength(30);
  expect(asked).toBe(2);
});

test("a page of another time does not end a fetch as if all were there", async () => {
  const { source, fake } = await setUp();
  fake.host.answer = () => ({ body: [[listedMs, "10", "11", "9", "10", "1", listedMs]] });
  await expect(fetchAll(source, { fromMs: nowMs - dayMs })).rejects.toThrow(
    /another time than was asked for/,
  );
});

test("pages that overlap give each bar once", async () => {
  const { source, fake } = await setUp();
  const answer = fake.host.answer;
  fake.host.answer = (request) => {
    const startMs = Number(request.query.get("startTime"));
    request.query.set("startTime", String(startMs - 2 * minuteMs));
    return answer(request);
  };
  let faults: readonly RowQuarantine[] = [];
  const pages = await fetchAll(source, {
    fromMs: nowMs - 1_500 * minuteMs,
    onQuarantine: (entries) => (faults = entries),
  });
  expect(closesOf(pages)).toHaveLength(1_500);
  // Rows from before the range were not asked for: two on either page.
  expect(faults.map(({ fault, count }) => [fault, count])).toEqual([["outOfRange", 4]]);
});

test("the last bars are the last closed ones", async () => {
  const { source } = await setUp();
  const bars = await source.latest("BTCUSDT", "1h", 30);
  expect(bars.length).toBe(30);
  expect(bars.closeTimeMs[29]).toBe(Date.parse("2024-03-05T12:00:00Z"));
  expect((await source.latest("BTCUSDT", "1d", 30)).length).toBe(4);
});

test("symbols tell tick, lot and smallest order", async () => {
  const { source } = await setUp();
  expect((await source.symbols())[0]).toEqual({
    symbol: "BTCUSDT",
    assetClass: "crypto",
    baseCurrency: "BTC",
    quoteCurrency: "USDT",
    tickSize: 0.01,
    lotSize: 0.00001,
    notionalMin: 5,
    isTrading: true,
    calendarName: "24/7",
  });
});
