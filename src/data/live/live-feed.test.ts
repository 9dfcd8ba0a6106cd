import fc from "fast-check";
import { expect, test } from "vitest";
import { liveBench } from "../../../test/live-bench.ts";
import { historicalSlices } from "../../../test/live-market.ts";
import { hourMs, minuteMs } from "../../base/time.ts";
import { sliceBars } from "../../domain/bars.ts";
import type { SubscribeRequest } from "../../ports/bar-source.ts";
import type { BarsToStore } from "../../ports/bar-store.ts";

const noon = Date.UTC(2024, 0, 3, 12);
/** Twenty bars closed before the feed starts, at 12:19:30. */
const startMs = noon + 19 * minuteMs + 30_000;
const market = { symbols: 3, instants: 40, seed: 1, fromMs: noon };
const endMs = noon + 39 * minuteMs + 30_000;
const minute = (timeMs: number): number => (timeMs - noon) / minuteMs;
const backfillOf = (symbols: readonly string[], fromMs: number, toMs: number) =>
  symbols.map((symbol) => ({ symbol, timeframe: "1m" as const, fromMs, toMs }));
/** What a feed that starts at 12:19:30 and loads ten bars may know: rows 10 to 39. */
const wantedSlices = (bars: ReturnType<typeof liveBench>["market"]) =>
  historicalSlices(bars.map((table) => sliceBars(table, 9, table.length)));

test("loaded bars, then the stream: one series, slice by slice that of a backtest", async () => {
  const shape = fc.record({ symbols: fc.integer({ min: 1, max: 6 }), seed: fc.integer({ min: 0 }) });
  await fc.assert(
    fc.asyncProperty(shape, async ({ symbols, seed }) => {
      const bench = liveBench(startMs, { ...market, symbols, seed });
      const taken = await bench.begin();
      await bench.play(endMs);
      await bench.feed.close();
      expect(taken.error).toBeNull();
      expect(taken.slices).toEqual(wantedSlices(bench.market));
      expect(bench.feed.counts()).toMatchObject({ late: 0, overflowed: 0, pending: 0 });
      expect(bench.eventsOf("incomplete")).toEqual([]);
    }),
    { seed: 1, numRuns: 15 },
  );
});

test("three hundred symbols lose their stream and get back every bar, in order, and marked as history", async () => {
  const bench = liveBench(startMs, { ...market, symbols: 300 });
  const symbols = bench.market.map(({ symbol }) => symbol);
  const taken = await bench.begin();
  const lostMs = noon + 22 * minuteMs + 10_000;
  const backMs = noon + 30 * minuteMs + 20_000;
  await bench.play(lostMs);
  bench.source.tell({ kind: "reconnecting", atMs: lostMs, attempt: 1, delayMs: 1_000, reason: "gone" });
  await bench.play(backMs, { tells: () => false });
  const backfill = backfillOf(symbols, noon + 22 * minuteMs + 1, backMs + 1);
  bench.source.tell({ kind: "live", atMs: backMs, backfill });
  await bench.play(endMs);
  await bench.feed.close();
  expect(taken.slices).toEqual(wantedSlices(bench.market));
  expect(bench.eventsOf("backfilled").length).toBe(600);
  // The bar of 12:30 was handed over 22 seconds after its close: fresh enough to trade on.
  const caughtUp = taken.caughtUp.map(minute).filter((closed) => closed > 19);
  expect(caughtUp).toEqual([23, 24, 25, 26, 27, 28, 29]);
});

test("bars that the stream loses while it stands are fetched in time, whatever they are", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0 }), async (seed) => {
      const bench = liveBench(startMs, { ...market, seed, symbols: 4 });
      const lost = (symbol: string, closeMs: number): boolean =>
        (Number(symbol.slice(1)) * 31 + minute(closeMs) * 17 + seed) % 5 === 0 && minute(closeMs) < 38;
      const taken = await bench.begin();
      // The stream notices a second after the close; a venue's history has the bar by then.
      for (const { symbol, closeTimeMs } of bench.source.between(startMs, endMs)) {
        if (!lost(symbol, closeTimeMs)) continue;
        bench.clock.schedule(closeTimeMs + 1_000 - startMs, () =>
          bench.source.tell({
            kind: "gap",
            atMs: closeTimeMs + 1_000,
            backfill: backfillOf([symbol], closeTimeMs, closeTimeMs + 1),
          }),
        );
      }
      await bench.play(endMs, { tells: (symbol, closeMs) => !lost(symbol, closeMs) });
      await bench.feed.close();
      expect(taken.slices).toEqual(wantedSlices(bench.market));
      expect(bench.eventsOf("late")).toEqual([]);
    }),
    { seed: 3, numRuns: 10 },
  );
});

