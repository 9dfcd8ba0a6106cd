import fc from "fast-check";
import { expect, test } from "vitest";
import { barsFrom, type TestBar } from "../../../test/plugin-tools.ts";
import { hasShared, sharedPath } from "../../../test/shared.ts";
import { readCsv } from "../../adapters/sources/csv/read-csv.ts";
import { noiseAfter } from "../../analysis/checks/noise-bars.ts";
import { KiwiError } from "../../base/errors.ts";
import { dayMs, hourMs } from "../../base/time.ts";
import { barsOf, sliceBars, type Bars } from "../../domain/bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { featureSet, modelTypes } from "../../features/feature-set.ts";
import { featureSets } from "../../features/feature-sets.ts";
import { calculateAll, calculateFeatures, calculateForModel } from "./calculate-features.ts";
import type { FeatureTable } from "./feature-table.ts";

const always = calendarNamed("24/7");
const startMs = Date.UTC(2022, 0, 1);

function synthetic(timeframe: Timeframe, bars: number, seed = 7): Bars {
  return syntheticMarket({ seed, symbols: ["SYN"], timeframe, bars, startMs }).bars[0]!;
}

function scaled(bars: Bars, prices: number, volumes: number): Bars {
  return barsOf(bars.symbol, bars.timeframe, {
    closeTimeMs: bars.closeTimeMs,
    open: bars.open.map((value) => value * prices),
    high: bars.high.map((value) => value * prices),
    low: bars.low.map((value) => value * prices),
    close: bars.close.map((value) => value * prices),
    volume: bars.volume.map((value) => value * volumes),
  });
}

function column(table: FeatureTable, name: string): Float64Array {
  return table.columns[table.names.indexOf(name)]!;
}

/** Row by row, the features that differ; NaN equals NaN. */
function differences(a: FeatureTable, b: FeatureTable, rows: number): string[] {
  return a.names.flatMap((name, k) => {
    for (let row = 0; row < rows; row++)
      if (!Object.is(a.columns[k]![row], b.columns[k]![row])) return [`${name} at row ${row}`];
    return [];
  });
}

const hand: readonly TestBar[] = [
  [100, 110, 90, 105, 10],
  [105, 105, 95, 100, 10],
  [100, 120, 100, 120, 40],
  [120, 120, 80, 84, 20],
];

test("short features of a few bars are what one computes by hand", () => {
  const bars = barsFrom(hand, "1h", Date.UTC(2024, 2, 4, 6));
  const table = calculateForModel("short", bars, always);
  // 100 * (120 - 100) / 100, and over three bars 100 * (84 - 105) / 105.
  expect(column(table, "return1")[2]).toBe(20);
  expect(column(table, "return3")[3]).toBe(-20);
  // (close - low) / (high - low): 15/20, 5/10, 20/20, 4/40.
  expect([...column(table, "barPosition")]).toEqual([75, 50, 100, 10]);
  // The first bar closes at 06:00 UTC on a Monday: a quarter of the day.
  expect(column(table, "timeOfDaySine")[0]).toBeCloseTo(1, 12);
  expect(column(table, "timeOfWeekSine")[0]).toBeCloseTo(Math.sin(Math.PI / 14), 12);
  expect(table.closeTimeMs[0]).toBe(bars.closeTimeMs[0]);
});

test("scores and positions of a straight line are what one computes by hand", () => {
  const rows = Array.from({ length: 300 }, (_, k): TestBar => {
    const close = 100 + k;
    return [close - 1, close, close - 1, close, 5];
  });
  const table = calculateForModel("short", barsFrom(rows), always);
  const last = 299;
  // Every true range is 1 and so is their average: bodies and ranges are one average range long.
  expect(column(table, "barBody")[last]).toBeCloseTo(1, 12);
  expect(column(table, "rangeShare")[last]).toBeCloseTo(1, 12);
  expect(column(table, "rangeRatio")[last]).toBeCloseTo(1, 12);
  expect(column(table, "efficiency")[last]).toBe(1);
  expect(column(table, "rsi14")[last]).toBe(100);
  // Of 0, 1, ..., 19 the last is 9.5 above the mean; their variance is (20^2 - 1) / 12.
  const score = 9.5 / Math.sqrt(399 / 12);
  expect(column(table, "bandPosition")[last]).toBeCloseTo(score / 4 + 0.5, 12);
  expect(column(table, "volumeScore")[last]).toBe(0);
  // An exponential average of length n trails a line by (n - 1) / 2.
  expect(column(table, "averageDistance")[last]).toBeCloseTo(9.5, 9);
  expect(column(table, "averageSpread")[last]).toBeCloseTo(10 - 4, 9);
});

