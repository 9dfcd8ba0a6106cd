import { dayMs, formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import type { Finding } from "./bar-report.ts";
import { countOf, Tally } from "./finding-list.ts";
import { spikeRows } from "./find-spikes.ts";
import { medianOf } from "./median-of.ts";

/** Robust sigmas beyond which a return is not the market's daily business. */
const outlierSigmas = 15;
/** A bad tick is gone within this many bars, all but this share of it. */
const revertBars = 3;
const revertShareMax = 0.2;
/** A step of which more than this share happened between two bars was not traded through. */
const untradedShareMax = 0.5;
/** Log return of a day, or less than a day, beyond which a missed split is likelier than news. */
const dailyJump = 0.4;
/** Price ratios of splits and reverse splits, up to their inverse, and how near a price must come. */
const splitRatios = [1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50, 100];
const splitTolerance = 0.02;
/** Below this many returns a sigma means nothing. */
const returnsMin = 20;

/**
 * Finds closes that jump: `outlier` where the price comes back within three bars and nobody traded on the way there or
 * back (a bad tick), `flash` where the bars show the way (a flash crash: the next one opens where the last one closed),
 * `jump` where it does not come back and the step is a split's ratio or above 0.4 (longer bars: times the root of their days).
 * The sigma is 1.4826 times the median absolute log return other than zero, so that the outliers themselves do not
 * widen it (Hampel, The Influence Curve and Its Role in Robust Estimation, 1974; about zero and not about the median,
 * because a price that goes to and fro between two ticks has no deviation from its median).
 */
export function findJumps(bars: Bars, examplesMax: number): readonly Finding[] {
  const { close, closeTimeMs } = bars;
  const tallies = {
    outlier: new Tally(examplesMax),
    flash: new Tally(examplesMax),
    jump: new Tally(examplesMax),
  };
  eachJump(bars, (kind, row, back) => {
    const time = closeTimeMs[row]!;
    const step = `close ${close[row - 1]} to ${close[row]} at ${formatTime(time)}`;
    const rest = kind === "jump" ? splitText(close[row]! / close[row - 1]!) : `, back at ${close[back]}`;
    tallies[kind].add(time, () => step + rest);
  });
  const { outlier, flash, jump } = tallies;
  return [
    ...outlier.finding(
      "outlier",
      "warning",
      `${countOf(outlier.count, "close")} beyond ${outlierSigmas} sigmas that came back within ${revertBars} bars without a trade on the way: bad ticks?`,
    ),
    ...jump.finding(
      "jump",
      "warning",
      `${countOf(jump.count, "jump")} that stayed: a split or spin-off that the prices are not adjusted for?`,
    ),
    ...flash.finding(
      "flash",
      "info",
      `${countOf(flash.count, "close")} beyond ${outlierSigmas} sigmas, traded there and back within ${revertBars} bars: flash moves`,
    ),
  ];
}

/**
 * Rows with bad ticks, in order: from each far close to the one before it is back, and those whose high or low nobody
 * can have traded at.
 */
export function badTickRows(bars: Bars): readonly number[] {
  const rows = new Set(spikeRows(bars));
  eachJump(bars, (kind, row, back) => {
    if (kind === "outlier") for (let bad = row; bad < back; bad++) rows.add(bad);
  });
  return [...rows].sort((a, b) => a - b);
}

type JumpKind = "outlier" | "flash" | "jump";

/** Tells every jump: the row it leads to, and the row at which the price is back, for a jump that stayed the same row. */
function eachJump(bars: Bars, found: (kind: JumpKind, row: number, back: number) => void): void {
  const { close, length } = bars;
  const returns = logReturns(bars);
  const outlierMin = outlierSigmas * robustSigma(returns);
  const jumpMin = dailyJump * Math.sqrt(Math.max(1, timeframeMs(bars.timeframe) / dayMs));
  for (let row = 1; row < length; row++) {
    const size = Math.abs(returns[row - 1]!);
    const isOutlier = size > outlierMin;
    const isJump = size > jumpMin || (isOutlier && splitOf(close[row]! / close[row - 1]!) !== null);
    if (!isOutlier && !isJump) continue;
    const back = rowOfReturn(close, row, length);
    if (back !== null) {
      found(isTraded(bars, row, back) ? "flash" : "outlier", row, back);
      // The way back is the other half of the same event.
      row = back;
    } else if (isJump) found("jump", row, row);
  }
}

function logReturns({ close, length }: Bars): Float64Array {
  const returns = new Float64Array(Math.max(0, length - 1));
  for (let row = 1; row < length; row++) returns[row - 1] = Math.log(close[row]! / close[row - 1]!);
  return returns;
}

/** Infinite where there are too few returns to tell. */
function robustSigma(returns: Float64Array): number {
  const moving = returns.filter((value) => value !== 0 && Number.isFinite(value));
  if (moving.length < returnsMin) return Infinity;
  return 1.4826 * medianOf(moving.map(Math.abs));
}

/** The row soon after a step at which the price is back where it came from, or null. */
function rowOfReturn(close: Float64Array, row: number, length: number): number | null {
  const from = close[row - 1]!;
  const stepSize = Math.abs(Math.log(close[row]! / from));
  for (let next = row + 1; next <= row + revertBars && next < length; next++) {
    if (Math.abs(Math.log(close[next]! / from)) < revertShareMax * stepSize) return next;
  }
  return null;
}

/** Whether the bars show the way to a far price and back: no large part of it lies between a close and the next open. */
function isTraded({ open, close }: Bars, row: number, back: number): boolean {
  const untraded = untradedShareMax * Math.abs(Math.log(close[row]! / close[row - 1]!));
  for (let next = row; next <= back; next++)
    if (!(Math.abs(Math.log(open[next]! / close[next - 1]!)) <= untraded)) return false;
  return true;
}

/** The split whose ratio a price change comes near, or null. */
function splitOf(change: number): number | null {
  const ratio = change > 1 ? change : 1 / change;
  return splitRatios.find((split) => Math.abs(ratio / split - 1) < splitTolerance) ?? null;
}

function splitText(change: number): string {
  const split = splitOf(change);
  if (split === null) return "";
  return change < 1 ? `, like a split 1 to ${split}` : `, like a reverse split ${split} to 1`;
}
