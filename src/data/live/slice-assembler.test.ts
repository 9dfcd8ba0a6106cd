import fc from "fast-check";
import { expect, test } from "vitest";
import { historicalSlices, liveMarket, sliceText } from "../../../test/live-market.ts";
import { Prng } from "../../base/prng.ts";
import { hourMs, minuteMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { LiveBar } from "../../ports/bar-source.ts";
import type { AssemblerEvent } from "./feed-event.ts";
import { liveBars } from "./live-bars.ts";
import { SliceAssembler, type AssemblerParts } from "./slice-assembler.ts";

const noon = Date.UTC(2024, 0, 3, 12);
const graceMs = 5_000;

type Bench = { assembler: SliceAssembler; tables: BarTable[]; events: AssemblerEvent[] };

function assemblerOf(symbols: number, parts: Partial<AssemblerParts> = {}): Bench {
  const events: AssemblerEvent[] = [];
  const timeframe = parts.timeframe ?? "1m";
  const tables = Array.from({ length: symbols }, (_, index) => new BarTable(`S${index}`, timeframe));
  const assembler = new SliceAssembler({
    tables,
    calendars: tables.map(() => calendarNamed("24/7")),
    timeframe,
    graceMs,
    releasedThroughMs: noon - 1,
    pendingMax: 10_000,
    pendingMaxPerSymbol: 100,
    onEvent: (event) => events.push(event),
    ...parts,
  });
  return { assembler, tables, events };
}

const bar = (closeTimeMs: number, close = 100) => ({
  closeTimeMs,
  open: close,
  high: close,
  low: close,
  close,
  volume: 1,
});

type Arrival = { readonly atMs: number; readonly index: number; readonly bar: LiveBar };

/** Tells bars at their times of arrival and takes what is due in between, as a feed with a timer does. */
function play({ assembler, tables }: Bench, arrivals: readonly Arrival[]): readonly string[] {
  const texts: string[] = [];
  const takeUntil = (timeMs: number): void => {
    while (assembler.dueMs() <= timeMs) {
      const dueMs = assembler.dueMs();
      texts.push(sliceText(assembler.next(dueMs === -Infinity ? timeMs : dueMs)!, tables));
    }
  };
  for (const arrival of arrivals.toSorted((a, b) => a.atMs - b.atMs)) {
    takeUntil(arrival.atMs - 1);
    assembler.push(arrival.index, arrival.bar, arrival.atMs);
    takeUntil(arrival.atMs);
  }
  takeUntil(noon + 24 * hourMs);
  return texts;
}

/** Every bar of a market with a delay, some of them told twice. */
function arrivalsOf(market: ReturnType<typeof liveMarket>, delayMsMax: number, prng: Prng): Arrival[] {
  return market.flatMap((bars, index) =>
    [...liveBars(bars)].flatMap((told) =>
      Array.from({ length: prng.next() < 0.1 ? 2 : 1 }, () => ({
        atMs: told.closeTimeMs + prng.integer(delayMsMax),
        index,
        bar: told,
      })),
    ),
  );
}

test("whatever the order within the grace, the slices are those of a backtest", () => {
  const shape = fc.record({
    symbols: fc.integer({ min: 1, max: 8 }),
    instants: fc.integer({ min: 1, max: 25 }),
    seed: fc.integer(),
    holes: fc.constantFrom(0, 0, 0.3, 0.9),
  });
  fc.assert(
    fc.property(shape, (options) => {
      const market = liveMarket({ ...options, fromMs: noon });
      const bench = assemblerOf(options.symbols);
      const arrivals = arrivalsOf(market, graceMs, new Prng(options.seed));
      expect(play(bench, arrivals)).toEqual(historicalSlices(market));
      expect(bench.tables.map(({ length }) => length)).toEqual(market.map(({ length }) => length));
      const repeated = arrivals.length - market.reduce((sum, { length }) => sum + length, 0);
      const { duplicates, late, pending } = bench.assembler.counts();
      expect({ duplicates, late, pending }).toEqual({ duplicates: repeated, late: 0, pending: 0 });
      expect(bench.events.filter(({ kind }) => kind !== "incomplete")).toEqual([]);
    }),
    { seed: 20240103, numRuns: 300 },
  );
});

test("five hundred symbols with holes make the slices of a backtest", () => {
  const market = liveMarket({ symbols: 500, instants: 12, seed: 7, holes: 0.02, fromMs: noon });
  expect(play(assemblerOf(500), arrivalsOf(market, graceMs, new Prng(8)))).toEqual(historicalSlices(market));
});

test("a bar later than the grace changes nothing that was handed over, and every one of them is named", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 6 }), (seed, symbols) => {
      const prng = new Prng(seed);
      const market = liveMarket({ symbols, instants: 15, seed, fromMs: noon });
      const bench = assemblerOf(symbols);
      // Symbol 0 is punctual, so that every instant is handed over in time; of the others some bars are far too late.
      const arrivals = market.flatMap((bars, index) =>
        [...liveBars(bars)].map((told) => {
          const isLate = index > 0 && prng.next() < 0.2;
          const delayMs = isLate ? graceMs + 1 + prng.integer(3 * minuteMs) : prng.integer(graceMs);
          return { atMs: told.closeTimeMs + delayMs, index, bar: told, isLate };
        }),
      );
      const punctual = market.map((bars, index) => {
        const table = new BarTable(bars.symbol, "1m");
        for (const { isLate, bar: told, index: of } of arrivals)
          if (of === index && !isLate)
            table.append(told.closeTimeMs, told.open, told.high, told.low, told.close, told.volume);
        return table;
      });
      const times = (texts: readonly string[]) => texts.map((text) => text.split(" ")[0]);
      const counts = (texts: readonly string[]) => texts.map((text) => text.split(" ").length);
      const texts = play(bench, arrivals);
      const wanted = historicalSlices(punctual);
      expect(times(texts)).toEqual(times(wanted));
      expect(counts(texts)).toEqual(counts(wanted));
      const named = bench.events.filter((event) => event.kind === "late");
      const late = arrivals.filter(({ isLate }) => isLate);
      const key = (symbol: string, timeMs: number, lateMs: number) => `${symbol} ${timeMs} ${lateMs}`;
      expect(named.map((event) => key(event.symbol, event.closeTimeMs, event.lateMs)).sort()).toEqual(
        late
          .map(({ index, bar: told, atMs }) => key(`S${index}`, told.closeTimeMs, atMs - told.closeTimeMs))
          .sort(),
      );
      const appended = named.filter(({ isAppended }) => isAppended).length;
      const rows = bench.tables.reduce((sum, { length }) => sum + length, 0);
      expect(rows).toBe(arrivals.length - late.length + appended);
    }),
    { seed: 42, numRuns: 100 },
  );
});

