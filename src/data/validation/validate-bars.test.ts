import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { dayMs, hourMs } from "../../base/time.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { Finding, FindingKind } from "./bar-report.ts";
import { findGaps } from "./find-gaps.ts";
import { badTickRows } from "./find-jumps.ts";
import { validateBars } from "./validate-bars.ts";

const always = calendarNamed("24/7");
/** A Monday. */
const startMs = Date.parse("2024-01-01");

/** A quiet random walk of about 0.1 % a bar, around 100; seed 1. */
function walk(length: number, timeframe: Timeframe = "1h", stepMs: number = hourMs): Bars {
  const prng = new Prng(1);
  const close = new Float64Array(length);
  let price = 100;
  for (let row = 0; row < length; row++) close[row] = price *= 1 + 0.001 * prng.normal();
  const open = close.map((value, row) => (row === 0 ? value : close[row - 1]!));
  return barsOf("X", timeframe, {
    closeTimeMs: close.map((_, row) => startMs + row * stepMs),
    open,
    high: close.map((value, row) => Math.max(value, open[row]!) * 1.0001),
    low: close.map((value, row) => Math.min(value, open[row]!) * 0.9999),
    close,
    volume: new Float64Array(length).fill(1),
  });
}

/** Multiplies the prices of rows `from` to `to - 1`. */
function scale(bars: Bars, factor: number, from: number, to = bars.length): void {
  for (const field of ["open", "high", "low", "close"] as const) {
    for (let row = from; row < to; row++) bars[field][row] = bars[field][row]! * factor;
  }
}

function finding(bars: Bars, kind: FindingKind): Finding | undefined {
  return validateBars(bars, always).findings.find((found) => found.kind === kind);
}

test("sound bars have no findings", () => {
  const bars = walk(500);
  expect(validateBars(bars, always)).toEqual({
    symbol: "X",
    timeframe: "1h",
    calendarName: "24/7",
    rows: 500,
    fromMs: startMs,
    toMs: startMs + 499 * hourMs,
    findings: [],
  });
});

test("no bars at all are reported as such", () => {
  expect(validateBars(walk(0), always)).toMatchObject({ rows: 0, fromMs: null, toMs: null, findings: [] });
});

test.each<[FindingKind, (bars: Bars) => void]>([
  ["notFinite", (bars) => (bars.close[7] = Number.NaN)],
  ["notFinite", (bars) => (bars.high[7] = Infinity)],
  ["nonPositive", (bars) => (bars.low[7] = 0)],
  ["ohlc", (bars) => (bars.high[7] = bars.low[7]! * 0.9)],
  ["ohlc", (bars) => (bars.open[7] = bars.high[7]! * 1.01)],
  ["ohlc", (bars) => (bars.low[7] = bars.close[7]! * 1.0005)],
  ["negativeVolume", (bars) => (bars.volume[7] = -1)],
  ["disorder", (bars) => (bars.closeTimeMs[7] = bars.closeTimeMs[3]! - 1)],
  ["duplicate", (bars) => (bars.closeTimeMs[7] = bars.closeTimeMs[6]!)],
])("a bar of kind %s is an error at its time", (kind, spoil) => {
  const bars = walk(50);
  spoil(bars);
  const found = finding(bars, kind);
  expect(found).toMatchObject({ severity: "error", count: 1 });
  expect(found!.examples[0]!.closeTimeMs).toBe(bars.closeTimeMs[7]);
});

test("a column rounded by itself is no violation", () => {
  const bars = walk(50);
  bars.high[7] = Math.max(bars.open[7]!, bars.close[7]!) * (1 - 1e-10);
  expect(finding(bars, "ohlc")).toBeUndefined();
});

test("gaps are counted by the calendar, and the longest come first", () => {
  const bars = walk(200);
  for (let row = 50; row < 200; row++) bars.closeTimeMs[row]! += 2 * hourMs;
  for (let row = 100; row < 200; row++) bars.closeTimeMs[row]! += 5 * hourMs;
  const found = finding(bars, "gap")!;
  expect(found).toMatchObject({ count: 2, severity: "warning" });
  expect(found.message).toContain("7 missing bars");
  expect(found.examples.map(({ closeTimeMs }) => closeTimeMs)).toEqual([
    bars.closeTimeMs[100],
    bars.closeTimeMs[50],
  ]);
});

