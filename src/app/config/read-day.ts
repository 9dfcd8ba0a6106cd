import { KiwiError } from "../../base/errors.ts";

const pattern =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2}(?:\.\d{1,3})?))?)?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Reads a day or a moment as people type it: `2024-01-31`, `20240131`, `2024-01-31T12:00`, to the millisecond, with an offset or in UTC.
 * Returns UTC milliseconds. Throws `DATE_INVALID`, naming the flag.
 */
export function readDay(text: string, flag: string): number {
  const match = pattern.exec(text.trim());
  if (match === null) throw invalidDay(text, flag);
  const [, year, month, day, hour = "00", minute = "00", second = "00", zone = "Z"] = match;
  const offset = zone === "Z" || zone.includes(":") ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const timeMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  // JavaScript turns February 30 into March 1; the day that comes out must be the day that went in.
  const isReal =
    new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  if (Number.isNaN(timeMs) || !isReal) throw invalidDay(text, flag);
  return timeMs;
}

/** Whether a text that `readDay` takes names a whole day, and not a moment of it. */
export function isDay(text: string): boolean {
  return /^\d{4}-?\d{2}-?\d{2}$/.test(text.trim());
}

/** Splits `20200101-20210101`, with either side open, into two days. Throws `TIMERANGE_INVALID`. */
export function readTimerange(text: string): { from?: string; to?: string } {
  const match = /^(\d{8})?-(\d{8})?$/.exec(text.trim());
  if (match === null || text.trim() === "-") {
    throw new KiwiError({
      code: "TIMERANGE_INVALID",
      exit: "usage",
      message: `--timerange cannot be "${text}"`,
      why: "it takes two days of eight digits with a hyphen between them; either may be left out",
      fix: "write --timerange 20200101-20210101, or --from 2020-01-01 --to 2021-01-01",
      topic: "ranges",
    });
  }
  const [, from, to] = match;
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function invalidDay(text: string, flag: string): KiwiError {
  return new KiwiError({
    code: "DATE_INVALID",
    exit: "usage",
    message: `${flag} cannot be "${text}"`,
    why: "it takes a day or a moment, in UTC unless an offset is given",
    fix: `write ${flag} 2024-01-31 or ${flag} 2024-01-31T12:00`,
    topic: "ranges",
  });
}
