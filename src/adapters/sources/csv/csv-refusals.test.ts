import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { KiwiError, type ErrorParts } from "../../../base/errors.ts";
import type { CsvOptions } from "./csv-reading.ts";
import { readCsv } from "./read-csv.ts";
import { withFile } from "../../../../test/temporary-csv.ts";

const nowMs = Date.parse("2026-01-01");
const header = "date,open,high,low,close,volume\n";
const rows = Array.from(
  { length: 12 },
  (_, day) => `2023-01-${String(day + 1).padStart(2, "0")},10,12,9,11,100\n`,
).join("");

async function refusal(
  name: string,
  content: string | Uint8Array,
  options: Partial<CsvOptions> = {},
): Promise<ErrorParts> {
  const error = await withFile(name, content, (path) =>
    readCsv(path, { nowMs, ...options }).then(
      () => new Error(`${name} was read`),
      (thrown: unknown) => thrown,
    ),
  );
  if (!(error instanceof KiwiError)) throw error;
  return error.parts;
}

test.each<[string, string | Uint8Array, Partial<CsvOptions>, Partial<Record<keyof ErrorParts, RegExp>>]>([
  ["FILE_EMPTY", "", {}, { fix: /rm .*X\.csv/ }],
  ["FILE_EMPTY", gzipSync(""), {}, { message: /0 bytes/ }],
  ["CSV_NO_ROWS", header, {}, { why: /only line is the header: date,open/ }],
  ["CSV_NO_ROWS", "\n\n# nothing\n", {}, { why: /blank lines and comments/ }],
  [
    "CSV_HEADER_UNKNOWN",
    "date,bid,ask,a,b\n2023-01-01,1,2,3,4\n",
    {},
    { message: /date,bid,ask,a,b/, why: /lacks open, high, low, close/ },
  ],
  ["CSV_HEADER_UNKNOWN", "when,open,high,low,close\n2023-01-01,1,2,3,4\n", {}, { why: /lacks time/ }],
  [
    "CSV_HEADER_UNKNOWN",
    "date,open,high,low,close\n1,2023-01-01,1,2,3,4\n2,2023-01-02,1,2,3,4\n",
    {},
    { why: /names 5 columns, but the rows have 6/ },
  ],
  ["CSV_HEADER_UNKNOWN", "1,2,3,4\n5,6,7,8\n", {}, { why: /no header/ }],
  [
    "CSV_TOO_BAD",
    `${header}${rows}a,1,1,1,1,1\n2023-02-01,0,1,1,1,1\n`,
    {},
    {
      message: /2 of 14 rows .* time 1, nonPositive 1/,
      why: /line 14: "a" is not a time/,
      fix: /cat .*X\.csv \| sed -n 13,15p/,
    },
  ],
  ["CSV_ONE_BAR", `${header}2023-01-01,10,12,9,11,100\n`, {}, { why: /needs two/ }],
  [
    "CSV_AMBIGUOUS_DATES",
    "date,open,high,low,close\n1/2/2023,1,1,1,1\n2/2/2023,1,1,1,1\n",
    {},
    { message: /1\/2\/2023/, fix: /--date-format dd\/mm\/yyyy/ },
  ],
  [
    "CSV_MIXED_TIME_ZONES",
    "date,open,high,low,close\n2023-01-01T00:00Z,1,1,1,1\n2023-01-02T00:00,1,1,1,1\n",
    {},
    { message: /line 2\).*line 3/ },
  ],
  ["CSV_NOT_TEXT", Uint8Array.of(80, 65, 82, 49, 0, 0, 1), {}, { message: /a Parquet file/ }],
  [
    "CSV_NOT_TEXT",
    zipSync({ "xl/sheet.xml": strToU8("<x/>"), "[Content_Types].xml": strToU8("<x/>") }),
    {},
    { message: /Excel/ },
  ],
  [
    "CSV_ZIP_ENTRIES",
    zipSync({ "a.csv": strToU8(header), "b.csv": strToU8(header) }),
    {},
    { message: /2 files/, fix: /unzip/ },
  ],
  [
    "CSV_MANY_SYMBOLS",
    "symbol,date,open,high,low,close\nA,2023-01-01,1,1,1,1\nB,2023-01-01,1,1,1,1\n",
    {},
    { message: /A before line 3, B there/ },
  ],
  ["CSV_TIME_UNKNOWN", "0,1,1,1,1,5\n60000,1,1,1,1,5\n", {}, { why: /milliseconds since midnight/ }],
  [
    "CSV_TIMEFRAME_UNKNOWN",
    "time,open,high,low,close\n1500000000.25,1,1,1,1\n1500000000.50,1,1,1,1\n",
    {},
    { fix: /--timeframe/ },
  ],
  [
    "CSV_TIMEFRAME_CONFLICT",
    header + rows,
    { timeframe: "1w" },
    { message: /says 1w.* 1d apart/, fix: /--timeframe 1d/ },
  ],
  [
    "CSV_HEADER_UNKNOWN",
    "date,open,high,low,close\n31st of Jan,1,1,1,1\n1st of Feb,1,1,1,1\n",
    {},
    { why: /lacks time: "31st of Jan" in date is not understood as a time/ },
  ],
  [
    "CSV_BELOW_ZERO",
    `${header}${rows}2023-02-01,2,3,-40,-37,100\n`,
    {},
    { message: /first in line 14: 2023-02-01,2,3,-40,-37,100/, fix: /head -n 13/ },
  ],
  [
    "CSV_COLUMN_TWICE",
    "date,open,high,low,close,Close,volume\n2023-01-01,1,1,1,1,1,1\n2023-01-02,1,1,1,1,1,1\n",
    {},
    { message: /close and Close/ },
  ],
  [
    "CSV_COLUMN_TWICE",
    "time,bid.open,bid.high,bid.low,bid.close,ask.open\n1,1,1,1,1,1\n2,1,1,1,1,1\n",
    {},
    { message: /bid.open and ask.open/ },
  ],
  [
    "CSV_MANY_SYMBOLS",
    "Price,Close,Close,High,High,Low,Low,Open,Open\nTicker,AAA,BBB,AAA,BBB,AAA,BBB,AAA,BBB\nDate,,,,,,,,\n2024-02-01,1,2,1,2,1,2,1,2\n2024-02-02,1,2,1,2,1,2,1,2\n",
    {},
    { message: /columns of 2 symbols side by side: AAA, BBB/ },
  ],
  ["CSV_LINE_TOO_LONG", "x".repeat(3 << 20), {}, { message: /more than 1 MiB/, fix: /head -c/ }],
  ["CSV_LINE_TOO_LONG", gzipSync(`${header}${"1".repeat(3 << 20)}`), {}, { why: /no table/ }],
  [
    "CSV_TWO_IN_ONE",
    // The same share from two sources: dates, and the close of a session.
    `${header}${rows}2023-01-12 21:00,10,12,9,11,100\n2023-01-13,10,12,9,11,100\n2023-01-17,10,12,9,11,100\n`,
    { timeframe: "1d", calendarName: "us-equity" },
    { message: /two bars for one 1d: lines \d+ and \d+ close 2023-01-13T21:00/ },
  ],
  [
    "DATA_MISSING",
    header + rows,
    { fromMs: Date.parse("2024-01-01") },
    { message: /2023-01-02 to 2023-01-13/, fix: /--from 2023-01-02/ },
  ],
  ["OPTION_INVALID", header + rows, { dateFormat: "monthly" }, { message: /monthly/ }],
  ["TIME_ZONE_UNKNOWN", header + rows, { timeZone: "Mars/Olympus" }, { message: /Mars/ }],
])("%s is refused with its four parts", async (code, content, options, expected) => {
  const parts = await refusal("X.csv", content, options);
  expect(parts.code).toBe(code);
  for (const [part, pattern] of Object.entries(expected))
    expect(parts[part as keyof ErrorParts]).toMatch(pattern);
  expect(Object.values(parts).every((text) => text !== "")).toBe(true);
});

