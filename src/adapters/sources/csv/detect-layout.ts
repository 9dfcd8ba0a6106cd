import { role, numberNames, type CsvLayout } from "./csv-layout.ts";
import type { CsvField, CsvOptions } from "./csv-reading.ts";
import { describeStamp, findDateOrder, parseDateOrder, searchDateOrder } from "./times/date-order.ts";
import { findColumns } from "./find-columns.ts";
import { plainName } from "./header-names.ts";
import { isCompactDate } from "./times/read-time-text.ts";
import { takeSample, type Sample } from "./sample.ts";

/**
 * Finds out from its beginning how a file is written; looks through all of it where day and month are in doubt.
 * Throws `CSV_NO_ROWS`, `CSV_HEADER_UNKNOWN`, `CSV_AMBIGUOUS_DATES`, `OPTION_INVALID`.
 */
export async function detectLayout(path: string, text: string, options: CsvOptions): Promise<CsvLayout> {
  const wanted = options.dateFormat === undefined ? null : parseDateOrder(options.dateFormat);
  const sample = takeSample(path, text, options.delimiter);
  const found = findColumns(path, sample, options.side);
  const fields = new Map(found.fields);
  if (options.adjusted !== true) forget(fields, "adjusted close");
  const timeColumn = [...fields].find(([, field]) => field === "time" || field === "date")![0];
  const stamps = sample.rows.map((row) => row[timeColumn] ?? "");
  const inSample = wanted ?? findDateOrder(stamps);
  const dateOrder =
    inSample === "undecided" ? await searchDateOrder(path, sample.delimiter, timeColumn) : inSample;
  const isCompact = stamps.every((stamp) => !/^\d+$/.test(stamp) || isCompactDate(stamp));
  const clockColumn = [...fields].find(([, field]) => field === "clock")?.[0];
  const clock = clockColumn === undefined ? "" : ` ${sample.rows[0]![clockColumn] ?? ""}`;
  const { width } = found;
  const nameOf = (column: number): string => sample.header?.[column] || `column ${column + 1}`;
  return {
    delimiter: sample.delimiter,
    decimal: sample.decimal,
    dateOrder,
    isCompact,
    dateFormat: describeStamp(stamps[0]! + clock, dateOrder, isCompact),
    header: sample.header,
    linesBefore: sample.linesBefore,
    roles: Array.from({ length: width }, (_, column) => roleOf(fields.get(column))),
    columns: Object.fromEntries([...fields].map(([column, field]) => [nameOf(column), field])),
    isVolumeMinusOne: isMinusOne(sample.rows, fields),
    priceDivisor: isDatabentoRaw(sample, fields) ? 1e9 : 1,
    areThousandsDoubtful: areDoubtful(sample, fields),
    symbol: sample.symbol,
    isCloseStamped: found.isCloseStamped,
    isQuoted: found.isQuoted,
    // The other side of a quote is read as well, by itself.
    unusedColumns: Array.from({ length: width }, (_, column) => column)
      .filter((column) => !fields.has(column) && !found.isQuoted)
      .map(nameOf),
  };
}

/** Whether all prices are like `100,250`, which is a hundred or a hundred thousand. */
function areDoubtful({ rows, delimiter }: Sample, fields: ReadonlyMap<number, CsvField>): boolean {
  const close = [...fields].find(([, field]) => field === "close")?.[0] ?? -1;
  return delimiter === "," && rows.every((row) => /^\d{1,3},\d{3}$/.test(row[close] ?? ""));
}

/** Whether more than a tenth of the volumes are -1: fewer are mistakes. */
function isMinusOne(rows: readonly (readonly string[])[], fields: ReadonlyMap<number, CsvField>): boolean {
  const column = [...fields].find(([, field]) => field === "volume")?.[0];
  if (column === undefined) return false;
  return rows.filter((row) => Number(row[column]) === -1).length * 10 > rows.length;
}

/** Databento writes prices as whole billionths unless it is asked for others; its header is like no other. */
function isDatabentoRaw({ header, rows }: Sample, fields: ReadonlyMap<number, CsvField>): boolean {
  const names = new Set((header ?? []).map(plainName));
  if (!names.has("rtype") || !names.has("publisherid")) return false;
  const close = [...fields].find(([, field]) => field === "close")?.[0] ?? -1;
  return rows.every((row) => /^-?\d{7,}$/.test(row[close] ?? ""));
}

function forget(fields: Map<number, CsvField>, unwanted: CsvField): void {
  for (const [column, field] of fields) if (field === unwanted) fields.delete(column);
}

function roleOf(field: CsvField | undefined): number {
  const number = (numberNames as readonly string[]).indexOf(field ?? "");
  if (number >= 0) return number;
  return field === "time" || field === "date" || field === "clock" || field === "symbol"
    ? role[field]
    : role.ignored;
}
