import type { KiwiError } from "../base/errors.ts";
import type { Bars } from "../domain/bars.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import type { TimeRange } from "./fetched-ranges.ts";

/** What a source or the pipeline says about a bar. The flag never changes a price; other values up to 255 are free. */
export const barQuality = {
  ok: 0,
  /** Not as a provider sent it: made up for a missing one, or marked as doubtful. */
  filled: 1,
  /** Differs from what was held before. */
  revised: 2,
} as const;

/** Where bars come from, and when they arrived here. */
export type Provenance = {
  /** Name of the provider: `binance`, `csv`, `synthetic` ... */
  readonly source: string;
  /** UTC milliseconds. */
  readonly receivedAtMs: number;
  /** Other sources whose bars may stand in the same series; none by default: a mixed series is neither's market. */
  readonly mayJoin?: MayJoin | undefined;
  /** When the symbol trades, as far as the source or a person has said it; kept with the series. */
  readonly calendarName?: string | undefined;
};

/** The sources that bars may be mixed with. */
export type MayJoin = "any" | readonly string[];

/** Bars on their way into a store; without flags all are `ok`. */
export type BarsToStore = Bars & { readonly quality?: Uint8Array | undefined };

/** Bars that know what they are: one value per row in every column, as in `Bars`. */
export type VersionedBars = Bars & {
  /** Names of the sources that `sourceIndex` points to. */
  readonly sources: readonly string[];
  readonly sourceIndex: Uint8Array;
  /** When this version arrived, UTC milliseconds. */
  readonly receivedAtMs: Float64Array;
  /** 1 for a bar as it was first stored, one more with every revision. */
  readonly version: Int32Array;
  /** A `barQuality`. */
  readonly quality: Uint8Array;
};

/** What became of appended bars: new ones, new versions of held ones, and those that were held already. */
export type AppendResult = { readonly added: number; readonly revised: number; readonly unchanged: number };

/** What a store holds of one symbol and timeframe. */
export type HeldBars = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly bars: number;
  /** All versions of all bars together; equal to `bars` while nothing was revised. */
  readonly versions: number;
  /** First and last close, UTC milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly sources: readonly string[];
  /** When it trades, as its first source or a person has said; null where nobody has. */
  readonly calendarName: string | null;
};

/** Closes of a series that are known to lack bars: a damaged file held them, or a stream missed them. */
export type MissingBars = TimeRange & { readonly symbol: string; readonly timeframe: Timeframe };

/** A series that cannot be listed, and what is wrong with it: `STORE_DAMAGED`. */
export type DamagedSeries = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly error: KiwiError;
};

/** Restricts a reading to what was known at a time. */
export type ReadOptions = { readonly asOfMs?: number | undefined };

/**
 * Bars on this machine. Nothing is overwritten: other values for a held bar become its next version. Every promise of a
 * write resolves when the bars are safe on the disk; a crash at any moment leaves the state before or after.
 *
 * All methods throw `KiwiError`: `STORE_NEWER` for a store of a later Kiwi, `STORE_DAMAGED` with what is lost and how to
 * repair it, `STORE_NOT_READABLE`; writes also `STORE_LOCKED`, `DISK_FULL`, `STORE_NOT_WRITABLE` and, for what no store
 * can hold, `BARS_UNFIT`, and for bars of a source that the series is not of, `SOURCE_DIFFERS`.
 */
export interface BarStore {
  /** Adds what is new and versions what differs from the newest version held. Doing it twice changes nothing. */
  append(
    symbol: string,
    timeframe: Timeframe,
    bars: BarsToStore,
    provenance: Provenance,
  ): Promise<AppendResult>;
  /**
   * The newest version of every bar with `fromMs <= close < toMs`, or the newest that had arrived by `asOfMs`, whatever
   * its bar's time. Without bars it is empty; the arrays are exactly `length` long.
   */
  read(
    symbol: string,
    timeframe: Timeframe,
    fromMs: number,
    toMs: number,
    options?: ReadOptions,
  ): Promise<VersionedBars>;
  /** Everything held, by symbol and timeframe. Damage is told to `onDamaged` and left out; without it, it is thrown. */
  list(onDamaged?: (damaged: DamagedSeries) => void): Promise<readonly HeldBars[]>;
  /** Close of the newest bar, or null without any: where an update goes on. */
  lastCloseMs(symbol: string, timeframe: Timeframe): Promise<number | null>;
  /** What is known to be missing, by symbol and timeframe, until it has been fetched. Damaged series are left out. */
  missing(): Promise<readonly MissingBars[]>;
  /** What is known to be missing of one series, by time. */
  missingOf(symbol: string, timeframe: Timeframe): Promise<readonly TimeRange[]>;
  /** Remembers, before anything else happens, that a range lacks bars: whoever comes after a crash is told. */
  noteMissing(symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void>;
  /** Forgets that a range lacked bars: they were fetched, or a person has said that nobody has them. */
  settleMissing(symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void>;
  /** Puts the bars of a symbol into the form that reads fastest. Changes no bar. */
  compact(symbol: string, timeframe: Timeframe): Promise<void>;
  /** Waits for what is under way and lets go of everything. */
  close(): Promise<void>;
}
