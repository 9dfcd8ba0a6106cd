import type { ExecutionReport, OrderId, OrderRequest } from "../domain/order.ts";

/** A bar as a journal keeps it. */
export type JournaledBar = {
  readonly instrument: number;
  readonly closeTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
};

/** What a session heard and said, in the order in which it did: enough to live through it again. */
export type JournalRecord =
  /** Begins a session: who it is, and what must be the same for its records to mean the same. */
  | {
      readonly kind: "session";
      readonly sessionId: string;
      readonly symbols: readonly string[];
      /** Bars by symbol that were there before the first slice: they warm the session up and are not in the journal. */
      readonly historyRows: readonly number[];
      readonly strategy: string;
      readonly settingsHash: string;
    }
  /** One step: the bars that closed and what the venue had told by then. */
  | {
      readonly kind: "slice";
      readonly timeMs: number;
      readonly isStale: boolean;
      readonly bars: readonly JournaledBar[];
      readonly reports: readonly ExecutionReport[];
    }
  /** What is about to be sent. Written before it is. */
  | { readonly kind: "order" | "change"; readonly order: OrderRequest }
  | { readonly kind: "cancel"; readonly orderId: OrderId };

/** An append-only journal of one session. What `append` took is safe once `sync` has returned. */
export interface JournalStore {
  append(record: JournalRecord): void;
  sync(): void;
  /** Every record from the oldest on. */
  read(): Iterable<JournalRecord>;
  close(): void;
}
