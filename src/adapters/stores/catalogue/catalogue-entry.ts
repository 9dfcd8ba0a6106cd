import { bytesOf, sha256Of } from "../../../base/hash.ts";
import { findGaps, type Gap } from "../../../data/validation/find-gaps.ts";
import { barFields, type Bars } from "../../../domain/bars.ts";
import type { Calendar } from "../../../domain/calendar/calendar.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { VersionedBars } from "../../../ports/bar-store.ts";

/** The bars that came from one source. */
export type SourceShare = {
  readonly source: string;
  readonly bars: number;
  readonly fromMs: number;
  readonly toMs: number;
};

/** What the catalogue says about a symbol and timeframe without listing its gaps. */
export type CatalogueSummary = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly bars: number;
  /** All versions of all bars. */
  readonly versions: number;
  /** First and last close, UTC milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Whom the newest versions came from, by name. */
  readonly sources: readonly SourceShare[];
  /** SHA-256 of close times, prices and volumes of the newest versions: equal for equal bars, whatever file holds them. */
  readonly fingerprint: string;
  /** When the bars were last looked over, UTC milliseconds. */
  readonly checkedMs: number;
};

/** All that the catalogue says about a symbol and timeframe. */
export type CatalogueEntry = CatalogueSummary & { readonly gaps: readonly Gap[] };

/** Looks the newest versions of bars over, of which there is at least one, and describes them. */
export function describeBars(
  bars: VersionedBars,
  versions: number,
  calendar: Pick<Calendar, "missingBars">,
  checkedMs: number,
): CatalogueEntry {
  const { symbol, timeframe, length, closeTimeMs } = bars;
  return {
    symbol,
    timeframe,
    bars: length,
    versions,
    fromMs: closeTimeMs[0]!,
    toMs: closeTimeMs[length - 1]!,
    sources: sharesOf(bars),
    fingerprint: fingerprintOf(bars),
    checkedMs,
    gaps: findGaps(bars, calendar),
  };
}

/** SHA-256 of the close times, prices and volumes of bars: equal for equal bars, wherever they are kept. */
export function fingerprintOf(bars: Bars): string {
  return sha256Of((["closeTimeMs", ...barFields] as const).map((name) => bytesOf(bars[name], bars.length)));
}

function sharesOf({ closeTimeMs, sourceIndex, sources, length }: VersionedBars): readonly SourceShare[] {
  const shares = sources.map((source) => ({ source, bars: 0, fromMs: Infinity, toMs: -Infinity }));
  for (let row = 0; row < length; row++) {
    const share = shares[sourceIndex[row]!]!;
    share.bars += 1;
    if (share.bars === 1) share.fromMs = closeTimeMs[row]!;
    share.toMs = closeTimeMs[row]!;
  }
  return shares.filter(({ bars }) => bars > 0).sort((a, b) => (a.source < b.source ? -1 : 1));
}
