import type { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarSource, LiveBar, StreamCounts } from "../../ports/bar-source.ts";
import type { MayJoin } from "../../ports/bar-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FeedHealth } from "../../ports/feed-health.ts";
import type { FeedEvent } from "./feed-event.ts";
import type { KeepingStore } from "./store-writer.ts";
import type { LiveBatch } from "./live-batch.ts";
import type { AssemblerCounts } from "./slice-assembler.ts";

/** What a live feed is made of; spans in milliseconds. */
export type LiveFeedParts = {
  readonly source: Pick<BarSource, "name" | "fetchBars" | "subscribe">;
  /** By instrument index. */
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** Bars held here with `fromMs <= close < toMs`; what they lack at the end is asked of the source. */
  readonly history?: (symbol: string, fromMs: number, toMs: number) => Promise<Bars>;
  /** Bars of every symbol to load before the stream; after a hole that stays, so many must pass it. */
  readonly warmupBars: number;
  /** How long after a close its missing bars are waited for. */
  readonly graceMs: number;
  readonly clock: Clock;
  readonly calendarOf: (symbol: string) => Calendar;
  /** Everything received is kept here as well. */
  readonly store?: KeepingStore;
  /** Whose bars may stand in the store beside those of the source; none by default. */
  readonly mayJoin?: MayJoin;
  /** Hears of every bar of the stream as it comes, before it stands in a slice. */
  readonly onBar?: (bar: LiveBar, isRevision: boolean) => void;
  readonly onEvent?: (event: FeedEvent) => void;
  /** Silence after which a slice without bars is handed over; 10 seconds by default. */
  readonly heartbeatMs?: number;
  /** A slice older than this when it is handed over is history; half a bar by default, between the grace and a minute. */
  readonly freshMs?: number;
  /** A range that cannot be fetched within this time is given up; one minute by default. */
  readonly fetchMsMax?: number;
  /** Bars of the stream that may wait altogether, 100,000 by default, and of one symbol, 1,000 by default. */
  readonly pendingMax?: number;
  readonly pendingMaxPerSymbol?: number;
};

/** What a live feed has done so far. */
export type LiveFeedCounts = AssemblerCounts & {
  readonly heartbeats: number;
  readonly stored: number;
  readonly storeFailed: number;
  readonly stream: StreamCounts | null;
};

/** Slices as they happen: the feed of paper and live trading. */
export interface LiveFeed extends FeedHealth {
  /** Growing tables by instrument index: the bars of the market that a session is built on. */
  readonly bars: readonly BarTable[];
  /** Subscribes and loads history into `bars`; `batches` does it when nobody has. Calendars can be told from them then. */
  start(): Promise<void>;
  /** Loaded history first, then bars as they close, and slices without bars in between. Read it once. */
  batches(): AsyncIterable<LiveBatch>;
  /** Hands over a slice without bars as soon as possible: somebody has news for the session. */
  wake(): void;
  counts(): LiveFeedCounts;
  /** Ends the stream and the batches; resolves when what was received is in the store. */
  close(): Promise<void>;
}
