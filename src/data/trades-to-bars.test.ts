import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readFeather } from "../../test/read-feather.ts";
import { hasShared, sharedPath } from "../../test/shared.ts";
import { minuteMs } from "../base/time.ts";
import { calendarNamed } from "../domain/calendar/calendar-named.ts";
import { TradeBars, tradesToBars, type Trade } from "./trades-to-bars.ts";

const always = calendarNamed("24/7");
const folder = ["fixtures", "market", "freqtrade-aggregation"] as const;
type TradeRow = [timeMs: number, id: string, type: null, side: string, price: number, amount: number];

// Reference: freqtrade's test data, candles that it built (with pandas) from these very trades of XRP/ETH.
test.skipIf(!hasShared).each([
  ["1m", 2_469],
  ["5m", 706],
] as const)("%s bars from trades equal freqtrade's, all %i of them", (timeframe, count) => {
  const rows = JSON.parse(
    gunzipSync(readFileSync(sharedPath(...folder, "XRP_ETH-trades.json.gz"))).toString(),
  ) as TradeRow[];
  const trades = rows.map(([timeMs, , , , price, quantity]) => ({ timeMs, price, quantity }));
  const bars = tradesToBars("XRP_ETH", timeframe, trades, always);
  const [date, ...columns] = readFeather(sharedPath(...folder, `XRP_ETH-${timeframe}.feather`));
  const spanMs = timeframe === "1m" ? minuteMs : 5 * minuteMs;
  const expectedCloses = Array.from({ length: count }, (_, row) => {
    return Number(date!.getBigInt64(8 * row, true) / 1_000_000n) + spanMs;
  });
  expect(bars.length).toBe(count);
  expect([...bars.closeTimeMs]).toEqual(expectedCloses);
  for (const [index, name] of (["open", "high", "low", "close", "volume"] as const).entries()) {
    const expected = Float64Array.from({ length: count }, (_, row) =>
      columns[index]!.getFloat64(8 * row, true),
    );
    expect([name, bars[name]]).toEqual([name, expected]);
  }
});

const at = (timeMs: number, price: number, quantity = 1): Trade => ({ timeMs, price, quantity });

test("a trade at the very end of a bar belongs to the next one", () => {
  const bars = tradesToBars("X", "1m", [at(0, 10), at(59_999, 11), at(60_000, 12)], always);
  expect([...bars.closeTimeMs]).toEqual([60_000, 120_000]);
  expect([...bars.close]).toEqual([11, 12]);
});

test("a bar without trades does not exist", () => {
  const bars = tradesToBars("X", "1m", [at(0, 10), at(200_000, 11)], always);
  expect([...bars.closeTimeMs]).toEqual([60_000, 240_000]);
});

test("weeks begin on Monday and months on the first", () => {
  const friday = Date.parse("2024-03-29T10:00Z");
  expect(tradesToBars("X", "1w", [at(friday, 1)], always).closeTimeMs[0]).toBe(Date.parse("2024-04-01"));
  expect(tradesToBars("X", "1M", [at(friday, 1)], always).closeTimeMs[0]).toBe(Date.parse("2024-04-01"));
});

test("a trade for a bar that is closed is left out and counted", () => {
  const building = new TradeBars("1m", always);
  building.add(at(1_000, 10));
  expect(building.add(at(61_000, 11))).toMatchObject({ closeTimeMs: 60_000, volume: 1, trades: 1 });
  expect(building.add(at(59_000, 99))).toBeNull();
  expect(building.closeThrough(119_999)).toBeNull();
  expect(building.closeThrough(120_000)).toMatchObject({ closeTimeMs: 120_000, high: 11 });
  expect(building.add(at(90_000, 99))).toBeNull();
  expect(building.lateCount).toBe(2);
});

test("a trade without a price or a quantity is left out and counted", () => {
  const building = new TradeBars("1m", always);
  for (const trade of [
    at(1, 0),
    at(1, -1),
    at(1, Number.NaN),
    at(1, Infinity),
    at(Number.NaN, 1),
    at(1, 1, 0),
  ]) {
    expect(building.add(trade)).toBeNull();
  }
  expect([building.brokenCount, building.closeThrough(Infinity)]).toEqual([6, null]);
});

test("inside a bar the order of arrival does not matter", () => {
  const trade = fc.record({
    timeMs: fc.integer({ min: 0, max: 59_999 }),
    price: fc.integer({ min: 1, max: 1_000 }),
    quantity: fc.integer({ min: 1, max: 1_000 }),
  });
  const distinct = fc.uniqueArray(trade, { minLength: 1, maxLength: 30, selector: ({ timeMs }) => timeMs });
  fc.assert(
    fc.property(distinct, fc.integer(), (trades, turn) => {
      const inOrder = trades.toSorted((a, b) => a.timeMs - b.timeMs);
      const mixed = trades.toSorted((a, b) => ((a.price * 31 + turn) % 7) - ((b.price * 31 + turn) % 7));
      expect(tradesToBars("X", "1m", mixed, always)).toEqual(tradesToBars("X", "1m", inOrder, always));
    }),
    { seed: 20240305 },
  );
});
