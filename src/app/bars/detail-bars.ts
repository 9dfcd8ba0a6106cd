import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import { parseFileName } from "../../adapters/sources/csv/file-name.ts";
import { barFields, sliceBars, type Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import { ResampledFrame } from "../../engine/columns/frame.ts";
import { isSynthetic } from "./synthetic-source.ts";

/** Prices that differ by no more than this share are the same: sources round. */
const priceTolerance = 1e-6;
/** More decision bars than this share without finer bars is another market, not a few holes. */
const missingShareMax = 0.01;

/** Finer bars of one symbol, cut to the time that both cover. */
export type DetailBars = { readonly bars: Bars; readonly warnings: readonly string[] };

/** Whether `--detail` names a timeframe and not a path. */
export function isTimeframeText(text: string): text is Timeframe {
  return /^[1-9]\d{0,3}[smhdwM]$/.test(text);
}

/** The file with finer bars that lies beside a data file: same symbol, that timeframe. Throws `DETAIL_MISSING`. */
export async function detailPath(
  folder: string,
  dataPath: string,
  symbol: string,
  timeframe: Timeframe,
): Promise<string> {
  if (isSynthetic(dataPath)) throw missingDetail(symbol, timeframe, "made-up bars have no finer ones");
  const beside = dirname(resolve(folder, dataPath));
  const names = await readdir(beside);
  const found = names.find((name) => {
    const told = parseFileName(name);
    return told.symbol === symbol && told.timeframe === timeframe;
  });
  if (found === undefined)
    throw missingDetail(symbol, timeframe, `${beside} has no file like ${symbol}-${timeframe}.csv`);
  return join(beside, found);
}

/**
 * Checks that finer bars add up to the coarse ones and cuts them to the time that both cover.
 * Throws `DETAIL_NOT_FINER`, `DETAIL_APART` and `DETAIL_DISAGREES`, naming the first bar that differs.
 */
export function agreeingDetail(coarse: Bars, fine: Bars, calendar: Calendar): DetailBars {
  if (timeframeMs(fine.timeframe) >= timeframeMs(coarse.timeframe)) throw notFiner(coarse, fine);
  const spanMs = timeframeMs(coarse.timeframe);
  const firstOpenMs = Math.max(
    coarse.closeTimeMs[0]! - spanMs,
    fine.closeTimeMs[0]! - timeframeMs(fine.timeframe),
  );
  const lastCloseMs = Math.min(coarse.closeTimeMs[coarse.length - 1]!, fine.closeTimeMs[fine.length - 1]!);
  const from = firstAfter(fine, firstOpenMs);
  const to = firstAfter(fine, lastCloseMs);
  if (to - from < 2) throw apart(coarse, fine);
  const cut = sliceBars(fine, from, to);
  const missing = compare(coarse, cut, calendar);
  return { bars: cut, warnings: [...cutWarning(coarse, cut), ...missing] };
}

/** The first row that closes after a time. */
function firstAfter(bars: Bars, timeMs: number): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bars.closeTimeMs[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Compares the finer bars, added up, with the coarse ones; returns a warning when some have no counterpart. */
function compare(coarse: Bars, fine: Bars, calendar: Calendar): readonly string[] {
  const frame = new ResampledFrame(fine, coarse.timeframe, calendar);
  frame.extend();
  const built = frame.bars;
  let compared = 0;
  let missing = 0;
  let row = firstAfter(coarse, built.length === 0 ? Infinity : built.closeTimeMs[0]! - 1);
  // The first and the last built bar may be made of only a part of their minutes.
  for (let k = 0; k < built.length; k++) {
    for (; row < coarse.length && coarse.closeTimeMs[row]! < built.closeTimeMs[k]!; row++) missing += 1;
    if (row < coarse.length && coarse.closeTimeMs[row] === built.closeTimeMs[k]) {
      if (k > 0) refuseDifference(coarse, row, fine, built, k);
      compared += 1;
      row += 1;
    }
  }
  if (compared === 0) throw apart(coarse, fine);
  if (missing > compared * missingShareMax) throw tooManyMissing(coarse, fine, missing);
  return missing === 0
    ? []
    : [
        `${missing} bars of ${coarse.symbol} ${coarse.timeframe} have no ${fine.timeframe} bars: nothing is decided on them`,
      ];
}

function refuseDifference(coarse: Bars, row: number, fine: Bars, built: Bars, builtRow: number): void {
  for (const name of barFields) {
    if (name === "volume") continue;
    const wanted = coarse[name][row]!;
    const found = built[name][builtRow]!;
    if (Math.abs(found - wanted) <= priceTolerance * Math.abs(wanted)) continue;
    throw new KiwiError({
      code: "DETAIL_DISAGREES",
      exit: "data",
      message: `${coarse.symbol} at ${formatTime(coarse.closeTimeMs[row]!)}: ${name} is ${wanted} in the ${coarse.timeframe} bars and ${found} in the ${fine.timeframe} bars added up`,
      why: "orders would fill in another market than the one that was decided on",
      fix: `use bars of one source, or leave the coarse file out: --data <${fine.timeframe} file> -t ${coarse.timeframe}`,
      topic: "detail",
    });
  }
}

function cutWarning(coarse: Bars, fine: Bars): readonly string[] {
  const spanMs = timeframeMs(coarse.timeframe);
  const startsLate = fine.closeTimeMs[0]! - timeframeMs(fine.timeframe) > coarse.closeTimeMs[0]! - spanMs;
  const endsEarly = fine.closeTimeMs[fine.length - 1]! < coarse.closeTimeMs[coarse.length - 1]!;
  if (!startsLate && !endsEarly) return [];
  const [first, last] = [fine.closeTimeMs[0]!, fine.closeTimeMs[fine.length - 1]!];
  return [
    `${coarse.symbol}: the run covers only what the ${fine.timeframe} bars cover, ${formatTime(first)} to ${formatTime(last)}`,
  ];
}

function missingDetail(symbol: string, timeframe: Timeframe, why: string): KiwiError {
  return new KiwiError({
    code: "DETAIL_MISSING",
    exit: "data",
    message: `there are no ${timeframe} bars of ${symbol}`,
    why,
    fix: `name the file: --detail PATH, or leave --detail out`,
    topic: "detail",
  });
}

function notFiner(coarse: Bars, fine: Bars): KiwiError {
  return new KiwiError({
    code: "DETAIL_NOT_FINER",
    exit: "data",
    message: `--detail has ${fine.timeframe} bars of ${fine.symbol}, and --data has ${coarse.timeframe} bars`,
    why: "detail means shorter bars than those that are decided on",
    fix: `exchange the two, or leave --detail out`,
    topic: "detail",
  });
}

function apart(coarse: Bars, fine: Bars): KiwiError {
  const span = (bars: Bars) =>
    `${formatTime(bars.closeTimeMs[0]!)} to ${formatTime(bars.closeTimeMs[bars.length - 1]!)}`;
  return new KiwiError({
    code: "DETAIL_APART",
    exit: "data",
    message: `--data and --detail share no time for ${coarse.symbol}`,
    why: `the ${coarse.timeframe} bars close ${span(coarse)}, the ${fine.timeframe} bars ${span(fine)}`,
    fix: "get finer bars of the same time, or leave --detail out",
    topic: "detail",
  });
}

function tooManyMissing(coarse: Bars, fine: Bars, missing: number): KiwiError {
  return new KiwiError({
    code: "DETAIL_HOLES",
    exit: "data",
    message: `${missing} bars of ${coarse.symbol} ${coarse.timeframe} have no ${fine.timeframe} bars within the time that both cover`,
    why: "a strategy would not be asked on those bars, and the run would be another one",
    fix: "complete the finer bars, or leave --detail out",
    topic: "detail",
  });
}
