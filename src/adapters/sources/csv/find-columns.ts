import { csvError } from "./csv-errors.ts";
import { csvFields, type CsvField } from "./csv-reading.ts";
import { clockNames, closeTimeNames, columnOf, dateNames, plainName, timeNames } from "./header-names.ts";
import { areQuotesByPosition, firstColumn, headerOfSide, type QuoteSide } from "./quotes/quoted-columns.ts";
import { isTimeText } from "./times/read-time-text.ts";
import type { Sample } from "./sample.ts";

/** Which field each column feeds; columns that are not here are ignored. */
export type Columns = {
  /** Number of fields in a row. */
  readonly width: number;
  readonly fields: ReadonlyMap<number, CsvField>;
  /** The only time in the file is the end of each bar. */
  readonly isCloseStamped: boolean;
  /** The rows hold a bid and an ask, and `fields` are those of one of them. */
  readonly isQuoted: boolean;
};

const rowsTried = 20;
const clockPattern = /^\d{1,2}:\d{2}/;
/** Hours alone, 0 to 23 where they begin and 1 to 24 where they end, as exchanges of electricity number them. */
const hourPattern = /^([01]?\d|2[0-4])$/;
const compactClockPattern = /^([01]\d|2[0-3])[0-5]\d([0-5]\d)?$/;

/**
 * Finds the columns by the names in the header, or by position without one; of bid and ask those of `side`. Throws
 * `CSV_HEADER_UNKNOWN`.
 */
export function findColumns(path: string, given: Sample, side: QuoteSide = "bid"): Columns {
  const width = widthOf(given);
  const sided = given.header === null ? null : headerOfSide(given.header, side);
  const sample = sided === null ? given : { ...given, header: sided };
  if (sample.header !== null) refuseDoubled(path, sample);
  const isByPosition = sample.header === null && areQuotesByPosition(sample.rows, width);
  const columns =
    sample.header === null
      ? besideTexts(sample, width, isByPosition ? firstColumn(side) : 1)
      : byName(sample, sample.header.map(plainName));
  const found = new Set(columns.fields.values());
  const missing = csvFields.filter(
    (field) => field !== "volume" && !found.has(field) && !(field === "time" && found.has("date")),
  );
  if (missing.length > 0)
    throw headerUnknown(path, sample, `it lacks ${missing.join(", ")}${unreadTime(sample, missing)}`);
  if (sample.header !== null && sample.header.length !== width) {
    throw headerUnknown(
      path,
      sample,
      `it names ${sample.header.length} columns, but the rows have ${width} fields`,
    );
  }
  return { ...columns, width, isQuoted: isByPosition || sided !== null };
}

