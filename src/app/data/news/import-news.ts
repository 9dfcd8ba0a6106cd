import { KiwiError } from "../../../base/errors.ts";
import { publicMs } from "../../../data/news/known-versions.ts";
import type { NewsItem } from "../../../ports/news-source.ts";
import type { NewsOutcome } from "./download-news.ts";
import type { NewsFolder } from "./news-folder.ts";
import { backwards } from "./plan-news.ts";
import { readNewsFile } from "./read-news-file.ts";
import { shellWord } from "../../../base/shell-word.ts";

/** What to import, and which time the file is said to cover. */
export type NewsImport = {
  readonly path: string;
  readonly symbols: readonly string[];
  readonly source: string;
  /** The first article's time by default. */
  readonly fromMs: number | undefined;
  /** The last article's time by default. */
  readonly toMs: number | undefined;
  readonly nowMs: number;
};

/** What became of the symbols, and how many articles are about none of them. */
export type NewsImported = { readonly outcomes: readonly NewsOutcome[]; readonly others: number };

/**
 * Reads a file of articles into the store and notes the range as covered: the file is taken to hold all news of the
 * symbols in it. Doing it twice changes nothing. Throws `NEWS_SYMBOL_MISSING`, `NEWS_FILE_EMPTY`, `RANGE_BACKWARDS` and
 * what the reader throws.
 */
export async function importNews(wish: NewsImport, { store, holdings }: NewsFolder): Promise<NewsImported> {
  if (wish.symbols.length === 0) throw symbolMissing(wish.path);
  const { items, others } = await readNewsFile(wish.path, wish);
  const times = items.map(publicMs);
  const fromMs = wish.fromMs ?? Math.min(...times);
  const toMs = Math.min(wish.toMs ?? Math.max(...times) + 1, wish.nowMs);
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs)) throw fileEmpty(wish);
  if (fromMs >= toMs) throw backwards(fromMs, toMs);
  const outcomes: NewsOutcome[] = [];
  for (const symbol of new Set(wish.symbols)) {
    const own = items.filter((item: NewsItem) => item.symbols.includes(symbol));
    const counts = await store.append(own);
    await store.cover(wish.source, symbol, { fromMs, toMs });
    const covered = await store.covered(wish.source, symbol);
    await holdings.note(wish.source, symbol, covered, wish.nowMs);
    outcomes.push({ symbol, ...counts, covered, error: null });
  }
  return { outcomes, others };
}

function symbolMissing(path: string): KiwiError {
  return new KiwiError({
    code: "NEWS_SYMBOL_MISSING",
    exit: "usage",
    message: `whose news ${path} holds was not said`,
    why: "articles mention many symbols, and only of some the file has all of them",
    fix: `name those: kiwi data news AAPL MSFT --file ${shellWord(path)}`,
    topic: "news",
  });
}

function fileEmpty({ path, symbols }: NewsImport): KiwiError {
  return new KiwiError({
    code: "NEWS_FILE_EMPTY",
    exit: "data",
    message: `${path} has no article about ${symbols.join(", ")}`,
    why: "without an article nothing says which time it covers",
    fix: "check how the file writes its symbols; if there really was no news, say when: --from DAY --to DAY",
    topic: "news",
  });
}
