import { formatDuration, formatTime } from "../../../base/time.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import { csvError } from "./csv-errors.ts";
import type { Quarantine } from "./csv-reading.ts";

/** A file that loses more of its rows than this is not the file that was meant. */
const quarantinedShareMax = 0.1;

/** The command that prints some lines of a file. */
function showLines(path: string, from: number, to: number): string {
  const unpack = path.endsWith(".gz") ? "zcat" : path.endsWith(".zip") ? "unzip -p" : "cat";
  return `${unpack} ${path} | sed -n ${from},${to}p`;
}

/** Throws `CSV_MIXED_TIME_ZONES`. */
export function refuseMixedZones(path: string, zonedLine: number, nakedLine: number): never {
  throw csvError({
    code: "CSV_MIXED_TIME_ZONES",
    message: `${path} has stamps with an offset (line ${zonedLine}) and stamps without one (line ${nakedLine})`,
    why: "read in one zone or in the other, some bars would stand hours away from where they belong",
    fix: `write all stamps the same way: with an offset (2024-01-31T14:00:00Z), or without and add --time-zone`,
  });
}

/** Throws `CSV_TOO_BAD` when more than a tenth of the rows are quarantined. */
export function refuseTooBad(path: string, quarantine: Quarantine, rowsRead: number): void {
  const { quarantined, entries } = quarantine;
  if (quarantined <= rowsRead * quarantinedShareMax) return;
  const bad = entries.filter(({ fate }) => fate === "quarantined");
  const example = bad[0]!.examples[0]!;
  throw csvError({
    code: "CSV_TOO_BAD",
    message: `${quarantined} of ${rowsRead} rows of ${path} cannot be used: ${bad.map(({ kind, count }) => `${kind} ${count}`).join(", ")}`,
    why: `line ${example.line}: ${example.reason} (${example.text})`,
    fix: `look at it: ${showLines(path, Math.max(1, example.line - 1), example.line + 1)}   and correct the export`,
  });
}

/** Throws `CSV_TIME_UNKNOWN` where the numbers that stand for times are too small to be dates. */
export function refuseTimesOfDay(path: string, stampMs: Float64Array, length: number): void {
  const smallMs = 1e11;
  for (let row = 0; row < length; row++) if (Math.abs(stampMs[row]!) >= smallMs) return;
  throw csvError({
    code: "CSV_TIME_UNKNOWN",
    message: `the times of ${path} are no dates: read as seconds since 1970 they end before March 1973`,
    why: "such small numbers are usually milliseconds since midnight, with the date in the file name (as LEAN writes)",
    fix: "put the date into the time column, for example 2024-01-31T09:30:00Z",
  });
}

/** Throws `CSV_ONE_BAR` below two bars. */
export function refuseOneBar(path: string, length: number): void {
  if (length >= 2) return;
  throw csvError({
    code: "CSV_ONE_BAR",
    message: `${path} has only ${length} usable bar`,
    why: "a backtest decides on one bar and fills on the next: it needs two",
    fix: "take a longer file, or a wider range with --from and --to",
  });
}

/** `CSV_TIMEFRAME_UNKNOWN`. */
export function timeframeUnknown(path: string, spanMs: number): Error {
  return csvError({
    code: "CSV_TIMEFRAME_UNKNOWN",
    message: `the bars of ${path} have no timeframe: most are ${formatDuration(spanMs)} apart`,
    why: "the file name does not tell it, and no timeframe has that length",
    fix: "add --timeframe 1h (or what it is), or name the file like BTCUSDT-1h.csv",
  });
}

/** Throws `CSV_TIMEFRAME_CONFLICT` where rows are closer together than their timeframe. */
export function refuseTimeframe(path: string, timeframe: Timeframe, found: string, source: string): never {
  throw csvError({
    code: "CSV_TIMEFRAME_CONFLICT",
    message: `the ${source} says ${timeframe}, but most rows of ${path} are ${found} apart`,
    why: "bars longer than the distance between them would close after the next one has opened",
    fix: `read the bars as they are: --timeframe ${found}`,
  });
}

/** `DATA_MISSING`: the range that was asked for lies beside the data. */
export function rangeEmpty(
  path: string,
  firstMs: number,
  lastMs: number,
  fromMs: number,
  toMs: number,
): Error {
  return csvError({
    code: "DATA_MISSING",
    message: `${path} has bars that close ${formatTime(firstMs)} to ${formatTime(lastMs)}, none in the range asked for`,
    why: `you asked for closes from ${formatTime(fromMs)} to before ${formatTime(toMs)}`,
    fix: `use --from ${formatTime(firstMs)}, or get data for the range you want`,
  });
}
