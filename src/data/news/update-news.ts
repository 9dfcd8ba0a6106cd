import { minuteMs } from "../../base/time.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";
import type { NewsAppendResult, NewsSource, NewsStore } from "../../ports/news-source.ts";
import { rangesWithout } from "../pipeline/time-ranges.ts";

/** The last minutes may still gain articles: they are left for the next time. */
const settleMs = 5 * minuteMs;

/** What to bring up to date, and what time it is. */
export type NewsUpdate = TimeRange & {
  readonly symbol: string;
  readonly nowMs: number;
  readonly signal?: AbortSignal;
};

/**
 * Fetches what the store does not have yet of a symbol's news and remembers which range it then has in full: a range is
 * never fetched twice, and one that broke off is fetched again. Throws what the source and the store throw.
 */
export async function updateNews(
  source: NewsSource,
  store: NewsStore,
  { symbol, fromMs, toMs, nowMs, signal }: NewsUpdate,
): Promise<NewsAppendResult & { readonly covered: readonly TimeRange[] }> {
  const total = { added: 0, revised: 0, unchanged: 0 };
  const wanted = { fromMs, toMs: Math.min(toMs, nowMs - settleMs) };
  for (const range of rangesWithout([wanted], await store.covered(source.name, symbol))) {
    const request = { symbols: [symbol], ...range, ...(signal === undefined ? {} : { signal }) };
    for await (const page of source.fetchNews(request)) {
      const { added, revised, unchanged } = await store.append(page);
      total.added += added;
      total.revised += revised;
      total.unchanged += unchanged;
    }
    await store.cover(source.name, symbol, range);
  }
  return { ...total, covered: await store.covered(source.name, symbol) };
}
