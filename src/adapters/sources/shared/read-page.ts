import { barsOf, type Bars } from "../../../domain/bars.ts";
import type { BarRange } from "../../../ports/bar-source.ts";
import type { CloseOf } from "./bar-grid.ts";
import { faultIn, type RowQuarantineBook, type VenueRow } from "./row-quarantine.ts";

/** One answer of a venue. */
export type VenuePage = {
  /** Oldest first or newest first. */
  readonly rows: readonly VenueRow[];
  /** Stamps that were asked for, both inclusive. */
  readonly askedFromMs: number;
  readonly askedToMs: number;
  /** The venue's time at or before the moment when it made the page. */
  readonly generatedMs: number;
};

/**
 * Why rows cannot be the page that was asked for: their times go back and forth, or none of them is in the range.
 * Null when they are in order, either way, or when there are none.
 */
export function doubtIn(
  rows: readonly Pick<VenueRow, "openMs">[],
  askedFromMs: number,
  askedToMs: number,
): string | null {
  const isAsked = ({ openMs }: Pick<VenueRow, "openMs">): boolean =>
    openMs >= askedFromMs && openMs <= askedToMs;
  if (rows.length > 0 && !rows.some(isAsked)) return "bars of another time than was asked for";
  return disorderIn(rows);
}

/** The newest stamp, or null without rows. */
export function newestIn(rows: readonly Pick<VenueRow, "openMs">[]): number | null {
  return rows.length === 0 ? null : Math.max(rows[0]!.openMs, rows[rows.length - 1]!.openMs);
}

function disorderIn(rows: readonly Pick<VenueRow, "openMs">[]): string | null {
  let rises = 0;
  let falls = 0;
  for (let row = 1; row < rows.length; row++) {
    const stepMs = rows[row]!.openMs - rows[row - 1]!.openMs;
    if (stepMs > 0) rises += 1;
    if (stepMs < 0) falls += 1;
  }
  return rises > 0 && falls > 0
    ? `bars out of order: time goes forward ${rises} and back ${falls} times`
    : null;
}

/** What one fetch keeps from page to page. */
export type PageReader = {
  readonly range: BarRange;
  readonly closeOf: CloseOf;
  /** How long a bar is left to settle after its close before it counts as closed. */
  readonly settleMs: number;
  readonly quarantine: RowQuarantineBook;
  /** The last row used so far: pages overlap. */
  last: VenueRow | null;
};

/** The closed bars of a page that are new and in the range; what cannot be a bar goes to quarantine. */
export function readPage(reader: PageReader, page: VenuePage): Bars {
  const { range, closeOf, quarantine } = reader;
  const rows = inTimeOrder(page.rows);
  const closedThroughMs = page.generatedMs - reader.settleMs;
  const kept: VenueRow[] = [];
  const closesMs: number[] = [];
  for (const row of rows) {
    const closeMs = Number.isFinite(row.openMs) ? closeOf(row.openMs) : null;
    const fault = pageFault(row, page, closeMs);
    if (fault !== null) quarantine.add(fault, row);
    if (fault !== null || closeMs === null) continue;
    // The bar that is still open is not wrong, only not a bar yet.
    if (closeMs > closedThroughMs || closeMs < range.fromMs || closeMs >= range.toMs) continue;
    if (reader.last !== null && row.openMs <= reader.last.openMs) {
      if (row.openMs === reader.last.openMs && !isSame(row, reader.last)) quarantine.add("conflict", row);
      continue;
    }
    reader.last = row;
    kept.push(row);
    closesMs.push(closeMs);
  }
  const column = (pick: (row: VenueRow) => number): Float64Array => Float64Array.from(kept, pick);
  return barsOf(range.symbol, range.timeframe, {
    closeTimeMs: Float64Array.from(closesMs),
    open: column((row) => row.open),
    high: column((row) => row.high),
    low: column((row) => row.low),
    close: column((row) => row.close),
    volume: column((row) => row.volume),
  });
}

function pageFault(row: VenueRow, page: VenuePage, closeMs: number | null): ReturnType<typeof faultIn> {
  if (closeMs === null) return Number.isFinite(row.openMs) ? "offGrid" : "number";
  if (row.openMs < page.askedFromMs || row.openMs > page.askedToMs) return "outOfRange";
  return faultIn(row);
}

function inTimeOrder(rows: readonly VenueRow[]): readonly VenueRow[] {
  const isNewestFirst = rows.length > 1 && rows[0]!.openMs > rows[rows.length - 1]!.openMs;
  return isNewestFirst ? rows.toReversed() : rows;
}

function isSame(a: VenueRow, b: VenueRow): boolean {
  return (
    a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume
  );
}
