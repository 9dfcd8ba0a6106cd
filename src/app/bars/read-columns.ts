import { openText } from "../../adapters/sources/csv/open-text.ts";
import { splitFields } from "../../adapters/sources/csv/split-fields.ts";
import { KiwiError } from "../../base/errors.ts";
import { dayMs } from "../../base/time.ts";
import { readDay } from "../config/read-day.ts";

/** One row of a small file: its fields by column, and where it stands. */
export type NamedRow = {
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
};

/** What a small file must look like, and where that is explained. */
export type ColumnsWanted = {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
  readonly topic: string;
};

const delimiters = [",", ";", "\t"];

/**
 * The rows of a small text file with a header line: a list of members, of corporate actions, of published values. Names
 * of columns are read without case, in any order; other columns are passed over. Packed files are read as well.
 * Throws `COLUMNS_MISSING` and what opening a file throws.
 */
export async function readColumns(path: string, wanted: ColumnsWanted): Promise<readonly NamedRow[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of openText(path)) pieces.push(piece);
  const lines = Buffer.concat(pieces).toString("utf8").split(/\r?\n/);
  const at = lines.findIndex((line) => line.trim() !== "" && !line.startsWith("#"));
  const header = lines[at] ?? "";
  const delimiter = delimiters.find((one) => header.includes(one)) ?? ",";
  const names = splitFields(header, delimiter).map((name) => name.toLowerCase());
  const missing = wanted.required.filter((name) => !names.includes(name));
  if (missing.length > 0) throw columnsMissing(path, missing, header, wanted);
  const known = [...wanted.required, ...(wanted.optional ?? [])];
  return lines.flatMap((line, k) => {
    if (k <= at || line.trim() === "" || line.startsWith("#")) return [];
    const values = splitFields(line, delimiter);
    const fields = known.map((name) => [name, values[names.indexOf(name)] ?? ""] as const);
    return [{ line: k + 1, fields: Object.fromEntries(fields) }];
  });
}

/** A value of a small file that is not what its column takes. */
export function badField(
  path: string,
  { line, fields }: NamedRow,
  column: string,
  takes: string,
  topic: string,
): KiwiError {
  return new KiwiError({
    code: "FIELD_INVALID",
    exit: "data",
    message: `${path} line ${line}: ${column} cannot be "${fields[column]}"`,
    why: `it takes ${takes}`,
    fix: `mend the line   (kiwi help ${topic} shows an example)`,
    topic,
  });
}

const dayPattern = /^(\d{4})-?(\d{2})-?(\d{2})$/;

/** A day written as `2024-01-31` or `20240131`, in days from 1970-01-01; NaN for anything else. */
export function dayOf(text: string): number {
  const match = dayPattern.exec(text.trim());
  if (match === null) return Number.NaN;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const timeMs = Date.UTC(year, month - 1, day);
  const date = new Date(timeMs);
  // JavaScript turns February 30 into March 1.
  const isReal = date.getUTCDate() === day && date.getUTCMonth() === month - 1;
  return isReal ? timeMs / dayMs : Number.NaN;
}

/**
 * When something became known, as a column says it: a moment, or a day, which is over at its midnight UTC. Throws `FIELD_INVALID`.
 */
export function knownMsIn(path: string, row: NamedRow, column: string, topic: string): number {
  const text = row.fields[column]!;
  const day = dayOf(text);
  if (!Number.isNaN(day)) return (day + 1) * dayMs;
  try {
    return readDay(text, column);
  } catch {
    throw badField(path, row, column, "a day, or a moment like 2015-03-23T12:30Z", topic);
  }
}

function columnsMissing(
  path: string,
  missing: readonly string[],
  header: string,
  { required, optional = [], topic }: ColumnsWanted,
): KiwiError {
  const all = [...required, ...optional.map((name) => `[${name}]`)].join(",");
  return new KiwiError({
    code: "COLUMNS_MISSING",
    exit: "data",
    message: `${path} has no column ${missing.join(", ")}`,
    why: header === "" ? "the file is empty" : `its header is "${header.slice(0, 100)}"`,
    fix: `begin the file with the line ${all}   (those in brackets may be left out)`,
    topic,
  });
}
