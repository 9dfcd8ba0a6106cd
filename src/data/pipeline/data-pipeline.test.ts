import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FakeVenue, MemoryBarStore, MemoryRanges, pricesAt } from "../../../test/data-pipeline-fakes.ts";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { KiwiError } from "../../base/errors.ts";
import { Prng } from "../../base/prng.ts";
import { dayMs, hourMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { barQuality } from "../../ports/bar-store.ts";
import { DataPipeline, type FetchProgress, type PipelineParts } from "./data-pipeline.ts";
import { rangesWithout, spanOf } from "./time-ranges.ts";

const seed = 20240611;
const startMs = Date.parse("2024-01-01T00:00:00Z");
const hour = (count: number): number => startMs + count * hourMs;
const series = { symbol: "BTCUSDT", timeframe: "1h" as const };
const coverageOf = (ranges: MemoryRanges): unknown => ranges.now("Fake", "BTCUSDT", "1h");

function setUp(hours: readonly number[], nowHour: number, parts: Partial<PipelineParts> = {}) {
  const clock = new ManualClock(hour(nowHour));
  const venue = new FakeVenue("Fake", clock, 10);
  for (const at of hours) venue.bars.set(hour(at), pricesAt(hour(at)));
  const store = new MemoryBarStore();
  const ranges = new MemoryRanges();
  const open = (): DataPipeline => new DataPipeline({ source: venue.source, store, ranges, clock, ...parts });
  return { clock, venue, store, ranges, open, pipeline: open() };
}

const first = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

test("a range is fetched once, and afterwards only what lies beside it", async () => {
  const { pipeline, venue, store } = setUp(first(200), 500);
  const report = await pipeline.fetchAndStore({ ...series, fromMs: hour(50), toMs: hour(100) });
  expect(report).toMatchObject({ added: 50, revised: 0, unchanged: 0, requestedBars: 50 });
  expect([report.fromMs, report.toMs]).toEqual([hour(50), hour(99)]);
  expect((await pipeline.fetchAndStore({ ...series, fromMs: hour(60), toMs: hour(90) })).asked).toEqual([]);
  const wider = await pipeline.fetchAndStore({ ...series, fromMs: hour(20), toMs: hour(130) });
  expect(wider.asked).toEqual([
    { fromMs: hour(20), toMs: hour(50) },
    { fromMs: hour(100), toMs: hour(130) },
  ]);
  expect(store.rows("BTCUSDT", "1h").map(({ closeMs }) => closeMs)).toEqual(
    venue.closesIn(hour(20), hour(130)),
  );
  expect(store.rows("BTCUSDT", "1h").every(({ source }) => source === "Fake")).toBe(true);
});

test("what has not closed is not remembered as fetched, and is fetched when it has", async () => {
  const { pipeline, clock, venue, ranges } = setUp(first(60), 50);
  await pipeline.fetchAndStore({ ...series, fromMs: hour(1), toMs: Infinity });
  expect(coverageOf(ranges)).toEqual([{ fromMs: hour(1), toMs: hour(50) + 1, bars: 50, firstMs: hour(1) }]);
  await clock.advance(hourMs / 2);
  // No bar can have closed within half an hour: there is nothing to ask for.
  expect((await pipeline.updateLatest("BTCUSDT", "1h")).asked).toEqual([]);
  await clock.advance(hourMs * 2);
  expect(await pipeline.updateLatest("BTCUSDT", "1h")).toMatchObject({ added: 2, toMs: hour(52) });
  expect(venue.asked).toHaveLength(2);
});

test("an update of minutes begins with the very next one, and leaves none out", async () => {
  const minute = (count: number): number => startMs + count * 60_000;
  const { clock, venue, store, pipeline } = setUp([], 1);
  for (let at = 1; at <= 90; at++) venue.bars.set(minute(at), pricesAt(minute(at)));
  await pipeline.fetchAndStore({ symbol: "BTCUSDT", timeframe: "1m", fromMs: minute(1), toMs: Infinity });
  // One minute later, then two, three and four.
  for (const passed of [1, 2, 3, 4]) {
    const lastMs = store.rows("BTCUSDT", "1m").at(-1)!.closeMs;
    await clock.advance(passed * 60_000);
    const report = await pipeline.updateLatest("BTCUSDT", "1m");
    expect(report).toMatchObject({ added: passed, fromMs: lastMs + 60_000 });
  }
  const closes = store.rows("BTCUSDT", "1m").map(({ closeMs }) => closeMs);
  expect(closes).toEqual(Array.from({ length: 70 }, (_, at) => minute(at + 1)));
});

test("a bar that the venue publishes late is not taken for missing", async () => {
  const { pipeline, venue, store, ranges } = setUp(first(47), 50);
  await pipeline.fetchAndStore({ ...series, fromMs: hour(1), toMs: hour(50) });
  expect(coverageOf(ranges)).toEqual([{ fromMs: hour(1), toMs: hour(47) + 1, bars: 47, firstMs: hour(1) }]);
  for (const at of [48, 49]) venue.bars.set(hour(at), pricesAt(hour(at)));
  await pipeline.fetchAndStore({ ...series, fromMs: hour(1), toMs: hour(50) });
  expect(store.rows("BTCUSDT", "1h")).toHaveLength(49);
});

test("a long silence of the venue is believed and not asked for again", async () => {
  const { pipeline, venue } = setUp([...first(20), 300], 400);
  await pipeline.fetchAndStore({ ...series, fromMs: hour(1), toMs: hour(200) });
  await pipeline.fetchAndStore({ ...series, fromMs: hour(1), toMs: hour(200) });
  expect(venue.asked).toEqual([{ fromMs: hour(1), toMs: hour(200) }]);
});

test("what is long past is asked for whether or not the calendar expects bars: venues trade at odd hours", async () => {
  const { pipeline, store } = setUp(first(72), 500, { calendarOf: () => calendarNamed("us-equity") });
  // 2024-01-01 was a holiday of the exchange, and hours 1 to 24 are that day.
  await pipeline.fetchAndStore({ ...series, fromMs: hour(1), toMs: hour(25) });
  expect(store.rows("BTCUSDT", "1h")).toHaveLength(24);
});

test("bars are read after what was never fetched has been", async () => {
  const { pipeline, venue } = setUp(first(100), 500);
  const bars = await pipeline.getBars("BTCUSDT", "1h", hour(10), hour(30));
  expect([...bars.closeTimeMs]).toEqual(venue.closesIn(hour(10), hour(30)));
  await pipeline.getBars("BTCUSDT", "1h", hour(10), hour(30));
  expect(venue.asked).toHaveLength(1);
});

test("a refresh asks again, and a bar that the venue has changed gets a new version", async () => {
  const { pipeline, venue, store, clock } = setUp(first(40), 500);
  await pipeline.fetchAndStore({ ...series, fromMs: hour(1), toMs: hour(41) });
  venue.bars.set(hour(7), pricesAt(hour(7), 1));
  const knownMs = clock.nowMs();
  await clock.advance(dayMs);
  expect(await pipeline.fetchAndStore({ ...series, fromMs: hour(1), toMs: hour(41) })).toMatchObject({
    asked: [],
  });
  const report = await pipeline.fetchAndStore({ ...series, fromMs: hour(1), toMs: hour(41), refresh: true });
  expect(report).toMatchObject({ added: 0, revised: 1, unchanged: 39 });
  expect(store.rows("BTCUSDT", "1h", hour(7), hour(8))).toMatchObject([
    { version: 2, quality: barQuality.revised, prices: pricesAt(hour(7), 1) },
  ]);
  expect(store.rows("BTCUSDT", "1h", hour(7), hour(8), knownMs)).toMatchObject([{ version: 1 }]);
});

test("the memory of a store that is gone is not trusted", async () => {
  const { venue, ranges, clock, pipeline } = setUp(first(50), 500);
  await pipeline.fetchAndStore({ ...series, fromMs: hour(1), toMs: hour(51) });
  const store = new MemoryBarStore();
  const next = new DataPipeline({ source: venue.source, store, ranges, clock });
  await next.fetchAndStore({ ...series, fromMs: hour(30), toMs: hour(51) });
  await next.fetchAndStore({ ...series, fromMs: hour(1), toMs: hour(51) });
  expect(store.rows("BTCUSDT", "1h")).toHaveLength(50);
});

test("an update of what was never downloaded says how to begin", async () => {
  const { pipeline } = setUp(first(50), 500);
  await expect(pipeline.updateLatest("BTCUSDT", "1h")).rejects.toMatchObject({
    parts: { code: "BARS_NONE_HELD", fix: "kiwi data download BTCUSDT -t 1h --from 2024-01-01" },
  });
});

test("pages are stored in chunks, and progress tells only of what is safe", async () => {
  const { venue, store, ranges, clock } = setUp(first(100), 500);
  const pipeline = new DataPipeline({ source: venue.source, store, ranges, clock, chunkRows: 40 });
  const seen: FetchProgress[] = [];
  await pipeline.fetchAndStore({
    ...series,
    fromMs: hour(1),
    toMs: hour(101),
    onProgress: (progress) => {
      seen.push(progress);
      expect(spanOf(ranges.now("Fake", "BTCUSDT", "1h"))).toBe(progress.doneMs);
    },
  });
  expect(store.appends).toBe(3);
  expect(seen.map(({ bars }) => bars)).toEqual([0, 40, 80, 100, 100]);
  expect(seen.at(-1)).toEqual({ symbol: "BTCUSDT", doneMs: 100 * hourMs, spanMs: 100 * hourMs, bars: 100 });
});

test("when the venue breaks off, what came before is kept and remembered", async () => {
  const { pipeline, venue, store } = setUp(first(100), 500);
  let pages = 0;
  venue.chaos = () => {
    if (++pages === 4) throw new Error("the connection broke");
  };
  const request = { ...series, fromMs: hour(1), toMs: hour(101) };
  await expect(pipeline.fetchAndStore(request)).rejects.toThrow("the connection broke");
  expect(store.rows("BTCUSDT", "1h")).toHaveLength(30);
  expect(await pipeline.fetchAndStore(request)).toMatchObject({
    asked: [{ fromMs: hour(30) + 1, toMs: hour(101) }],
    added: 70,
    unchanged: 0,
  });
});

test("an abort ends the fetch with its reason and keeps what is safe", async () => {
  const { venue, store, ranges, clock } = setUp(first(100), 500);
  const pipeline = new DataPipeline({ source: venue.source, store, ranges, clock, chunkRows: 20 });
  const stop = new AbortController();
  const request = {
    ...series,
    fromMs: hour(1),
    toMs: hour(101),
    signal: stop.signal,
    onProgress: ({ bars }: FetchProgress) => bars >= 40 && stop.abort(new Error("stopped by hand")),
  };
  await expect(pipeline.fetchAndStore(request)).rejects.toThrow("stopped by hand");
  expect(store.rows("BTCUSDT", "1h")).toHaveLength(40);
});

test("rows that the source left out are reported over all ranges together", async () => {
  const { pipeline, venue } = setUp(first(100), 500);
  await pipeline.fetchAndStore({ ...series, fromMs: hour(40), toMs: hour(60) });
  venue.quarantined = [{ fault: "ohlc", count: 2, examples: ["a", "b"] }];
  const report = await pipeline.fetchAndStore({ ...series, fromMs: hour(1), toMs: hour(101) });
  expect(report.quarantined).toEqual([{ fault: "ohlc", count: 4, examples: ["a", "b", "a", "b"] }]);
});

test("two calls for one range at the same time fetch it once", async () => {
  const { pipeline, venue } = setUp(first(100), 500);
  const request = { ...series, fromMs: hour(1), toMs: hour(101) };
  await Promise.all([pipeline.fetchAndStore(request), pipeline.fetchAndStore(request)]);
  expect(venue.asked).toHaveLength(1);
});

test("many series are fetched a few at a time, and one that fails stops no other", async () => {
  const { pipeline, venue, store } = setUp(first(50), 500, { concurrency: 3 });
  venue.refuse = ({ symbol }) => {
    if (symbol === "S4") throw new KiwiError({ ...refusal, message: `no ${symbol}` });
  };
  const symbols = Array.from({ length: 9 }, (_, at) => `S${at}`);
  const seen: string[] = [];
  const outcomes = await pipeline.fetchMany(
    symbols.map((symbol) => ({ ...series, symbol, fromMs: hour(1), toMs: hour(51) })),
    ({ request }) => seen.push(request.symbol),
  );
  expect(venue.runningMax).toBe(3);
  expect(seen.toSorted()).toEqual(symbols);
  expect(outcomes.map(({ request }) => request.symbol)).toEqual(symbols);
  expect(outcomes.filter(({ kind }) => kind === "failed")).toMatchObject([
    { request: { symbol: "S4" }, error: { parts: { message: "no S4" } } },
  ]);
  const held = await store.list();
  expect(held.map(({ symbol, bars }) => [symbol, bars])).toEqual(
    symbols.filter((symbol) => symbol !== "S4").map((symbol) => [symbol, 50]),
  );
});

const refusal = {
  code: "SYMBOL_UNKNOWN",
  exit: "data",
  message: "",
  why: "it is not listed",
  fix: "use another",
  topic: "sources",
} as const;

const call = fc.record({
  from: fc.nat({ max: 160 }),
  length: fc.integer({ min: 1, max: 90 }),
  later: fc.nat({ max: 30 }),
});

test("whatever dies whenever, the store ends as the venue is: nothing missing, doubled or fetched twice", async () => {
  let deaths = 0;
  const property = fc.asyncProperty(
    fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 160 }),
    fc.array(call, { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 1, max: 50 }),
    fc.integer(),
    async (hours, calls, chunkRows, draw) => {
      const prng = new Prng(draw);
      const { venue, store, ranges, clock, open } = setUp(hours, 140, { chunkRows });
      let killed = 0;
      const chaos = (): void => {
        if (prng.integer(6) !== 0) return;
        killed += 1;
        throw new Error("killed");
      };
      for (const part of [venue, store, ranges]) part.chaos = chaos;
      venue.refuse = (request) => {
        const known = ranges.now("Fake", "BTCUSDT", "1h");
        expect(rangesWithout([request], known), "only what was never fetched is asked for").toEqual([
          { fromMs: request.fromMs, toMs: request.toMs },
        ]);
      };
      const wanted = new Set<number>();
      for (const { from, length, later } of calls) {
        await clock.advance(later * hourMs);
        const request = { ...series, fromMs: hour(from), toMs: hour(from + length) };
        for (const closeMs of venue.closesIn(request.fromMs, request.toMs)) wanted.add(closeMs);
        for (;;) {
          try {
            await open().fetchAndStore(request);
            break;
          } catch (error) {
            expect((error as Error).message).toBe("killed");
          }
        }
      }
      const rows = store.rows("BTCUSDT", "1h");
      expect(rows.map(({ closeMs }) => closeMs)).toEqual([...wanted].sort((a, b) => a - b));
      for (const row of rows) expect([row.version, ...row.prices]).toEqual([1, ...pricesAt(row.closeMs)]);
      const again = [...venue.deliveries.values()].reduce((sum, times) => sum + times - 1, 0);
      // A chunk grows to at most `chunkRows` and a page of 10, and only the one under way can be lost.
      expect(again).toBeLessThanOrEqual(killed * (chunkRows + 10));
      if (killed === 0) expect(again).toBe(0);
      deaths += killed;
    },
  );
  await fc.assert(property, { seed, numRuns: 250 });
  expect(deaths).toBeGreaterThan(500);
});
