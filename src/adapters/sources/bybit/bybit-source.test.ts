import { afterEach, expect, test } from "vitest";
import { startFakeBybit, type FakeBybit } from "../../../../test/fakes/fake-bybit.ts";
import type { Fault } from "../../../../test/fakes/fake-host.ts";
import { ManualClock } from "../../../../test/fakes/manual-clock.ts";
import { KiwiError } from "../../../base/errors.ts";
import { Prng } from "../../../base/prng.ts";
import { minuteMs, secondMs } from "../../../base/time.ts";
import type { Bars } from "../../../domain/bars.ts";
import type { BarRequest, BarSource } from "../../../ports/bar-source.ts";
import { bybitSource, type BybitOptions } from "./bybit-source.ts";

const nowMs = Date.parse("2024-03-05T12:00:30Z");
const listedMs = Date.parse("2024-01-10T00:00:00Z");

let fake: FakeBybit | null = null;
afterEach(async () => {
  await fake?.host.close();
  fake = null;
});

async function setUp(
  options: Partial<BybitOptions> = {},
): Promise<{ source: BarSource; fake: FakeBybit; clock: ManualClock }> {
  const clock = new ManualClock(nowMs, "auto");
  fake = await startFakeBybit(clock, listedMs);
  const source = await bybitSource({ clock, prng: new Prng(1), baseUrl: fake.host.url, ...options });
  return { source, fake, clock };
}

async function fetchAll(source: BarSource, request: Partial<BarRequest>): Promise<Bars[]> {
  const pages: Bars[] = [];
  const whole = { symbol: "BTCUSDT", timeframe: "1m" as const, fromMs: listedMs, toMs: nowMs, ...request };
  for await (const page of source.fetchBars(whole)) pages.push(page);
  return pages;
}

const closesOf = (pages: readonly Bars[]): number[] => pages.flatMap((page) => [...page.closeTimeMs]);

test("years before a listing cost two requests and no bars", async () => {
  const { source, fake } = await setUp();
  const pages = await fetchAll(source, { fromMs: Date.parse("2019-01-01"), toMs: listedMs + 10 * minuteMs });
  expect(closesOf(pages)).toHaveLength(9);
  // An empty window, the month of the listing, and the windows from its first day on: 13 of 1,000 minutes.
  expect(fake.host.requests.map(({ query }) => query.get("interval")).slice(0, 3)).toEqual(["1", "M", "1"]);
  expect(fake.host.requests).toHaveLength(2 + Math.ceil((9 * 1_440 + 10) / 1_000));
});

test("a symbol without any bars gives none", async () => {
  const { source, fake } = await setUp();
  expect(await fetchAll(source, { fromMs: 0, toMs: Date.parse("2020-01-01") })).toEqual([]);
  expect(fake.host.requests).toHaveLength(2);
});

test.each(["1h", "1d", "1w", "1M"] as const)("%s bars close where the calendar says", async (timeframe) => {
  const { source } = await setUp();
  const closes = closesOf(await fetchAll(source, { timeframe, fromMs: 0, toMs: nowMs }));
  const last = { "1h": "2024-03-05T12:00Z", "1d": "2024-03-05", "1w": "2024-03-04", "1M": "2024-03-01" };
  expect(new Date(closes.at(-1)!)).toEqual(new Date(last[timeframe]));
});

const rateLimited = (retCode: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  kind: "reply",
  headers,
  body: { retCode, retMsg: "Too many visits!", result: {}, retExtInfo: {}, time: nowMs },
});

const passing: readonly (readonly [string, Fault])[] = [
  ["a server timeout", rateLimited(10_000)],
  ["a server error", rateLimited(10_016)],
  ["too many visits", rateLimited(10_006)],
  ["an empty envelope", { kind: "reply", body: {} }],
  [
    "bars of another symbol",
    {
      kind: "reply",
      body: { retCode: 0, retMsg: "OK", time: nowMs, result: { symbol: "ETHUSDT", list: [] } },
    },
  ],
];

test.each(passing)("%s is tried again and costs nothing", async (_what, fault) => {
  const { source, fake } = await setUp({ requestTimeoutMs: 100 });
  fake.host.faults.push(fault, fault);
  expect(closesOf(await fetchAll(source, { fromMs: nowMs - 10 * minuteMs }))).toHaveLength(10);
  expect(fake.host.requests).toHaveLength(3);
});

