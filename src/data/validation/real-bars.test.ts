import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../test/shared.ts";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { FindingKind } from "./bar-report.ts";
import { validateBars } from "./validate-bars.ts";

const name = hasShared ? "shared test data" : "shared test data (SKIPPED: ../shared is not there)";

/** Bars of a file as they are, unfiltered: validation has to find what is wrong in them. */
function load(timeframe: Timeframe, spanMs: number, ...path: readonly string[]): Bars {
  const text = gunzipSync(readFileSync(sharedPath("data", ...path))).toString("latin1");
  const rows = text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  const column = (at: number, shift = 0): Float64Array =>
    Float64Array.from(rows, (row) => Number(row[at]) + shift);
  return barsOf(path.at(-1)!, timeframe, {
    closeTimeMs: column(0, spanMs),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  });
}

function counts(bars: Bars, calendarName: string): Partial<Record<FindingKind, number>> {
  const { findings } = validateBars(bars, calendarNamed(calendarName));
  return Object.fromEntries(findings.map(({ kind, count }) => [kind, count]));
}

// Expected numbers: MANIFEST.json of the shared data (ohlc_violations, zero_volume_rows, suspect_jumps_over_0.4).
const splitSymbols = [
  "APH",
  "BAX",
  "DISCA",
  "DVA",
  "EBAY",
  "HPQ",
  "MDLZ",
  "NBL",
  "NI",
  "PPG",
  "TMK",
  "UAA",
  "VRTX",
];

test.skipIf(!hasShared)(
  `all faults of the 493 files of the S&P 500 set are found, and nothing else raises an alarm: ${name}`,
  () => {
    const files = readdirSync(sharedPath("data", "equity", "sp500"));
    const total: Partial<Record<FindingKind, number>> = {};
    const alarmed: Partial<Record<FindingKind, string[]>> = {};
    for (const file of files) {
      const { findings } = validateBars(
        load("1d", dayMs, "equity", "sp500", file),
        calendarNamed("us-equity"),
      );
      for (const { kind, severity, count } of findings) {
        if (severity === "info") continue;
        total[kind] = (total[kind] ?? 0) + count;
        (alarmed[kind] ??= []).push(file.replace("-1d.csv.gz", ""));
      }
    }
    expect(files).toHaveLength(493);
    expect(total).toMatchObject({ ohlc: 30, zeroVolume: 406 });
    expect(Object.keys(alarmed).sort()).toEqual(["jump", "ohlc", "outlier", "spike", "zeroVolume"]);
    // A low of 14 in a day that closed at 140.06.
    expect(alarmed.spike).toEqual(["TMO"]);
    // A price that went over to another share's for some days came back, and counts as a bad tick.
    expect([...new Set([...alarmed.jump!, ...alarmed.outlier!])].sort()).toEqual(splitSymbols);
    expect(alarmed.zeroVolume).toEqual(["GOOG"]);
    expect(alarmed.ohlc).toHaveLength(25);
  },
);

test.skipIf(!hasShared)(`flash moves of ten crypto pairs in half a year raise no alarm: ${name}`, () => {
  const files = readdirSync(sharedPath("data", "crypto")).filter((file) => /^[A-Z]+USDT-5m/.test(file));
  const alarms: string[] = [];
  let flashes = 0;
  for (const file of files) {
    const { findings } = validateBars(load("5m", 5 * minuteMs, "crypto", file), calendarNamed("24/7"));
    flashes += findings.find(({ kind }) => kind === "flash")?.count ?? 0;
    for (const { kind, severity } of findings) if (severity !== "info") alarms.push(`${file} ${kind}`);
  }
  // The manifest lists the one bar without volume; the flash moves are those of 9 January and 13 April 2024 and others.
  expect([files.length, alarms]).toEqual([10, ["BCHUSDT-5m.csv.gz zeroVolume"]]);
  expect(flashes).toBeGreaterThan(13);
});

test.skipIf(!hasShared)(`a bad tick in a wild market is found: ${name}`, () => {
  const bars = load("5m", 5 * minuteMs, "crypto", "BTCUSDT-5m.csv.gz");
  for (const row of [5_000, 20_000, 40_000]) {
    bars.close[row] = bars.close[row]! * 1.1;
    bars.high[row] = Math.max(bars.high[row]!, bars.close[row]!);
  }
  expect(counts(bars, "24/7").outlier).toBe(3);
});

test.skipIf(!hasShared)(`outages of an exchange are gaps: ${name}`, () => {
  const bars = load("1h", hourMs, "crypto", "BTCUSDT-1h.csv.gz");
  const { findings } = validateBars(bars, calendarNamed("24/7"));
  const gap = findings.find(({ kind }) => kind === "gap")!;
  expect(gap.count).toBe(28);
  expect(gap.message).toContain("128 missing bars");
  expect(gap.examples[0]!.text).toContain("33 bars missing between 2018-02-08T01:00:00Z");
  expect(counts(bars, "24/7")).toMatchObject({ zeroVolume: 4, flat: 4 });
});
