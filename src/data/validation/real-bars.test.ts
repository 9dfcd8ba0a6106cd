import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../test/shared.ts";
import { dayMs, hourMs } from "../../base/time.ts";
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

test.skipIf(!hasShared)(`the 13 broken split adjustments of the S&P 500 set are found: ${name}`, () => {
  for (const symbol of splitSymbols) {
    const found = counts(load("1d", dayMs, "equity", "sp500", `${symbol}-1d.csv.gz`), "us-equity");
    expect([symbol, (found.jump ?? 0) + (found.outlier ?? 0) > 0]).toEqual([symbol, true]);
  }
});

test.skipIf(!hasShared)(`symbols with clean prices have no jumps: ${name}`, () => {
  for (const symbol of ["A", "AAPL", "GOOG", "JPM", "WMT", "XOM"]) {
    const found = counts(load("1d", dayMs, "equity", "sp500", `${symbol}-1d.csv.gz`), "us-equity");
    expect([symbol, found.jump ?? 0, found.gap ?? 0]).toEqual([symbol, 0, 0]);
  }
});

test.skipIf(!hasShared)(`violations and missing volumes are counted as the manifest does: ${name}`, () => {
  const foxa = counts(load("1d", dayMs, "equity", "sp500", "FOXA-1d.csv.gz"), "us-equity");
  expect(foxa.ohlc).toBe(4);
  const goog = counts(load("1d", dayMs, "equity", "sp500", "GOOG-1d.csv.gz"), "us-equity");
  expect(goog).toMatchObject({ ohlc: 1, zeroVolume: 406 });
  const vertex = counts(load("1d", dayMs, "equity", "sp500", "VRTX-1d.csv.gz"), "us-equity");
  expect(vertex.gap).toBe(1);
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
