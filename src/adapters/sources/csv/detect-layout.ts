import { role, numberNames, type CsvLayout } from "./csv-layout.ts";
import type { CsvField, CsvOptions } from "./csv-reading.ts";
import { describeStamp, findDateOrder, parseDateOrder, searchDateOrder } from "./date-order.ts";
import { findColumns } from "./find-columns.ts";
import { isCompactDate } from "./read-time-text.ts";
import { takeSample } from "./sample.ts";

/**
 * Finds out from its beginning how a file is written; looks through all of it where day and month are in doubt.
 * Throws `CSV_NO_ROWS`, `CSV_HEADER_UNKNOWN`, `CSV_AMBIGUOUS_DATES`, `OPTION_INVALID`.
 */
export async function detectLayout(path: string, text: string, options: CsvOptions): Promise<CsvLayout> {
  const wanted = options.dateFormat === undefined ? null : parseDateOrder(options.dateFormat);
  const sample = takeSample(path, text, options.delimiter);
  const found = findColumns(path, sample);
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
    hasHeader: sample.header !== null,
    linesBefore: sample.linesBefore,
    roles: Array.from({ length: width }, (_, column) => roleOf(fields.get(column))),
    columns: Object.fromEntries([...fields].map(([column, field]) => [nameOf(column), field])),
    isCloseStamped: found.isCloseStamped,
    unusedColumns: Array.from({ length: width }, (_, column) => column)
      .filter((column) => !fields.has(column))
      .map(nameOf),
  };
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
