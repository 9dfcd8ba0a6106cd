import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FakeVenue, MemoryBarStore, pricesAt, type FakePrices } from "../../../test/data-pipeline-fakes.ts";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { hourMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { barQuality } from "../../ports/bar-store.ts";
import { planRepair } from "./plan-repair.ts";
import { repairSeries, type RepairRequest } from "./repair-series.ts";

const seed = 20240903;
const startMs = Date.parse("2024-01-01T00:00:00Z");
const hour = (count: number): number => startMs + count * hourMs;
const calendar = calendarNamed("24/7");
const count = 100;

/** Hours 1 to 100 as the primary has them; the second venue trades a little higher. */
function setUp() {
  const clock = new ManualClock(hour(500));
  const primary = new FakeVenue("First", clock, 50);
  const second = new FakeVenue("Second", clock, 50);
  const store = new MemoryBarStore();
  for (let at = 1; at <= count; at++) {
    primary.bars.set(hour(at), pricesAt(hour(at)));
    second.bars.set(hour(at), pricesAt(hour(at), 0.125));
  }
  const hold = async (change: (bars: Map<number, FakePrices>) => void): Promise<void> => {
    const bars = new Map(primary.bars);
    change(bars);
    const table = new BarTable("BTCUSDT", "1h");
    for (const [closeMs, prices] of [...bars].sort(([a], [b]) => a - b)) table.append(closeMs, ...prices);
    await store.append("BTCUSDT", "1h", table, { source: "First", receivedAtMs: 1 });
  };
  const request: RepairRequest = {
    symbol: "BTCUSDT",
    timeframe: "1h",
    fromMs: hour(1),
    toMs: hour(count) + 1,
    providers: [primary.source, second.source],
    store,
    calendar,
    clock,
  };
  return { clock, primary, second, store, hold, request };
}

const rowAt = (store: MemoryBarStore, at: number) => store.rows("BTCUSDT", "1h", hour(at), hour(at) + 1)[0];

test("sound bars need no repair, and nobody is asked", async () => {
  const { primary, second, hold, request } = setUp();
  await hold(() => {});
  const report = await repairSeries(request);
  expect(report.ranges).toEqual([]);
  expect([...primary.asked, ...second.asked]).toEqual([]);
});

test("a gap is filled by the primary, and its bars are as good as any", async () => {
  const { second, store, hold, request } = setUp();
  await hold((bars) => [40, 41, 42].forEach((at) => bars.delete(hour(at))));
  const report = await repairSeries(request);
  expect(report.ranges).toEqual([
    {
      fault: "gap",
      fromMs: hour(39) + 1,
      toMs: hour(43),
      bars: 3,
      repairedBy: [{ provider: "First", bars: 3 }],
      confirmedBy: null,
      remaining: 0,
    },
  ]);
  expect(rowAt(store, 41)).toMatchObject({ prices: pricesAt(hour(41)), quality: barQuality.ok, version: 1 });
  expect(second.asked).toEqual([]);
  const kinds = ({ findings }: { findings: readonly { kind: string }[] }) => findings.map(({ kind }) => kind);
  expect([kinds(report.before), kinds(report.after)]).toEqual([["gap"], []]);
});

test("what the primary does not have comes from the second, marked as filled, and only that", async () => {
  const { primary, second, store, hold, request } = setUp();
  [40, 41, 42].forEach((at) => primary.bars.delete(hour(at)));
  await hold(() => {});
  primary.bars.set(hour(42), pricesAt(hour(42)));
  // A bar off the grid of those around it is no bar of this series.
  second.bars.set(hour(41) - hourMs / 2, pricesAt(hour(41)));
  const report = await repairSeries(request);
  expect(report.ranges).toMatchObject([
    {
      bars: 3,
      repairedBy: [
        { provider: "First", bars: 1 },
        { provider: "Second", bars: 2 },
      ],
      remaining: 0,
    },
  ]);
  expect(second.asked).toEqual([{ fromMs: hour(39) + 1, toMs: hour(42) }]);
  const filled = store.rows("BTCUSDT", "1h").filter(({ quality }) => quality === barQuality.filled);
  expect(filled.map(({ closeMs, source }) => [closeMs, source])).toEqual([
    [hour(40), "Second"],
    [hour(41), "Second"],
  ]);
  expect(filled.map(({ prices }) => prices)).toEqual([40, 41].map((at) => pricesAt(hour(at), 0.125)));
});

test("what nobody has remains missing and is reported; no price is made up", async () => {
  const { primary, second, store, hold, request } = setUp();
  for (const at of [40, 41, 70]) {
    primary.bars.delete(hour(at));
    second.bars.delete(hour(at));
  }
  await hold(() => {});
  const report = await repairSeries(request);
  expect(report.ranges).toMatchObject([
    { bars: 2, repairedBy: [], remaining: 2 },
    { bars: 1, repairedBy: [], remaining: 1 },
  ]);
  expect(store.rows("BTCUSDT", "1h")).toHaveLength(count - 3);
  expect(report.after.findings).toMatchObject([{ kind: "gap", count: 2 }]);
});

test("an impossible bar becomes a new version: the primary's, or the second's marked as filled", async () => {
  const { primary, store, hold, request } = setUp();
  const crossed: FakePrices = [100, 90, 99, 100, 1];
  await hold((bars) => [20, 30].forEach((at) => bars.set(hour(at), crossed)));
  // The primary still sends the bar that cannot be.
  primary.bars.set(hour(30), crossed);
  const report = await repairSeries(request);
  expect(report.ranges).toMatchObject([
    { fault: "broken", repairedBy: [{ provider: "First", bars: 1 }], remaining: 0 },
    { fault: "broken", repairedBy: [{ provider: "Second", bars: 1 }], remaining: 0 },
  ]);
  expect(rowAt(store, 20)).toMatchObject({ version: 2, quality: barQuality.revised, source: "First" });
  expect(rowAt(store, 30)).toMatchObject({ version: 2, quality: barQuality.filled, source: "Second" });
  expect(report.after.findings).toEqual([]);
});

const tick: FakePrices = [1_000, 1_001, 999, 1_000, 3];

test("a bad tick that the primary has corrected is corrected, with the bars around it", async () => {
  const { second, store, hold, request } = setUp();
  await hold((bars) => [50, 51].forEach((at) => bars.set(hour(at), tick)));
  const report = await repairSeries(request);
  expect(report.ranges).toMatchObject([
    { fault: "outlier", repairedBy: [{ provider: "First", bars: 2 }], confirmedBy: null, remaining: 0 },
  ]);
  expect([50, 51].map((at) => rowAt(store, at)?.prices)).toEqual([50, 51].map((at) => pricesAt(hour(at))));
  expect(second.asked).toEqual([]);
});

test("an outlier that the primary sends again was a price, whatever another venue shows", async () => {
  const { primary, second, store, hold, request } = setUp();
  primary.bars.set(hour(50), tick);
  await hold(() => {});
  const report = await repairSeries(request);
  expect(report.ranges).toMatchObject([
    { fault: "outlier", repairedBy: [], confirmedBy: "First", remaining: 0 },
  ]);
  expect(rowAt(store, 50)).toMatchObject({ prices: tick, version: 1 });
  expect(second.asked).toEqual([]);
});

test("an outlier that the primary does not have at all is replaced by the second's bar, and its neighbours are not", async () => {
  const { primary, store, hold, request } = setUp();
  await hold((bars) => bars.set(hour(50), tick));
  primary.bars.delete(hour(50));
  const report = await repairSeries(request);
  expect(report.ranges).toMatchObject([{ repairedBy: [{ provider: "Second", bars: 1 }], remaining: 0 }]);
  expect(rowAt(store, 50)).toMatchObject({ quality: barQuality.filled, version: 2 });
  expect([49, 51, 52].map((at) => rowAt(store, at)?.version)).toEqual([1, 1, 1]);
});

test("a gap is not filled with a bar that cannot be, whoever sends it", async () => {
  const { primary, second, store, hold, request } = setUp();
  await hold((bars) => bars.delete(hour(50)));
  for (const { bars } of [primary, second]) bars.set(hour(50), [100, 90, 99, 100, 1]);
  const report = await repairSeries(request);
  expect(report.ranges).toMatchObject([{ fault: "gap", repairedBy: [], remaining: 1 }]);
  expect(rowAt(store, 50)).toBeUndefined();
});

test("another venue's bars of a weekend do not fill the week of a market that rests", async () => {
  const { primary, second, store, hold, request } = setUp();
  // Hours 118 to 167 are the weekend of 6 January: from Friday 22:00 to Sunday 22:00 UTC.
  for (let at = 101; at <= 200; at++) {
    second.bars.set(hour(at), pricesAt(hour(at), 0.125));
    if (at <= 118 || at > 166) primary.bars.set(hour(at), pricesAt(hour(at)));
  }
  for (const at of [117, 118, 167]) primary.bars.delete(hour(at));
  await hold(() => {});
  const report = await repairSeries({ ...request, toMs: hour(201), calendar: calendarNamed("24/5") });
  const filled = store.rows("BTCUSDT", "1h").filter(({ quality }) => quality === barQuality.filled);
  expect(filled.map(({ closeMs }) => closeMs)).toEqual([hour(117), hour(118), hour(167)]);
  expect(report.ranges).toMatchObject([{ bars: 3, remaining: 0 }]);
});

test("while the primary is away, gaps are filled by the second and outliers wait for the primary", async () => {
  const { primary, store, hold, request } = setUp();
  await hold((bars) => {
    bars.delete(hour(20));
    bars.set(hour(50), tick);
  });
  primary.refuse = () => {
    throw new Error("unreachable");
  };
  const report = await repairSeries(request);
  expect(report.failures).toMatchObject([{ provider: "First", error: { message: "unreachable" } }]);
  expect(report.ranges).toMatchObject([
    { fault: "gap", repairedBy: [{ provider: "Second", bars: 1 }], remaining: 0 },
    { fault: "outlier", repairedBy: [], confirmedBy: null, remaining: 1 },
  ]);
  expect(rowAt(store, 50)).toMatchObject({ prices: tick, version: 1 });
  expect(primary.asked).toHaveLength(1);
});

test("the ends of the window are gaps too, its beginning only where earlier bars are held", async () => {
  const { store, hold, request } = setUp();
  await hold((bars) => [1, 2, 3, 30, 31, 99, 100].forEach((at) => bars.delete(hour(at))));
  await repairSeries(request);
  // Hours 1 to 3 lie before everything held: perhaps the symbol was not listed.
  expect(store.rows("BTCUSDT", "1h")).toHaveLength(count - 3);
  const later = await repairSeries({ ...request, fromMs: hour(30), toMs: Infinity });
  expect(later.ranges).toMatchObject([{ fault: "gap", fromMs: hour(100) + 1, bars: 400, remaining: 400 }]);
});

test("a window without any bar is one gap", async () => {
  const { store, request } = setUp();
  const report = await repairSeries({ ...request, fromMs: hour(10), toMs: hour(20) });
  expect(report.ranges).toMatchObject([{ bars: 10, repairedBy: [{ provider: "First", bars: 10 }] }]);
  expect(store.rows("BTCUSDT", "1h")).toHaveLength(10);
});

test("faults near each other share a request of the venue's page size", async () => {
  const { primary, hold, request } = setUp();
  await hold((bars) => [10, 20, 30, 80].forEach((at) => bars.delete(hour(at))));
  await repairSeries(request);
  expect(primary.asked).toEqual([
    { fromMs: hour(9) + 1, toMs: hour(31) },
    { fromMs: hour(79) + 1, toMs: hour(81) },
  ]);
});

test("an abort ends a repair with its reason", async () => {
  const { hold, request } = setUp();
  await hold((bars) => bars.delete(hour(10)));
  const signal = AbortSignal.abort(new Error("stopped by hand"));
  await expect(repairSeries({ ...request, signal })).rejects.toThrow("stopped by hand");
});

test("the plan of a repair is the joined ranges of all that is wrong", async () => {
  const { store, hold } = setUp();
  await hold((bars) => {
    bars.delete(hour(20));
    bars.set(hour(40), [100, 90, 99, 100, 1]);
    bars.set(hour(60), tick);
  });
  expect(planRepair(await store.read("BTCUSDT", "1h", -Infinity, Infinity), calendar)).toEqual([
    { fromMs: hour(19) + 1, toMs: hour(21) },
    { fromMs: hour(40), toMs: hour(40) + 1 },
    { fromMs: hour(60), toMs: hour(62) + 1 },
  ]);
});

test("every bar after a repair is some provider's, the primary's where it has one, and what remains is counted", async () => {
  const hours = fc.uniqueArray(fc.integer({ min: 2, max: count - 1 }), { maxLength: 40 });
  const property = fc.asyncProperty(hours, hours, hours, async (lost, firstLacks, secondLacks) => {
    const { primary, second, store, hold, request } = setUp();
    await hold((bars) => lost.forEach((at) => bars.delete(hour(at))));
    firstLacks.forEach((at) => primary.bars.delete(hour(at)));
    secondLacks.forEach((at) => second.bars.delete(hour(at)));
    const report = await repairSeries(request);
    let missing = 0;
    for (let at = 1; at <= count; at++) {
      const isFirst = !lost.includes(at) || !firstLacks.includes(at);
      const isSecond = !isFirst && !secondLacks.includes(at);
      const quality = isFirst ? barQuality.ok : barQuality.filled;
      const prices = pricesAt(hour(at), isFirst ? 0 : 0.125);
      const source = isFirst ? "First" : "Second";
      if (!isFirst && !isSecond) missing += 1;
      const expected =
        isFirst || isSecond ? expect.objectContaining({ prices, quality, source, version: 1 }) : undefined;
      expect(rowAt(store, at)).toEqual(expected);
    }
    expect(report.ranges.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(missing);
    expect(report.ranges.reduce((sum, { bars }) => sum + bars, 0)).toBe(lost.length);
  });
  await fc.assert(property, { seed, numRuns: 100 });
});

test("what was lost is settled as far as an answer proves, and a source that reaches not so far back proves nothing", async () => {
  const { primary, second, store, hold, request } = setUp();
  for (const { bars } of [primary, second]) for (let at = 1; at < 50; at++) bars.delete(hour(at));
  await hold((bars) => [55, 56].forEach((at) => bars.delete(hour(at))));
  const before = { fromMs: hour(45), toMs: hour(47) };
  await store.noteMissing("BTCUSDT", "1h", before);
  await store.noteMissing("BTCUSDT", "1h", { fromMs: hour(54), toMs: hour(57) + 1 });
  const report = await repairSeries(request);
  expect(report.ranges).toMatchObject([
    { fault: "lost", ...before, bars: 2, remaining: 2 },
    { fault: "lost", bars: 2, repairedBy: [{ provider: "First", bars: 2 }], remaining: 0 },
  ]);
  expect(await store.missingOf("BTCUSDT", "1h")).toEqual([before]);
});

test("a gap that was known to be lost is one fault, and one that reaches a moment further is another; all are told by time", async () => {
  const { store, hold, request } = setUp();
  await hold((bars) => {
    [10, 20, 30, 40].forEach((at) => bars.delete(hour(at)));
    bars.set(hour(50), tick);
    bars.set(hour(5), [100, 90, 99, 100, 1]);
  });
  const noteLost = (fromMs: number, toMs: number) => store.noteMissing("BTCUSDT", "1h", { fromMs, toMs });
  await noteLost(hour(19) + 1, hour(21));
  await noteLost(hour(29) + 2, hour(31));
  await noteLost(hour(39) + 1, hour(41) - 1);
  const { ranges } = await repairSeries(request);
  expect(ranges.map(({ fault, fromMs, bars, remaining }) => [fault, fromMs, bars, remaining])).toEqual([
    ["broken", hour(5), 1, 0],
    ["gap", hour(9) + 1, 1, 0],
    ["lost", hour(19) + 1, 1, 0],
    ["gap", hour(29) + 1, 1, 0],
    ["lost", hour(29) + 2, 1, 0],
    ["lost", hour(39) + 1, 1, 0],
    ["gap", hour(39) + 1, 1, 0],
    ["outlier", hour(50), 1, 0],
  ]);
  expect(await store.missingOf("BTCUSDT", "1h")).toEqual([]);
});

test("what its source does not have is lost no longer and still missing; what may still come stays lost", async () => {
  const { primary, second, store, hold, request } = setUp();
  for (const { bars } of [primary, second]) [55, 56].forEach((at) => bars.delete(hour(at)));
  await hold(() => {});
  await store.noteMissing("BTCUSDT", "1h", { fromMs: hour(54), toMs: hour(57) + 1 });
  // At 104 nobody knows yet whether 101 to 103 will be published.
  await store.noteMissing("BTCUSDT", "1h", { fromMs: hour(99), toMs: hour(103) + 1 });
  const clock = new ManualClock(hour(104));
  const { ranges } = await repairSeries({ ...request, toMs: hour(103) + 1, clock });
  expect(ranges).toMatchObject([
    { fault: "lost", fromMs: hour(54), bars: 2, repairedBy: [], remaining: 2 },
    { fault: "lost", fromMs: hour(99), bars: 3, repairedBy: [], remaining: 3 },
  ]);
  expect(await store.missingOf("BTCUSDT", "1h")).toEqual([{ fromMs: hour(100), toMs: hour(103) + 1 }]);
});

test("damage to another series does not keep this one from being repaired", async () => {
  const { store, hold, request } = setUp();
  await hold((bars) => bars.delete(hour(10)));
  const list = store.list.bind(store);
  store.list = async (onDamage?: (damage: never) => void) => {
    onDamage?.(undefined as never);
    return list();
  };
  expect((await repairSeries(request)).ranges).toMatchObject([{ fault: "gap", bars: 1, remaining: 0 }]);
});

test("earlier bars of the very series say that its beginning is a gap, and those of no other series do", async () => {
  const asked = async (symbol: string, timeframe: "1h" | "30m", at: number): Promise<number> => {
    const { primary, hold, store, request } = setUp();
    await hold((bars) => [1, 2, 3].forEach((missing) => bars.delete(hour(missing))));
    const earlier = new BarTable(symbol, timeframe);
    earlier.append(hour(at), ...pricesAt(hour(at)));
    await store.append(symbol, timeframe, earlier, { source: "First", receivedAtMs: 1 });
    await repairSeries(request);
    return primary.asked.length;
  };
  expect(await asked("BTCUSDT", "1h", 0)).toBe(1);
  expect(await asked("BTCUSDT", "30m", 0)).toBe(0);
  expect(await asked("ETHUSDT", "1h", 0)).toBe(0);
});
