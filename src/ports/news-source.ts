import type { TimeRange } from "./fetched-ranges.ts";

/** One version of one article. A revision is another item with the same `id` and a later `updatedAtMs`. */
export type NewsItem = {
  /** Unique among all sources: the source's name, a colon and its own number. */
  readonly id: string;
  /** When the publisher says that the article came out, and when this version of it did; UTC milliseconds. */
  readonly publishedAtMs: number;
  readonly updatedAtMs: number;
  /** When this version arrived here, UTC milliseconds; for history the time of the download. */
  readonly receivedAtMs: number;
  /** What the article is about, as the source writes it; symbols that were asked for as they were asked for. */
  readonly symbols: readonly string[];
  readonly headline: string;
  /** Empty where the article has none. */
  readonly summary: string;
  readonly author: string | null;
  /** Who published it, in the source's words: `benzinga`. */
  readonly sourceName: string;
  readonly url: string | null;
};

/** Articles that a source sent and nobody can use: how many, and the first few in words. */
export type NewsQuarantine = { readonly count: number; readonly examples: readonly string[] };

/** Articles about any of the symbols that came out or were revised at `fromMs` or later and before `toMs`. */
export type NewsRequest = TimeRange & {
  readonly symbols: readonly string[];
  /** Called once, at the end, when articles were left out. */
  readonly onQuarantine?: (entry: NewsQuarantine) => void;
  readonly signal?: AbortSignal;
};

/** What happens to a stream of news. `atMs` is the clock of the machine. */
export type NewsState =
  | { readonly kind: "connecting"; readonly atMs: number; readonly attempt: number }
  /** Articles arrive from now on. The range was missed while the stream was away and is being fetched. */
  | { readonly kind: "live"; readonly atMs: number; readonly backfill: TimeRange | null }
  /** What was missed has been handed over, but for what the receiver was too slow to take. */
  | { readonly kind: "backfilled"; readonly atMs: number; readonly range: TimeRange; readonly items: number }
  /** What was missed could not be fetched; it is tried again in a minute, for ever. */
  | {
      readonly kind: "backfillFailed";
      readonly atMs: number;
      readonly range: TimeRange;
      readonly error: Error;
    }
  | {
      readonly kind: "reconnecting";
      readonly atMs: number;
      readonly attempt: number;
      readonly delayMs: number;
      readonly reason: string;
    }
  /** The receiver is too slow: articles were dropped and will be fetched as soon as it has caught up. */
  | { readonly kind: "overflow"; readonly atMs: number; readonly dropped: number }
  | { readonly kind: "quarantined"; readonly atMs: number; readonly example: string }
  /** The venue will not serve this, however often it is asked. The stream is closed. */
  | { readonly kind: "refused"; readonly atMs: number; readonly error: Error }
  | { readonly kind: "closed"; readonly atMs: number };

/** What to stream and who receives it. */
export type NewsSubscribeRequest = {
  readonly symbols: readonly string[];
  /** Called once with each version of each article, fetched ones included. A promise is waited for. */
  readonly onItem: (item: NewsItem) => void | Promise<void>;
  readonly onState: (state: NewsState) => void;
};

/** A running stream of news; it reconnects for ever, and fetches what it missed, until it is closed. */
export interface NewsSubscription {
  close(): void;
}

/** Where news come from. */
export interface NewsSource {
  readonly name: string;
  /**
   * What is known today of the articles of a range, in pages, oldest first, none twice. Of an article that was revised
   * a source may hold the newest version only. Throws a `KiwiError` when the venue refuses or stays unreachable.
   */
  fetchNews(request: NewsRequest): AsyncIterable<readonly NewsItem[]>;
  subscribe(request: NewsSubscribeRequest): NewsSubscription;
  /** Closes every stream and stops every fetch. */
  close(): Promise<void>;
}

/** What an article says about prices: -1 all bad to 1 all good, and how sure that is, 0 to 1. */
export type SentimentScore = {
  readonly score: number;
  readonly confidence: number;
  /** The words that decided, where there are such: for people. */
  readonly words?: readonly string[];
};

/** Reads an article. Pure: the same text has the same score, whoever asks and whenever; a lexicon or a fitted model. */
export interface SentimentScorer {
  readonly name: string;
  /** Changes with every change of a score. */
  readonly version: string;
  /** Looks at the text alone: what came after the article has no part in it. */
  score(item: Pick<NewsItem, "headline" | "summary">): SentimentScore;
}

/** What became of stored items: articles that were new, new versions of known ones, and versions held already. */
export type NewsAppendResult = {
  readonly added: number;
  readonly revised: number;
  readonly unchanged: number;
};

/** Which items to read: those known to the public at `fromMs` or later and before `toMs`. */
export type NewsReading = TimeRange & {
  readonly symbol: string;
  /** Only what had arrived here by then, UTC milliseconds. */
  readonly asOfMs?: number;
  /** `newest` (default) has each article once; `all` has every version, which `sentimentSeries` wants. */
  readonly versions?: "newest" | "all";
};

/** News on this machine. Nothing is overwritten: a revised article becomes another version. */
export interface NewsStore {
  /** Adds what is new; all of it or, after a crash, nothing. Doing it twice changes nothing. */
  append(items: readonly NewsItem[]): Promise<NewsAppendResult>;
  /**
   * Items by the time when they were known: later of publication and update. Versions of an article that once named
   * the symbol are among them also when they no longer do.
   */
  read(reading: NewsReading): Promise<readonly NewsItem[]>;
  /** Which ranges of a symbol's news were fetched in full from a source: sorted, joined. */
  covered(source: string, symbol: string): Promise<readonly TimeRange[]>;
  /** Remembers a range whose items are stored. */
  cover(source: string, symbol: string, range: TimeRange): Promise<void>;
  close(): Promise<void>;
}