test("a gzip file that ends early tells how much of it can be read", async () => {
  const text =
    header +
    Array.from(
      { length: 5000 },
      (_, row) => `${1_500_000_000 + row * 60},10,12,9,11,${(row * 7919) % 1000}\n`,
    ).join("");
  const packed = gzipSync(text);
  const parts = await refusal("X-1m.csv.gz", packed.subarray(0, packed.length >> 1));
  expect(parts.code).toBe("FILE_TRUNCATED");
  const lines = Number(/(\d+) whole lines/.exec(parts.message)![1]);
  expect(lines).toBeGreaterThan(1000);
  expect(lines).toBeLessThan(5000);
});

test("a gzip file that was changed is refused", async () => {
  const packed = gzipSync(header + rows);
  packed[packed.length - 6]! ^= 1;
  expect((await refusal("X.csv.gz", packed)).code).toBe("FILE_CORRUPT");
});

test("a file that is not there is answered with the nearest name", async () => {
  const error = await withFile("GOOG.csv", header + rows, (path) =>
    readCsv(path.replace("GOOG", "GOGO"), { nowMs }).catch((thrown: unknown) => thrown),
  );
  expect(error).toBeInstanceOf(KiwiError);
  const { parts } = error as KiwiError;
  expect([parts.code, parts.exit]).toEqual(["FILE_NOT_FOUND", "data"]);
  expect(parts.fix).toMatch(/did you mean .*GOOG\.csv\?/);
});
