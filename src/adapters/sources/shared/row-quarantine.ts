import { formatTime } from "../../../base/time.ts";
import type { RowFault, RowQuarantine } from "../../../ports/bar-source.ts";

/** A bar as a venue sends it. */
export type VenueRow = {
  /** The venue's own stamp: when the bar began, UTC milliseconds. */
  readonly openMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
};

const examplesMax = 5;

/** Why a row cannot be a bar, or null. */
export function faultIn({ open, high, low, close, volume }: Omit<VenueRow, "openMs">): RowFault | null {
  if (![open, high, low, close, volume].every(Number.isFinite)) return "number";
  if (Math.min(open, high, low, close) <= 0) return "nonPositive";
  if (high < Math.max(open, close, low) || low > Math.min(open, close)) return "ohlc";
  return volume < 0 ? "negativeVolume" : null;
}

/** A row in words. */
export function describeRow({ openMs, open, high, low, close, volume }: VenueRow): string {
  return `${formatTime(openMs)} open ${open} high ${high} low ${low} close ${close} volume ${volume}`;
}

/** Counts the rows that were left out and keeps a few of each kind. */
export class RowQuarantineBook {
  private readonly kinds = new Map<RowFault, { count: number; examples: string[] }>();

  /** Notes one row. */
  add(fault: RowFault, row: VenueRow): void {
    const kind = this.kinds.get(fault) ?? { count: 0, examples: [] };
    kind.count += 1;
    if (kind.examples.length < examplesMax) kind.examples.push(describeRow(row));
    this.kinds.set(fault, kind);
  }

  /** Everything noted, the most frequent first. */
  entries(): readonly RowQuarantine[] {
    return [...this.kinds]
      .map(([fault, { count, examples }]) => ({ fault, count, examples }))
      .toSorted((a, b) => b.count - a.count);
  }
}
