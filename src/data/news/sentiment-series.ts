import { KiwiError } from "../../base/errors.ts";
import type { Bars } from "../../domain/bars.ts";
import type { NewsItem, SentimentScorer } from "../../ports/news-source.ts";
import { knownVersions, type Knowledge } from "./known-versions.ts";
import { SentimentFold, type SentimentShape } from "./sentiment-fold.ts";

/** Range, grid and memory of a series, and by whose clock its news are known. */
export type SentimentOptions = SentimentShape &
  Knowledge & {
    /** Until when all news of the symbol are there, UTC milliseconds: the last row closes then or before. */
    readonly toMs: number;
  };

/**
 * The news of a symbol as a table on a regular grid, for a run's `externals`. The row that closes at T holds what was
 * known at T, T included: `close` the decayed mean score, `volume` the articles first known within the row, `open`,
 * `high` and `low` the first, highest and lowest of their scores (NaN without any).
 *
 * With `w = confidence * 2^(-age / halfLifeMs)` for every article so far, the mean is
 * `sum(w * score) / (neutralWeight + sum(w))`. Rows begin ten half-lives after `fromMs`, where the news before it would
 * weigh less than 0.1 %. Throws `NEWS_OPTION_INVALID` and `SCORE_INVALID`.
 */
export function sentimentSeries(
  items: readonly NewsItem[],
  scorer: SentimentScorer,
  options: SentimentOptions,
): Bars {
  checkOptions(options);
  const fold = new SentimentFold(options, scorer);
  for (const version of knownVersions(items, options)) {
    if (version.knownMs > options.toMs) break;
    fold.add(version);
  }
  fold.closeThrough(options.toMs);
  return fold.bars;
}

function checkOptions({ fromMs, toMs, halfLifeMs, neutralWeight = 1, delayMs = 0 }: SentimentOptions): void {
  const isFinite = [fromMs, toMs, halfLifeMs, neutralWeight, delayMs].every(Number.isFinite);
  if (isFinite && halfLifeMs > 0 && neutralWeight >= 0 && delayMs >= 0 && fromMs < toMs) return;
  throw new KiwiError({
    code: "NEWS_OPTION_INVALID",
    exit: "usage",
    message: `news cannot be made a series with ${JSON.stringify({ fromMs, toMs, halfLifeMs, neutralWeight, delayMs })}`,
    why: "the range must have a beginning before its end, the half-life be above 0, weight and delay not below 0",
    fix: "check these numbers; times and spans are in milliseconds",
    topic: "data",
  });
}
