import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { dayMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { computeMetrics } from "./compute-metrics.ts";
import type { MetricsReport } from "./metrics-report.ts";

const calendarNames = ["24/7", "24/7@Asia/Tokyo", "24/5", "us-equity"] as const;
const firstDay = Date.UTC(2019, 0, 1) / dayMs;
/** Four years, a leap year among them. */
const lastDay = Date.UTC(2023, 0, 1) / dayMs;

type Path = { readonly closeTimeMs: readonly number[]; readonly equity: readonly number[] };

/** A driftless walk of a hundredth a day, or a steady growth, over the trading days of a market. */
function dailyPath(calendarName: string, seed: number, drift: number): Path {
  const calendar = calendarNamed(calendarName);
  const prng = new Prng(seed);
  const closeTimeMs: number[] = [];
  const equity: number[] = [];
  let value = 1000;
  for (let day = firstDay; day < lastDay; day++) {
    const noonMs = day * dayMs + dayMs / 2;
    const closeMs = calendar.bucketEnd(noonMs, "1d");
    // A weekend or a holiday ends with another session, and that one has its bar already.
    if (calendar.sessionOf(closeMs) !== day || closeMs === closeTimeMs.at(-1)) continue;
    if (calendarName === "us-equity" && !calendar.isOpen(closeMs - 1)) continue;
    value *= Math.exp(drift + 0.01 * prng.normal());
    closeTimeMs.push(closeMs);
    equity.push(value);
  }
  return { closeTimeMs, equity };
}

/** The last close of every week or month, and the two ends, so that all cover the same time. */
function every(path: Path, periodOf: (day: number) => number): Path {
  const last = path.closeTimeMs.length - 1;
  const dayOf = (row: number) => Math.floor((path.closeTimeMs[row]! - 1) / dayMs);
  const rows = path.closeTimeMs
    .map((_, row) => row)
    .filter((row) => row === 0 || row === last || periodOf(dayOf(row)) !== periodOf(dayOf(row + 1)));
  return {
    closeTimeMs: rows.map((row) => path.closeTimeMs[row]!),
    equity: rows.map((row) => path.equity[row]!),
  };
}

function metricsOf({ closeTimeMs, equity }: Path, calendarName: string): MetricsReport {
  return computeMetrics({
    closeTimeMs: Float64Array.from(closeTimeMs),
    equity: Float64Array.from(equity),
    length: equity.length,
    startEquity: equity[0]!,
    calendar: calendarNamed(calendarName),
    trades: [],
    exposureBars: 0,
    tradedNotional: 0,
    feesPaid: 0,
    slippagePaid: 0,
    chargesPaid: 0,
  });
}

const week = (day: number) => Math.floor((day + 3) / 7);
const month = (day: number) => new Date(day * dayMs).getUTCMonth();

test("the same path as daily, weekly and monthly bars has the same growth and a comparable risk, on every calendar", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...calendarNames),
      fc.integer({ min: 1, max: 1e6 }),
      fc.constantFrom(-0.0005, 0, 0.0005),
      (calendarName, seed, drift) => {
        const path = dailyPath(calendarName, seed, drift);
        const daily = metricsOf(path, calendarName);
        for (const [coarse, perYear] of [
          [metricsOf(every(path, week), calendarName), 52.18],
          [metricsOf(every(path, month), calendarName), 12],
        ] as const) {
          expect(coarse.years).toBe(daily.years);
          expect(coarse.cagr).toBe(daily.cagr);
          expect(coarse.periodsPerYear).toBeGreaterThan(perYear * 0.97);
          expect(coarse.periodsPerYear).toBeLessThan(perYear * 1.03);
          // The deviation of n normal returns is known to 1 / sqrt(2 n): four of them, for both sides.
          const tolerance = 4 / Math.sqrt(2 * coarse.periods);
          expect(Math.abs(coarse.volatility! / daily.volatility! - 1)).toBeLessThan(tolerance);
        }
      },
    ),
    { seed: 71, numRuns: 60 },
  );
});

test.each([
  ["24/7", 365.25],
  ["24/7@Asia/Tokyo", 365.25],
  ["24/5", 261],
  ["us-equity", 252],
])("daily bars of %s are counted once each: about %d a year", (calendarName, perYear) => {
  const path = dailyPath(calendarName, 3, 0);
  const report = metricsOf(path, calendarName);
  expect(report.days).toBe(path.equity.length);
  expect(report.periods).toBe(path.equity.length - 1);
  expect(Math.abs(report.periodsPerYear - perYear)).toBeLessThan(1);
});
