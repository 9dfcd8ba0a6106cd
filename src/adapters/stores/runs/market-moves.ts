import { dayMs } from "../../../base/time.ts";
import type { Bars } from "../../../domain/bars.ts";

/**
 * How a market moved from day to day, short enough to be kept: a market is known again by it under another name, in bars
 * of another length, and from another venue.
 */
export type MarketMoves = {
  /** UTC day since 1970 of the first character. */
  readonly firstDay: number;
  /** One character a day: the move from the last close of the day before it in steps of a usual one; `.` where there is none. */
  readonly text: string;
};

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";
const middle = (letters.length - 1) / 2;
/** Steps of the median move: beyond five of these a move is as large as it gets, so that one split does not hide a market. */
const stepsEach = 6;
/** Eleven years; of more the newest are kept. */
const daysMax = 4_000;
const sharedDaysMin = 20;
/** Bars of one market from two venues correlate by more than 0.99, markets that are merely related by less than 0.97. */
const alikeMin = 0.98;

/** The moves between the last closes of UTC days, of the bars that close at `fromMs` or later. */
export function movesOf({ closeTimeMs, close, length }: Bars, fromMs: number): MarketMoves {
  const closes = new Map<number, number>();
  for (let row = 0; row < length; row++)
    // What closes at midnight belongs to the day that it ends.
    if (closeTimeMs[row]! >= fromMs) closes.set(Math.floor((closeTimeMs[row]! - 1) / dayMs), close[row]!);
  const days = [...closes.keys()];
  const lastDay = days.at(-1) ?? 0;
  const firstDay = Math.max(days[0] ?? 0, lastDay + 1 - daysMax);
  const moves = new Map<number, number>();
  for (let k = 1; k < days.length; k++) {
    const move = Math.log(closes.get(days[k]!)! / closes.get(days[k - 1]!)!);
    if (Number.isFinite(move)) moves.set(days[k]!, move);
  }
  const sizes = [...moves.values()].map(Math.abs).sort((a, b) => a - b);
  const usual = sizes[sizes.length >> 1] ?? 0;
  const text = Array.from({ length: lastDay + 1 - firstDay }, (_, k) =>
    letterOf(moves.get(firstDay + k), usual),
  ).join("");
  return { firstDay, text };
}

function letterOf(move: number | undefined, usual: number): string {
  if (move === undefined || usual === 0) return ".";
  const steps = Math.round((move / usual) * stepsEach);
  return letters[middle + Math.max(-middle, Math.min(middle, steps))]!;
}

/** Whether two are the moves of one market: over the days that both know, 20 at least, they are nearly the same. */
export function areAlike(one: MarketMoves, other: MarketMoves): boolean {
  const first = Math.max(one.firstDay, other.firstDay);
  const last = Math.min(one.firstDay + one.text.length, other.firstDay + other.text.length);
  let [n, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  for (let day = first; day < last; day++) {
    const a = letters.indexOf(one.text[day - one.firstDay]!) - middle;
    const b = letters.indexOf(other.text[day - other.firstDay]!) - middle;
    if (a < -middle || b < -middle) continue;
    n += 1;
    x += a;
    y += b;
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  const spread = (n * xx - x * x) * (n * yy - y * y);
  return n >= sharedDaysMin && spread > 0 && (n * xy - x * y) / Math.sqrt(spread) >= alikeMin;
}
