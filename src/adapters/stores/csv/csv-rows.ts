import type { VersionedBars } from "../../../ports/bar-store.ts";
import { storeDamaged } from "../bars/bar-store-errors.ts";
import { VersionTable } from "../bars/version-columns.ts";
import { shellWord } from "../../../base/shell-word.ts";

/**
 * The columns of a file. The last one ends with a Z and with nothing else, so that a row which a crash cut short can
 * be told from a whole one.
 */
export const csvHeader = "close_time,open,high,low,close,volume,quality,version,source,received";
const fieldCount = csvHeader.split(",").length;
/** Rows per piece of text: pieces of a few hundred kilobytes. */
const pieceRows = 4096;
/** `2024-03-05T14:00:00Z` and any year that a date can have. */
const instant = /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/** Rows as text, each with its line feed, in pieces. Numbers are the shortest that read back to the last bit. */
export function* textOfRows(bars: VersionedBars): Generator<string> {
  for (let from = 0; from < bars.length; from += pieceRows) {
    let text = "";
    for (let row = from; row < Math.min(bars.length, from + pieceRows); row++)
      text += `${textOfRow(bars, row)}\n`;
    yield text;
  }
}

function textOfRow(bars: VersionedBars, row: number): string {
  const { open, high, low, close, volume } = bars;
  const numbers = [open, high, low, close, volume].map((column) => textOfNumber(column[row]!));
  const source = bars.sources[bars.sourceIndex[row]!]!;
  const name = /[",]/.test(source) ? `"${source.replaceAll('"', '""')}"` : source;
  const [closed, received] = [textOfTime(bars.closeTimeMs[row]!), textOfTime(bars.receivedAtMs[row]!)];
  return `${closed},${numbers.join(",")},${bars.quality[row]},${bars.version[row]},${name},${received}`;
}

function textOfNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function textOfTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(".000Z", "Z");
}

/**
 * Reads the rows of a file. A last row that a crash cut short is left out: it was never promised. Anything else that
 * is not a row throws `STORE_DAMAGED` with its line.
 */
export function readRows(path: string, text: string): VersionTable {
  const lines = soundText(text).split(/\r?\n/);
  const table = new VersionTable(Math.max(0, lines.length - 2));
  if (lines[0] !== csvHeader) throw badLine(path, 1, `it should be ${csvHeader}`, 0);
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index]!;
    if (line === "") continue;
    const fields = fieldsOf(line);
    if (index === lines.length - 1 && !isWhole(fields)) break;
    const fault = addRow(table, fields);
    if (fault !== null) throw badLine(path, index + 1, fault, table.length);
  }
  return table;
}

/** The text up to the zeros that a disk shows where power failed before the bytes arrived. */
function soundText(text: string): string {
  const zeros = text.indexOf("\0");
  return zeros < 0 ? text : text.slice(0, text.lastIndexOf("\n", zeros) + 1);
}

function fieldsOf(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(",");
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, inQuotes, plain]) =>
    inQuotes === undefined ? plain! : inQuotes.replaceAll('""', '"'),
  );
}

function isWhole(fields: readonly string[]): boolean {
  return fields.length === fieldCount && fields.at(-1)!.endsWith("Z");
}

/** Adds a row, or says what is wrong with it. */
function addRow(table: VersionTable, fields: readonly string[]): string | null {
  if (fields.length !== fieldCount) return `it has ${fields.length} fields instead of ${fieldCount}`;
  for (const time of [fields[0]!, fields[9]!]) if (!instant.test(time)) return `${time} is no time in UTC`;
  const numbers = fields.slice(1, 8).map((field) => (field.trim() === "" ? Number.NaN : Number(field)));
  const bad = numbers.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) return `${fields[bad + 1] === "" ? "an empty field" : fields[bad + 1]} is no number`;
  const row = table.addRow();
  const { columns } = table;
  columns.closeTimeMs[row] = Date.parse(fields[0]!);
  for (const [index, name] of (
    ["open", "high", "low", "close", "volume", "quality", "version"] as const
  ).entries())
    columns[name][row] = numbers[index]!;
  columns.sourceIndex[row] = table.sourceIndexOf(fields[8]!);
  columns.receivedAtMs[row] = Date.parse(fields[9]!);
  return null;
}

function badLine(path: string, line: number, fault: string, rowsBefore: number): Error {
  return storeDamaged(
    path,
    `line ${line}: ${fault}`,
    `the ${rowsBefore} rows before it are sound; a program that opened the file may have written it in another form`,
    `correct the line by hand: head -n ${line} ${shellWord(path)} | tail -n 1   (or move the file away and download the bars again)`,
  );
}
