import type { ExecutionReport, OrderId, OrderRequest, VenueCode } from "../domain/order.ts";
import type {
  Acknowledgement,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenueOrderRequest,
} from "./broker-connection.ts";

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

/** What may be asked of a venue about one order. */
export type ErrandKind = "submit" | "cancel" | "modify";

/**
 * What the keeper of the orders at a venue hears. Its state follows from these, from what the session sent and from the
 * bars: nothing else changes it. `atMs` is the clock of this machine.
 */
export type DeskEvent =
  /** The rules of the venue, as it told them. */
  | { readonly kind: "instruments"; readonly atMs: number; readonly instruments: readonly VenueInstrument[] }
  /** Not sent: the rules of the venue, the state of trading or the line were against it. */
  | {
      readonly kind: "denied";
      readonly atMs: number;
      readonly clientOrderId: string;
      readonly code: VenueCode;
      readonly reason: string;
    }
  | {
      readonly kind: "answered";
      readonly atMs: number;
      readonly clientOrderId: string;
      readonly errand: ErrandKind;
      readonly answer: Exclude<Acknowledgement, { readonly kind: "unknown" }>;
    }
  | { readonly kind: "told"; readonly atMs: number; readonly order: VenueOrder }
  /** `isInferred`: the order's total tells of it, and the execution itself was never seen. */
  | { readonly kind: "fill"; readonly atMs: number; readonly fill: VenueFill; readonly isInferred?: boolean }
  /** The venue does not know the order, asked again and again: it never came, or it is gone. */
  | { readonly kind: "lost"; readonly atMs: number; readonly clientOrderId: string }
  /** The venue holds this, whatever our books say: they follow. */
  | {
      readonly kind: "holding";
      readonly atMs: number;
      readonly symbol: string;
      readonly quantity: number;
      readonly averagePrice: number;
      /** When that was so, by the venue's clock. Journals of earlier versions do not have it. */
      readonly venueTimeMs?: number;
    }
  /** Orders that would open something are taken back: nobody decides about them at the moment. */
  | { readonly kind: "withdrawn"; readonly atMs: number }
  /** Nothing is opened in a symbol until `unblocked`. */
  | { readonly kind: "blocked"; readonly atMs: number; readonly symbol: string; readonly reason: string }
  | { readonly kind: "unblocked"; readonly atMs: number; readonly symbol: string };

/** Answers of a model about bars of a symbol. */
export type PredictedRecord = {
  readonly kind: "predicted";
  /** As strategies name it. */
  readonly model: string;
  /** Which model that was: the hash of what was learned. */
  readonly fingerprint: string;
  readonly symbol: string;
  readonly outputs: readonly string[];
  /** Each row: the close of the bar, then one number per output. */
  readonly rows: readonly (readonly number[])[];
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
      /** The account at the venue, the money the session began with, and when that was by the venue's clock. */
      readonly accountName: string;
      readonly cash: number;
      readonly venueTimeMs: number;
    }
  /** One step: the bars that closed and what the venue had told by then. */
  | {
      readonly kind: "slice";
      readonly timeMs: number;
      /** When it was handed over, by the robot's clock: waits go by it. */
      readonly nowMs?: number | undefined;
      readonly isStale: boolean;
      readonly bars: readonly JournaledBar[];
      /** Bars of earlier instants that came too late for their slice. */
      readonly late?: readonly JournaledBar[];
      readonly reports: readonly ExecutionReport[];
      /** The strategy was not asked. */
      readonly isMuted?: boolean | undefined;
    }
  /** The step before it was not answered: it is lived through again without asking the strategy, as those that say so are. */
  | { readonly kind: "muted"; readonly reason: string }
  /** What a model said of bars that had closed, written before anybody stepped through them and never rewritten. */
  | PredictedRecord
  /** What is about to be sent. Written before it is. */
  | { readonly kind: "order" | "change"; readonly order: OrderRequest }
  | { readonly kind: "cancel"; readonly orderId: OrderId }
  /** The same in the venue's words, under the name by which it can be asked for. On the disk before it is sent. */
  | {
      readonly kind: "intent";
      readonly atMs: number;
      readonly errand: ErrandKind;
      readonly orderId: OrderId;
      readonly request: VenueOrderRequest;
    }
  | DeskEvent
  /** For people: what the state of trading was, and what went wrong. */
  | { readonly kind: "trading"; readonly atMs: number; readonly state: string; readonly reason: string }
  | { readonly kind: "incident"; readonly atMs: number; readonly what: string; readonly message: string };

/** Every kind of record; a journal with another one was written by a newer Kiwi. */
export const journalKinds: ReadonlySet<JournalRecord["kind"]> = new Set([
  "session",
  "slice",
  "muted",
  "predicted",
  "order",
  "change",
  "cancel",
  "intent",
  "instruments",
  "denied",
  "answered",
  "told",
  "fill",
  "lost",
  "holding",
  "blocked",
  "unblocked",
  "withdrawn",
  "trading",
  "incident",
]);

/** An append-only journal of one session. What `append` took is safe once `sync` has returned. */
export interface JournalStore {
  /** Throws `DISK_FAILED` when the disk does not take it; nothing can be appended after that. */
  append(record: JournalRecord): void;
  /** Throws `DISK_FAILED`: what was appended since the last call may be lost. */
  sync(): void;
  /** Every record from the oldest on. Throws `JOURNAL_BROKEN`. */
  read(): Iterable<JournalRecord>;
  close(): void;
}
