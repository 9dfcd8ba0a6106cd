import { resolve } from "node:path";
import { systemClock } from "../../adapters/system-clock.ts";
import { KiwiError } from "../../base/errors.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import { AlpacaFace } from "../../emulator/alpaca/alpaca-face.ts";
import { BinanceFace } from "../../emulator/binance/binance-face.ts";
import { BybitFace } from "../../emulator/bybit/bybit-face.ts";
import { spotSuffix } from "../../emulator/bybit/bybit-symbols.ts";
import { accountOptions } from "../../emulator/exchange/account-options.ts";
import { Exchange } from "../../emulator/exchange/exchange.ts";
import type { ExchangeAccount } from "../../emulator/exchange/exchange-account.ts";
import type { ExchangeEvent, Listing } from "../../emulator/exchange/exchange-types.ts";
import { IbFace } from "../../emulator/ib/ib-face.ts";
import { FaultPlan } from "../../emulator/faults/fault-plan.ts";
import { controlFace } from "../../emulator/wire/control-face.ts";
import { EmulatorHost } from "../../emulator/wire/emulator-host.ts";
import type { Face } from "../../emulator/wire/face.ts";
import type { FaceTools } from "../../emulator/wire/face-tools.ts";
import { Pace } from "../../emulator/wire/pace.ts";
import { barsRequestOf } from "../bars/bars-request.ts";
import { loadBars } from "../bars/load-bars.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { maintenanceMarginOf } from "../config/run-config.ts";
import { createPlugin } from "../plugins/registry.ts";
import type { Ground } from "../session/backtest-setup.ts";
import { layGround } from "../session/build-session.ts";
import { tapeOver } from "./books-errors.ts";
import {
  checkHead,
  openBooks,
  tapeMarks,
  termsOf,
  usualBooks,
  type BooksHead,
  type EmulatorBooks,
} from "./emulator-books.ts";
import type { EmulatorOptions } from "./emulator-options.ts";
import { listingFor } from "./emulator-listings.ts";
import { replayBooks, scribeOf } from "./replay-books.ts";
import { terminalFor } from "./terminal-for.ts";

/** What clients sign in with: these open nothing but an emulator. */
const credentials = { key: "KIWI-EMULATOR-KEY", secret: "KIWI-EMULATOR-SECRET" } as const;
/** Bars that have closed before the first trade, where nobody says how many: at most so many, and half of the tape. */
const historyBarsDefault = 1_000;

/** An emulator that listens. */
export type RunningEmulator = {
  readonly exchange: Exchange;
  readonly account: ExchangeAccount;
  readonly symbols: readonly string[];
  readonly key: string;
  readonly secret: string;
  readonly url: string;
  readonly wsUrl: string;
  /** Where a terminal has its files; null for a venue that is none. */
  readonly folder: string | null;
  /** And which clock its server shows. */
  readonly serverTime: string | null;
  /** Where its books are kept, and whether its account is one that goes on; null where it is forgotten. */
  readonly books: { readonly path: string; readonly isOld: boolean } | null;
  /** Resolves when the tape has been played; rejects when the books cannot be written any more. */
  readonly ended: Promise<void>;
  readonly requestCount: () => number;
  readonly close: () => Promise<void>;
};

/** Starts an emulator over the bars of a configuration. Throws what loading bars throws, `EMULATOR_BOOKS` and `EMULATOR_PORT`. */
export async function startEmulator(
  folder: string,
  config: KiwiConfig,
  options: EmulatorOptions,
  onEvent: (event: ExchangeEvent) => void,
): Promise<RunningEmulator> {
  const request = barsRequestOf({ folder, config, nowMs: systemClock.nowMs() });
  const tables = (await loadBars(request)).sources.map(({ bars }) => bars);
  const path = options.books ?? usualBooks(folder, config, options);
  const books = path === null ? null : openBooks(resolve(folder, path), options.isFresh);
  try {
    return await serve(folder, config, options, { tables, books, onEvent });
  } catch (error) {
    books?.close();
    throw error;
  }
}

