import type { Bars } from "../domain/bars.ts";
import type { HalfSpread } from "../ports/costs.ts";
import type { BarPrices } from "./match.ts";

/** A bar while orders run through it. One object serves all bars: a new one each time would be nine allocations. */
export class VenueBar implements BarPrices {
  bars: Bars | null = null;
  row = 0;
  open = 0;
  high = 0;
  low = 0;
  close = 0;
  /** The earliest moment that the bar can have begun: no earlier than the close before it. */
  openTimeMs = 0.5;
  closeTimeMs = 0.5;
  /** How much of the bar's volume our orders may still take. */
  volumeLeft = 0.5;
  /** How far the bid and the ask are from the prices above; 0 where nobody quoted them. */
  halfAtOpen = 0.5;
  halfInside = 0.5;

  /** Takes in row `row` of `bars`. Our orders may have `volumeShareMax` of its volume; takers and limits meet `quotes`. */
  load(bars: Bars, row: number, lengthMs: number, volumeShareMax: number, quotes?: HalfSpread): void {
    this.bars = bars;
    this.row = row;
    this.open = bars.open[row]!;
    this.high = bars.high[row]!;
    this.low = bars.low[row]!;
    this.close = bars.close[row]!;
    this.closeTimeMs = bars.closeTimeMs[row]!;
    const previousMs = row === 0 ? -Infinity : bars.closeTimeMs[row - 1]!;
    this.openTimeMs = Math.max(previousMs, this.closeTimeMs - lengthMs);
    this.volumeLeft = volumeShareMax === Infinity ? Infinity : volumeShareMax * bars.volume[row]!;
    this.halfAtOpen = quotes?.within(this.closeTimeMs, "open") || 0;
    this.halfInside = quotes?.within(this.closeTimeMs, "inside") || 0;
  }
}