test("a complete instant goes at once, an incomplete one when the grace has passed and with the names of who lacks", () => {
  const { assembler, events } = assemblerOf(2);
  assembler.push(0, bar(noon), noon + 10);
  expect(assembler.next(noon + 10)).toBeNull();
  expect(assembler.dueMs()).toBe(noon + graceMs);
  assembler.push(1, bar(noon), noon + 20);
  expect(assembler.next(noon + 20)).toMatchObject({ timeMs: noon, count: 2 });
  assembler.push(1, bar(noon + minuteMs), noon + minuteMs);
  expect(assembler.next(noon + minuteMs + graceMs - 1)).toBeNull();
  expect(assembler.next(noon + minuteMs + graceMs)).toMatchObject({ count: 1 });
  expect(events).toEqual([{ kind: "incomplete", timeMs: noon + minuteMs, missing: ["S0"] }]);
});

test("a late bar enters its table while it is the newest, and never before a newer one", () => {
  const { assembler, tables, events } = assemblerOf(2);
  const closes = [noon, noon + minuteMs];
  for (const closeMs of closes) {
    assembler.push(0, bar(closeMs), closeMs);
    assembler.next(closeMs + graceMs);
  }
  assembler.push(1, bar(noon + minuteMs), noon + 70_000);
  assembler.push(1, bar(noon), noon + 80_000);
  expect([...tables[1]!.closeTimeMs.subarray(0, tables[1]!.length)]).toEqual([noon + minuteMs]);
  expect(events.filter(({ kind }) => kind === "late")).toEqual([
    { kind: "late", symbol: "S1", closeTimeMs: noon + minuteMs, lateMs: 10_000, isAppended: true },
    { kind: "late", symbol: "S1", closeTimeMs: noon, lateMs: 80_000, isAppended: false },
  ]);
});

test("other values for a bar count while it waits and are only told once it was handed over", () => {
  const { assembler, tables, events } = assemblerOf(1);
  const waiting = assemblerOf(2);
  waiting.assembler.push(0, bar(noon, 100), noon);
  waiting.assembler.push(0, bar(noon, 101), noon + 1);
  waiting.assembler.next(noon + graceMs);
  expect(waiting.tables[0]!.close[0]).toBe(101);
  expect(waiting.events[0]).toEqual({
    kind: "revision",
    symbol: "S0",
    closeTimeMs: noon,
    isApplied: true,
  });
  assembler.push(0, bar(noon, 100), noon);
  assembler.next(noon);
  assembler.push(0, bar(noon, 101), noon + 1);
  assembler.push(0, bar(noon, 100), noon + 2);
  expect(tables[0]!.close[0]).toBe(100);
  expect(events).toEqual([{ kind: "revision", symbol: "S0", closeTimeMs: noon, isApplied: false }]);
  expect(assembler.counts()).toMatchObject({ revisions: 1, duplicates: 1 });
});

