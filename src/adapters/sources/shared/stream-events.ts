import type { KiwiError } from "../../../base/errors.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";
import type { VenueRow } from "./row-quarantine.ts";

/** One thing to subscribe to. */
export type StreamTopic = { readonly symbol: string; readonly timeframe: Timeframe };

/** What a message of a venue says. */
export type StreamEvent =
  | {
      readonly kind: "bar";
      readonly symbol: string;
      readonly timeframe: Timeframe;
      readonly row: VenueRow;
      readonly isClosed: boolean;
    }
  /** A bar that was closed before has changed. */
  | {
      readonly kind: "revision";
      readonly symbol: string;
      readonly timeframe: Timeframe;
      readonly row: VenueRow;
    }
  | {
      readonly kind: "trade";
      /** Unique at the venue, per symbol. */
      readonly id: string;
      readonly symbol: string;
      readonly timeMs: number;
      readonly price: number;
      readonly quantity: number;
    }
  /** A bar that cannot be built because its beginning was missed: it has to be fetched. */
  | {
      readonly kind: "partial";
      readonly symbol: string;
      readonly timeframe: Timeframe;
      readonly closeMs: number;
    }
  /** The venue's time: what happened before has been sent, but for a moment's delay. */
  | { readonly kind: "time"; readonly timeMs: number }
  /** The subscription stands. */
  | { readonly kind: "ready" }
  | { readonly kind: "ignored"; readonly what: string }
  | { readonly kind: "unreadable"; readonly reason: string }
  /** The venue will never serve this. */
  | { readonly kind: "refused"; readonly error: KiwiError };

/** Reads one message. */
export type Interpret = (message: unknown) => readonly StreamEvent[];

/** Opens a connection and subscribes to the topics. */
export type OpenWire = (topics: readonly StreamTopic[], events: WireEvents) => Wire;
