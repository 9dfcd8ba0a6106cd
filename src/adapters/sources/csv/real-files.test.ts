import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../../test/shared.ts";
import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import { readCsv } from "./read-csv.ts";

/** After the last bar of the test data. */
const nowMs = Date.parse("2027-01-01");

type ManifestFile = {
  readonly file: string;
  readonly symbol: string;
  readonly timeframe: string;
  readonly rows: number;
  readonly ohlc_violations: number;
  readonly zero_volume_rows: number;
  readonly first_utc: string;
};

function manifest(): readonly ManifestFile[] {
  const text = readFileSync(sharedPath("data", "MANIFEST.json"), "utf8");
  return (JSON.parse(text) as { files: readonly ManifestFile[] }).files;
}

const name = hasShared ? "shared test data" : "shared test data (SKIPPED: ../shared is not there)";

test.skipIf(!hasShared)(`S&P 500 files read as their manifest says: ${name}`, async () => {
  // All that have something wrong, and every twentieth of the others.
  const files = manifest()
    .filter(({ file }) => file.includes("sp500"))
    .filter((file, index) => index % 20 === 0 || file.ohlc_violations + file.zero_volume_rows > 0);
  let violations = 0;
  let withoutVolume = 0;
  for (const { file, symbol, timeframe, rows, ohlc_violations, first_utc } of files) {
    const { bars, rowsRead, quarantine, detected } = await readCsv(sharedPath("data", file), { nowMs });
    expect([rowsRead, bars.symbol, bars.timeframe]).toEqual([rows, symbol, timeframe]);
    expect(quarantine.quarantined).toBe(ohlc_violations);
    // Stamped with midnight UTC of its date; the session closes at 16:00 in New York.
    const closeMs = calendarNamed("us-equity").bucketEnd(Date.parse(`${first_utc}Z`) + 86_400_000, "1d");
    if (ohlc_violations === 0) expect(bars.closeTimeMs[0]).toBe(closeMs);
    expect(bars.calendarName).toBe("us-equity");
    expect(detected.notes).toEqual([]);
    violations += quarantine.quarantined;
    withoutVolume += bars.volume.reduce((sum, volume) => sum + (volume === 0 ? 1 : 0), 0);
  }
  expect(violations).toBe(30);
  // Of the 406 rows without volume (all of GOOG) none is among the violations.
  expect(withoutVolume).toBe(406);
});

test.skipIf(!hasShared)(`the largest file keeps its numbers to the last bit: ${name}`, async () => {
  const { bars, rowsRead } = await readCsv(sharedPath("data", "fx", "EURUSD-1m.csv.gz"), { nowMs });
  expect(rowsRead).toBe(556_258);
  expect(bars.length).toBe(556_258);
  expect([bars.open[0], bars.high[0], bars.low[0], bars.close[0]]).toEqual([1.20037, 1.201, 1.20037, 1.201]);
});

test.skipIf(!hasShared)(`other people's files are understood: ${name}`, async () => {
  const read = async (...path: string[]) => readCsv(sharedPath("fixtures", "market", ...path), { nowMs });
  const goog = await read("backtestingpy-goog", "GOOG.csv");
  expect([goog.bars.length, goog.bars.timeframe, goog.bars.close[0]]).toEqual([2148, "1d", 100.34]);
  const euro = await read("backtestingpy-goog", "EURUSD.csv");
  expect([euro.bars.length, euro.bars.timeframe]).toEqual([5000, "1h"]);
  const monthly = await read("backtestingpy-goog", "BTCUSD.csv");
  expect(monthly.detected).toMatchObject({ timeframe: "1M", stamp: "close" });
  expect(monthly.bars.closeTimeMs[0]).toBe(Date.parse("2012-02-01"));
  const minutes = await read("backtrader-indicators", "2006-min-005.txt");
  expect(minutes.detected).toMatchObject({ timeframe: "5m", columns: { Date: "date", Time: "clock" } });
  const weeks = await read("backtrader-indicators", "2006-week-001.txt");
  expect(weeks.detected).toMatchObject({ timeframe: "1w", stamp: "close" });
  const fund = await read("pyalgotrade-sharpe", "sharpe-ratio-test-ige.csv");
  expect(fund.detected.notes).toEqual(["columns not used: Adj Close"]);
  expect(fund.bars.close[0]).toBe(91.01);
  const lean = await read("lean-forex-bidask", "daily", "eurusd.zip");
  expect(lean.detected).toMatchObject({ hasHeader: false, dateFormat: "yyyymmdd hh:mm" });
  await expect(read("skender-indicators", "quotes", "zeros.csv.gz")).rejects.toThrow(/CSV_TOO_BAD/);
});