test("a hole before a symbol's first bar of the stream is fetched before that bar is handed over", async () => {
  const bench = liveBench(startMs, market);
  const taken = await bench.begin();
  // Nobody says that these were lost: the stream stood, but silently not for this symbol.
  await bench.play(endMs, { tells: (symbol, closeMs) => symbol !== "S1" || minute(closeMs) >= 23 });
  await bench.feed.close();
  expect(bench.source.fetches.filter(({ fromMs }) => fromMs > startMs - minuteMs)).toEqual([
    { symbol: "S1", fromMs: noon + 19 * minuteMs + 1, toMs: noon + 23 * minuteMs },
  ]);
  const late = bench.eventsOf("late").map(({ symbol, closeTimeMs }) => `${symbol} ${minute(closeTimeMs)}`);
  expect(late).toEqual(["S1 20", "S1 21", "S1 22"]);
  expect(taken.slices.map((text) => minute(Number(text.split(" ")[0])))).toEqual(
    Array.from({ length: 31 }, (_, k) => k + 9),
  );
  expect([...bench.feed.bars[1]!.closeTimeMs.subarray(0, 31)].map(minute)).toEqual(
    Array.from({ length: 31 }, (_, k) => k + 9),
  );
});

test("a bar that closes while the stream is still connecting is fetched as soon as it stands", async () => {
  const bench = liveBench(noon + 19 * minuteMs + 58_000, market);
  void bench.begin();
  await bench.clock.advance(0);
  const liveMs = noon + 20 * minuteMs + 30_000;
  await bench.play(liveMs, { tells: () => false });
  bench.source.tell({ kind: "live", atMs: liveMs, backfill: [] });
  await bench.play(liveMs + 3_000);
  expect(minute(bench.feed.bars[2]!.closeTimeMs[bench.feed.bars[2]!.length - 1]!)).toBe(20);
  await bench.feed.close();
});

test("history held here is not asked for again, and what it lacks at the end is", async () => {
  const bench = liveBench(startMs, market, {
    history: async (symbol) => sliceBars(bench.market[Number(symbol.slice(1))]!, 9, 15),
  });
  const taken = await bench.begin();
  await bench.play(endMs);
  await bench.feed.close();
  expect(taken.slices).toEqual(wantedSlices(bench.market));
  expect(bench.source.fetches[0]).toEqual({
    symbol: "S0",
    fromMs: noon + 14 * minuteMs + 1,
    toMs: startMs - 5_000 + 1,
  });
});

test("history that cannot be read is named and fetched instead", async () => {
  const bench = liveBench(startMs, market, { history: () => Promise.reject(new Error("damaged")) });
  const taken = await bench.begin();
  await bench.play(endMs);
  await bench.feed.close();
  expect(taken.slices).toEqual(wantedSlices(bench.market));
  expect(bench.eventsOf("historyFailed").map(({ symbol }) => symbol)).toEqual(["S0", "S1", "S2"]);
});

