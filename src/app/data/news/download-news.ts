import { systemClock } from "../../../adapters/system-clock.ts";
import { dayMs } from "../../../base/time.ts";
import { updateNews } from "../../../data/news/update-news.ts";
import type { TimeRange } from "../../../ports/fetched-ranges.ts";
import type { NewsAppendResult, NewsSource } from "../../../ports/news-source.ts";
import type { NewsFolder } from "./news-folder.ts";
import type { NewsPart } from "./plan-news.ts";

/** What is fetched in one go: a download that breaks off loses no more than that. */
const chunkMs = 30 * dayMs;

/** How the news of one symbol ended. */
export type NewsOutcome = NewsAppendResult & {
  readonly symbol: string;
  /** What is there in full now, from this source. */
  readonly covered: readonly TimeRange[];
  /** Null where nothing failed; what came before a failure is kept. */
  readonly error: unknown;
};

/** Who hears of a download and who may stop it. */
export type NewsHooks = {
  readonly signal: AbortSignal;
  readonly onProgress: (part: NewsPart, doneMs: number, spanMs: number) => void;
  readonly onEach: (outcome: NewsOutcome) => void;
};

/** Downloads news, one symbol after the other, each range once. The failure of one does not stop the others. */
export async function downloadNews(
  parts: readonly NewsPart[],
  source: NewsSource,
  folder: NewsFolder,
  hooks: NewsHooks,
): Promise<readonly NewsOutcome[]> {
  const outcomes: NewsOutcome[] = [];
  for (const part of parts) {
    if (hooks.signal.aborted) break;
    const outcome = await downloadOne(part, source, folder, hooks);
    outcomes.push(outcome);
    hooks.onEach(outcome);
  }
  return outcomes;
}

async function downloadOne(
  part: NewsPart,
  source: NewsSource,
  { store, holdings }: NewsFolder,
  { signal, onProgress }: NewsHooks,
): Promise<NewsOutcome> {
  const { symbol, fromMs, toMs } = part;
  const total = { added: 0, revised: 0, unchanged: 0 };
  let error: unknown = null;
  try {
    for (let startMs = fromMs; startMs < toMs; startMs += chunkMs) {
      signal.throwIfAborted();
      const endMs = Math.min(startMs + chunkMs, toMs);
      const nowMs = systemClock.nowMs();
      const request = { symbol, fromMs: startMs, toMs: endMs, nowMs, signal };
      const { covered, ...counts } = await updateNews(source, store, request);
      // Noted after the last article has arrived: at this time all of it was here.
      await holdings.note(source.name, symbol, covered, systemClock.nowMs());
      total.added += counts.added;
      total.revised += counts.revised;
      total.unchanged += counts.unchanged;
      onProgress(part, endMs - fromMs, toMs - fromMs);
    }
  } catch (cause) {
    error = cause;
  }
  return { symbol, ...total, covered: await store.covered(source.name, symbol), error };
}