test("features of a higher timeframe change when its bar has closed and not before", () => {
  const rows = Array.from({ length: 72 }, (_, k): TestBar => [100 + k, 101 + k, 99 + k, 100 + k, 1]);
  const bars = barsFrom(rows, "1h", Date.UTC(2024, 0, 1, 1));
  const since = column(calculateForModel("medium", bars, always), "sinceHigherClose");
  // Day 1 closes with row 23 at 123: no row before it knows a day, and row 47 is the first to know the second.
  expect(since.slice(0, 23).every(Number.isNaN)).toBe(true);
  expect(since[23]).toBe(0);
  expect(since[46]).toBeCloseTo(146 / 123 - 1, 12);
  expect(since[47]).toBe(0);
});

test("drawdown is the way down from the highest high", () => {
  const rows = Array.from({ length: 120 }, (_, k): TestBar => {
    const close = k < 60 ? 200 : 150;
    return [close, close, close, close, 1];
  });
  const drawdown = column(calculateForModel("medium", barsFrom(rows), always), "drawdown");
  expect(drawdown[98]).toBeNaN();
  expect(drawdown[99]).toBe(-0.25);
});

test("rows up to any bar do not change when everything after it becomes noise", () => {
  const seed = 20_260_304;
  for (const timeframe of ["1h", "1d"] as const) {
    const bars = synthetic(timeframe, 700);
    const truth = modelTypes.map((modelType) => calculateForModel(modelType, bars, always));
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 699 }), fc.integer(), (rows, noiseSeed) => {
        const noisy = noiseAfter(bars, bars.closeTimeMs[rows - 1]!, noiseSeed);
        expect(noisy.close[rows]).not.toBe(bars.close[rows]);
        modelTypes.forEach((modelType, k) => {
          const found = calculateForModel(modelType, noisy, always);
          expect(differences(truth[k]!, found, rows)).toEqual([]);
          // The noise is not lost on them: a feature that saw a bar ahead would differ a row earlier.
          expect(differences(truth[k]!, found, rows + 1)).not.toEqual([]);
        });
      }),
      { seed, numRuns: 8 },
    );
  }
});

test("a value in another unit of price and volume is the same value", () => {
  // A power of two changes no digit, so that the values are equal to the last bit.
  const bars = synthetic("1h", 1_500);
  for (const modelType of modelTypes) {
    const found = calculateForModel(modelType, scaled(bars, 1_024, 1 / 64), always);
    expect(differences(calculateForModel(modelType, bars, always), found, bars.length)).toEqual([]);
  }
});

test("every value lies in the range that its note states, on two timeframes", () => {
  const outside: string[] = [];
  for (const timeframe of ["15m", "1d"] as const) {
    for (const modelType of modelTypes) {
      const table = calculateForModel(modelType, synthetic(timeframe, 3_000, 11), always);
      table.names.forEach((name, k) => {
        const [least, most] = featureSets[modelType].notes[name]!.range;
        const wrong = table.columns[k]!.find((value) => value < least - 1e-9 || value > most + 1e-9);
        if (wrong !== undefined) outside.push(`${modelType} ${name} ${timeframe}: ${wrong}`);
        if (!table.columns[k]!.every((value) => Number.isNaN(value) || Number.isFinite(value)))
          outside.push(`${modelType} ${name} ${timeframe}: infinite`);
      });
    }
  }
  expect(outside).toEqual([]);
});

test("from the first complete row on a market that moves has no gaps", () => {
  // 30 days warm up what looks at days.
  const table = calculateForModel("long", synthetic("1h", 1_000), always);
  expect(table.firstCompleteRow).toBe(Math.max(309, 27 * 24 - 1));
  for (const values of table.columns) {
    expect(values.subarray(table.firstCompleteRow).some(Number.isNaN)).toBe(false);
  }
});

