import {
  barQuality,
  type AppendResult,
  type BarsToStore,
  type Provenance,
  type VersionedBars,
} from "../../../ports/bar-store.ts";
import { VersionTable } from "./version-columns.ts";

const nothing: AppendResult = { added: 0, revised: 0, unchanged: 0 };

/** What an append adds to a store, as versioned bars, and how that was found. */
export type News = { readonly news: VersionedBars; readonly result: AppendResult };

/**
 * Compares bars with the newest versions held: bars not held get version 1, bars that differ the next one, and all
 * others are left out. A flag of `ok` on a revision becomes `revised`.
 */
export function findNews(held: VersionedBars, bars: BarsToStore, provenance: Provenance): News {
  if (held.length === 0)
    return { news: firstVersions(held, bars, provenance), result: { ...nothing, added: bars.length } };
  const table = new VersionTable(bars.length);
  const source = table.sourceIndexOf(provenance.source);
  const { columns } = table;
  let revised = 0;
  let at = 0;
  for (let row = 0; row < bars.length; row++) {
    const closeMs = bars.closeTimeMs[row]!;
    while (at < held.length && held.closeTimeMs[at]! < closeMs) at += 1;
    const isHeld = at < held.length && held.closeTimeMs[at] === closeMs;
    const quality = bars.quality?.[row] ?? barQuality.ok;
    if (isHeld && isSame(held, at, bars, row, quality)) continue;
    if (isHeld) revised += 1;
    const to = table.length++;
    columns.closeTimeMs[to] = closeMs;
    columns.open[to] = bars.open[row]!;
    columns.high[to] = bars.high[row]!;
    columns.low[to] = bars.low[row]!;
    columns.close[to] = bars.close[row]!;
    columns.volume[to] = bars.volume[row]!;
    columns.receivedAtMs[to] = provenance.receivedAtMs;
    columns.version[to] = isHeld ? held.version[at]! + 1 : 1;
    columns.quality[to] = isHeld && quality === barQuality.ok ? barQuality.revised : quality;
    columns.sourceIndex[to] = source;
  }
  const news = table.finish(held.symbol, held.timeframe);
  return { news, result: { added: news.length - revised, revised, unchanged: bars.length - news.length } };
}

/** Bars of a time of which nothing is held, without copying them: a first download is large. */
function firstVersions(
  { symbol, timeframe }: VersionedBars,
  bars: BarsToStore,
  { source, receivedAtMs }: Provenance,
): VersionedBars {
  const { length } = bars;
  const cut = (column: Float64Array): Float64Array => column.subarray(0, length);
  return {
    symbol,
    timeframe,
    length,
    closeTimeMs: cut(bars.closeTimeMs),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
    volume: cut(bars.volume),
    receivedAtMs: new Float64Array(length).fill(receivedAtMs),
    version: new Int32Array(length).fill(1),
    quality: bars.quality?.subarray(0, length) ?? new Uint8Array(length),
    sources: [source],
    sourceIndex: new Uint8Array(length),
  };
}

function isSame(held: VersionedBars, at: number, bars: BarsToStore, row: number, quality: number): boolean {
  return (
    held.close[at] === bars.close[row] &&
    held.open[at] === bars.open[row] &&
    held.high[at] === bars.high[row] &&
    held.low[at] === bars.low[row] &&
    held.volume[at] === bars.volume[row] &&
    plainQuality(held.quality[at]!) === plainQuality(quality)
  );
}

/** The store itself marks revisions: the source that sends the same bar again does not know of it. */
function plainQuality(quality: number): number {
  return quality === barQuality.revised ? barQuality.ok : quality;
}
