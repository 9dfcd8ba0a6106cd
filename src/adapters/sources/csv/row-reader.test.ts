import * as fc from "fast-check";
import { expect, test } from "vitest";
import { KiwiError } from "../../../base/errors.ts";
import type { CsvLayout } from "./csv-layout.ts";
import { QuarantineBook } from "./quarantine.ts";
import { RowReader } from "./row-reader.ts";
import { RowTable } from "./row-table.ts";

const layout: CsvLayout = {
  delimiter: ",",
  decimal: ".",
  dateOrder: "dmy",
  isCompact: false,
  dateFormat: "",
  header: null,
  linesBefore: 0,
  roles: [6, 0, 1, 2, 3, 4],
  columns: {},
  priceDivisor: 1,
  isVolumeMinusOne: false,
  areThousandsDoubtful: false,
  symbol: null,
  isCloseStamped: false,
  unusedColumns: [],
  isQuoted: false,
};
const seed = 20240131;

/** Reads one line and gives back everything it left behind. */
function read(line: string): unknown {
  const table = new RowTable(1);
  const book = new QuarantineBook();
  const reader = new RowReader("x.csv", layout, null, table, book);
  const bytes = Buffer.from(`${line}\n`);
  try {
    reader.readLines(bytes, 0, bytes.length);
  } catch (error) {
    return error instanceof KiwiError ? error.parts.code : error;
  }
  const { stampMs, open, high, low, close, volume, length } = table;
  const row = [stampMs, open, high, low, close, volume].map((column) => (length === 0 ? null : column[0]));
  const kinds = book.result().entries.map(({ kind }) => kind);
  return { row, kinds, rows: reader.rows, isZoned: reader.zonedLine > 0, dateOnlyRows: reader.dateOnlyRows };
}

/** Quotes around the first field send a line the careful way without changing what it says. */
const quoted = (line: string): string =>
  `"${line.slice(0, line.indexOf(","))}"${line.slice(line.indexOf(","))}`;

const stamp = fc.oneof(
  fc.integer({ min: 1e11, max: 7e12 }).map(String),
  fc
    .date({ min: new Date("1900-01-01"), max: new Date("2190-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom(
    "2024-02-30",
    "31/12/2020",
    "12/31/2020",
    "2024-01-01 25:00",
    "2024-01-01 24:00",
    "x",
    "",
    "2024-01-01",
  ),
);
const price = fc.oneof(
  fc.integer({ min: 1, max: 2_000_000 }).map((cents) => (cents / 100).toString()),
  fc.constantFrom(
    "1",
    "1.5",
    "2",
    "2.0e0",
    "0",
    "-1",
    "",
    "nan",
    "inf",
    "1e999",
    "1..2",
    "0x10",
    "12345678901234567890.5",
  ),
);

test("the fast way and the careful way agree on every line", () => {
  const fields = fc.tuple(stamp, price, price, price, price, price);
  const property = fc.property(fields, fc.boolean(), ([time, ...prices], isSorted) => {
    const [open, high, low, close, volume] = prices;
    const byValue = [open, high, low, close].sort((a, b) => Number(a) - Number(b));
    const ordered = [byValue[1], byValue[3], byValue[0], byValue[2]];
    const line = [time, ...(isSorted ? ordered : [open, high, low, close]), volume].join(",");
    expect(read(line)).toEqual(read(quoted(line)));
  });
  fc.assert(property, { seed, numRuns: 5000 });
});

test("a carriage return at the end of a line changes nothing", () => {
  const line = "1500000000000,10,12,9,11,5";
  expect(read(`${line}\r`)).toEqual(read(line));
});
