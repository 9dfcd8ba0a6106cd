import { dayMs, formatDuration, formatTime } from "../../../base/time.ts";
import { timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";
import { csvError } from "./csv-errors.ts";
import type { Quarantine } from "./csv-reading.ts";
import type { Spacing } from "./times/find-spacing.ts";
import { shellWord } from "../../../base/shell-word.ts";

/** A file that loses more of its rows than this is not the file that was meant. */
const quarantinedShareMax = 0.1;

/** A row by its line in the file and the close of its bar. */
type BarAt = { readonly line: number; readonly closeTimeMs: number };

/** The command that prints some lines of a file. */
function showLines(path: string, from: number, to: number): string {
  return `${printer(path)} ${shellWord(path)} | sed -n ${from},${to}p`;
}

function printer(path: string): string {
  return path.endsWith(".gz") ? "zcat" : path.endsWith(".zip") ? "unzip -p" : "cat";
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

/** Throws `CSV_BELOW_ZERO`: left out, such rows would be the largest moves of a market that a run never saw. */
export function refuseBelowZero(path: string, line: number, rowsBefore: number, text: string): never {
  const elsewhere = "take an instrument whose prices stay above zero (a fund, another contract)";
  throw csvError({
    code: "CSV_BELOW_ZERO",
    message: `${path} has prices below zero, first in line ${line}: ${text}`,
    why: "the prices of that row fit each other, so the market was there; returns and weights of such prices mean nothing, and leaving the row out would hide its largest move",
    fix:
      rowsBefore < 2
        ? elsewhere
        : `end before it: ${printer(path)} ${shellWord(path)} | head -n ${line - 1} > until-then.csv   (or ${elsewhere})`,
  });
}

/** Throws `CSV_TWO_IN_ONE` where two bars of a day or longer are one. */
export function refuseTwoInOne(path: string, before: BarAt, after: BarAt, timeframe: Timeframe): never {
  throw csvError({
    code: "CSV_TWO_IN_ONE",
    message: `${path} has two bars for one ${timeframe}: lines ${before.line} and ${after.line} close ${formatTime(before.closeTimeMs)} and ${formatTime(after.closeTimeMs)}`,
    why: "rows of two sources in one file, or a day that was still running: counted twice, it would be traded twice",
    fix: `keep one of them: ${showLines(path, Math.min(before.line, after.line), Math.max(before.line, after.line))}`,
  });
}

/** Throws `CSV_TWO_IN_ONE` for a file of which nobody can tell whether it holds days twice or short bars. */
export function refuseTwiceADay(
  path: string,
  { stampMs, line }: { readonly stampMs: Float64Array; readonly line: ArrayLike<number> },
  short: Timeframe | null,
): never {
  let row = 1;
  while (stampMs[row]! - stampMs[row - 1]! >= dayMs) row += 1;
  const [first, second] = [line[row - 1]!, line[row]!];
  throw csvError({
    code: "CSV_TWO_IN_ONE",
    message: `${path} has two rows a day at two times, as lines ${first} and ${second}: ${formatTime(stampMs[row - 1]!)} and ${formatTime(stampMs[row]!)}`,
    why: "rows of two daily sources in one file, counted twice, would be traded twice; nothing but their times tells them from two bars of a short day",
    fix:
      `keep one of them: ${showLines(path, Math.min(first, second), Math.max(first, second))}` +
      (short === null ? "" : `   (or, if they are bars of ${short}: --timeframe ${short})`),
  });
}

/** Throws `CSV_TOO_BAD` when more than a tenth of the rows are quarantined. */
export function refuseTooBad(
  path: string,
  quarantine: Quarantine,
  rowsRead: number,
  hasHeader: boolean,
): void {
  const { quarantined, entries } = quarantine;
  if (quarantined <= rowsRead * quarantinedShareMax) return;
  const bad = entries.filter(({ fate }) => fate === "quarantined");
  const example = bad[0]!.examples[0]!;
  throw csvError({
    code: "CSV_TOO_BAD",
    message: `${quarantined} of ${rowsRead} rows of ${path} cannot be used: ${bad.map(({ kind, count }) => `${kind} ${count}`).join(", ")}`,
    why: `line ${example.line}: ${example.reason} (${example.text})`,
    fix:
      hasHeader || bad[0]!.kind !== "ohlc"
        ? `look at it: ${showLines(path, Math.max(1, example.line - 1), example.line + 1)}   and correct the export`
        : `without names the columns are taken as time,open,high,low,close,volume: write their true order as a first line, for example: sed -i 1itime,open,close,high,low,volume ${path}`,
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

/** Throws `CSV_TIMEFRAME_CONFLICT` where rows are closer together, or farther apart, than their timeframe. */
export function refuseTimeframe(
  path: string,
  timeframe: Timeframe,
  { timeframe: found, spanMs }: Pick<Spacing, "timeframe" | "spanMs">,
  source: string,
): never {
  const isCloser = spanMs < timeframeMs(timeframe);
  const apart = found ?? formatDuration(spanMs);
  throw csvError({
    code: "CSV_TIMEFRAME_CONFLICT",
    message: isCloser
      ? `the ${source} says ${timeframe}, but most rows of ${path} are ${apart} apart`
      : `the ${source} says ${timeframe}, but no two rows of ${path} are closer than ${apart}`,
    why: isCloser
      ? "bars longer than the distance between them would close after the next one has opened"
      : "read so, a bar would count as known long before its close: every decision would see the future",
    fix:
      found === null
        ? `give the file a name that says how long its bars are, like BTCUSDT-1h.csv`
        : `read the bars as they are: --timeframe ${found}   (or name the file after it: SYMBOL-${found}.csv)`,
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
