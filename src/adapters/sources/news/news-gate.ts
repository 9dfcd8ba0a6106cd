import { sha256 } from "../../../base/hash.ts";
import { versionText } from "../../../data/news/known-versions.ts";
import type { NewsItem } from "../../../ports/news-source.ts";

/** Articles come back within days of their revisions; this is months of one market's news. */
const versionsMax = 100_000;

/** Lets each version of each article through once, from whichever side it comes. */
export class NewsGate {
  private readonly seen = new Set<string>();

  /** Whether the version is new; from now on it is not. */
  admit(item: NewsItem): boolean {
    const key = keyOf(item);
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    if (this.seen.size > versionsMax) this.seen.delete(this.seen.values().next().value!);
    return true;
  }

  /** The version did not get through after all and may come again. */
  forget(item: NewsItem): void {
    this.seen.delete(keyOf(item));
  }
}

function keyOf(item: NewsItem): string {
  return `${item.id} ${item.updatedAtMs} ${sha256(versionText(item)).slice(0, 16)}`;
}