test("a weekend is a gap where the market never closes and none where it does", () => {
  const bars = walk(8, "1d", dayMs);
  // Bars of Monday 1 to Friday 5 January (closing at 24:00), then of Monday 8.
  for (let row = 0; row < 8; row++) bars.closeTimeMs[row] = startMs + dayMs * (row < 5 ? row + 1 : row + 3);
  expect(findGaps(bars, always)).toEqual([
    { afterMs: startMs + 5 * dayMs, beforeMs: startMs + 8 * dayMs, missing: 2 },
  ]);
  expect(findGaps(bars, calendarNamed("us-equity"))).toEqual([]);
});

test("bars while the market is closed put the calendar or the time zone in doubt", () => {
  const report = validateBars(walk(500), calendarNamed("us-equity"));
  const found = report.findings.find(({ kind }) => kind === "closedMarket");
  expect(found).toMatchObject({ severity: "warning" });
  expect(found!.message).toContain("time zone");
});

test("days on which the market is closed are named, each with its weekday", () => {
  // Wednesday 3 July 2024 to Monday 8 July, with Independence Day and the Saturday.
  const bars = walk(5, "1d", dayMs);
  for (const [row, day] of [3, 4, 5, 6, 8].entries()) bars.closeTimeMs[row] = Date.UTC(2024, 6, day + 1);
  const report = validateBars(bars, calendarNamed("us-equity"));
  const found = report.findings.find(({ kind }) => kind === "closedMarket");
  expect(found).toMatchObject({ severity: "warning", count: 2 });
  expect(found!.examples.map(({ text }) => text)).toEqual([
    "Thursday 2024-07-04: us-equity is closed",
    "Saturday 2024-07-06: us-equity is closed",
  ]);
});

test("some bars without volume are a warning, all of them only a fact", () => {
  const bars = walk(50);
  bars.volume[7] = 0;
  expect(finding(bars, "zeroVolume")).toMatchObject({ severity: "warning", count: 1 });
  bars.volume.fill(0);
  expect(finding(bars, "zeroVolume")).toMatchObject({ severity: "info", count: 50 });
});

test("a price that stands still for long is a warning", () => {
  const bars = walk(2000);
  const still = bars.close[99]!;
  for (const field of ["open", "high", "low", "close"] as const) bars[field].fill(still, 100, 105);
  expect(finding(bars, "flat")).toMatchObject({ severity: "info", count: 5 });
  for (const field of ["open", "high", "low", "close"] as const) bars[field].fill(still, 100, 130);
  const found = finding(bars, "flat")!;
  expect(found).toMatchObject({ severity: "warning", count: 30 });
  expect(found.message).toContain("stood still for 30");
});

test("a spike that comes back is one outlier and no jump", () => {
  const bars = walk(500);
  scale(bars, 1.1, 200, 202);
  const found = finding(bars, "outlier")!;
  expect(found).toMatchObject({ count: 1, severity: "warning" });
  expect(found.examples[0]!.closeTimeMs).toBe(bars.closeTimeMs[200]);
  expect(finding(bars, "jump")).toBeUndefined();
});

test("a price that goes to and fro between two ticks has no bad ticks", () => {
  const bars = walk(101);
  for (const field of ["open", "high", "low", "close"] as const)
    for (let row = 0; row < bars.length; row++) bars[field][row] = 0.01 + 0.001 * (row % 2);
  expect(validateBars(bars, always).findings.map(({ kind }) => kind)).toEqual(["flat"]);
});

test("a close that the next open contradicts is a bad tick", () => {
  const bars = walk(500);
  bars.close[200] = bars.close[200]! * 1.1;
  bars.high[200] = bars.close[200]!;
  expect(finding(bars, "outlier")).toMatchObject({ count: 1, severity: "warning" });
  expect(finding(bars, "flash")).toBeUndefined();
});

