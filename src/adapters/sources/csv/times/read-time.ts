import { dayMs, hourMs, minuteMs, secondMs } from "../../../../base/time.ts";
import type { ByteReader } from "../byte-reader.ts";

const colon = 58;
const dot = 46;
const space = 32;
const dash = 45;

/** A run of digits: its value and how many there were. Reused, so that a stamp allocates nothing. */
type Digits = { value: number; count: number };
const first: Digits = { value: 0, count: 0 };
const second: Digits = { value: 0, count: 0 };
const third: Digits = { value: 0, count: 0 };

/**
 * Reads a time stamp and stops behind it; NaN when there is none that exists in the calendar.
 * An epoch of any unit and a stamp with an offset give UTC milliseconds and set `zoned`; every other stamp gives
 * the milliseconds of its wall clock, as if that were UTC. Fractions below a millisecond are cut off.
 */
export function readTime(reader: ByteReader): number {
  reader.zoned = false;
  reader.dateOnly = false;
  reader.endOfDay = false;
  const negative = reader.bytes[reader.position] === 45;
  if (negative) reader.position += 1;
  readDigits(reader, first);
  const separator = reader.bytes[reader.position]!;
  const isDate = first.count <= 4 && (separator === 45 || separator === 47 || separator === dot);
  if (first.count === 0 || (negative && isDate)) return Number.NaN;
  if (isDate) return withClock(reader, readSeparatedDate(reader, separator));
  const { count, value } = first;
  if (negative || !reader.isCompact) return readEpoch(reader, negative);
  if (count === 4 || count === 6) return dateOfPeriod(reader, count === 4 ? value * 100 + 1 : value);
  if (count === 8) return withClock(reader, compactDate(value), true);
  if (count === 12) return compactDate(div(value, 1e4)) + ofDay(reader, compactClock((value % 1e4) * 100));
  if (count === 14) return compactDate(div(value, 1e6)) + ofDay(reader, compactClock(value % 1e6));
  return readEpoch(reader, false);
}

/**
 * Reads a time of day (`9:05`, `09:05:30.250`, `0905`, `090530`, `9:05 PM`) in milliseconds; NaN if there is none.
 * ISO 8601 knows 24:00, the end of a day, and nothing after it. Alone in its column an hour may be a number (`9`, `24`).
 */
export function readClock(reader: ByteReader): number {
  const from = reader.position;
  const clockMs = clockAt(reader);
  if (reader.position - from > 2 || reader.position === from) return ofDay(reader, clockMs);
  return ofDay(reader, clockOf(first.value, 0, 0));
}

/** Notes a clock that shows the end of its day. */
function ofDay(reader: ByteReader, clockMs: number): number {
  if (clockMs === dayMs) reader.endOfDay = true;
  return clockMs <= dayMs ? clockMs : Number.NaN;
}

function clockAt(reader: ByteReader): number {
  readDigits(reader, first);
  if (reader.bytes[reader.position] !== colon) {
    if (first.count !== 6 && first.count !== 4 && first.count !== 5) return Number.NaN;
    return compactClock(first.count === 4 ? first.value * 100 : first.value);
  }
  const hour = first.value;
  reader.position += 1;
  readDigits(reader, second);
  if (second.count !== 2) return Number.NaN;
  const minute = second.value;
  third.value = 0;
  let milliseconds = 0;
  if (reader.bytes[reader.position] === colon) {
    reader.position += 1;
    readDigits(reader, third);
    if (third.count !== 2) return Number.NaN;
    milliseconds = readFraction(reader);
  }
  if (first.count > 2 || first.count === 0) return Number.NaN;
  return clockOf(readHalfOfDay(reader, hour), minute, third.value) + milliseconds;
}

/** `2010-05-17`, `2010.5.17`, `17/05/2010`, `5/17/10`: the reader stands on the first separator. */
function readSeparatedDate(reader: ByteReader, separator: number): number {
  reader.position += 1;
  readDigits(reader, second);
  if (reader.bytes[reader.position] !== separator) return Number.NaN;
  reader.position += 1;
  readDigits(reader, third);
  if (second.count === 0 || second.count > 2 || third.count === 0) return Number.NaN;
  if (first.count === 4) return third.count > 2 ? Number.NaN : dateOf(first.value, second.value, third.value);
  if (first.count > 2) return Number.NaN;
  if (reader.dateOrder === "ymd") return dateOf(fullYear(first), second.value, third.value);
  if (third.count !== 4 && third.count !== 2) return Number.NaN;
  const year = fullYear(third);
  if (reader.dateOrder === "dmy") return dateOf(year, second.value, first.value);
  return reader.dateOrder === "mdy" ? dateOf(year, first.value, second.value) : Number.NaN;
}

/** POSIX strptime: two-digit years from 69 on are of the last century. */
function fullYear({ value, count }: Digits): number {
  if (count === 4) return value;
  return value + (value >= 69 ? 1900 : 2000);
}

/** The first day of a year or a month, `yyyymm` as a number. */
function dateOfPeriod(reader: ByteReader, digits: number): number {
  reader.dateOnly = true;
  return dateOf(div(digits, 100), digits % 100, 1);
}

