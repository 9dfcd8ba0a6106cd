import { KiwiError } from "../../../../base/errors.ts";
import type { DateOrder } from "../byte-reader.ts";
import { csvError } from "../csv-errors.ts";
import { dateOfPeriod } from "./date-of-period.ts";
import { openText } from "../open-text.ts";
import { splitFields } from "../split-fields.ts";

const yearLast = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/;

/**
 * Which of the two numbers before the year is the day: the one that goes past 12. Dots mean day first (no country
 * writes month first with dots). Null when no stamp is written that way, `undecided` when no number tells.
 */
export function findDateOrder(stamps: Iterable<string>): DateOrder | "undecided" | null {
  let isWrittenSo = false;
  for (const stamp of stamps) {
    const match = yearLast.exec(stamp);
    if (match === null) continue;
    if (Number(match[1]) > 12) return "dmy";
    if (Number(match[3]) > 12) return "mdy";
    if (match[2] === ".") return "dmy";
    isWrittenSo = true;
  }
  return isWrittenSo ? "undecided" : null;
}

/** Looks through a whole file for a date that tells. Throws `CSV_AMBIGUOUS_DATES` when there is none. */
export async function searchDateOrder(path: string, delimiter: string, column: number): Promise<DateOrder> {
  let rest = "";
  let example = "";
  for await (const piece of openText(path)) {
    const lines = (rest + Buffer.from(piece).toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    const stamps = lines.map((line) => splitFields(line, delimiter)[column] ?? "");
    example ||= stamps.find((stamp) => yearLast.test(stamp)) ?? "";
    const order = findDateOrder(stamps);
    if (order !== null && order !== "undecided") return order;
  }
  const order = findDateOrder([splitFields(rest, delimiter)[column] ?? ""]);
  if (order !== null && order !== "undecided") return order;
  throw csvError({
    code: "CSV_AMBIGUOUS_DATES",
    message: `the dates of ${path} can be read both ways, for example ${example}`,
    why: "no day in the file is past 12, so day and month cannot be told apart",
    fix: "add --date-format dd/mm/yyyy or --date-format mm/dd/yyyy",
  });
}

/** Reads `dd/mm/yyyy`, `mdy`, `YYYY-MM-DD` ... Throws `OPTION_INVALID`. */
export function parseDateOrder(dateFormat: string): DateOrder {
  const order = [...new Set(dateFormat.toLowerCase().replaceAll(/[^dmy]/g, ""))].join("");
  if (order === "dmy" || order === "mdy" || order === "ymd") return order;
  throw new KiwiError({
    code: "OPTION_INVALID",
    exit: "usage",
    message: `"${dateFormat}" is not a date format`,
    why: "it tells the order of day, month and year; everything else is found in the file",
    fix: "use --date-format dd/mm/yyyy, mm/dd/yyyy or yyyy-mm-dd",
    topic: "csv",
  });
}

/** What a stamp looks like, for people: `epoch ms`, `yyyy-mm-dd hh:mm`, `dd/mm/yyyy`. */
export function describeStamp(stamp: string, order: DateOrder | null, isCompact: boolean): string {
  const digits = /^-?(\d+)(\.\d+)?$/.exec(stamp)?.[1]?.length ?? 0;
  if (isCompact && [4, 6, 8, 12, 14].includes(digits)) return "yyyymmddhhmmss".slice(0, digits);
  if (dateOfPeriod(stamp) !== null) return "month, quarter or week";
  if (digits > 0) return `epoch ${digits <= 11 ? "s" : digits <= 14 ? "ms" : digits <= 17 ? "us" : "ns"}`;
  const day = /^(\d+)([-/.])(\d+)\2(\d+)/.exec(stamp);
  const rest = stamp.slice(day?.[0].length ?? stamp.search(/[ T]\d|-\d+:/)).replace(/^-/, " ");
  const clock = rest
    .replace(/(Z|([+-]|GMT|UTC)[\d:+-]*)$/i, "+hh:mm")
    .replace(/\d{1,2}:\d{2}/, "hh:mm")
    .replace(/\d{1,2}-[AP]M$/i, "hh-AM")
    .replace(/:\d{2}(\.\d+)?/, ":ss")
    .replace(/\d{6}/, "hhmmss");
  if (day === null)
    return /^(\d{1,2}[- /])?[a-z]{3}/i.test(stamp) ? `month by name${clock}` : `yyyymmdd${clock}`;
  const letters = day[1]!.length === 4 ? "ymd" : (order ?? "ymd");
  const names = letters.replace("d", `dd${day[2]}`).replace("m", `mm${day[2]}`).replace("y", `yyyy${day[2]}`);
  return names.slice(0, -1) + clock;
}
