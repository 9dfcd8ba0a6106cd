import type { Bars } from "../domain/bars.ts";
import type { BarPrices } from "./match.ts";

/** A bar while orders run through it. */
export type VenueBar = BarPrices & {
  readonly bars: Bars;
  readonly row: number;
  /** The earliest moment that the bar can have begun: no earlier than the close before it. */
  readonly openTimeMs: number;
  readonly closeTimeMs: number;
  /** How much of the bar's volume our orders may still take. */
  volumeLeft: number;
};

/** Row `row` of `bars` with the volume that our orders may take. */
export function barAt(bars: Bars, row: number, lengthMs: number, volumeShareMax: number): VenueBar {
  const closeTimeMs = bars.closeTimeMs[row]!;
  const previousMs = row === 0 ? -Infinity : bars.closeTimeMs[row - 1]!;
  return {
    bars,
    row,
    open: bars.open[row]!,
    high: bars.high[row]!,
    low: bars.low[row]!,
    close: bars.close[row]!,
    openTimeMs: Math.max(previousMs, closeTimeMs - lengthMs),
    closeTimeMs,
    volumeLeft: volumeShareMax === Infinity ? Infinity : volumeShareMax * bars.volume[row]!,
  };
}
