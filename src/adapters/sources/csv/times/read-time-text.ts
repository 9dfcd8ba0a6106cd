import { ByteReader, type TextFormat } from "../byte-reader.ts";
import { KiwiError } from "../../../../base/errors.ts";
import { LocalZone } from "./local-zone.ts";
import { dateOfPeriod } from "./date-of-period.ts";
import { readTime } from "./read-time.ts";

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const monthFirst = /^([a-z]{3,9})\.? (\d{1,2}),? (\d{4})(.*)$/i;
const monthSecond = /^(\d{1,2})[- /]([a-z]{3,9})[- /](\d{4}|\d{2})(.*)$/i;

/** A weekday before a date, and the name of its zone in brackets behind it, as JavaScript prints dates. */
const aroundTheDate = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? (?=.*\d)|\s*\([A-Za-z ]+\)$/gi;
/** What CryptoDataDownload wrote until 2021: `2019-10-17 09-AM`. */
const hourWithHyphen = /(\s\d{1,2})-([AP]M)$/i;
/** A time of day and behind it the name of a zone, as Interactive Brokers writes it: `09:30:00 US/Eastern`. */
const withZoneName = /^(.*\d(?:\s?[AP]M)?)\s+([A-Za-z]+(?:\/[A-Za-z_+-][\w+-]*)*)$/i;
/** Names of summer times, which the IANA database does not have by themselves. Of CST and IST nobody knows whose. */
const summerZones: Readonly<Record<string, string>> = {
  EDT: "UTC-4",
  CDT: "UTC-5",
  MDT: "UTC-6",
  PDT: "UTC-7",
  PST: "UTC-8",
  BST: "UTC+1",
  CEST: "UTC+2",
  EEST: "UTC+3",
  JST: "UTC+9",
};

/**
 * Reads a whole field as a time stamp, like `readTime`, and knows names: of months (`Jan 05, 2024`, `5-Jan-24`) and,
 * behind a time of day, of zones (`09:30:00 US/Eastern`).
 */
export function readTimeText(reader: ByteReader, text: string): number {
  const timeMs = readTime(reader.readText(withoutNames(text)));
  if (reader.atEnd) return timeMs;
  const match = withZoneName.exec(text);
  const zone = match === null ? null : zoneNamed(reader, match[2]!);
  if (zone === null) return Number.NaN;
  const wallMs = readTime(reader.readText(withoutNames(match![1]!)));
  if (!reader.atEnd || reader.zoned || reader.dateOnly || Number.isNaN(wallMs)) return Number.NaN;
  reader.zoned = true;
  return zone.toUtc(wallMs);
}

function zoneNamed(reader: ByteReader, name: string): LocalZone | null {
  const known = reader.namedZones.get(name);
  if (known !== undefined) return known;
  let zone: LocalZone | null = null;
  try {
    zone = new LocalZone(summerZones[name.toUpperCase()] ?? name);
  } catch (error) {
    if (!(error instanceof KiwiError)) throw error;
  }
  reader.namedZones.set(name, zone);
  return zone;
}

/** Whether a field can be a time stamp: in any order of day, month and year, compact or an epoch. */
export function isTimeText(text: string): boolean {
  return readers.some((reader) => !Number.isNaN(readTimeText(reader, text)));
}

/** Whether a field of digits alone is a date that exists, like `2024`, `202401`, `20240131` and `20240131093000`. */
export function isCompactDate(text: string): boolean {
  return [4, 6, 8, 12, 14].includes(text.length) && !Number.isNaN(readTimeText(readers[0]!, text));
}

const format: TextFormat = { delimiter: ",", decimal: ".", dateOrder: "dmy", isCompact: true };
const readers = [
  new ByteReader(format),
  new ByteReader({ ...format, dateOrder: "mdy" }),
  new ByteReader({ ...format, isCompact: false }),
];

function withoutNames(given: string): string {
  const text = (dateOfPeriod(given) ?? given.replace(aroundTheDate, "")).replace(hourWithHyphen, "$1:00 $2");
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