/** What may follow a date: nothing, or a time of day, and then perhaps an offset. */
function withClock(reader: ByteReader, dateMs: number, isCompact = false): number {
  const { bytes } = reader;
  const byte = bytes[reader.position]!;
  // Interactive Brokers writes its UTC as `20240102-14:30:00`.
  const follows = byte === space || byte === 84 || byte === 116 || (isCompact && byte === dash);
  // Interactive Brokers puts two spaces between the date and the time.
  const clockFrom = reader.position + (byte === space && bytes[reader.position + 1] === space ? 2 : 1);
  if (!follows || (byte === space && reader.delimiter === space) || !isDigit(bytes[clockFrom])) {
    reader.dateOnly = true;
    return dateMs;
  }
  reader.position = clockFrom;
  const clockMs = ofDay(reader, clockAt(reader));
  return dateMs + clockMs - readOffset(reader);
}

/** Offset from UTC in milliseconds (`Z`, `+05:30`, `-0400`, `+01`, each also after `GMT` or `UTC`), else 0. */
function readOffset(reader: ByteReader): number {
  const { bytes } = reader;
  let position = reader.position;
  if (bytes[position] === 90 || bytes[position] === 122) {
    reader.position = position + 1;
    reader.zoned = true;
    return 0;
  }
  if (bytes[position] === space && reader.delimiter !== space) position += 1;
  const name = String.fromCharCode(bytes[position]! & 0xdf);
  if (name === "G" || name === "U") {
    const word = String.fromCharCode(...bytes.subarray(position, position + 3)).toUpperCase();
    if (word !== "GMT" && word !== "UTC") return 0;
    position += 3;
    reader.position = position;
    reader.zoned = true;
  }
  const sign = bytes[position];
  if (sign !== 43 && sign !== 45) return 0;
  reader.position = position + 1;
  reader.zoned = true;
  readDigits(reader, first);
  if (first.count === 4) return (sign === 45 ? -1 : 1) * compactClock(first.value * 100);
  second.value = 0;
  const { count, value } = first;
  if (count !== 2 || value > 23) return Number.NaN;
  if (bytes[reader.position] === colon) {
    reader.position += 1;
    readDigits(reader, second);
    if (second.count !== 2) return Number.NaN;
  }
  return (sign === 45 ? -1 : 1) * clockOf(value, second.value, 0);
}

/** Seconds, milli-, micro- or nanoseconds since 1970, told apart by magnitude: each unit covers 1973 to 5138. */
function readEpoch(reader: ByteReader, negative: boolean): number {
  const { value, count } = first;
  reader.zoned = true;
  let timeMs: number;
  if (count <= 11) timeMs = value * 1000 + readFraction(reader);
  else if (count <= 14) {
    timeMs = value;
    readFraction(reader);
  } else if (count <= 16) timeMs = value / 1000;
  // Digits past the 16th are not in `value`, which stays exact that way; nanoseconds have 18 or 19.
  else if (count <= 19) timeMs = count <= 17 ? value / 100 : value / 10 ** (22 - count);
  else return Number.NaN;
  return Math.floor(negative ? -timeMs : timeMs);
}

/** Milliseconds of a decimal fraction that may stand here, cut off below the millisecond. */
function readFraction(reader: ByteReader): number {
  if (reader.bytes[reader.position] !== dot) return 0;
  reader.position += 1;
  readDigits(reader, second);
  const { value, count } = second;
  if (count === 0 || count > 16) return count === 0 ? 0 : Number.NaN;
  return count <= 3 ? value * 10 ** (3 - count) : Math.floor(value / 10 ** (count - 3));
}

/** The hour of a 24-hour clock: applies an `AM` or `PM` that may stand here. */
function readHalfOfDay(reader: ByteReader, hour: number): number {
  const { bytes } = reader;
  let position = reader.position;
  if (bytes[position] === space) position += 1;
  const letter = bytes[position]! & 0xdf;
  if ((letter !== 65 && letter !== 80) || (bytes[position + 1]! & 0xdf) !== 77) return hour;
  reader.position = position + 2;
  if (hour < 1 || hour > 12) return Number.NaN;
  return (hour % 12) + (letter === 80 ? 12 : 0);
}

function readDigits(reader: ByteReader, digits: Digits): void {
  const { bytes } = reader;
  const start = reader.position;
  let position = start;
  let value = 0;
  for (let digit = bytes[position]! ^ 48; digit <= 9; digit = bytes[position]! ^ 48) {
    if (position - start < 16) value = value * 10 + digit;
    position += 1;
  }
  reader.position = position;
  digits.value = value;
  digits.count = position - start;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && (byte ^ 48) <= 9;
}

function div(value: number, by: number): number {
  return Math.floor(value / by);
}

/** `yyyymmdd` as a number. */
function compactDate(digits: number): number {
  return dateOf(div(digits, 1e4), div(digits, 100) % 100, digits % 100);
}

/** `hhmmss` as a number. */
function compactClock(digits: number): number {
  return clockOf(div(digits, 1e4), div(digits, 100) % 100, digits % 100);
}

function clockOf(hour: number, minute: number, second: number): number {
  if (!(hour <= 24) || minute > 59 || second > 59) return Number.NaN;
  return hour * hourMs + minute * minuteMs + second * secondMs;
}

let lastKey = -1;
let lastDateMs = Number.NaN;

/** Midnight of a date that exists, between 1800 and 2200; bars of one day ask for it again and again. */
function dateOf(year: number, month: number, day: number): number {
  const key = (year * 100 + month) * 100 + day;
  if (key !== lastKey) {
    lastKey = key;
    const dateMs = Date.UTC(year, month - 1, day);
    const exists = month >= 1 && month <= 12 && day >= 1 && new Date(dateMs).getUTCDate() === day;
    lastDateMs = exists && year >= 1800 && year <= 2200 ? dateMs : Number.NaN;
  }
  return lastDateMs;
}
