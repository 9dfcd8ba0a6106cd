import { ByteReader, type TextFormat } from "./byte-reader.ts";
import { readTime } from "./read-time.ts";

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const monthFirst = /^([a-z]{3,9})\.? (\d{1,2}),? (\d{4})(.*)$/i;
const monthSecond = /^(\d{1,2})[- /]([a-z]{3,9})[- /](\d{4}|\d{2})(.*)$/i;

/** Reads a whole field as a time stamp, like `readTime`, and knows the names of months: `Jan 05, 2024`, `5-Jan-24`. */
export function readTimeText(reader: ByteReader, text: string): number {
  const timeMs = readTime(reader.readText(withoutNames(text)));
  return reader.atEnd ? timeMs : Number.NaN;
}

/** Whether a field can be a time stamp: in any order of day, month and year, compact or an epoch. */
export function isTimeText(text: string): boolean {
  return readers.some((reader) => !Number.isNaN(readTimeText(reader, text)));
}

/** Whether a field of digits alone is a date that exists, like `20240131` and `20240131093000`. */
export function isCompactDate(text: string): boolean {
  return [8, 12, 14].includes(text.length) && !Number.isNaN(readTimeText(readers[0]!, text));
}

const format: TextFormat = { delimiter: ",", decimal: ".", dateOrder: "dmy", isCompact: true };
const readers = [
  new ByteReader(format),
  new ByteReader({ ...format, dateOrder: "mdy" }),
  new ByteReader({ ...format, isCompact: false }),
];

function withoutNames(text: string): string {
  const first = monthFirst.exec(text);
  if (first !== null) return isoDate(first[3]!, first[1]!, first[2]!) + first[4]!;
  const second = monthSecond.exec(text);
  return second === null ? text : isoDate(second[3]!, second[2]!, second[1]!) + second[4]!;
}

function isoDate(year: string, monthName: string, day: string): string {
  const month = monthNames.indexOf(monthName.slice(0, 3).toLowerCase()) + 1;
  const century = year.length === 4 ? "" : Number(year) >= 69 ? "19" : "20";
  return `${century}${year}-${month}-${day}`;
}