test("a closed market is not waited for, and bars outside the hours are given the grace", () => {
  // A Wednesday: New York is closed at noon UTC and opens at 14:30 UTC.
  const calendars = [calendarNamed("24/7"), calendarNamed("us-equity")];
  const { assembler } = assemblerOf(2, { calendars });
  assembler.push(0, bar(noon), noon);
  expect(assembler.next(noon)).toMatchObject({ count: 1 });
  const openMs = noon + 2.5 * hourMs;
  assembler.push(0, bar(openMs + minuteMs), openMs + minuteMs);
  expect(assembler.next(openMs + minuteMs)).toBeNull();
  const shares = assemblerOf(2, { calendars: calendars.map(() => calendarNamed("us-equity")) });
  shares.assembler.push(0, bar(noon), noon);
  expect(shares.assembler.next(noon + graceMs - 1)).toBeNull();
  shares.assembler.push(1, bar(noon), noon + 4_000);
  expect(shares.assembler.next(noon + graceMs)).toMatchObject({ count: 2 });
});

test("after a stall the burst of overdue bars still makes whole slices", () => {
  const { assembler } = assemblerOf(3);
  const nowMs = noon + 3 * minuteMs + 20_000;
  for (let index = 0; index < 3; index++) {
    for (let k = 0; k < 3; k++) {
      assembler.push(index, bar(noon + k * minuteMs), nowMs + index * 100);
      if (index < 2) expect(assembler.next(nowMs + index * 100)).toBeNull();
    }
  }
  const sizes = [1, 2, 3].map(() => assembler.next(nowMs + 200)?.count);
  expect(sizes).toEqual([3, 3, 3]);
});

test("what is held back waits, and the instants before it go", () => {
  const { assembler } = assemblerOf(1);
  for (let k = 0; k < 3; k++) assembler.push(0, bar(noon + k * minuteMs), noon + k * minuteMs);
  const holdFromMs = noon + minuteMs;
  expect(assembler.next(noon + hourMs, holdFromMs)?.timeMs).toBe(noon);
  expect(assembler.next(noon + hourMs, holdFromMs)).toBeNull();
  expect(assembler.dueMs(holdFromMs)).toBe(Infinity);
  expect(assembler.next(noon + hourMs)?.timeMs).toBe(noon + minuteMs);
});

test("memory is bounded: beyond the limits bars are dropped, named, and taken when fetched", () => {
  const { assembler, events } = assemblerOf(3, { pendingMax: 10, pendingMaxPerSymbol: 4 });
  for (let index = 0; index < 3; index++) {
    for (let k = 0; k < 6; k++) assembler.push(index, bar(noon + k * minuteMs), noon);
  }
  expect(assembler.counts()).toMatchObject({ pending: 10, overflowed: 8 });
  const dropped = events.flatMap((event) => (event.kind === "overflow" ? [event] : []));
  expect(dropped.map(({ symbol, closeTimeMs }) => `${symbol} ${(closeTimeMs - noon) / minuteMs}`)).toEqual([
    "S0 4",
    "S0 5",
    "S1 4",
    "S1 5",
    "S2 2",
    "S2 3",
    "S2 4",
    "S2 5",
  ]);
  for (const { symbol, closeTimeMs } of dropped)
    assembler.push(Number(symbol.slice(1)), bar(closeTimeMs), noon, "fetched");
  const sizes = Array.from({ length: 6 }, () => assembler.next(noon + hourMs)?.count);
  expect(sizes).toEqual([3, 3, 3, 3, 3, 3]);
});

test("a slice without bars follows the clock and never passes a bar that is still to come", () => {
  const { assembler, events } = assemblerOf(1);
  assembler.push(0, bar(noon), noon);
  assembler.next(noon);
  expect(assembler.quiet(noon + 30_000)).toMatchObject({ timeMs: noon + 25_000, count: 0 });
  expect(assembler.quiet(noon + 40_000, noon + 30_000).timeMs).toBe(noon + 29_999);
  // The bar of the next minute is overdue: time stands still, so that it still comes in its order.
  expect(assembler.quiet(noon + 5 * minuteMs).timeMs).toBe(noon + 29_999);
  assembler.push(0, bar(noon + minuteMs), noon + 5 * minuteMs, "fetched");
  expect(assembler.next(noon + 5 * minuteMs)?.timeMs).toBe(noon + minuteMs);
  expect(events).toEqual([]);
});
