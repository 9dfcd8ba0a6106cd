import type { RowQuarantine, StreamState } from "../../ports/bar-source.ts";

/** What happens between bars that come in and slices that go out. */
export type AssemblerEvent =
  /** The bar came after its instant had been handed over. It is in the table unless a newer one was there first. */
  | {
      readonly kind: "late";
      readonly symbol: string;
      readonly closeTimeMs: number;
      readonly lateMs: number;
      readonly isAppended: boolean;
    }
  /** Other values for a known bar; taken over only while nobody has seen the old ones. */
  | {
      readonly kind: "revision";
      readonly symbol: string;
      readonly closeTimeMs: number;
      readonly isApplied: boolean;
    }
  /** Too many bars wait: this one was dropped and is to be fetched again. */
  | { readonly kind: "overflow"; readonly symbol: string; readonly closeTimeMs: number }
  /** An instant was handed over without bars that were expected. */
  | { readonly kind: "incomplete"; readonly timeMs: number; readonly missing: readonly string[] };

/** Everything that a live feed tells. */
export type FeedEvent =
  | AssemblerEvent
  | { readonly kind: "stream"; readonly state: StreamState }
  | {
      readonly kind: "backfilled";
      readonly symbol: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly bars: number;
    }
  /** The symbol goes on with a hole. */
  | {
      readonly kind: "backfillFailed";
      readonly symbol: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly error: unknown;
    }
  /** Bars are missing between two that are in the store; noted there, and fetched until they have come. */
  | { readonly kind: "hole"; readonly symbol: string; readonly fromMs: number; readonly toMs: number }
  /** What is missing in the store could not be fetched yet; it is asked for again. */
  | {
      readonly kind: "holeStays";
      readonly symbol: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly error: unknown;
    }
  /** The stored bars could not be read; the source is asked for all of them. */
  | { readonly kind: "historyFailed"; readonly symbol: string; readonly error: unknown }
  | {
      readonly kind: "quarantined";
      readonly symbol: string;
      readonly entries: readonly RowQuarantine[];
    }
  /** Bars that trade but are not in the store; a later download fills them in. */
  | {
      readonly kind: "storeFailed";
      readonly symbol: string;
      readonly bars: number;
      readonly error: unknown;
    };
