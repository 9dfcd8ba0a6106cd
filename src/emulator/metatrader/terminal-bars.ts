import { dayMs } from "../../base/time.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import type { PlayedBars } from "../exchange/tape.ts";

/** Lengths of MetaTrader's frames; a month has none. */
const spans: Readonly<Record<string, number>> = {
  M1: 60_000,
  M5: 300_000,
  M15: 900_000,
  M30: 1_800_000,
  H1: 3_600_000,
  H4: 14_400_000,
  D1: dayMs,
  W1: 7 * dayMs,
  MN1: 31 * dayMs,
};

/** One bar by the server's clock. */
export type TerminalBar = {
  /** When it begins, a wall time written as if it were UTC. */
  readonly wallMs: number;
  readonly endWallMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
};

/** Whether bars of that frame can be made of bars of that length. */
export function hasFrame(frame: string, { bars }: PlayedBars): boolean {
  const spanMs = spans[frame];
  return spanMs !== undefined && spanMs >= timeframeMs(bars.timeframe);
}

/**
 * The bars of a frame that begin within a range of wall time, oldest first, the one under way among them: days and weeks
 * begin where the server's do.
 */
export function terminalBars(
  played: PlayedBars,
  frame: string,
  wallOf: (utcMs: number) => number,
  fromWallMs: number,
  toWallMs: number,
): readonly TerminalBar[] {
  const { bars, length } = played;
  const spanMs = timeframeMs(bars.timeframe);
  const made: { -readonly [K in keyof TerminalBar]: TerminalBar[K] }[] = [];
  for (let row = firstRow(played, fromWallMs - spans[frame]! - dayMs); row < length; row++) {
    const openWallMs = wallOf(bars.closeTimeMs[row]! - spanMs);
    const wallMs = startOf(frame, openWallMs);
    if (wallMs < fromWallMs) continue;
    if (wallMs > toWallMs) break;
    const last = made.at(-1);
    if (last?.wallMs === wallMs) {
      last.high = Math.max(last.high, bars.high[row]!);
      last.low = Math.min(last.low, bars.low[row]!);
      last.close = bars.close[row]!;
      last.volume += bars.volume[row]!;
      continue;
    }
    made.push({
      wallMs,
      endWallMs: endOf(frame, wallMs),
      open: bars.open[row]!,
      high: bars.high[row]!,
      low: bars.low[row]!,
      close: bars.close[row]!,
      volume: bars.volume[row]!,
    });
  }
  return made;
}

/** The last bar of a frame that has ended; null before the first. */
export function lastClosedBar(
  played: PlayedBars,
  frame: string,
  wallOf: (utcMs: number) => number,
): TerminalBar | null {
  const { bars, length } = played;
  if (length === 0) return null;
  const nowWallMs = wallOf(bars.closeTimeMs[length - 1]!);
  const fromMs = startOf(frame, nowWallMs) - 2 * spans[frame]!;
  const made = terminalBars(played, frame, wallOf, fromMs, nowWallMs);
  return made.findLast(({ endWallMs }) => endWallMs <= nowWallMs) ?? null;
}

/** The first row that may matter: closes are in order. */
function firstRow({ bars, length }: PlayedBars, fromMs: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bars.closeTimeMs[middle]! < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function startOf(frame: string, wallMs: number): number {
  if (frame === "MN1") {
    const date = new Date(wallMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  // Weeks begin on Sunday; 1970 began on a Thursday.
  const offsetMs = frame === "W1" ? 4 * dayMs : 0;
  const spanMs = spans[frame]!;
  return Math.floor((wallMs + offsetMs) / spanMs) * spanMs - offsetMs;
}

function endOf(frame: string, wallMs: number): number {
  if (frame !== "MN1") return wallMs + spans[frame]!;
  const date = new Date(wallMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