test("an answer that leaves nothing holds the next request until the reset, too", async () => {
  const { source, fake } = await setUp();
  const answer = fake.host.answer;
  const headers = {
    "x-bapi-limit-status": "0",
    "x-bapi-limit-reset-timestamp": String(nowMs + 3 * secondMs),
  };
  fake.host.answer = (request) => ({ ...answer(request), headers });
  await fetchAll(source, { fromMs: nowMs - 1_500 * minuteMs });
  expect(fake.host.requests).toHaveLength(2);
  expect(fake.host.requests[1]!.atMs - nowMs).toBeGreaterThanOrEqual(3 * secondMs);
});

test("an address that asked too often is silent for ten minutes", async () => {
  const { source, fake, clock } = await setUp();
  fake.host.faults.push({ kind: "reply", status: 403, body: "access too frequent" });
  await expect(fetchAll(source, {})).rejects.toThrow(
    /SOURCE_BANNED.*2024-03-05T12:10:30Z.*access too frequent/,
  );
  await expect(fetchAll(source, {})).rejects.toThrow(/SOURCE_BANNED/);
  expect(fake.host.requests).toHaveLength(1);
  await clock.advance(10 * minuteMs);
  expect(closesOf(await fetchAll(source, { fromMs: nowMs - minuteMs, toMs: nowMs }))).toHaveLength(1);
});

test("a blocked country is told apart from a ban", async () => {
  const { source, fake } = await setUp();
  const body =
    "<html>The Amazon CloudFront distribution is configured to block access from your country</html>";
  fake.host.faults.push({ kind: "reply", status: 403, body });
  await expect(fetchAll(source, {})).rejects.toThrow(/SOURCE_REGION_REFUSED.*your country/);
});

test("an unknown symbol is refused at once, with the nearest one of a list in pages", async () => {
  const { source, fake } = await setUp();
  const error = await fetchAll(source, { symbol: "SOLUSD" }).catch((caught: unknown) => caught);
  const { code, fix } = (error as KiwiError).parts;
  expect([code, fix]).toEqual(["SYMBOL_UNKNOWN", 'did you mean "SOLUSDT"?']);
  expect(fake.host.requests.map(({ query }) => query.get("cursor"))).toEqual([null, null, "1", "2"]);
});

test.each([
  [10_003, /SOURCE_KEY_REFUSED/],
  [10_009, /SOURCE_REGION_REFUSED/],
  [10_001, /SOURCE_REFUSED.*Too many visits! \(10001\)/],
])("retCode %i is final", async (retCode, message) => {
  const { source, fake } = await setUp();
  fake.host.faults.push(rateLimited(retCode));
  await expect(fetchAll(source, {})).rejects.toThrow(message);
  expect(fake.host.requests).toHaveLength(1);
});

test("the venue's own time, to the millisecond, judges our clock and what is closed", async () => {
  const { source, fake } = await setUp();
  const answer = fake.host.answer;
  const shifted = (spanMs: number): void => {
    fake.host.answer = (request) => ({ body: { ...(answer(request).body as object), time: nowMs + spanMs } });
  };
  // 31 s back: the bar of 12:00 had not closed yet when the venue answered.
  shifted(-31 * secondMs);
  const wide = await bybitSource({
    clock: new ManualClock(nowMs),
    prng: new Prng(1),
    baseUrl: fake.host.url,
    clockSkewMsMax: minuteMs,
  });
  expect(closesOf(await fetchAll(wide, { fromMs: nowMs - 3 * minuteMs })).at(-1)).toBe(
    Date.parse("2024-03-05T11:59:00Z"),
  );
  await expect(fetchAll(source, {})).rejects.toThrow(/CLOCK_OFF.*ahead of Bybit/);
});

test("an inverse contract's volume is its turnover, in the base asset", async () => {
  const { source } = await setUp({ category: "inverse" });
  const [page] = await fetchAll(source, { fromMs: nowMs - 2 * minuteMs });
  expect([...page!.volume]).toEqual([1262.5, 1262.5]);
  expect((await source.symbols())[0]!.lotSize).toBeNull();
});

test("the last bars and the symbols", async () => {
  const { source } = await setUp({ category: "spot" });
  const bars = await source.latest("BTCUSDT", "5m", 3);
  expect([...bars.closeTimeMs].map((closeMs) => new Date(closeMs).toISOString().slice(11, 16))).toEqual([
    "11:50",
    "11:55",
    "12:00",
  ]);
  expect(await source.symbols()).toHaveLength(3);
  expect((await source.symbols())[0]).toMatchObject({ tickSize: 0.1, lotSize: 0.000001, notionalMin: 5 });
});
