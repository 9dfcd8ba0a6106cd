import { rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { withFile } from "../../../../test/temporary-csv.ts";
import { KiwiError } from "../../../base/errors.ts";
import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import { timeframeMs } from "../../../domain/timeframe.ts";
import type { CsvOptions, CsvReading } from "./csv-reading.ts";
import { readCsv } from "./read-csv.ts";

const nowMs = Date.parse("2026-01-01");
const seed = 20240131;

const startMs = Date.UTC(2024, 0, 2, 14, 30);
/** The same instant as people write it. */
const stampStyles: readonly ((timeMs: number) => string)[] = [
  (timeMs) => String(timeMs),
  (timeMs) => String(timeMs / 1000),
  (timeMs) => `${timeMs}000000`,
  (timeMs) => new Date(timeMs).toISOString(),
  (timeMs) => new Date(timeMs).toISOString().slice(0, 10),
  (timeMs) => new Date(timeMs).toISOString().slice(0, 19).replace("T", "  "),
  (timeMs) => new Date(timeMs).toISOString().slice(0, 16).replaceAll(/[-:]/g, "").replace("T", ""),
  (timeMs) => new Date(timeMs).toISOString().slice(8, 10) + ".01.2024 24:00",
  (timeMs) => `${new Date(timeMs).toISOString().slice(0, 19).replace("T", " ")} US/Eastern`,
  (timeMs) => `${new Date(timeMs).toISOString().slice(0, 10)} 09-AM`,
  (timeMs) => `${new Date(timeMs).toISOString().slice(0, 10)} 09:30 Nowhere/Land`,
];
const numbers = [
  "1",
  "1.5",
  "2,25",
  "0",
  "-1",
  "-37.63",
  "1e-10",
  "NaN",
  "--",
  "",
  "9".repeat(30),
  "$1,234.5",
];
const words = [
  "time",
  "Date",
  "open",
  "high",
  "low",
  "close",
  "Close",
  "volume",
  "Ticker",
  "Price",
  "rtype",
  "",
  "x",
];
const prefaces = [
  "",
  "Security,Q US Equity",
  "# a note",
  "sep=;",
  "Price,Close,High,Low,Open,Volume",
  "Ticker,Q,Q,Q,Q,Q",
  "Date,,,,,",
];

/** A table that somebody could have made, or half of one. */
const table = fc
  .record({
    delimiter: fc.constantFrom(",", ";", "\t", "|", " "),
    header: fc.oneof(
      fc.constant(["time", "open", "high", "low", "close", "volume"]),
      fc.array(fc.constantFrom(...words), { minLength: 4, maxLength: 9 }),
    ),
    preface: fc.array(fc.constantFrom(...prefaces), { maxLength: 3 }),
    style: fc.constantFrom(...stampStyles),
    stepMinutes: fc.constantFrom(1, 2, 5, 60, 65, 1440, 10_080, 43_200),
    steps: fc.array(fc.integer({ min: -1, max: 5 }), { minLength: 1, maxLength: 30 }),
    odd: fc.array(fc.tuple(fc.nat({ max: 30 }), fc.constantFrom(...numbers)), { maxLength: 4 }),
    end: fc.constantFrom("\n", "\r\n"),
  })
  .map(({ delimiter, header, preface, style, stepMinutes, steps, odd, end }) => {
    let timeMs = startMs;
    const rows = steps.map((step) => {
      timeMs += step * stepMinutes * 60_000;
      return [style(timeMs), "10", "12", "9", "11", "5"];
    });
    for (const [at, text] of odd) rows[at % rows.length]![1 + (at % 5)] = text;
    return [...preface, header.join(delimiter), ...rows.map((row) => row.join(delimiter))].join(end);
  });

const options: fc.Arbitrary<Partial<CsvOptions>> = fc.record(
  {
    stamp: fc.constantFrom("open", "close"),
    timeZone: fc.constantFrom("UTC", "America/New_York+7", "UTC+2", "Europe/Berlin", "Mars/Olympus"),
    calendarName: fc.constantFrom("24/7", "24/5", "24/5@UTC", "us-equity", "24/7@Asia/Tokyo"),
    timeframe: fc.constantFrom("1m", "1h", "1d"),
    dateFormat: fc.constantFrom("dmy", "mdy", "ymd", "soon"),
    adjusted: fc.boolean(),
    isPart: fc.boolean(),
  },
  { requiredKeys: [] },
);
const name = fc.constantFrom(
  "Q.csv",
  "Q-1h.csv",
  "QQQQQQ_1.csv",
  "Q, 60.csv",
  "Q-1d-2024-01.csv",
  "Q_M1_2024.csv",
);
const noise = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc
    .array(fc.constantFrom(...words, ...numbers, ",", "\n", '"', ";", " ", "2024-01-02"), { maxLength: 200 })
    .map((parts) => parts.join("")),
);

test("no text and no option brings anything but bars that can be or an error with a way out", async () => {
  await withFile("first.csv", "", async (first) => {
    let path = first;
    const read = async (
      text: string,
      told: Partial<CsvOptions>,
      as: string,
      isPacked: boolean,
    ): Promise<void> => {
      const next = join(dirname(path), as);
      await rename(path, next);
      path = next;
      await writeFile(path, isPacked ? gzipSync(text) : text);
      const outcome = await readCsv(path, { nowMs, ...told }).catch((error: unknown) => error);
      if (outcome instanceof Error) expectWayOut(outcome);
      else expectPossible(outcome as CsvReading, told);
    };
    const property = fc.asyncProperty(
      fc.oneof({ weight: 4, arbitrary: table }, noise),
      options,
      name,
      fc.boolean(),
      read,
    );
    await fc.assert(property, { seed, numRuns: 200 });
  });
});

function expectWayOut(error: Error): void {
  // Whatever else it is would be a mistake of ours, with its stack.
  if (!(error instanceof KiwiError)) throw error;
  for (const text of Object.values(error.parts)) expect(text).not.toBe("");
}

function expectPossible({ bars, rowsRead, detected }: CsvReading, told: Partial<CsvOptions>): void {
  const { open, high, low, close, volume, closeTimeMs, length, timeframe, calendarName } = bars;
  expect(length).toBeLessThanOrEqual(rowsRead);
  expect(timeframeMs(timeframe)).toBeGreaterThan(0);
  if (told.isPart !== true) expect(calendarNamed(calendarName!).name).toBe(calendarName);
  expect(detected.timeframe).toBe(timeframe);
  for (let row = 0; row < length; row++) {
    expect(low[row]).toBeGreaterThan(0);
    expect(Math.min(open[row]!, close[row]!)).toBeGreaterThanOrEqual(low[row]! * (1 - 1e-8));
    expect(Math.max(open[row]!, close[row]!)).toBeLessThanOrEqual(high[row]! * (1 + 1e-8));
    expect(volume[row]).toBeGreaterThanOrEqual(0);
    expect(closeTimeMs[row]).toBeLessThanOrEqual(nowMs);
    if (row > 0) expect(closeTimeMs[row]).toBeGreaterThan(closeTimeMs[row - 1]!);
  }
}