test.skipIf(!hasShared)("real bars of two markets have no gaps and no value out of range", async () => {
  for (const [file, calendarName, first] of [
    // 218 hours, then as many whole days as the set looks back; an equity day is a bar.
    ["crypto/ACAUSDT-1h.csv.gz", "24/7", 503],
    ["equity/MSFT-1d.csv.gz", "us-equity", 218],
  ] as const) {
    const { bars } = await readCsv(sharedPath("data", file), { nowMs: Date.UTC(2026, 0, 1) });
    const table = calculateForModel("medium", bars, calendarNamed(calendarName));
    expect(table.firstCompleteRow).toBe(first);
    for (const [k, values] of table.columns.entries()) {
      const [least, most] = featureSets.medium.notes[table.names[k]!]!.range;
      const known = values.subarray(first);
      expect(known.every((value) => value >= least - 1e-9 && value <= most + 1e-9)).toBe(true);
    }
  }
});

test("rows before a feature is warm and settled are NaN, and the row after has a value", () => {
  const rsi = column(calculateForModel("short", synthetic("1h", 300), always), "rsi14");
  // 14 changes, then 94 rows until the seed weighs less than 0.1 %: ln 0.001 / ln(13/14) = 93.2.
  expect(rsi.findIndex((value) => !Number.isNaN(value))).toBe(14 + 94);
});

test("where nothing moves, features are neutral or missing and never infinite", () => {
  const flat = barsFrom(Array.from({ length: 900 }, (): TestBar => [50, 50, 50, 50, 0]));
  for (const table of Object.values(calculateAll(flat, always))) {
    for (const values of table.columns)
      expect(values.every((value) => Number.isNaN(value) || Number.isFinite(value))).toBe(true);
  }
  const short = calculateForModel("short", flat, always);
  expect(column(short, "rsi14")[899]).toBe(50);
  expect(column(short, "volumeScore")[899]).toBe(0);
  expect(column(short, "barBody")[899]).toBeNaN();
});

test("a market without volume still has complete rows", () => {
  const table = calculateForModel("medium", scaled(synthetic("1h", 700), 1, 0), always);
  expect(table.firstCompleteRow).toBeLessThan(700);
});

test("a history too short for any value is a table without complete rows", () => {
  const bars = synthetic("1h", 400);
  for (const rows of [0, 1, 5]) {
    const table = calculateForModel("long", sliceBars(bars, 0, rows), always);
    expect(table.length).toBe(rows);
    expect(table.firstCompleteRow).toBe(rows);
    expect(table.columns.every(({ length }) => length === rows)).toBe(true);
  }
});

test("a selection has the wanted names in the wanted order and the bars of its time", () => {
  const bars = synthetic("1h", 400);
  const whole = calculateForModel("short", bars, always);
  const [fromMs, toMs] = [bars.closeTimeMs[300]!, bars.closeTimeMs[320]!];
  const part = calculateForModel("short", bars, always, { names: ["rsi14", "return1"], fromMs, toMs });
  expect(part.names).toEqual(["rsi14", "return1"]);
  expect(part.closeTimeMs).toEqual(bars.closeTimeMs.subarray(300, 320));
  expect(part.columns[0]).toEqual(column(whole, "rsi14").subarray(300, 320));
  expect(part.columns[1]).toEqual(column(whole, "return1").subarray(300, 320));
  expect(part.firstCompleteRow).toBe(0);
  expect(calculateForModel("short", bars, always, { fromMs: toMs, toMs: fromMs }).length).toBe(0);
});

test("a set of one's own is computed like the built-in ones", () => {
  const own = featureSet({
    name: "own",
    version: 3,
    summary: "The time itself.",
    notes: { time: { meaning: "Close time, milliseconds.", range: [0, Infinity] } },
    features: ({ bars }) => ({ time: bars.time }),
  });
  const table = calculateFeatures(own, barsFrom([[1, 1, 1, 1]], "1h", dayMs + hourMs), always);
  expect([...table.columns[0]!]).toEqual([dayMs + hourMs]);
});

test("an unknown feature is refused with the nearest name", () => {
  const ask = () => calculateForModel("short", synthetic("1h", 10), always, { names: ["rsi15"] });
  expect(ask).toThrow(KiwiError);
  expect(ask).toThrow(/FEATURE_UNKNOWN/);
});
