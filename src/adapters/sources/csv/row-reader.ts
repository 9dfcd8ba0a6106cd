import { ByteReader } from "./byte-reader.ts";
import { csvError } from "./csv-errors.ts";
import { numberNames, role, type CsvLayout } from "./csv-layout.ts";
import { RowJudge, type Stamp } from "./judge-row.ts";
import type { LocalZone } from "./times/local-zone.ts";
import type { QuarantineBook } from "./quarantine.ts";
import { readNumber } from "./read-number.ts";
import { readClock, readTime } from "./times/read-time.ts";
import { refuseBelowZero } from "./reading-errors.ts";
import type { RowTable } from "./row-table.ts";

const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;

/** Turns lines of bytes into rows of a table. Plain rows take a fast way; all others go to the `RowJudge`. */
export class RowReader {
  /** Line that comes next, the first is 1. */
  line = 1;
  /** Data rows so far, good and bad. */
  rows = 0;
  /** Lines between the rows that are none. */
  linesSkipped = 0;
  /** First line whose stamp carries an offset, and first whose stamp does not; 0 if there is none. */
  zonedLine = 0;
  nakedLine = 0;
  /** Rows stamped with a date alone, and rows stamped 24:00. */
  dateOnlyRows = 0;
  endOfDayRows = 0;
  /** What the symbol column holds, in all rows. */
  symbol: string | null = null;
  private readonly reader: ByteReader;
  private readonly roles: Uint8Array;
  /** Numbers of the present row; a column that the file lacks keeps its value here. */
  private readonly values = Float64Array.of(1, 1, 1, 1, 0, 1);
  private readonly judge: RowJudge;
  private readonly table: RowTable;
  private readonly book: QuarantineBook;
  private readonly zone: LocalZone | null;
  private readonly isAdjusted: boolean;
  private readonly priceDivisor: number;
  private readonly path: string;
  private readonly linesBefore: number;
  private symbolBytes = new Uint8Array(0);

  /** `zone` is null where naked stamps are UTC. */
  constructor(
    path: string,
    layout: CsvLayout,
    zone: LocalZone | null,
    table: RowTable,
    book: QuarantineBook,
  ) {
    this.path = path;
    this.reader = new ByteReader(layout);
    this.roles = Uint8Array.from(layout.roles);
    this.isAdjusted = layout.roles.includes(numberNames.indexOf("adjusted close"));
    this.priceDivisor = layout.priceDivisor;
    this.judge = new RowJudge(layout);
    this.zone = zone;
    this.table = table;
    this.book = book;
    this.linesBefore = layout.linesBefore;
  }

  /** Reads the lines in `bytes[from, to)`; the last one must end with a line feed. */
  readLines(bytes: Uint8Array, from: number, to: number): void {
    const { reader } = this;
    reader.bytes = bytes;
    let start = from;
    for (; this.line <= this.linesBefore && start < to; this.line++)
      start = bytes.indexOf(lineFeed, start) + 1;
    while (start < to) {
      reader.position = start;
      if (this.readFast()) start = reader.position + 1;
      else {
        const end = bytes.indexOf(lineFeed, start);
        this.readSlow(
          Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8"),
          false,
        );
        start = end + 1;
      }
      this.line += 1;
    }
  }

  /** Reads a last line that no line feed ends: with too few fields it was cut off. */
  readRest(text: string): void {
    this.readSlow(text, true);
    this.line += 1;
  }

  /** Reads a row without quotes, spaces and surprises, up to its line feed; false if it is not such a row. */
  private readFast(): boolean {
    const { reader, roles, values } = this;
    const { bytes, delimiter } = reader;
    const last = roles.length - 1;
    let timeMs = 0;
    let zoned = false;
    let dateOnly = false;
    let endOfDay = false;
    for (let column = 0; column <= last; column++) {
      const kind = roles[column]!;
      if (kind < numberNames.length) values[kind] = readNumber(reader);
      else if (kind === role.clock) {
        timeMs += readClock(reader);
        dateOnly = false;
        endOfDay ||= reader.endOfDay;
      } else if (kind >= role.symbol) {
        if (!this.skipField(kind === role.symbol)) return false;
      } else {
        timeMs += readTime(reader);
        zoned = reader.zoned;
        dateOnly = reader.dateOnly;
        endOfDay ||= reader.endOfDay;
      }
      if (column === last) break;
      if (bytes[reader.position] !== delimiter) return false;
      reader.position += 1;
    }
    if (bytes[reader.position] === carriageReturn) reader.position += 1;
    if (bytes[reader.position] !== lineFeed || Number.isNaN(timeMs) || !isSound(values)) return false;
    this.rows += 1;
    this.accept(timeMs, zoned, dateOnly, endOfDay);
    return true;
  }

