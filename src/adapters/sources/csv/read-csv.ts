import { barsOf, sliceBars, type Bars } from "../../../domain/bars.ts";
import { dayMs, formatTime } from "../../../base/time.ts";
import { timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";
import { settleBars } from "../../../domain/calendar/settle-bars.ts";
import {
  areClosesOfSessions,
  areLastDays,
  areSessionEnds,
  stampsToCloses,
  type StampRule,
} from "./times/bar-times.ts";
import type { CsvDetected, CsvOptions, CsvReading } from "./csv-reading.ts";
import { fitsShares } from "../../../domain/calendar/detect-calendar-name.ts";
import { findLabels } from "./times/day-labels.ts";
import { LocalZone } from "./times/local-zone.ts";
import { parseFileName } from "./file-name.ts";
import { findSpacing, type Spacing } from "./times/find-spacing.ts";
import { readLines } from "./open-text.ts";
import { joinQuotes } from "./quotes/join-quotes.ts";
import { orderRows } from "./order-rows.ts";
import { QuarantineBook } from "./quarantine.ts";
import * as refuse from "./reading-errors.ts";
import { readRows, type RawRows } from "./read-rows.ts";
import type { RowTable } from "./row-table.ts";
import { noRows } from "./sample.ts";

/** Rows that are enough to know a clock by. */
const rowsOfZone = 2000;

type Naming = Pick<CsvDetected, "symbol" | "timeframe" | "timeframeSource">;

/**
 * Reads the bars of one file (plain, gzip or zip) and says how it understood it. Rows that cannot be right are not
 * used but counted and shown; a file that cannot be read honestly is refused with a `KiwiError` of exit `data`. A file with
 * bid and ask is read as both.
 */
export async function readCsv(path: string, options: CsvOptions): Promise<CsvReading> {
  const { isQuoted, ...reading } = await readSide(path, options);
  if (!isQuoted || options.side !== undefined) return reading;
  const { isQuoted: _, ...ask } = await readSide(path, { ...options, side: "ask" });
  return joinQuotes(reading, ask, [path, path]);
}

async function readSide(path: string, options: CsvOptions): Promise<CsvReading & { isQuoted: boolean }> {
  const book = new QuarantineBook();
  const raw = await readRows(path, options, book);
  const { table, rowsRead } = raw;
  if (rowsRead === 0) throw noRows(path, "no line holds data");
  if (raw.isZoned && table.length > 0) refuse.refuseTimesOfDay(path, table.stampMs, table.length);
  refuse.refuseTooBad(path, book.result(), rowsRead, raw.layout.header !== null);
  const { isNewestFirst } = orderRows(table, book);
  if (options.isPart !== true) refuse.refuseOneBar(path, table.length);
  const spacing = findSpacing(table.stampMs, table.length);
  const naming = nameBars(path, raw, options, spacing);
  refuseTwice(path, table, naming, spacing);
  const rule = stampRule(raw, options, naming.timeframe);
  stampsToCloses(table.stampMs, table.length, rule);
  const told = options.calendarName ?? (rule.labels?.isFirstSession === true ? "us-equity" : undefined);
  const calendarName = options.isPart === true ? undefined : settle(path, table, naming, told);
  dropFuture(table, options.nowMs, book);
  refuse.refuseTooBad(path, book.result(), rowsRead, raw.layout.header !== null);
  book.fillTexts(await textsOf(path, book));
  const bars = inRange(path, barsOfTable(table, naming, calendarName), options);
  const notes = [
    ...(isNewestFirst ? ["the file runs from new to old: it was turned round"] : []),
    ...notesOn(raw, rule, options),
    ...notesOnSpacing(naming.timeframe, spacing),
    ...notesOnZone(raw, bars, options),
    ...notesOnSide(path, options),
  ];
  const detected = describe(raw, rule, naming, notes);
  return { bars, detected, quarantine: book.result(), rowsRead, isQuoted: raw.layout.isQuoted };
}

/** Symbol and timeframe, from the options, else the file, else its name. Nothing that is told beats the rows. */
function nameBars(path: string, raw: RawRows, options: CsvOptions, spacing: Spacing | null): Naming {
  const named = parseFileName(path);
  const symbol = options.symbol ?? raw.layout.symbol ?? named.symbol;
  const found = spacing?.timeframe ?? null;
  const told = options.timeframe ?? named.timeframe;
  const isHint = options.timeframe === undefined && named.isHint === true;
  if (told === null || (isHint && found !== null && found !== told)) {
    if (found === null) throw refuse.timeframeUnknown(path, spacing?.spanMs ?? 0);
    return { symbol, timeframe: found, timeframeSource: "data" };
  }
  const timeframeSource = options.timeframe === undefined ? "file name" : "option";
  if (spacing !== null && !agree(told, spacing)) {
    if (spacing.isTwiceADay && timeframeMs(told) >= dayMs) refuse.refuseTwiceADay(path, raw.table, found);
    refuse.refuseTimeframe(path, told, spacing, timeframeSource);
  }
  return { symbol, timeframe: told, timeframeSource };
}

/** Refuses days that come twice, unless they are said to be, or show that they are, the bars of a short session. */
function refuseTwice(path: string, table: RowTable, naming: Naming, spacing: Spacing | null): void {
  if (spacing?.isTwiceADay !== true || naming.timeframe !== spacing.timeframe) return;
  if (naming.timeframeSource !== "data") return;
  const { length } = table;
  const closeTimeMs = table.stampMs.subarray(0, length).map((stampMs) => stampMs + spacing.spanMs);
  if (!fitsShares({ timeframe: naming.timeframe, length, closeTimeMs }))
    refuse.refuseTwiceADay(path, table, naming.timeframe);
}

/** Whether bars of a timeframe can stand so far apart. Rows at a distance that is no timeframe may be closer. */
function agree(told: Timeframe, { timeframe, spanMs }: Spacing): boolean {
  const toldMs = timeframeMs(told);
  if (timeframe === null) return spanMs <= toldMs;
  return timeframe === told || timeframeMs(timeframe) === toldMs;
}

/** Puts closes where the calendar ends the bars, and says which calendar it is. Throws `CSV_TWO_IN_ONE`. */
function settle(path: string, table: RowTable, naming: Naming, named: string | undefined): string {
  const { bars, doubled } = settleBars(barsOfTable(table, naming, undefined), named);
  const at = (row: number) => ({ line: table.line[row]!, closeTimeMs: bars.closeTimeMs[row]! });
  if (doubled > 0) refuse.refuseTwoInOne(path, at(doubled - 1), at(doubled), naming.timeframe);
  table.stampMs = bars.closeTimeMs;
  return bars.calendarName!;
}

function stampRule(
  { table, layout, zone, isDateOnly, isEndStamped }: RawRows,
  options: CsvOptions,
  timeframe: Timeframe,
): StampRule {
  const isSessionEnd =
    options.stamp === undefined &&
    (areSessionEnds(table.stampMs, table.length, timeframe) ||
      areClosesOfSessions(table.stampMs, table.length, timeframe));
  const isEnd = layout.isCloseStamped || isEndStamped || isSessionEnd;
  const told = options.stamp ?? (isEnd ? "close" : undefined);
  const isLastDay =
    told === undefined
      ? areLastDays(table.stampMs, table.length, timeframe, zone)
      : told === "close" && isDateOnly;
  const labels =
    told === undefined && !isLastDay ? findLabels(table.stampMs, table.length, timeframe, zone) : null;
  return { timeframe, stamp: told ?? (isLastDay ? "close" : "open"), isLastDay, isSessionEnd, labels, zone };
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
function barsOfTable(table: RowTable, { symbol, timeframe }: Naming, calendarName: string | undefined): Bars {
  const { length } = table;
  return barsOf(symbol, timeframe, {
    closeTimeMs: table.stampMs.subarray(0, length),
    open: table.open.subarray(0, length),
    high: table.high.subarray(0, length),
    low: table.low.subarray(0, length),
    close: table.close.subarray(0, length),
    volume: table.volume.subarray(0, length),
    ...(calendarName === undefined ? {} : { calendarName }),
  });
}

function inRange(path: string, bars: Bars, options: CsvOptions): Bars {
  const { fromMs = -Infinity, toMs = Infinity } = options;
  const { closeTimeMs, length } = bars;
  let from = 0;
  while (from < length && closeTimeMs[from]! < fromMs) from += 1;
  let to = length;
  while (to > from && closeTimeMs[to - 1]! >= toMs) to -= 1;
  if (from === to && length > 0)
    throw refuse.rangeEmpty(path, closeTimeMs[0]!, closeTimeMs[length - 1]!, fromMs, toMs);
  if (options.isPart !== true) refuse.refuseOneBar(path, to - from);
  return from === 0 && to === length ? bars : sliceBars(bars, from, to);
}

function describe(raw: RawRows, rule: StampRule, naming: Naming, notes: readonly string[]): CsvDetected {
  const { columns, delimiter, decimal, dateFormat, header } = raw.layout;
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
    hasHeader: header !== null,
    notes,
  };
}

/** What a person should know about how the file was read. */
function notesOn(raw: RawRows, rule: StampRule, options: CsvOptions): string[] {
  const { layout, zone, symbol } = raw;
  const notes: (string | false)[] = [
    layout.header === null && "no header: columns are taken by position",
    raw.linesSkipped > 0 &&
      `${raw.linesSkipped} lines between the rows are none: the header again, remarks, or empty fields`,
    layout.unusedColumns.length > 0 && `columns not used: ${layout.unusedColumns.join(", ")}`,
    !Object.values(layout.columns).includes("volume") && "no volume column: volume is 0",
    layout.priceDivisor !== 1 &&
      `prices are whole numbers of 1/${layout.priceDivisor}, as Databento writes them`,
    layout.areThousandsDoubtful &&
      "commas before three digits are read as thousands: if they are decimal signs, separate the columns by semicolons?",
    layout.isVolumeMinusOne && "volume -1 means that the source has none: read as 0",
    raw.isEndStamped &&
      rule.stamp === "close" &&
      "24:00 is the end of a day: the stamps name the ends of bars",
    rule.isSessionEnd === true && "the stamps are the ends of sessions: they name the closes",
    rule.labels !== null &&
      rule.labels !== undefined &&
      `each stamp only names the ${rule.labels.isFirstSession ? "first session" : "day"} of its bar, which closes when that is over`,
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

/** A file of one side alone is a market like others, with one price less. */
function notesOnSide(path: string, options: CsvOptions): string[] {
  const { side } = parseFileName(path);
  if (side === undefined || options.isPart === true) return [];
  const other = side === "bid" ? "ask" : "bid";
  return [`prices of the ${side} alone: with the file of the ${other} beside it fills would be at both`];
}

function notesOnSpacing(timeframe: Timeframe, spacing: Spacing | null): string[] {
  if (spacing === null || spacing.share >= 0.5) return [];
  return [`only ${Math.round(spacing.share * 100)} % of the rows are ${timeframe} apart`];
}

/** Asks for the zone of stamps that are the hours of US shares on a clock of New York, and were read as UTC. */
function notesOnZone({ isZoned }: RawRows, bars: Bars, options: CsvOptions): string[] {
  if (isZoned || options.timeZone !== undefined || bars.calendarName === "us-equity") return [];
  const zone = new LocalZone("America/New_York");
  const closeTimeMs = Float64Array.from(bars.closeTimeMs.subarray(0, rowsOfZone), (wallMs) =>
    zone.toUtc(wallMs),
  );
  const moved = { timeframe: bars.timeframe, length: closeTimeMs.length, closeTimeMs };
  return fitsShares(moved)
    ? ["the stamps look like the hours of US shares on a clock of New York: --time-zone America/New_York?"]
    : [];
}
