import type { Bars } from "../domain/bars.ts";
import type { AssetClass } from "../domain/instrument.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import type { Connected } from "./component.ts";

/** One closed bar, stamped with its close. */
export type LiveBar = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** UTC milliseconds. */
  readonly closeTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** In units of the base asset; 0 where the source has none. */
  readonly volume: number;
  /** Name of the provider, where several stand behind one source. */
  readonly provider?: string;
};

/** Bars of one symbol that close at `fromMs` or later and before `toMs`. */
export type BarRange = {
  /** As the venue writes it. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly fromMs: number;
  readonly toMs: number;
};

/** Why a row that a venue sent was not used. */
export type RowFault =
  | "number"
  | "nonPositive"
  | "ohlc"
  | "negativeVolume"
  | "offGrid"
  | "outOfRange"
  | "conflict";

/** All rows with one fault: how many, and the first few in words. */
export type RowQuarantine = {
  readonly fault: RowFault;
  readonly count: number;
  readonly examples: readonly string[];
};

/** A range to fetch, and who hears about what was left out. */
export type BarRequest = BarRange & {
  /** Called once, at the end, when rows were left out. */
  readonly onQuarantine?: (entries: readonly RowQuarantine[]) => void;
  readonly signal?: AbortSignal;
};

/** What is traded, in which steps; null where the venue does not say. */
export type SymbolInfo = {
  readonly symbol: string;
  readonly assetClass: AssetClass;
  readonly baseCurrency: string | null;
  readonly quoteCurrency: string;
  readonly tickSize: number | null;
  readonly lotSize: number | null;
  /** Smallest order value in quote currency. */
  readonly notionalMin: number | null;
  readonly isTrading: boolean;
  readonly calendarName: string;
};

/** What happens to a stream. `atMs` is the clock of the machine. */
export type StreamState =
  | { readonly kind: "connecting"; readonly atMs: number; readonly attempt: number }
  /** Bars arrive from now on. The ranges were missed while the stream was away and are to be fetched. */
  | { readonly kind: "live"; readonly atMs: number; readonly backfill: readonly BarRange[] }
  /** Something arrived; at most one a second. */
  | { readonly kind: "heartbeat"; readonly atMs: number }
  | {
      readonly kind: "reconnecting";
      readonly atMs: number;
      readonly attempt: number;
      readonly delayMs: number;
      readonly reason: string;
    }
  /** Bars are missing although the stream was up: fetch them. */
  | { readonly kind: "gap"; readonly atMs: number; readonly backfill: readonly BarRange[] }
  /** No bar of this symbol for longer than its timeframe allows, while others arrive. */
  | {
      readonly kind: "overdue";
      readonly atMs: number;
      readonly symbol: string;
      readonly timeframe: Timeframe;
      readonly lastCloseMs: number | null;
    }
  /** The receiver is too slow: bars were dropped and are to be fetched. */
  | {
      readonly kind: "overflow";
      readonly atMs: number;
      readonly dropped: number;
      readonly backfill: readonly BarRange[];
    }
  | {
      readonly kind: "quarantined";
      readonly atMs: number;
      readonly fault: RowFault;
      readonly example: string;
    }
  /** The venue will not serve this, however often it is asked. The stream is closed. */
  | { readonly kind: "refused"; readonly atMs: number; readonly error: Error }
  | { readonly kind: "closed"; readonly atMs: number };

/** Everything that came in since `subscribe`, by what became of it. */
export type StreamCounts = {
  readonly messages: number;
  /** Bars handed to `onBar`. */
  readonly bars: number;
  readonly revisions: number;
  readonly duplicates: number;
  /** Bars older than the last one delivered. */
  readonly late: number;
  /** Bars that were still open. */
  readonly open: number;
  readonly trades: number;
  readonly quarantined: number;
  readonly dropped: number;
  readonly unreadable: number;
  /** Messages that are of no use here, by kind. */
  readonly ignored: Readonly<Record<string, number>>;
  /** Connections opened so far. */
  readonly connections: number;
};

/** What to stream, every symbol in every timeframe, and who receives it. */
export type SubscribeRequest = {
  readonly symbols: readonly string[];
  readonly timeframes: readonly Timeframe[];
  /** Called with each closed bar, once and in time order per symbol and timeframe. A promise is waited for. */
  readonly onBar: (bar: LiveBar) => void | Promise<void>;
  /** Called when the venue changes a bar that was delivered already. */
  readonly onRevision?: (bar: LiveBar) => void;
  readonly onState: (state: StreamState) => void;
};

/** A running stream; it reconnects for ever until it is closed. */
export interface Subscription {
  counts(): StreamCounts;
  close(): void;
}

/** What a source can do. */
export type BarSourceCapabilities = {
  readonly timeframes: readonly Timeframe[];
  /** Timeframes that `subscribe` takes; empty when there is no stream. */
  readonly streamTimeframes: readonly Timeframe[];
  /** Rows in one answer of the venue. */
  readonly pageRowsMax: number;
  readonly pageOrder: "oldest-first" | "newest-first";
  /** False where the volume column is always 0. */
  readonly hasVolume: boolean;
  readonly needsCredentials: boolean;
  /** Calendar by which its bars end. */
  readonly calendarName: string;
};

/** Where bars come from: a venue, a vendor, a terminal. */
export interface BarSource extends Connected {
  readonly name: string;
  readonly capabilities: BarSourceCapabilities;
  /**
   * The closed bars of a range in pages, oldest first, without duplicates and without the bar that is still open.
   * Throws a `KiwiError` when the venue refuses or stays unreachable.
   */
  fetchBars(request: BarRequest): AsyncIterable<Bars>;
  /** The last `count` closed bars, fewer where there are fewer. */
  latest(symbol: string, timeframe: Timeframe, count: number): Promise<Bars>;
  subscribe(request: SubscribeRequest): Subscription;
  symbols(): Promise<readonly SymbolInfo[]>;
  /** Closes every stream and stops every fetch. */
  close(): Promise<void>;
}
