import type { NewsItem } from "../../ports/news-source.ts";

/** A version of an article, and from when on it may be used. */
export type KnownVersion = { readonly item: NewsItem; readonly knownMs: number };

/** By whose clock news are known. */
export type Knowledge = {
  /**
   * `published` (default): by the publisher's stamps, for history that was downloaded later.
   * `received`: not before it arrived here, for news that were collected live.
   */
  readonly knownBy?: "published" | "received";
  /** How long after that stamp; default 0. Stamps are cut to whole seconds, and news take time to arrive. */
  readonly delayMs?: number;
};

/**
 * The distinct versions of articles, in the order in which they became known: at the later of publication and update.
 * A text that was changed without a new stamp was not known before it arrived here.
 */
export function knownVersions(
  items: readonly NewsItem[],
  { knownBy = "published", delayMs = 0 }: Knowledge = {},
): readonly KnownVersion[] {
  const texts = new Map<string, Set<string>>();
  const versions: KnownVersion[] = [];
  for (const item of items.toSorted(byArrival)) {
    const stampedMs = publicMs(item);
    const stamp = `${item.id} ${stampedMs}`;
    const known = texts.get(stamp) ?? new Set();
    texts.set(stamp, known);
    const text = versionText(item);
    if (known.has(text)) continue;
    const isSilent = known.size > 0;
    known.add(text);
    const knownMs = knownBy === "received" || isSilent ? Math.max(stampedMs, item.receivedAtMs) : stampedMs;
    versions.push({ item, knownMs: knownMs + delayMs });
  }
  return versions.sort(byKnowledge);
}

/** When a version was public by its stamps: neither before the article nor before the update. UTC milliseconds. */
export function publicMs({ publishedAtMs, updatedAtMs }: NewsItem): number {
  return Math.max(publishedAtMs, updatedAtMs);
}

/** What makes one version differ from another of the same stamp. */
export function versionText(item: NewsItem): string {
  const { publishedAtMs, headline, summary, author, sourceName, url } = item;
  return JSON.stringify([publishedAtMs, item.symbols.toSorted(), headline, summary, author, sourceName, url]);
}

// Both orders are whole, so that the same items give the same sums however they were handed in.
function byArrival(a: NewsItem, b: NewsItem): number {
  return (
    a.receivedAtMs - b.receivedAtMs ||
    compareText(a.id, b.id) ||
    a.updatedAtMs - b.updatedAtMs ||
    compareText(versionText(a), versionText(b))
  );
}

function byKnowledge(a: KnownVersion, b: KnownVersion): number {
  return a.knownMs - b.knownMs || a.item.updatedAtMs - b.item.updatedAtMs || byArrival(a.item, b.item);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
