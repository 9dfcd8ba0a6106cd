import type { LiveBar, RowFault } from "../../ports/bar-source.ts";

/** The numbers of a bar, wherever it came from. */
export type BarNumbers = Pick<LiveBar, "open" | "high" | "low" | "close" | "volume">;

/** Why these numbers cannot be a bar, or null. Says nothing about their time or about what the market did. */
export function barFault({ open, high, low, close, volume }: BarNumbers): RowFault | null {
  if (![open, high, low, close, volume].every(Number.isFinite)) return "number";
  if (Math.min(open, high, low, close) <= 0) return "nonPositive";
  if (high < Math.max(open, close, low) || low > Math.min(open, close)) return "ohlc";
  return volume < 0 ? "negativeVolume" : null;
}