test("a flash crash that was traded there and back is told and is no alarm", () => {
  const bars = walk(500);
  scale(bars, 0.9, 200, 202);
  // Traded down within one bar and up within another: each opens where the one before it closed.
  bars.open[200] = bars.close[199]!;
  bars.open[202] = bars.close[201]!;
  bars.high[200] = bars.open[200];
  bars.low[202] = bars.open[202];
  expect(finding(bars, "outlier")).toBeUndefined();
  const found = finding(bars, "flash")!;
  expect(found).toMatchObject({ count: 1, severity: "info" });
  expect(found.message).toContain("traded there and back");
});

test.each([
  [1 / 2, "like a split 1 to 2"],
  [2 / 3, "like a split 1 to 1.5"],
  [1 / 3, "like a split 1 to 3"],
  [10, "like a reverse split 10 to 1"],
])("a step by %s that stays is a jump and no outlier", (factor, text) => {
  const bars = walk(500);
  scale(bars, factor, 200);
  const found = finding(bars, "jump")!;
  expect(found.count).toBe(1);
  expect(found.examples[0]!.text).toContain(text);
  expect(finding(bars, "outlier")).toBeUndefined();
});

test("a large move that is no split's ratio is a jump only above 0.4", () => {
  const bars = walk(500, "1d", dayMs);
  scale(bars, Math.exp(0.3), 200);
  expect(finding(bars, "jump")).toBeUndefined();
  scale(bars, Math.exp(0.15), 200);
  expect(finding(bars, "jump")).toMatchObject({ count: 1 });
});

test("examples are limited, counts are not, and errors come first", () => {
  const bars = walk(100);
  for (let row = 10; row < 20; row++) bars.volume[row] = 0;
  bars.low[50] = -1;
  const { findings } = validateBars(bars, always, 3);
  expect(findings.map(({ kind }) => kind)).toEqual(["nonPositive", "zeroVolume"]);
  expect(findings[1]!.count).toBe(10);
  expect(findings[1]!.examples).toHaveLength(3);
});

test.each([
  [30, "high", "warning"],
  [1.5, "high", "warning"],
  [1 / 30, "low", "warning"],
  [1.05, "high", "info"],
  [1 / 1.05, "low", "info"],
] as const)("a wick to %f times the close, the %s, is a spike and a %s", (factor, side, severity) => {
  const bars = walk(500);
  bars[side][200] = bars.close[200]! * factor;
  const found = finding(bars, "spike")!;
  expect(found).toMatchObject({ severity, count: 1 });
  expect(found.examples[0]).toMatchObject({ closeTimeMs: bars.closeTimeMs[200] });
  expect(badTickRows(bars)).toEqual(severity === "warning" ? [200] : []);
});

test("a spike is found in a file of a few bars, and an open that stands alone is one", () => {
  const bars = walk(6);
  bars.open[3] = bars.high[3] = bars.close[3]! * 30;
  expect(finding(bars, "spike")).toMatchObject({ severity: "warning", count: 1 });
});

test("a day that went where it stayed has no spike, and neither has the day after a split", () => {
  const bars = walk(500);
  bars.high[200] = bars.close[199]! * 1.2;
  scale(bars, 1.2, 201);
  bars.close[200] = bars.close[199]! * 1.2;
  scale(bars, 0.5, 300);
  expect(finding(bars, "spike")).toBeUndefined();
});

test("bad ticks are all rows from the far close to the one before it is back, and a flash move is none", () => {
  const bars = walk(500);
  scale(bars, 3, 200);
  scale(bars, 1 / 3, 202);
  expect(finding(bars, "outlier")).toMatchObject({ count: 1 });
  expect(badTickRows(bars)).toEqual([200, 201]);
  // The next open stands where the last close went: somebody traded there.
  for (const row of [200, 202]) {
    bars.open[row] = bars.close[row - 1]!;
    bars.high[row] = Math.max(bars.high[row]!, bars.open[row]!);
    bars.low[row] = Math.min(bars.low[row]!, bars.open[row]!);
  }
  expect(finding(bars, "flash")).toMatchObject({ count: 1 });
  expect(badTickRows(bars)).toEqual([]);
});
