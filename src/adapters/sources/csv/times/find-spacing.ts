import { dayMs, hourMs } from "../../../../base/time.ts";
import { timeframeOf, type Timeframe } from "../../../../domain/timeframe.ts";

/** How far apart the rows of a file stand. */
export type Spacing = {
  /** The step that all others are made of, but for a few strays, in milliseconds. */
  readonly spanMs: number;
  /** The timeframe of bars with that step, or null when no unit fits. */
  readonly timeframe: Timeframe | null;
  /** Share of the rows that follow at that very step. */
  readonly share: number;
  /** The rows are days twice over, at two times of day: those of two sources, or two bars a day of a short session. */
  readonly isTwiceADay: boolean;
};

/** A night or a weekend: longer than this many usual steps, and than five hours. Nothing about a grid follows from it. */
const breakSteps = 5;
const breakMs = 5 * hourMs;
/** Steps that do not fit are strays up to this share; beyond it they show a finer grid. */
const strayShareMax = 0.01;
/** From here on a step is a whole number of days, and an hour off where the clocks change. */
const longMs = 23 * hourMs;
/** Sessions of half a day end so much earlier; more of them than this share are another kind of bar. */
const halfDayMs = 4 * hourMs;
const halfDayShareMax = 0.05;
/** Fewer rows that come twice on a day are mistakes, and no second series. */
const pairsMin = 4;
/** On fewer days the same cuts may be chance. */
const cutDaysMin = 3;
/** Steps of weeks and months differ by holidays and by the length of months. */
const weekMs = 7 * dayMs;
const monthMs = 30.44 * dayMs;

/**
 * How far apart rows in the order of time are; null below two. Of bars within the day and of days it is the largest
 * step that all steps are multiples of (files that leave out minutes without trades have 2, 3 and 5 minutes between
 * their rows, and are files of minutes), of weeks and months the usual one.
 */
export function findSpacing(timesMs: Float64Array, length: number): Spacing | null {
  const counts = countSteps(timesMs, length);
  if (counts.size === 0) return null;
  const [usualMs] = [...counts].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a));
  if (usualMs > 4 * dayMs) return longSpacing(counts, length - 1, usualMs);
  const odd = oddSteps(timesMs, length, usualMs);
  const isUsual =
    odd <= strayShareMax * (length - 1) ||
    areDays(counts, length - 1, usualMs) ||
    areCutAlike(timesMs, length, usualMs);
  const spanMs = isUsual ? usualMs : commonDivisor(counts, usualMs);
  const share = (counts.get(spanMs) ?? 0) / (length - 1);
  return { spanMs, timeframe: timeframeOf(spanMs), share, isTwiceADay: areTwiceADay(timesMs, length) };
}

/**
 * Whether rows come at two times of day, and at both on many days. Bars of half a day do so too, but evenly; all shorter
 * ones are more to a day. An hour is left to the change of the clocks: midnights of Berlin and of UTC are one time to it.
 */
function areTwiceADay(timesMs: Float64Array, length: number): boolean {
  const firstMs = timesMs[0]! % dayMs;
  let secondMs = Number.NaN;
  let [pairs, strays] = [0, 0];
  for (let row = 1; row < length; row++) {
    const timeMs = timesMs[row]! % dayMs;
    if (timesMs[row]! - timesMs[row - 1]! <= dayMs / 2) pairs += 1;
    if (isNear(timeMs, firstMs)) continue;
    if (Number.isNaN(secondMs)) secondMs = timeMs;
    if (!isNear(timeMs, secondMs)) strays += 1;
  }
  const isEven = isNear(secondMs, (firstMs + dayMs / 2) % dayMs);
  const areTwo = pairs >= pairsMin && pairs <= length / 2;
  return areTwo && strays <= strayShareMax * length && !isEven;
}

/** Whether two times of day are within an hour of each other. */
function isNear(a: number, b: number): boolean {
  const apartMs = Math.abs(a - b);
  return Math.min(apartMs, dayMs - apartMs) <= hourMs;
}

/** A step, and where it is about whole days long the days themselves. */
function stepAt(timesMs: Float64Array, row: number): number {
  const stepMs = timesMs[row]! - timesMs[row - 1]!;
  if (stepMs < longMs) return stepMs;
  const daysMs = Math.round(stepMs / dayMs) * dayMs;
  return Math.abs(stepMs - daysMs) <= hourMs ? daysMs : stepMs;
}

function countSteps(timesMs: Float64Array, length: number): Map<number, number> {
  const counts = new Map<number, number>();
  let runMs = Number.NaN;
  let run = 0;
  for (let row = 1; row <= length; row++) {
    const stepMs = row < length ? stepAt(timesMs, row) : Number.NaN;
    if (stepMs === runMs) {
      run += 1;
      continue;
    }
    if (run > 0) counts.set(runMs, (counts.get(runMs) ?? 0) + run);
    runMs = stepMs;
    run = 1;
  }
  return counts;
}

