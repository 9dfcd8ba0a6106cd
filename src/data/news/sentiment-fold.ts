import { KiwiError } from "../../base/errors.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { externalName } from "../../domain/external-series.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { SentimentScore, SentimentScorer } from "../../ports/news-source.ts";
import type { KnownVersion } from "./known-versions.ts";

/** After so many half-lives an article weighs less than 0.1 %, the house's bar for what is forgotten. */
const halfLivesSettled = 10;
const grid = calendarNamed("24/7");

/** How scores become a series. */
export type SentimentShape = {
  readonly symbol: string;
  /** Length of a row; rows end on multiples of it, UTC. */
  readonly timeframe: Timeframe;
  /** From when on all news of the symbol are there, UTC milliseconds. */
  readonly fromMs: number;
  /** Time in which an article loses half of its weight. */
  readonly halfLifeMs: number;
  /** Weight of a neutral article that is always there and pulls old news to 0; default 1. With 0 they never fade. */
  readonly neutralWeight?: number;
};

/** An article as it is known now. Its weight fades from the moment it was first heard of: a revision is not fresh news. */
type Article = { readonly firstMs: number; updatedAtMs: number; score: number; confidence: number };

/**
 * Takes versions of articles in the order in which they became known and appends rows that never change again: a
 * version that comes after a row has closed is in the next one.
 */
export class SentimentFold {
  readonly bars: BarTable;
  private readonly shape: SentimentShape;
  private readonly scorer: SentimentScorer;
  private readonly articles = new Map<string, Article>();
  /** Articles first heard of in the row that is open. */
  private fresh: Article[] = [];
  /** Sums of weight and of weight times score at `atMs`. */
  private weight = 0;
  private weighted = 0;
  private atMs: number;
  private nextCloseMs: number;
  private readonly firstRowMs: number;

  constructor(shape: SentimentShape, scorer: SentimentScorer) {
    this.shape = shape;
    this.scorer = scorer;
    this.bars = new BarTable(externalName("news", shape.symbol), shape.timeframe);
    this.atMs = shape.fromMs;
    this.nextCloseMs = grid.bucketEnd(shape.fromMs, shape.timeframe);
    // The row that is open at the beginning is not covered from its own beginning on.
    this.firstRowMs = Math.max(this.nextCloseMs + 1, shape.fromMs + halfLivesSettled * shape.halfLifeMs);
  }

  /** Closes the rows that end before the version was known, then takes it in. */
  add({ item, knownMs }: KnownVersion): void {
    const { symbol } = this.shape;
    const isAbout = item.symbols.includes(symbol);
    let article = this.articles.get(item.id);
    if (article === undefined && !isAbout) return;
    while (this.nextCloseMs < knownMs) this.closeRow();
    if (article !== undefined && item.updatedAtMs < article.updatedAtMs) return;
    if (article === undefined) {
      article = { firstMs: knownMs, updatedAtMs: item.updatedAtMs, score: 0, confidence: 0 };
      this.articles.set(item.id, article);
      this.fresh.push(article);
    }
    // An article that no longer names the symbol has nothing more to say about it.
    const { score, confidence } = isAbout ? this.scored(item) : { score: 0, confidence: 0 };
    this.fadeTo(knownMs);
    const share = 0.5 ** ((this.atMs - article.firstMs) / this.shape.halfLifeMs);
    this.weight += share * (confidence - article.confidence);
    this.weighted += share * (confidence * score - article.confidence * article.score);
    Object.assign(article, { updatedAtMs: item.updatedAtMs, score, confidence });
  }

  /** Closes every row that ends at `throughMs` or before: nothing more will be known by then. */
  closeThrough(throughMs: number): void {
    while (this.nextCloseMs <= throughMs) this.closeRow();
  }

  private closeRow(): void {
    const closeMs = this.nextCloseMs;
    this.nextCloseMs = grid.bucketEnd(closeMs + 1, this.shape.timeframe);
    const { fresh } = this;
    this.fresh = [];
    if (closeMs < this.firstRowMs) return;
    this.fadeTo(closeMs);
    const scores = fresh.map(({ score }) => score);
    const [first = Number.NaN] = scores;
    const high = scores.length === 0 ? Number.NaN : Math.max(...scores);
    const low = scores.length === 0 ? Number.NaN : Math.min(...scores);
    this.bars.append(closeMs, first, high, low, this.sentiment(), fresh.length);
  }

  private sentiment(): number {
    const { neutralWeight = 1 } = this.shape;
    const weight = Math.max(0, this.weight) + neutralWeight;
    // Rounding may leave the sum a hair outside of what its parts allow.
    return weight === 0 ? Number.NaN : Math.min(1, Math.max(-1, this.weighted / weight));
  }

  private fadeTo(timeMs: number): void {
    if (timeMs <= this.atMs) return;
    const share = 0.5 ** ((timeMs - this.atMs) / this.shape.halfLifeMs);
    this.weight *= share;
    this.weighted *= share;
    this.atMs = timeMs;
  }

  private scored(item: KnownVersion["item"]): SentimentScore {
    const result = this.scorer.score(item);
    const { score, confidence } = result;
    if (score >= -1 && score <= 1 && confidence >= 0 && confidence <= 1) return result;
    throw new KiwiError({
      code: "SCORE_INVALID",
      exit: "data",
      message: `${this.scorer.name} gave "${item.headline}" the score ${score} with confidence ${confidence}`,
      why: "a score is between -1 and 1, a confidence between 0 and 1",
      fix: "mend the scorer, or use another one",
      topic: "data",
    });
  }
}
