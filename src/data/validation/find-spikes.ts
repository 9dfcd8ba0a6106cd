import { formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Finding } from "./bar-report.ts";
import { Tally, countOf } from "./finding-list.ts";
import { medianOf } from "./median-of.ts";

/** A wick longer than this many usual ranges is worth knowing: a flash move, or a bad tick. */
const wideRanges = 20;
/** Nobody traded there, where it is so many usual ranges, or twice the price (or half of it) and no wild market's usual. */
const farRanges = 200;
const farRatio = Math.log(2);
/** Beyond five times the price, or a fifth of it, however wide the bars are. */
const farthest = Math.log(5);
/** Below this many bars with a range a usual one means nothing. */
const rangesMin = 20;

type Limits = { readonly wide: number; readonly far: number };

/**
 * Finds highs and lows that stand alone: `spike` where a bar went far beyond its own close and the one before, and came
 * back within the bar. A usual range is the median of log(high / low) over the bars that moved.
 */
export function findSpikes(bars: Bars, examplesMax: number): readonly Finding[] {
  const limits = limitsOf(bars);
  const [far, wide] = [new Tally(examplesMax), new Tally(examplesMax)];
  eachWick(bars, limits.wide, (row, name, size) => {
    const time = bars.closeTimeMs[row]!;
    const tally = size > limits.far ? far : wide;
    tally.add(time, () => `${name} ${bars[name][row]} at ${formatTime(time)}, close ${bars.close[row]}`);
  });
  const places = (tally: Tally): string => countOf(tally.count, "high or low", "highs and lows");
  return far.count > 0
    ? far.finding("spike", "warning", `${places(far)} far beyond the closes around: bad ticks?`)
    : wide.finding(
        "spike",
        "info",
        `${places(wide)} beyond ${wideRanges} usual ranges from the closes around: flash moves, or bad ticks`,
      );
}

/** Rows whose high or low nobody can have traded at, in order. */
export function spikeRows(bars: Bars): readonly number[] {
  const rows = new Set<number>();
  eachWick(bars, limitsOf(bars).far, (row) => rows.add(row));
  return [...rows];
}

function eachWick(
  bars: Bars,
  limit: number,
  found: (row: number, name: "high" | "low", size: number) => void,
): void {
  const { high, low, close, length } = bars;
  for (let row = 0; row < length; row++) {
    const before = close[Math.max(0, row - 1)]!;
    const above = Math.log(high[row]! / Math.max(close[row]!, before));
    const below = Math.log(Math.min(close[row]!, before) / low[row]!);
    if (above > limit) found(row, "high", above);
    if (below > limit) found(row, "low", below);
  }
}

function limitsOf({ high, low, length }: Bars): Limits {
  const ranges = new Float64Array(length);
  for (let row = 0; row < length; row++) ranges[row] = Math.log(high[row]! / low[row]!);
  const moving = ranges.filter((range) => range > 0 && Number.isFinite(range));
  if (moving.length < rangesMin) return { wide: farthest, far: farthest };
  const usual = medianOf(moving);
  const wide = Math.min(farthest, wideRanges * usual);
  return { wide, far: Math.max(wide, Math.min(farthest, farRanges * usual, Math.max(farRatio, wide))) };
}