/**
 * Steps that are no multiples of the usual one. Not counted are breaks, a shorter step that leads from one to the grid
 * (Interactive Brokers begins a session of hours with half an hour) or from the grid to one (stamps of closes end with
 * the session, and yfinance adds the closing price as a row), and a row between two others of the grid.
 */
function oddSteps(timesMs: Float64Array, length: number, usualMs: number): number {
  let odd = 0;
  for (let row = 1; row < length; row++) {
    const stepMs = stepAt(timesMs, row);
    if (stepMs % usualMs === 0 || isBreak(stepMs, usualMs)) continue;
    const isShort = stepMs < usualMs;
    const isAfterBreak = row === 1 || isBreak(stepAt(timesMs, row - 1), usualMs);
    const nextMs = row + 1 < length ? stepAt(timesMs, row + 1) : Infinity;
    if (isShort && (isAfterBreak || isBreak(nextMs, usualMs))) continue;
    if (isShort && (stepMs + nextMs) % usualMs === 0) row += 1;
    else odd += 1;
  }
  return odd;
}

/**
 * Whether the grid begins anew at the bells of each day: hours that begin with a session, while trading before it and
 * after it has its own (yfinance with `prepost`). Then most steps are the usual one, and nearly every day has as many
 * shorter ones as the others, one or two. Rows that are left out are not left out alike.
 */
function areCutAlike(timesMs: Float64Array, length: number, usualMs: number): boolean {
  const cuts = [0];
  let [within, usual] = [0, 0];
  for (let row = 1; row < length; row++) {
    const stepMs = stepAt(timesMs, row);
    if (isBreak(stepMs, usualMs)) cuts.push(0);
    else {
      if (stepMs < usualMs) cuts[cuts.length - 1]! += 1;
      else if (stepMs % usualMs !== 0) return false;
      within += 1;
      if (stepMs === usualMs) usual += 1;
    }
  }
  const [daily = 0] = cuts.toSorted((a, b) => a - b).slice(Math.floor(cuts.length / 2));
  const alike = cuts.filter((count) => count === daily).length;
  const isRegular = cuts.length >= cutDaysMin && alike >= 0.8 * cuts.length;
  return isRegular && daily >= 1 && daily <= 2 && usual >= 0.75 * within;
}

/** Whether steps are whole days but for the sessions that end early, as stamps of the close show them. */
function areDays(counts: ReadonlyMap<number, number>, steps: number, usualMs: number): boolean {
  if (usualMs !== dayMs) return false;
  let early = 0;
  for (const [stepMs, count] of counts) {
    const offMs = Math.abs(stepMs - Math.round(stepMs / dayMs) * dayMs);
    if (stepMs < dayMs - halfDayMs || offMs > halfDayMs + hourMs) return false;
    if (offMs > 0) early += count;
  }
  return early <= halfDayShareMax * steps;
}

function isBreak(stepMs: number, usualMs: number): boolean {
  return stepMs > breakMs && stepMs > breakSteps * usualMs;
}

/** The largest step that nearly all steps are multiples of; breaks are left out. */
function commonDivisor(counts: ReadonlyMap<number, number>, usualMs: number): number {
  const steps = [...counts].filter(([stepMs]) => !isBreak(stepMs, usualMs)).sort((a, b) => b[1] - a[1]);
  const total = steps.reduce((sum, [, count]) => sum + count, 0);
  let [divisorMs, seen] = [usualMs, 0];
  for (const [stepMs, count] of steps) {
    if (seen >= total * (1 - strayShareMax)) break;
    divisorMs = divisorOf(divisorMs, stepMs);
    seen += count;
  }
  return divisorMs;
}

function divisorOf(a: number, b: number): number {
  let [large, small] = [a, b];
  while (small > 0) [large, small] = [small, large % small];
  return large;
}

/** Weeks and months by their median step. */
function longSpacing(counts: ReadonlyMap<number, number>, steps: number, usualMs: number): Spacing {
  const medianMs = medianOf(counts, steps);
  const timeframe = longTimeframe(medianMs) ?? timeframeOf(usualMs);
  const spanMs = timeframe === null ? usualMs : medianMs;
  let near = 0;
  for (const [stepMs, count] of counts) if (Math.abs(stepMs - medianMs) < 0.2 * medianMs) near += count;
  return { spanMs, timeframe, share: near / steps, isTwiceADay: false };
}

function longTimeframe(medianMs: number): Timeframe | null {
  const weeks = Math.round(medianMs / weekMs);
  if (weeks >= 1 && weeks <= 3 && Math.abs(medianMs - weeks * weekMs) <= dayMs) return `${weeks}w`;
  const months = Math.round(medianMs / monthMs);
  return months >= 1 && Math.abs(medianMs - months * monthMs) <= 3 * dayMs ? `${months}M` : null;
}

function medianOf(counts: ReadonlyMap<number, number>, steps: number): number {
  let seen = 0;
  for (const [stepMs, count] of [...counts].sort((a, b) => a[0] - b[0])) {
    seen += count;
    if (seen * 2 >= steps) return stepMs;
  }
  return Number.NaN;
}
