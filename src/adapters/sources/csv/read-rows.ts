import type { CsvLayout } from "./csv-layout.ts";
import type { CsvOptions } from "./csv-reading.ts";
import { detectLayout } from "./detect-layout.ts";
import { estimateRows } from "./estimate-rows.ts";
import { LineFeeder } from "./line-feeder.ts";
import { LocalZone } from "./times/local-zone.ts";
import { openText } from "./open-text.ts";
import type { QuarantineBook } from "./quarantine.ts";
import { refuseMixedZones } from "./reading-errors.ts";
import { RowReader } from "./row-reader.ts";
import { RowTable } from "./row-table.ts";

/** Enough for the 200 lines that the layout is found from. */
const sampleBytes = 1 << 16;

/** A file as it is written: rows in file order, and how they were understood. */
export type RawRows = {
  readonly layout: CsvLayout;
  readonly table: RowTable;
  readonly rowsRead: number;
  /** Lines between the rows that are none. */
  readonly linesSkipped: number;
  /** The zone in which naked stamps were read, null for UTC. */
  readonly zone: LocalZone | null;
  /** Every stamp carries its own offset (an epoch does). */
  readonly isZoned: boolean;
  readonly isDateOnly: boolean;
  /** Stamps of 24:00 show that stamps name ends: no bar begins at the end of a day. */
  readonly isEndStamped: boolean;
  /** What a symbol column holds. */
  readonly symbol: string | null;
};

/** Reads all rows of a file, one piece after the other; bad ones go to the book. */
export async function readRows(path: string, options: CsvOptions, book: QuarantineBook): Promise<RawRows> {
  const pieces = openText(path);
  try {
    const first = (await pieces.next()).value ?? new Uint8Array(0);
    let next = await pieces.next();
    const sample = sampleOf(first, next.done === true);
    const layout = await detectLayout(path, sample, options);
    const { timeZone = "UTC" } = options;
    const zone = timeZone === "UTC" ? null : new LocalZone(timeZone);
    const table = new RowTable(await estimateRows(path, sample, first.length));
    const reader = new RowReader(path, layout, zone, table, book);
    const feeder = new LineFeeder(reader);
    feeder.feed(first);
    for (; next.done !== true; next = await pieces.next()) feeder.feed(next.value);
    feeder.end();
    if (reader.zonedLine > 0 && reader.nakedLine > 0)
      refuseMixedZones(path, reader.zonedLine, reader.nakedLine);
    return {
      layout,
      table,
      rowsRead: reader.rows,
      linesSkipped: reader.linesSkipped,
      zone: reader.nakedLine > 0 ? zone : null,
      isZoned: reader.zonedLine > 0,
      isEndStamped: reader.endOfDayRows > 0,
      isDateOnly: reader.dateOnlyRows === table.length,
      symbol: reader.symbol,
    };
  } finally {
    await pieces.return(undefined);
  }
}

/** Text of whole lines at the beginning of a file. */
function sampleOf(piece: Uint8Array, isAll: boolean): string {
  const text = Buffer.from(piece.buffer, piece.byteOffset, Math.min(piece.length, sampleBytes)).toString(
    "utf8",
  );
  const isWhole = isAll && piece.length <= sampleBytes;
  return isWhole || !text.includes("\n") ? text : text.slice(0, text.lastIndexOf("\n"));
}