test("a fetch that fails is tried again from where it broke off, and patiently", async () => {
  const bench = liveBench(startMs, market);
  bench.source.failures.set("S1", 3);
  const taken = await bench.begin();
  await bench.play(endMs);
  await bench.feed.close();
  expect(taken.slices).toEqual(wantedSlices(bench.market));
  const delays = bench.clock.waits.filter((waitMs) => [1_000, 2_000, 4_000].includes(waitMs));
  expect(delays.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
  expect(bench.feed.troubleWith("S1")).toBeNull();
});

test.each(["fails", "hangs"])(
  "a symbol whose backfill %s holds the others up for a minute, is named, and heals with fresh bars",
  async (how) => {
    const bench = liveBench(startMs, market, { warmupBars: 10 });
    const taken = await bench.begin();
    await bench.play(noon + 20 * minuteMs + 30_000);
    if (how === "fails") bench.source.failures.set("S2", Infinity);
    else bench.source.hanging.add("S2");
    const atMs = noon + 21 * minuteMs + 10_000;
    await bench.play(atMs, { tells: () => false });
    bench.source.tell({
      kind: "gap",
      atMs,
      backfill: backfillOf(["S0", "S1", "S2"], noon + 21 * minuteMs, atMs),
    });
    await bench.play(atMs + 59_000);
    expect(minute(Number(taken.slices.at(-1)!.split(" ")[0]))).toBe(20);
    await bench.play(atMs + 61_000);
    expect(minute(Number(taken.slices.at(-1)!.split(" ")[0]))).toBe(22);
    const [failure] = bench.eventsOf("backfillFailed");
    expect(failure).toMatchObject({ symbol: "S2", fromMs: noon + 21 * minuteMs, toMs: atMs });
    expect(String(failure!.error)).toContain(
      how === "fails" ? "does not answer" : "not fetched within 1 min",
    );
    expect(bench.feed.troubleWith("S2")).toBe("bars of S2 are missing and could not be fetched");
    expect(bench.feed.troubleWith("S0")).toBeNull();
    bench.source.hanging.clear();
    await bench.play(noon + 30 * minuteMs + 30_000);
    expect(bench.feed.troubleWith("S2")).not.toBeNull();
    await bench.play(endMs);
    expect(bench.feed.troubleWith("S2")).toBeNull();
    expect(taken.slices.length).toBe(31);
    expect(bench.feed.bars.map(({ length }) => length)).toEqual([31, 31, 30]);
    await bench.feed.close();
  },
);

test("a symbol without history is named, and the others go on", async () => {
  const bench = liveBench(startMs, market);
  bench.source.hanging.add("S0");
  const taken = await bench.begin();
  await bench.play(startMs + 61_000);
  expect(bench.eventsOf("backfillFailed").map(({ symbol }) => symbol)).toEqual(["S0"]);
  expect(bench.feed.troubleWith("S0")).toContain("S0");
  await bench.play(endMs);
  await bench.feed.close();
  expect(taken.slices.length).toBe(31);
  expect(bench.feed.bars.map(({ length }) => length)).toEqual([20, 31, 31]);
});

test("a long outage is caught up window by window, with few bars in memory", async () => {
  const bench = liveBench(startMs, { ...market, instants: 400 }, { pendingMax: 60 });
  const taken = await bench.begin();
  const backMs = noon + 380 * minuteMs + 20_000;
  await bench.play(backMs, { tells: () => false });
  const backfill = backfillOf(["S0", "S1", "S2"], noon + 19 * minuteMs + 1, backMs + 1);
  bench.source.tell({ kind: "live", atMs: backMs, backfill });
  let pendingMost = 0;
  const spy = bench.source.fetchBars.bind(bench.source);
  bench.source.fetchBars = async function* fetchBars(request) {
    for await (const bars of spy(request)) {
      yield bars;
      pendingMost = Math.max(pendingMost, bench.feed.counts().pending);
    }
  };
  await bench.play(noon + 399 * minuteMs + 30_000);
  await bench.feed.close();
  expect(taken.slices).toEqual(wantedSlices(bench.market));
  expect(pendingMost).toBeLessThanOrEqual(60);
});

test("when too many bars wait, the stream's are dropped and fetched when there is room", async () => {
  const bench = liveBench(startMs, market, { pendingMaxPerSymbol: 2, fetchMsMax: hourMs });
  const taken = await bench.begin();
  const atMs = noon + 20 * minuteMs + 10_000;
  await bench.play(atMs, { tells: () => false });
  bench.source.failures.set("S0", Infinity);
  bench.source.tell({ kind: "gap", atMs, backfill: backfillOf(["S0"], noon + 20 * minuteMs, atMs) });
  await bench.play(noon + 31 * minuteMs - 1, { tells: () => false });
  // Ten minutes' worth of bars comes at once, as after a suspended machine.
  for (const told of bench.source.between(noon + 21 * minuteMs, noon + 31 * minuteMs))
    bench.source.send(told);
  expect(bench.feed.counts()).toMatchObject({ pending: 6, overflowed: 24 });
  bench.source.failures.clear();
  await bench.play(noon + 35 * minuteMs, { tells: () => false });
  expect(taken.slices).toEqual(wantedSlices(bench.market).slice(0, 22));
  expect(bench.eventsOf("overflow").length).toBe(24);
  await bench.feed.close();
});

test("without news a slice without bars comes regularly, and its time goes only forward", async () => {
  const bench = liveBench(startMs, market, { heartbeatMs: 10_000 });
  const taken = await bench.begin();
  await bench.play(endMs, { tells: (_, closeMs) => minute(closeMs) < 30 });
  await bench.feed.close();
  expect(taken.heartbeats.length).toBeGreaterThan(100);
  expect(taken.heartbeats).toEqual(taken.heartbeats.toSorted((a, b) => a - b));
  // From 12:30 on a bar is overdue, and time stands still before it.
  expect(taken.heartbeats.at(-1)).toBeLessThan(noon + 30 * minuteMs);
  expect(bench.feed.counts().heartbeats).toBe(taken.heartbeats.length);
});

test("whoever has a report wakes the feed at once", async () => {
  const bench = liveBench(startMs, market);
  const taken = await bench.begin();
  await bench.clock.advance(1_000);
  expect(taken.heartbeats).toEqual([]);
  bench.feed.wake();
  bench.feed.wake();
  await bench.clock.advance(0);
  expect(taken.heartbeats).toEqual([startMs + 1_000 - 5_000]);
  await bench.feed.close();
});

test("closing ends the batches and the stream, also while bars are loaded or fetched", async () => {
  const bench = liveBench(startMs, market);
  bench.source.hanging.add("S1");
  const taken = await bench.begin();
  await bench.feed.close();
  await bench.clock.advance(0);
  expect(taken).toMatchObject({ isDone: true, error: null, slices: [] });
  expect(bench.source.isSubscribed).toBe(false);
  expect(bench.eventsOf("backfillFailed")).toEqual([]);
});

test("a runner that stops reading closes the stream", async () => {
  const bench = liveBench(startMs, market);
  for await (const batch of bench.feed.batches()) {
    expect(batch.advance()).toBe(true);
    break;
  }
  expect(bench.source.isSubscribed).toBe(false);
});

test("a source that refuses to go on leaves the feed alive and every symbol in trouble", async () => {
  const bench = liveBench(startMs, market, { heartbeatMs: 10_000 });
  const taken = await bench.begin();
  bench.source.tell({ kind: "refused", atMs: startMs, error: new Error("no permission") });
  await bench.clock.advance(30_000);
  expect(bench.feed.troubleWith("S0")).toBe("the source refuses to go on: no permission");
  expect(taken.heartbeats.length).toBe(3);
  await bench.feed.close();
});

test("bars nobody asked for change nothing", async () => {
  const bench = liveBench(startMs, market);
  const taken = await bench.begin();
  const [told] = bench.source.between(noon + 20 * minuteMs, noon + 20 * minuteMs + 1);
  bench.source.send({ ...told!, symbol: "OTHER" });
  bench.source.send({ ...told!, timeframe: "1h" });
  await bench.play(endMs);
  await bench.feed.close();
  expect(taken.slices).toEqual(wantedSlices(bench.market));
});

type Stored = { readonly symbol: string; readonly bars: BarsToStore; readonly source: string };

function memoryStore(append: (stored: Stored) => Promise<void>) {
  return {
    async append(symbol: string, _timeframe: string, bars: BarsToStore, { source }: { source: string }) {
      await append({ symbol, bars, source });
      return { added: bars.length, revised: 0, unchanged: 0 };
    },
    lastCloseMs: async () => null,
    noteMissing: () => expect.unreachable("nothing is missing here"),
  };
}

test("everything that comes in is kept in the store, fetched or streamed", async () => {
  const stored = new Map<string, Set<number>>();
  const store = memoryStore(async ({ symbol, bars, source }) => {
    const closes = stored.get(symbol) ?? new Set();
    for (const closeMs of bars.closeTimeMs) closes.add(minute(closeMs));
    stored.set(symbol, closes);
    expect(source).toBe("memory");
  });
  const bench = liveBench(startMs, market, { store });
  await bench.begin();
  await bench.play(endMs);
  await bench.feed.close();
  const all = Array.from({ length: 31 }, (_, k) => k + 9);
  for (const symbol of ["S0", "S1", "S2"])
    expect([...stored.get(symbol)!].toSorted((a, b) => a - b)).toEqual(all);
});

test("a store that fails is named and stops nobody", async () => {
  const store = memoryStore(() => Promise.reject(new Error("disk full")));
  const bench = liveBench(startMs, market, { store });
  const taken = await bench.begin();
  await bench.play(endMs);
  await bench.feed.close();
  expect(taken.slices).toEqual(wantedSlices(bench.market));
  expect(bench.feed.counts()).toMatchObject({ stored: 0 });
  expect(bench.eventsOf("storeFailed").reduce((sum, { bars }) => sum + bars, 0)).toBe(
    bench.feed.counts().storeFailed,
  );
  expect(bench.feed.counts().storeFailed).toBeGreaterThanOrEqual(93);
});

test("a store that hangs slows the loading down and never stops the trading", async () => {
  const store = memoryStore(() => new Promise(() => {}));
  const bench = liveBench(startMs, market, { store, pendingMax: 12 });
  const taken = await bench.begin();
  await bench.play(endMs);
  expect(taken.slices).toEqual(wantedSlices(bench.market));
  expect(bench.clock.waits).toContain(1_000);
  expect(bench.feed.counts().storeFailed).toBeGreaterThan(0);
  void bench.feed.close();
});

test("before it is read a feed counts what waits, and fetches again what was too much to keep", async () => {
  const bench = liveBench(noon + 19 * minuteMs + 30_000, { ...market, symbols: 1 }, { pendingMax: 2 });
  expect(bench.feed.counts()).toMatchObject({ pending: 0, slices: 0, stream: null });
  await bench.feed.start();
  const told = bench.source.between(startMs, noon + 24 * minuteMs);
  await bench.clock.advance(noon + 23 * minuteMs + 30_000 - startMs);
  for (const bar of told) bench.source.send(bar);
  expect(bench.feed.counts()).toMatchObject({ pending: 2 });
  expect(bench.eventsOf("overflow").map(({ closeTimeMs }) => minute(closeTimeMs))).toEqual([22, 23]);
  const taken = await bench.begin();
  await bench.play(endMs);
  await bench.feed.close();
  expect(taken.slices).toEqual(wantedSlices(bench.market));
});

test("other values of a bar replace it while it waits, and ranges of bars that nobody asked for are left", async () => {
  const revised: boolean[] = [];
  const bench = liveBench(
    startMs,
    { ...market, symbols: 2 },
    {
      onBar: (_, isRevision) => void revised.push(isRevision),
    },
  );
  const subscribe = bench.source.subscribe.bind(bench.source);
  let revise: SubscribeRequest["onRevision"];
  bench.source.subscribe = (request) => {
    revise = request.onRevision;
    return subscribe(request);
  };
  const taken = await bench.begin();
  const [first] = bench.source.between(noon + 20 * minuteMs, noon + 20 * minuteMs + 1);
  await bench.clock.advance(31_000);
  bench.source.send(first!);
  revise!({ ...first!, volume: 4_321 });
  bench.source.tell({
    kind: "gap",
    atMs: bench.clock.nowMs(),
    backfill: [
      { symbol: "OTHER", timeframe: "1m", fromMs: noon, toMs: noon + 1 },
      { symbol: "S0", timeframe: "5m", fromMs: noon, toMs: noon + 1 },
    ],
  });
  const asked = bench.source.fetches.length;
  await bench.clock.advance(10_000);
  await bench.feed.close();
  expect(revised).toEqual([false, true]);
  expect(bench.source.fetches.length).toBe(asked);
  expect(taken.slices.at(-1)).toMatch(/,4321$/);
});