/** Number of fields in most rows, not counting an empty one after a delimiter at the end. */
function widthOf({ header, rows }: Sample): number {
  const counts = new Map<number, number>();
  for (const row of rows) {
    const isOpenEnded = row.at(-1) === "" && row.length - 1 === header?.length;
    const width = row.length - (isOpenEnded ? 1 : 0);
    counts.set(width, (counts.get(width) ?? 0) + 1);
  }
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

function byName(sample: Sample, names: readonly string[]): Omit<Columns, "width" | "isQuoted"> {
  const fields = new Map<number, CsvField>();
  for (const field of ["symbol", "adjusted close", "open", "high", "low", "close"] as const) {
    const column = columnOf(field, names);
    if (column >= 0) fields.set(column, field);
  }
  const volume = volumeColumn(sample, names);
  if (volume >= 0) fields.set(volume, "volume");
  const date = names.findIndex((name) => dateNames.includes(name));
  const clock = names.findIndex((name) => clockNames.includes(name));
  if (
    date >= 0 &&
    clock >= 0 &&
    holds(sample, clock, (text) => isClock(text) || isHour(names[clock]!, text))
  ) {
    return { fields: fields.set(date, "date").set(clock, "clock"), isCloseStamped: false };
  }
  const open = timeColumn(sample, names, timeNames);
  // Without a name that means time, an unnamed first column is the index that pandas writes.
  const time = open < 0 && names[0] === "" && holds(sample, 0, isTimeText) ? 0 : open;
  const close = time < 0 ? timeColumn(sample, names, closeTimeNames) : -1;
  if (time >= 0 || close >= 0) fields.set(Math.max(time, close), "time");
  return { fields, isCloseStamped: close >= 0 };
}

/** Columns of text (the ticker, its name, the period) are none of a bar: the first names the symbol, the rest is left out. */
function besideTexts(sample: Sample, width: number, pricesFrom: number): Omit<Columns, "width" | "isQuoted"> {
  const columns = Array.from({ length: width }, (_, column) => column);
  const texts = columns.filter((column) => holds(sample, column, isText));
  if (texts.length === 0) return byPosition(sample, width, pricesFrom);
  const others = columns.filter((column) => !texts.includes(column));
  const rows = sample.rows.map((row) => others.map((column) => row[column] ?? ""));
  const found = byPosition({ ...sample, rows }, others.length, pricesFrom);
  const fields = new Map([...found.fields].map(([column, field]) => [others[column]!, field]));
  return { ...found, fields: fields.set(texts[0]!, "symbol") };
}

/** A word, and neither a time nor a number with a unit: `AAPL`, `BRK.B`, `D`. */
function isText(text: string): boolean {
  return (
    /^\p{L}[\p{L}\d ./&^_-]*$/u.test(text) &&
    !isTimeText(text) &&
    !/^(nan|n\/?a|null|inf|infinity)$/i.test(text)
  );
}

function byPosition(sample: Sample, width: number, pricesFrom: number): Omit<Columns, "width" | "isQuoted"> {
  const dates = new Set(sample.rows.map(([date]) => date));
  const isIntraday = dates.size < sample.rows.length;
  // 170000 is a price as well as a time of day: it is a time where its date comes more than once.
  const hasClock = holds(sample, 1, (text) => isClock(text) && (isIntraday || clockPattern.test(text)));
  const fields = new Map<number, CsvField>([[0, hasClock ? "date" : "time"]]);
  if (hasClock) fields.set(1, "clock");
  for (const field of ["open", "high", "low", "close", "volume"] as const) {
    if (fields.size < width) fields.set(fields.size + pricesFrom - 1, field);
  }
  return { fields, isCloseStamped: false };
}

/** MetaTrader writes a real volume and a tick volume; the real one is 0 where the market reports none. */
function volumeColumn(sample: Sample, names: readonly string[]): number {
  const volume = columnOf("volume", names);
  const ticks = names.findIndex((name) => name === "tickvol" || name === "tickvolume");
  return ticks >= 0 && holds(sample, volume, (text) => Number(text) === 0) ? ticks : volume;
}

function timeColumn(sample: Sample, names: readonly string[], wanted: readonly string[]): number {
  for (const name of wanted) {
    const column = names.indexOf(name);
    if (column >= 0 && holds(sample, column, isTimeText)) return column;
  }
  return -1;
}

/** Whether more than half of the first rows have such a text in a column. */
function holds({ rows }: Sample, column: number, test: (text: string) => boolean): boolean {
  const tried = rows.slice(0, rowsTried);
  return tried.filter((row) => test(row[column] ?? "")).length * 2 > tried.length;
}

function isHour(name: string, text: string): boolean {
  return name !== "time" && hourPattern.test(text);
}

function isClock(text: string): boolean {
  return clockPattern.test(text) || compactClockPattern.test(text);
}

/** What a column that is named after a time holds instead of one. */
function unreadTime({ header, rows }: Sample, missing: readonly CsvField[]): string {
  if (!missing.includes("time")) return "";
  const names = (header ?? []).map(plainName);
  const column = names.findIndex((name) => timeNames.includes(name) || closeTimeNames.includes(name));
  const at = column < 0 ? 0 : column;
  const stamp = rows[0]?.[at] ?? "";
  return column < 0 && header !== null
    ? `: no column has a name that means time, and the first one, ${header[0] || "without a name"}, begins with "${stamp}"`
    : `: "${stamp}" in ${header?.[at] || `column ${at + 1}`} is not understood as a time`;
}

/** Throws `CSV_COLUMN_TWICE`: nobody can say which of two columns of one name is meant. */
function refuseDoubled(path: string, { header }: Sample): void {
  const seen = new Map<string, string>();
  for (const name of header ?? []) {
    const plain = plainName(name);
    const isPrice = fieldOf(plain) !== null;
    // Files with two volumes, in both currencies, say which is which in what `plainName` leaves out.
    const key = isPrice ? plain : name.trim().toLowerCase();
    const before = seen.get(key);
    seen.set(key, name);
    if (before === undefined || key === "" || !(isPrice || isUsed(plain))) continue;
    throw csvError({
      code: "CSV_COLUMN_TWICE",
      message: `${path} has two columns for one thing: ${before} and ${name}`,
      why: "which of them is meant cannot be known, and the wrong one would be traded",
      fix: `take one of them out, or give it another name: ${(header ?? []).join(",")}`,
    });
  }
}

/** The price that a plain name stands for. */
function fieldOf(plain: string): CsvField | null {
  return (["open", "high", "low", "close"] as const).find((field) => columnOf(field, [plain]) === 0) ?? null;
}

function isUsed(plain: string): boolean {
  return (
    columnOf("volume", [plain]) === 0 || [...timeNames, ...closeTimeNames, ...clockNames].includes(plain)
  );
}

function headerUnknown(path: string, { header, rows, delimiter }: Sample, why: string): Error {
  const line = (header ?? rows[0] ?? []).join(delimiter);
  return csvError({
    code: "CSV_HEADER_UNKNOWN",
    message: `the columns of ${path} are not understood: ${line}`,
    why: header === null ? `the file has no header and too few columns: ${why}` : why,
    fix: `make this its first line: time,open,high,low,close,volume (any order, one name per column)`,
  });
}