async function serve(
  folder: string,
  config: KiwiConfig,
  options: EmulatorOptions,
  { tables, books, onEvent }: ServeTools,
): Promise<RunningEmulator> {
  const clock = systemClock;
  const terms = termsOf(config, options);
  if (books !== null) checkHead(books, terms, tables);
  const ground = layGround(tables, config);
  const place = placeOf(ground, options, clock.nowMs(), books?.head ?? null);
  const exchange = exchangeOver(ground, config.seed, options, place.shiftMs);
  exchange.skipTo(place.historyMs);
  const account = openAccount(exchange, ground, config, options);
  const faults = new FaultPlan(options.faults, books?.entries.length);
  const end = Promise.withResolvers<void>();
  // Whoever does not wait for the end has no use for its reason.
  end.promise.catch(() => {});
  const pace = new Pace(exchange, clock, options.pace, end.resolve);
  const watch = (change: 1 | -1): void => void (pace.watchers += change);
  const face = faceOf(options, { exchange, faults, clock, watch });
  const host = new EmulatorHost({ face, exchange, pace, faults, clock });
  const terminal = terminalFor(folder, options, { exchange, account, faults, clock, pace });
  if (books !== null) {
    if (books.head === null)
      books.begin({ schema: "emulator-books@1", terms, tapes: tapeMarks(tables), ...place });
    // Faces hear it all once more, and know again what they knew.
    replayBooks(exchange, books);
    exchange.keepBooks(scribeOf(books, end.reject));
  }
  exchange.listen(onEvent);
  catchUp(exchange, options, place, clock.nowMs());
  if (books !== null && exchange.nextTimeMs === Infinity) throw tapeOver(books.path);
  const port = await host.listen(options.port).catch((error: unknown) => {
    throw portTaken(options.port, error);
  });
  terminal?.host.start();
  pace.start();
  return {
    exchange,
    account,
    symbols: exchange.listings.map(({ symbol }) => symbol),
    ...credentials,
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    folder: terminal?.folder ?? null,
    serverTime: options.terminal?.serverTime ?? null,
    books: books === null ? null : { path: books.path, isOld: books.head !== null },
    ended: end.promise,
    requestCount: () => host.requestCount + (terminal?.host.commandCount ?? 0),
    async close() {
      terminal?.host.close();
      await host.close();
      books?.close();
    },
  };
}

type ServeTools = {
  readonly tables: readonly Bars[];
  readonly books: EmulatorBooks | null;
  readonly onEvent: (event: ExchangeEvent) => void;
};

/** Where a tape stands in time: how far it is moved, and until when it is history. */
type TapePlace = Pick<BooksHead, "shiftMs" | "historyMs">;

/** In real time a tape of a market around the clock is moved so that its history ends now, or where its books say. */
function placeOf(
  { instruments, bars: tables }: Ground,
  { historyBars, pace }: EmulatorOptions,
  nowMs: number,
  head: BooksHead | null,
): TapePlace {
  if (head !== null) return { shiftMs: head.shiftMs, historyMs: head.historyMs };
  const first = tables[0]!;
  const row = Math.min(historyBars ?? Math.min(historyBarsDefault, first.length >> 1), first.length) - 1;
  const lastMs = row < 0 ? first.closeTimeMs[0]! - 1 : first.closeTimeMs[row]!;
  const spanMs = timeframeMs(first.timeframe);
  const isMoved =
    pace.kind === "real" && instruments.every(({ calendarName }) => calendarName.startsWith("24/7"));
  const shiftMs = isMoved ? Math.floor((nowMs - lastMs) / spanMs) * spanMs : 0;
  return { shiftMs, historyMs: lastMs + shiftMs };
}

