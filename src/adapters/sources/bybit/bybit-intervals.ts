import type { Timeframe } from "../../../domain/timeframe.ts";

const intervalOf = {
  "1m": "1",
  "3m": "3",
  "5m": "5",
  "15m": "15",
  "30m": "30",
  "1h": "60",
  "2h": "120",
  "4h": "240",
  "6h": "360",
  "12h": "720",
  "1d": "D",
  "1w": "W",
  "1M": "M",
} as const;

/** How Bybit names a bar's length. */
export type BybitInterval = (typeof intervalOf)[keyof typeof intervalOf];

/** Every length that Bybit has bars of. */
export const bybitTimeframes = Object.keys(intervalOf) as readonly Timeframe[];

/** Bybit's name of a timeframe that it has. */
export function bybitInterval(timeframe: Timeframe): BybitInterval {
  return intervalOf[timeframe as keyof typeof intervalOf];
}

/** The timeframe behind Bybit's name, or null. */
export function timeframeOfInterval(interval: string): Timeframe | null {
  return bybitTimeframes.find((timeframe) => bybitInterval(timeframe) === interval) ?? null;
}
