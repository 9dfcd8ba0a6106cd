import { barsOf, sliceBars, type Bars } from "../../../domain/bars.ts";
import { formatDuration, formatTime } from "../../../base/time.ts";
import { timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";
import {
  areLastDays,
  commonSpacing,
  stampsToCloses,
  timeframeOfSpacing,
  type StampRule,
} from "./bar-times.ts";
import type { CsvDetected, CsvOptions, CsvReading } from "./csv-reading.ts";
import { parseFileName } from "./file-name.ts";
import { readLines } from "./open-text.ts";
import { orderRows } from "./order-rows.ts";
import { QuarantineBook } from "./quarantine.ts";
import * as refuse from "./reading-errors.ts";
import { readRows, type RawRows } from "./read-rows.ts";
import type { RowTable } from "./row-table.ts";
import { noRows } from "./sample.ts";

type Naming = Pick<CsvDetected, "symbol" | "timeframe" | "timeframeSource">;

/** The distance between most rows, and the share of them that have it. */
type Spacing = { readonly spanMs: number; readonly share: number };

/**
 * Reads the bars of one file (plain, gzip or zip) and says how it understood it. Rows that cannot be right are not
 * used but counted and shown; a file that cannot be read honestly is refused with a `KiwiError` of exit `data`.
 */
export async function readCsv(path: string, options: CsvOptions): Promise<CsvReading> {
  const book = new QuarantineBook();
  const raw = await readRows(path, options, book);
  const { table, rowsRead } = raw;
  if (rowsRead === 0) throw noRows(path, "no line holds data");
  if (raw.isZoned && table.length > 0) refuse.refuseTimesOfDay(path, table.stampMs, table.length);
  refuse.refuseTooBad(path, book.result(), rowsRead);
  const { isNewestFirst } = orderRows(table, book);
  refuse.refuseOneBar(path, table.length);
  const spacing = commonSpacing(table.stampMs, table.length)!;
  const naming = nameBars(path, options, spacing);
  const rule = stampRule(raw, options, naming.timeframe);
  stampsToCloses(table.stampMs, table.length, rule);
  dropFuture(table, options.nowMs, book);
  refuse.refuseTooBad(path, book.result(), rowsRead);
  book.fillTexts(await textsOf(path, book));
  const bars = inRange(path, barsOfTable(table, naming), options);
  const notes = [
    ...(isNewestFirst ? ["the file runs from new to old: it was turned round"] : []),
    ...notesOn(raw, rule, options),
    ...notesOnSpacing(naming.timeframe, spacing),
  ];
  return { bars, detected: describe(raw, rule, naming, notes), quarantine: book.result(), rowsRead };
}

/** Symbol and timeframe, from the options, else the file name, else (for the timeframe) the distance of the rows. */
function nameBars(path: string, options: CsvOptions, { spanMs }: Spacing): Naming {
  const named = parseFileName(path);
  const symbol = options.symbol ?? named.symbol;
  const found = timeframeOfSpacing(spanMs);
  const told = options.timeframe ?? named.timeframe;
  if (told === null) {
    if (found === null) throw refuse.timeframeUnknown(path, spanMs);
    return { symbol, timeframe: found, timeframeSource: "data" };
  }
  const timeframeSource = options.timeframe === undefined ? "file name" : "option";
  // A tenth of slack: daily bars of a zone with daylight saving and months of 28 days are a little closer.
  if (spanMs < 0.9 * timeframeMs(told) && found !== null)
    refuse.refuseTimeframe(path, told, found, timeframeSource);
  return { symbol, timeframe: told, timeframeSource };
}

function stampRule(
  { table, layout, zone, isDateOnly }: RawRows,
  options: CsvOptions,
  timeframe: Timeframe,
): StampRule {
  const told = options.stamp ?? (layout.isCloseStamped ? "close" : undefined);
  const isLastDay =
    told === undefined
      ? areLastDays(table.stampMs, table.length, timeframe, zone)
      : told === "close" && isDateOnly;
  return { timeframe, stamp: told ?? (isLastDay ? "close" : "open"), isLastDay, zone };
}

/** Takes out bars that have not closed yet by the caller's clock; rows are in the order of time. */
function dropFuture(table: RowTable, nowMs: number, book: QuarantineBook): void {
  let known = table.length;
  while (known > 0 && table.stampMs[known - 1]! > nowMs) known -= 1;
  for (let row = known; row < table.length; row++) {
    const closeTimeMs = table.stampMs[row]!;
    book.add(
      "future",
      table.line[row]!,
      () => `closes ${formatTime(closeTimeMs)}, after the present ${formatTime(nowMs)}`,
    );
  }
  table.length = known;
}

/** Rows that turned out bad only among the others have no text yet: they are looked up in a second reading. */
async function textsOf(path: string, book: QuarantineBook): Promise<ReadonlyMap<number, string>> {
  const lines = book.linesWithoutText();
  return lines.size === 0 ? new Map<number, string>() : readLines(path, lines);
}

/** The columns themselves, without the spare room behind their last row; nothing is copied. */
function barsOfTable(table: RowTable, { symbol, timeframe }: Naming): Bars {
  const { length } = table;
  return barsOf(symbol, timeframe, {
    closeTimeMs: table.stampMs.subarray(0, length),
    open: table.open.subarray(0, length),
    high: table.high.subarray(0, length),
    low: table.low.subarray(0, length),
    close: table.close.subarray(0, length),
    volume: table.volume.subarray(0, length),
  });
}

function inRange(path: string, bars: Bars, { fromMs = -Infinity, toMs = Infinity }: CsvOptions): Bars {
  const { closeTimeMs, length } = bars;
  let from = 0;
  while (from < length && closeTimeMs[from]! < fromMs) from += 1;
  let to = length;
  while (to > from && closeTimeMs[to - 1]! >= toMs) to -= 1;
  if (from === to && length > 0)
    throw refuse.rangeEmpty(path, closeTimeMs[0]!, closeTimeMs[length - 1]!, fromMs, toMs);
  refuse.refuseOneBar(path, to - from);
  return from === 0 && to === length ? bars : sliceBars(bars, from, to);
}

function describe(raw: RawRows, rule: StampRule, naming: Naming, notes: readonly string[]): CsvDetected {
  const { columns, delimiter, decimal, dateFormat, hasHeader } = raw.layout;
  const isEpoch = dateFormat.startsWith("epoch");
  const timeZone = raw.isZoned && !isEpoch ? "offset in each stamp" : (raw.zone?.timeZone ?? "UTC");
  return {
    columns,
    delimiter,
    decimal,
    dateFormat,
    timeZone,
    stamp: rule.stamp,
    ...naming,
    hasHeader,
    notes,
  };
}

/** What a person should know about how the file was read. */
function notesOn(raw: RawRows, rule: StampRule, options: CsvOptions): string[] {
  const { layout, zone, symbol } = raw;
  const notes: (string | false)[] = [
    !layout.hasHeader && "no header: columns are taken by position",
    layout.unusedColumns.length > 0 && `columns not used: ${layout.unusedColumns.join(", ")}`,
    !Object.values(layout.columns).includes("volume") && "no volume column: volume is 0",
    rule.isLastDay && `each stamp is the last day of its bar, which closes when that day is over`,
    raw.isZoned &&
      options.timeZone !== undefined &&
      `--time-zone is not used: the stamps carry their own offset`,
    symbol !== null && `the symbol column says ${symbol}`,
    zone !== null &&
      zone.repeated > 0 &&
      `${zone.repeated} stamps fall in an hour that comes twice in ${zone.timeZone}: the first is taken as the earlier one`,
    zone !== null &&
      zone.skipped > 0 &&
      `${zone.skipped} stamps fall in an hour that ${zone.timeZone} skips: moved forward; is the time zone right?`,
  ];
  return notes.filter((note) => note !== false);
}

function notesOnSpacing(timeframe: Timeframe, { spanMs, share }: Spacing): string[] {
  const found = timeframeOfSpacing(spanMs);
  if (found !== timeframe)
    return [`most rows are ${formatDuration(spanMs)} apart, which is not ${timeframe}`];
  return share < 0.5 ? [`only ${Math.round(share * 100)} % of the rows are ${timeframe} apart`] : [];
}