/** The market went on while its program was away, if it follows the clock; what then filled is told now. */
function catchUp(exchange: Exchange, { pace }: EmulatorOptions, { shiftMs }: TapePlace, nowMs: number): void {
  if (pace.kind !== "real") return;
  if (pace.speed === 1 && shiftMs !== 0) while (exchange.nextTimeMs <= nowMs && exchange.advance());
  exchange.tellTime(nowMs);
}

/** The exchange over a tape that is moved by `shiftMs`. */
function exchangeOver(
  { instruments, bars: tables }: Ground,
  seed: number,
  { venue, positionMode }: EmulatorOptions,
  shiftMs: number,
): Exchange {
  const listings = instruments.map((instrument, index) => listingFor(instrument, tables[index]!, venue));
  const moved = tables.map((bars, index) => movedBars(bars, listings[index]!.symbol, shiftMs));
  const [all, bars] = venue === "bybit" ? withCoins(listings, moved) : [listings, moved];
  return new Exchange({
    listings: all,
    bars,
    hasHedgeMode: venue === "bybit" || positionMode === "hedge",
    seed,
  });
}

/** Bybit trades every coin twice: as a contract, and as itself. */
function withCoins(
  listings: readonly Listing[],
  bars: readonly Bars[],
): readonly [readonly Listing[], readonly Bars[]] {
  const coins = listings.map((listing) => ({
    ...listing,
    symbol: listing.symbol + spotSuffix,
    keepsFeeOfPurchase: true,
    canShort: false,
  }));
  const coinBars = bars.map((table, index) => movedBars(table, coins[index]!.symbol, 0));
  return [
    [...listings, ...coins],
    [...bars, ...coinBars],
  ];
}

function movedBars(bars: Bars, symbol: string, shiftMs: number): Bars {
  const columns =
    shiftMs === 0 ? bars : { ...bars, closeTimeMs: bars.closeTimeMs.map((timeMs) => timeMs + shiftMs) };
  const { closeTimeMs, open, high, low, close, volume, calendarName } = columns;
  return barsOf(symbol, bars.timeframe, { closeTimeMs, open, high, low, close, volume, calendarName });
}

function openAccount(
  exchange: Exchange,
  { instruments, calendars, stores }: Ground,
  config: KiwiConfig,
  { positionMode }: EmulatorOptions,
): ExchangeAccount {
  const tools = { market: { instruments, bars: stores.map((store) => store.bars) }, calendars };
  const { account, costs } = config;
  return exchange.openAccount(
    accountOptions({
      ...credentials,
      cash: account.cash,
      currency: account.baseCurrency,
      positionMode,
      venue: {
        accountKind: account.kind,
        leverage: account.leverage,
        maintenanceMargin: maintenanceMarginOf(account),
        commission: createPlugin("commission", costs.commission, tools),
        slippage: createPlugin("slippage", costs.slippage, tools),
        latencyMs: costs.latencyMs,
        volumeShareMax: costs.volumeShareMax,
        borrowRate: costs.borrowRate,
        fundingRate: costs.fundingRate,
      },
    }),
  );
}

function faceOf({ venue, rateScale }: EmulatorOptions, tools: FaceTools): Face {
  if (venue === "metatrader") return controlFace;
  if (venue === "alpaca") return new AlpacaFace(tools, { requestsPerMinute: 200 * rateScale });
  if (venue === "ib") return new IbFace(tools, { rateScale });
  return venue === "bybit" ? new BybitFace(tools, { rateScale }) : new BinanceFace(tools);
}

function portTaken(port: number, cause: unknown): KiwiError {
  return new KiwiError(
    {
      code: "EMULATOR_PORT",
      exit: "config",
      message: `nothing can listen on 127.0.0.1:${port}`,
      why: cause instanceof Error ? cause.message : String(cause),
      fix: "take another with --port, or 0 for any that is free",
      topic: "emulator",
    },
    { cause },
  );
}
