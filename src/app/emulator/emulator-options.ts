import { didYouMean } from "../../base/nearest.ts";
import { KiwiError } from "../../base/errors.ts";
import { noFaults, parseFaults, type FaultSpec } from "../../emulator/faults/parse-faults.ts";
import type { PaceOptions } from "../../emulator/wire/pace.ts";

/** The venues that can be emulated. */
const emulatedVenues = ["alpaca", "bybit", "binance", "ib", "metatrader"] as const;
export type EmulatedVenue = (typeof emulatedVenues)[number];

/** How an emulator is asked for: as texts and numbers from a command line. */
export type EmulatorWish = {
  readonly venue: string;
  readonly faults?: string | undefined;
  readonly pace?: string | undefined;
  readonly speed?: number | undefined;
  readonly quietMs?: number | undefined;
  readonly history?: number | undefined;
  readonly port?: number | undefined;
  readonly rateScale?: number | undefined;
  readonly hedge?: boolean | undefined;
  readonly folder?: string | undefined;
  readonly serverTime?: string | undefined;
  readonly books?: string | undefined;
  readonly fresh?: boolean | undefined;
};

/** The same, understood. */
export type EmulatorOptions = {
  readonly venue: EmulatedVenue;
  readonly faults: FaultSpec;
  readonly pace: PaceOptions;
  /** Bars that have closed before anybody trades; null where nobody has said how many. */
  readonly historyBars: number | null;
  readonly port: number;
  readonly rateScale: number;
  readonly positionMode: "one-way" | "hedge";
  /** What a terminal says of itself; null for a venue that is none. */
  readonly terminal: TerminalWish | null;
  /** The file of its books; null where nobody has named one. */
  readonly books: string | null;
  /** Whether the account begins anew, whatever is kept. */
  readonly isFresh: boolean;
};

/** Where a terminal has its files, and which clock its server shows. */
export type TerminalWish = { readonly folder: string; readonly serverTime: string };

/** Where an emulator listens when nobody says where, by venue. */
const portOf: Readonly<Record<EmulatedVenue, number>> = {
  alpaca: 8801,
  bybit: 8802,
  binance: 8803,
  // That of a gateway in paper mode, where clients look for it.
  ib: 4002,
  metatrader: 8805,
};
const quietMsDefault = 50;
/** The clock of most currency brokers: their day begins at 17:00 in New York. */
const serverTimeDefault = "America/New_York+7";
const terminalFolder = ".kiwi/emulator/MQL5/Files";

/** Understands a wish. Throws `EMULATOR_VENUE`, `EMULATOR_CONTRADICTION`, `EMULATOR_INVALID` and `FAULTS_INVALID`. */
export function emulatorOptions(wish: EmulatorWish): EmulatorOptions {
  const venue = venueNamed(wish.venue);
  if (wish.hedge === true && venue !== "bybit" && venue !== "metatrader")
    throw contradiction(
      `--hedge with ${venue}`,
      `${venue} has no hedge mode`,
      "leave out --hedge, or emulate bybit or metatrader",
    );
  const pace = paceOf(wish);
  const isKept = wish.books !== undefined || (pace.kind === "real" && wish.port !== 0);
  if (wish.fresh === true && !isKept)
    throw contradiction(
      `--fresh with ${pace.kind === "real" ? "--port 0" : `--pace ${pace.kind}`}`,
      "such an emulator keeps no books, and is always new",
      "leave out --fresh, or name books with --books FILE",
    );
  return {
    venue,
    faults: wish.faults === undefined ? noFaults : parseFaults(wish.faults),
    pace,
    historyBars: wish.history === undefined ? null : whole("--history", wish.history, 0, 100_000_000),
    port: wish.port === undefined ? portOf[venue] : whole("--port", wish.port, 0, 65_535),
    rateScale: positive("--rate-scale", wish.rateScale ?? 1),
    positionMode: wish.hedge === true ? "hedge" : "one-way",
    terminal: terminalOf(wish, venue),
    books: wish.books ?? null,
    isFresh: wish.fresh === true,
  };
}

function terminalOf({ folder, serverTime }: EmulatorWish, venue: EmulatedVenue): TerminalWish | null {
  const flag = folder === undefined ? (serverTime === undefined ? null : "--server-time") : "--folder";
  if (venue !== "metatrader" && flag !== null)
    throw contradiction(
      `${flag} with ${venue}`,
      `${venue} is reached over a network, and only a terminal through a folder`,
      `leave out ${flag}, or emulate metatrader`,
    );
  if (venue !== "metatrader") return null;
  return { folder: folder ?? terminalFolder, serverTime: serverTime ?? serverTimeDefault };
}

function venueNamed(name: string): EmulatedVenue {
  const venue = emulatedVenues.find((known) => known === name);
  if (venue !== undefined) return venue;
  throw new KiwiError({
    code: "EMULATOR_VENUE",
    exit: "usage",
    message: `there is no emulator of "${name}"`,
    why: `the venues that can be emulated are ${emulatedVenues.join(", ")}`,
    fix: didYouMean(name, emulatedVenues, (near) => `kiwi emulator ${near}`),
    topic: "emulator",
  });
}

function paceOf({ pace = "real", speed, quietMs }: EmulatorWish): PaceOptions {
  if (speed !== undefined && pace !== "real")
    throw contradiction(
      `--speed ${speed} with --pace ${pace}`,
      "a speed is that of real time, and this market does not follow the clock",
      `leave out --speed, or --pace ${pace}`,
    );
  if (quietMs !== undefined && pace !== "quiet")
    throw contradiction(
      `--quiet-ms ${quietMs} with --pace ${pace}`,
      "only a market that waits for quiet asks how long quiet is",
      "leave out --quiet-ms, or say --pace quiet",
    );
  if (pace === "real") return { kind: "real", speed: positive("--speed", speed ?? 1) };
  if (pace === "quiet") return { kind: "quiet", quietMs: positive("--quiet-ms", quietMs ?? quietMsDefault) };
  if (pace === "manual") return { kind: "manual" };
  throw invalid("--pace", pace, "real, quiet or manual");
}

function positive(flag: string, value: number): number {
  if (value > 0 && value < 1e9) return value;
  throw invalid(flag, String(value), "a number above 0");
}

function whole(flag: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(flag, String(value), `a whole number from ${least} to ${most}`);
}

function invalid(flag: string, value: string, wanted: string): KiwiError {
  return new KiwiError({
    code: "EMULATOR_INVALID",
    exit: "usage",
    message: `${flag} cannot be "${value}"`,
    why: `it is ${wanted}`,
    fix: `write ${flag} ${flag === "--pace" ? "real" : "1"}`,
    topic: "emulator",
  });
}

function contradiction(message: string, why: string, fix: string): KiwiError {
  return new KiwiError({
    code: "EMULATOR_CONTRADICTION",
    exit: "usage",
    message: `${message} cannot be`,
    why,
    fix,
    topic: "emulator",
  });
}
