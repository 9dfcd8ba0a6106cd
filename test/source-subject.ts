import type { Timeframe } from "../src/domain/timeframe.ts";
import type { Clock } from "../src/ports/clock.ts";
import type { BarSource } from "../src/ports/bar-source.ts";
import type { FakeCandle } from "./fakes/fake-candles.ts";
import type { FakeHost, Fault } from "./fakes/fake-host.ts";

/** What a test may ask of a source besides the usual. */
export type SubjectOptions = {
  readonly requestTimeoutMs?: number;
  readonly staleAfterMs?: number;
};

/** A source in front of a host on this machine that serves the candles of `candleAt` from `listedMs` on. */
export type SourceUnderTest = {
  readonly source: BarSource;
  readonly host: FakeHost;
  /** Sends the bar of a minute over the stream, as the venue does. */
  readonly sendBar?: (symbol: string, candle: FakeCandle) => void;
  /** Sends a bar that is still open; absent where the venue sends none. */
  readonly sendOpenBar?: (symbol: string, candle: FakeCandle) => void;
  /** Sends the bar of a minute again, with other values. */
  readonly sendRevision?: (symbol: string, candle: FakeCandle) => void;
  /** How often the venue was asked to stream. */
  readonly subscriptions?: () => number;
};

/** A source and how its venue behaves, for the contract that every source has to keep. */
export type SourceSubject = {
  readonly name: string;
  readonly symbol: string;
  /** One that the venue does not have, and the symbol nearest to it. */
  readonly unknown: readonly [symbol: string, nearest: string];
  /** Bars in one answer of the venue. */
  readonly pageRows: number;
  /** Whether a request is one for bars. */
  readonly isBarRequest: (path: string) => boolean;
  /** How the venue says that it was asked too often, and for how long it wants to be left alone. */
  readonly busy: (nowMs: number) => { readonly fault: Fault; readonly spanMs: number };
  /** The rows of an answer, changed. */
  readonly editRows: (body: unknown, edit: (rows: readonly unknown[]) => readonly unknown[]) => unknown;
  /** A row with another volume. */
  readonly withVolume: (row: unknown, volume: number) => unknown;
  readonly timeframeMissing: Timeframe;
  /** `clock` is the source's, `venueClock` the one of its venue. */
  readonly start: (
    clock: Clock,
    venueClock: Clock,
    listedMs: number,
    options: SubjectOptions,
  ) => Promise<SourceUnderTest>;
  /** Absent for a source without a stream; `hasEveryMinute` where a minute without a bar is a loss. */
  readonly stream?: { readonly hasEveryMinute: boolean };
};