  /** Moves behind a field that is not used; false where it has quotes or another symbol. */
  private skipField(isSymbol: boolean): boolean {
    const { reader } = this;
    const { bytes, delimiter } = reader;
    const start = reader.position;
    let position = start;
    for (let byte = bytes[position]!; byte !== delimiter && byte !== lineFeed; byte = bytes[++position]!) {
      if (byte === quote) return false;
      if (byte === carriageReturn) break;
    }
    reader.position = position;
    if (!isSymbol) return true;
    const known = this.symbolBytes;
    if (position - start !== known.length) return false;
    for (let at = 0; at < known.length; at++) if (known[at] !== bytes[start + at]) return false;
    return true;
  }

  private readSlow(line: string, isCut: boolean): void {
    if (line.trim() === "") return;
    if (this.judge.isNoRow(line)) {
      this.linesSkipped += 1;
      return;
    }
    this.rows += 1;
    const judgement = this.judge.judge(line, this.values);
    if ("refusal" in judgement) {
      const { kind, reason, isBelowZero } = judgement.refusal;
      if (isBelowZero === true) refuseBelowZero(this.path, this.line, this.rows - 1, line.trim());
      this.book.add(
        isCut && kind === "columns" ? "truncated" : kind,
        this.line,
        () => reason,
        line.trimEnd(),
      );
      return;
    }
    if (judgement.symbol !== null) this.checkSymbol(judgement.symbol);
    const { timeMs, zoned, dateOnly, endOfDay }: Stamp = judgement.stamp;
    this.accept(timeMs, zoned, dateOnly, endOfDay);
  }

  private accept(timeMs: number, zoned: boolean, dateOnly: boolean, endOfDay: boolean): void {
    const { values, table } = this;
    if (zoned) this.zonedLine ||= this.line;
    else this.nakedLine ||= this.line;
    if (dateOnly) this.dateOnlyRows += 1;
    if (endOfDay) this.endOfDayRows += 1;
    const factor = this.isAdjusted ? values[5]! / values[3]! : 1;
    const { priceDivisor } = this;
    const row = table.addRow();
    table.stampMs[row] = zoned || this.zone === null ? timeMs : this.zone.toUtc(timeMs);
    table.open[row] = (values[0]! * factor) / priceDivisor;
    table.high[row] = (values[1]! * factor) / priceDivisor;
    table.low[row] = (values[2]! * factor) / priceDivisor;
    table.close[row] = (values[3]! * factor) / priceDivisor;
    table.volume[row] = values[4]!;
    table.line[row] = this.line;
  }

  /** The lines of one symbol below those that name the columns. */
  private splitCommand(symbol: string): string {
    const { path, linesBefore } = this;
    const rows = `grep -w ${symbol} ${path}`;
    const all = linesBefore === 0 ? rows : `(head -n ${linesBefore} ${path}; ${rows})`;
    return `${all} > ${symbol.replaceAll("/", "")}.csv`;
  }

  private checkSymbol(symbol: string): void {
    if (this.symbol === null) {
      this.symbol = symbol;
      this.symbolBytes = Uint8Array.from(Buffer.from(symbol));
    }
    if (symbol === this.symbol) return;
    throw csvError({
      code: "CSV_MANY_SYMBOLS",
      message: `${this.path} mixes symbols: ${this.symbol} before line ${this.line}, ${symbol} there`,
      why: "bars of several instruments in one series would trade as one",
      fix: `split it, one file per symbol: ${this.splitCommand(symbol)}`,
    });
  }
}

/** Whether prices and volume are finite and in order to the last bit; NaN anywhere makes a comparison false. */
function isSound(values: Float64Array): boolean {
  const open = values[0]!;
  const high = values[1]!;
  const low = values[2]!;
  const close = values[3]!;
  const volume = values[4]!;
  const isFinite = high < Infinity && volume < Infinity && values[5]! > 0 && values[5]! < Infinity;
  return isFinite && low > 0 && volume >= 0 && open >= low && close >= low && open <= high && close <= high;
}
