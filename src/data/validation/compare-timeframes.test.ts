import * as fc from "fast-check";
import { expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../test/shared.ts";
import { readCsv } from "../../adapters/sources/csv/read-csv.ts";
import { minuteMs } from "../../base/time.ts";
import { aggregateBars } from "../../domain/aggregate-bars.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { barFields, sliceBars, type BarField, type Bars } from "../../domain/bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { compareTimeframes, type FieldDisagreement } from "./compare-timeframes.ts";

const seed = 20240925;
const always = calendarNamed("24/7");
const startMs = Date.parse("2024-01-01T00:00:00Z");

/** Ten hours of five minutes, without the given bars. */
function fiveMinutes(lost: readonly number[] = []): Bars {
  const bars = new BarTable("TEST", "5m");
  for (let at = 1; at <= 120; at++) {
    if (lost.includes(at)) continue;
    const close = 100 + ((at * 7) % 23) / 10;
    bars.append(startMs + at * 5 * minuteMs, close - 0.1, close + 0.3, close - 0.4, close, 0.1 * at);
  }
  return bars;
}

function hoursOf(fine: Bars): Bars {
  const { bars } = aggregateBars(fine, "1h", always);
  return sliceBars(bars, 0, bars.length);
}

test("bars of two timeframes that fit each other agree", () => {
  const fine = fiveMinutes();
  expect(compareTimeframes(fine, hoursOf(fine), always)).toEqual({
    symbol: "TEST",
    fine: "5m",
    coarse: "1h",
    compared: 10,
    incomplete: 0,
    unmatched: 0,
    absent: 0,
    disagreements: [],
  });
});

test("any value that was changed is found, with its bar and by how much", () => {
  const fine = fiveMinutes();
  const change = fc.record({
    field: fc.constantFrom<BarField>(...barFields),
    row: fc.nat({ max: 9 }),
    factor: fc.constantFrom(0.9, 1.001, 1.5),
  });
  const property = fc.property(change, ({ field, row, factor }) => {
    const coarse = hoursOf(fine);
    coarse[field][row]! *= factor;
    const { disagreements } = compareTimeframes(fine, coarse, always);
    expect(disagreements).toMatchObject([
      {
        field,
        count: 1,
        worstAtMs: coarse.closeTimeMs[row],
        examples: [{ closeTimeMs: coarse.closeTimeMs[row] }],
      },
    ]);
    expect(disagreements[0]!.worst).toBeCloseTo(1 - Math.min(factor, 1 / factor), 12);
  });
  fc.assert(property, { seed, numRuns: 60 });
});

test("differences within the tolerance are rounding, and the largest beyond it is the worst", () => {
  const fine = fiveMinutes();
  const coarse = hoursOf(fine);
  coarse.close[2]! *= 1.001;
  coarse.close[5]! *= 1.004;
  coarse.close[7]! *= 1.003;
  expect(compareTimeframes(fine, coarse, always, 0.005).disagreements).toEqual([]);
  expect(compareTimeframes(fine, coarse, always, 0.002).disagreements).toMatchObject([
    { field: "close", count: 2, worstAtMs: coarse.closeTimeMs[5] },
  ]);
});

test("a longer bar that lacks shorter ones is counted and not compared", () => {
  const coarse = hoursOf(fiveMinutes());
  coarse.close[3]! *= 2;
  const lost = [1, 40, 41, 120];
  expect(compareTimeframes(fiveMinutes(lost), coarse, always)).toMatchObject({
    compared: 7,
    incomplete: 3,
    disagreements: [],
  });
});

test("longer bars without shorter ones, and longer bars that are missing, are counted", () => {
  const coarse = hoursOf(fiveMinutes());
  const late = sliceBars(fiveMinutes(), 24, 120);
  expect(compareTimeframes(late, coarse, always)).toMatchObject({ compared: 8, unmatched: 2, absent: 0 });
  const holed = new BarTable("TEST", "1h");
  for (let row = 0; row < 10; row++) {
    if (row === 4 || row === 5) continue;
    const [open, high, low, close, volume] = barFields.map((field) => coarse[field][row]!);
    holed.append(coarse.closeTimeMs[row]!, open!, high!, low!, close!, volume!);
  }
  expect(compareTimeframes(fiveMinutes(), holed, always)).toMatchObject({ compared: 8, absent: 2 });
});

test("a source without volumes is not compared by volume", () => {
  const fine = fiveMinutes();
  const coarse = hoursOf(fine);
  coarse.volume.fill(0);
  expect(compareTimeframes(fine, coarse, always).disagreements).toEqual([]);
});

const read = async (timeframe: Timeframe, ...path: readonly string[]): Promise<Bars> =>
  (await readCsv(sharedPath("data", ...path), { timeframe, nowMs: Date.parse("2026-12-31") })).bars;

// Downloads of Binance spot; rows and gaps: MANIFEST.json of the shared data.
test.skipIf(!hasShared).each(["BTCUSDT", "ETHUSDT", "DOGEUSDT", "PEPEUSDT"])(
  "the five minutes and the hours of %s that a venue sent agree in every value (SKIPPED without ../shared)",
  async (symbol) => {
    const fine = await read("5m", "crypto", `${symbol}-5m.csv.gz`);
    const coarse = await read("1h", "crypto", `${symbol}-1h.csv.gz`);
    expect(compareTimeframes(fine, coarse, always)).toMatchObject({
      compared: 4_368,
      incomplete: 0,
      absent: 0,
      disagreements: [],
    });
    // One digit typed wrong in one of 52,416 bars shows.
    const spoiled = sliceBars(fine, 0, fine.length);
    spoiled.close[26_219] = spoiled.close[26_219]! * 1.01;
    expect(compareTimeframes(spoiled, coarse, always).disagreements).toMatchObject([
      { field: "close", count: 1, worstAtMs: spoiled.closeTimeMs[26_219] },
    ]);
  },
);

test.skipIf(!hasShared)(
  "quarters and hours of one vendor agree through weekends and changes of clocks (SKIPPED without ../shared)",
  async () => {
    const fine = await read("15m", "fx", "GBPUSD-15m.csv.gz");
    const coarse = await read("1h", "fx", "GBPUSD-1h.csv.gz");
    const found = compareTimeframes(fine, coarse, calendarNamed("24/5"));
    expect(found).toMatchObject({ incomplete: 17, absent: 0, disagreements: [] });
    expect(found.compared).toBeGreaterThan(24_000);
  },
);

test("the day is the session's, however a vendor stamps it, and shorter bars after the last longer one are nobody's", () => {
  const fine = new BarTable("TEST", "1h");
  for (let at = 1; at <= 72; at++) fine.append(startMs + at * 60 * minuteMs, 10, 11, 9, 10, 1);
  const coarse = new BarTable("TEST", "1d");
  // Stamped inside the first and the second day, and a third that the shorter bars do not reach.
  for (const hours of [20, 44, 2_000]) coarse.append(startMs + hours * 60 * minuteMs, 10, 11, 9, 10, 24);
  const { compared, absent, disagreements } = compareTimeframes(fine, coarse, always);
  expect({ compared, absent, disagreements }).toEqual({ compared: 2, absent: 1, disagreements: [] });
});

test("a difference up to the tolerance is rounding, and the worst of many is told with five of them", () => {
  const fine = fiveMinutes();
  const coarse = hoursOf(fine);
  for (let row = 0; row < 8; row++) coarse.close[row]! *= 1 + (row === 3 ? 0.02 : 0.001);
  const [{ count, worst, worstAtMs, examples }] = compareTimeframes(fine, coarse, always).disagreements as [
    FieldDisagreement,
  ];
  expect([count, examples.length, worstAtMs]).toEqual([8, 5, startMs + 4 * 60 * minuteMs]);
  expect(worst).toBeCloseTo(0.02 / 1.02, 6);
  expect(compareTimeframes(fine, coarse, always, 0.05).disagreements).toEqual([]);
});

test("shorter bars of before the first longer one are no loss", () => {
  const fine = fiveMinutes();
  const hours = hoursOf(fine);
  const { compared, absent } = compareTimeframes(fine, sliceBars(hours, 3, 10), always);
  expect({ compared, absent }).toEqual({ compared: 7, absent: 0 });
});
