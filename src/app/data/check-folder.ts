import { compareTimeframes, type TimeframeComparison } from "../../data/validation/compare-timeframes.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import {
  checkSeries,
  damagedReport,
  lostReport,
  isSeriesSound,
  type CheckedSeries,
  type HeldReport,
} from "./check-held.ts";
import { surveyHeld } from "./held-for.ts";
import { isSameSeries, type SeriesName } from "./known-missing.ts";
import type { FetchedSeries } from "../../ports/fetched-ranges.ts";
import type { HeldParts } from "./held-series.ts";
import { heldSymbol } from "./stored-bars.ts";

/** Values that differ by no more than this share are the same: sources round. */
const tolerance = 1e-6;
/** More bars than this share with other prices are another market, not a few corrections. */
const disagreeingShareMax = 0.01;

/** What is wrong with what a data folder holds. */
export type CheckedFolder = {
  readonly folder: string;
  readonly series: readonly HeldReport[];
  /** Each timeframe of a symbol against the next shorter one that it could be made of. */
  readonly comparisons: readonly TimeframeComparison[];
};

/** Looks over what is held of some symbols, or of all, and whether timeframes agree. Throws `SYMBOL_UNKNOWN`. */
export async function checkFolder(
  parts: HeldParts,
  folder: string,
  symbols: readonly string[],
  timeframe: Timeframe | undefined,
): Promise<CheckedFolder> {
  const { held, damaged } = await surveyHeld(parts.store);
  const fetched = await parts.ranges.all();
  const gone = await findGone(parts, [...held, ...damaged], fetched);
  const known = [...new Set([...held, ...damaged, ...gone].map(({ symbol }) => symbol))];
  const wanted = new Set(symbols.map((symbol) => heldSymbol(symbol, known, folder)));
  const isChosen = (one: { readonly symbol: string; readonly timeframe: Timeframe }): boolean =>
    (wanted.size === 0 || wanted.has(one.symbol)) && (timeframe === undefined || one.timeframe === timeframe);
  const chosen = held.filter(isChosen);
  const series: HeldReport[] = [...damaged.filter(isChosen).map(damagedReport), ...gone.filter(isChosen)];
  const comparisons: TimeframeComparison[] = [];
  // One symbol at a time: all bars of a large folder would not fit into memory.
  for (const ofSymbol of Map.groupBy(chosen, ({ symbol }) => symbol).values()) {
    const checked: CheckedSeries[] = [];
    for (const one of ofSymbol.toSorted((a, b) => timeframeMs(a.timeframe) - timeframeMs(b.timeframe)))
      checked.push(await checkSeries(parts, one, fetched));
    series.push(...checked.map(({ report }) => report));
    comparisons.push(...compareAll(checked));
  }
  return { folder, series, comparisons };
}

/** Compares each timeframe with the longest shorter one that divides it; `checked` goes from short to long. */
function compareAll(checked: readonly CheckedSeries[]): readonly TimeframeComparison[] {
  const whole = checked.flatMap(({ bars, calendar }) =>
    bars === null || calendar === null ? [] : [{ bars, calendar }],
  );
  return whole.flatMap(({ bars: coarse }, index) => {
    const fine = whole
      .slice(0, index)
      .findLast(
        ({ bars: { timeframe } }) =>
          coarse.timeframe.endsWith("M") || timeframeMs(coarse.timeframe) % timeframeMs(timeframe) === 0,
      );
    if (fine === undefined) return [];
    return [compareTimeframes(fine.bars, coarse, fine.calendar, tolerance)];
  });
}

/** Series of which nothing is left, although bars are known to be missing or came once. */
async function findGone(
  parts: HeldParts,
  there: readonly SeriesName[],
  fetched: readonly FetchedSeries[],
): Promise<readonly HeldReport[]> {
  const names = new Map<string, SeriesName>();
  for (const one of [...(await parts.store.missing()), ...fetched])
    if (!there.some((other) => isSameSeries(one, other))) names.set(`${one.timeframe} ${one.symbol}`, one);
  const reports = await Promise.all([...names.values()].map(async (one) => lostReport(parts, one, fetched)));
  return reports.filter((report) => report !== null);
}

/** Whether two timeframes are of one market: a few corrected bars do not make them two. */
export function doAgree({ compared, disagreements }: TimeframeComparison): boolean {
  const worst = Math.max(
    0,
    ...disagreements.filter(({ field }) => field !== "volume").map(({ count }) => count),
  );
  return worst <= compared * disagreeingShareMax;
}

/** Whether everything that was looked over is whole, possible and free of contradictions. */
export function isFolderSound({ series, comparisons }: CheckedFolder): boolean {
  return series.every(isSeriesSound) && comparisons.every(doAgree);
}
