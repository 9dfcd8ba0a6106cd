import { KiwiError } from "../../../base/errors.ts";
import { dayMs, formatTime } from "../../../base/time.ts";
import type { TimeRange } from "../../../ports/fetched-ranges.ts";
import type { NewsFolder } from "./news-folder.ts";

/** How far back news of a symbol go that is not held, when nothing is said about it. */
const defaultSpanMs = 365 * dayMs;

/** What a person wants to have. */
export type NewsWish = {
  /** Empty: every symbol that is held from the source is brought up to date. */
  readonly symbols: readonly string[];
  readonly fromMs: number | undefined;
  /** Infinity for everything that came out. */
  readonly toMs: number;
  readonly nowMs: number;
};

/** News of one symbol to be there in the end. */
export type NewsPart = TimeRange & { readonly symbol: string };

/**
 * Turns a wish into ranges: from the beginning of what is held where nothing is said, so that no hole is left. Throws
 * `RANGE_BACKWARDS` and `NEWS_NONE`.
 */
export async function planNews(
  wish: NewsWish,
  source: string,
  { store, holdings }: NewsFolder,
): Promise<readonly NewsPart[]> {
  const toMs = Math.min(wish.toMs, wish.nowMs);
  if (wish.fromMs !== undefined && wish.fromMs >= toMs) throw backwards(wish.fromMs, toMs);
  const held = (await holdings.fetches()).filter((one) => one.source === source);
  const symbols = wish.symbols.length > 0 ? wish.symbols : held.map(({ symbol }) => symbol);
  if (symbols.length === 0) throw nothingToUpdate(source);
  const parts: NewsPart[] = [];
  for (const symbol of new Set(symbols)) {
    const [first] = await store.covered(source, symbol);
    const yearAgoMs = Math.floor((toMs - defaultSpanMs) / dayMs) * dayMs;
    parts.push({ symbol, fromMs: Math.min(wish.fromMs ?? first?.fromMs ?? yearAgoMs, toMs), toMs });
  }
  return parts;
}

/** `RANGE_BACKWARDS`: a range that no article can be in. */
export function backwards(fromMs: number, toMs: number): KiwiError {
  return new KiwiError({
    code: "RANGE_BACKWARDS",
    exit: "usage",
    message: `the range from ${formatTime(fromMs)} to ${formatTime(toMs)} holds no time`,
    why: "it ends before it begins, or begins in the future",
    fix: "exchange --from and --to, or give an earlier --from",
    topic: "ranges",
  });
}

function nothingToUpdate(source: string): KiwiError {
  return new KiwiError({
    code: "NEWS_NONE",
    exit: "usage",
    message: `no symbol was named, and none is held from ${source}`,
    why: "without symbols the news of all that are held are brought up to date",
    fix: "name some: kiwi data news AAPL MSFT --from 2024-01-01",
    topic: "news",
  });
}
