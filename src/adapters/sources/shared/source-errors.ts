import { nearest } from "../../../base/nearest.ts";
import { KiwiError } from "../../../base/errors.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";

const topic = "sources";

/** The venue does not know the symbol; the nearest one that it does know is offered. */
export function symbolUnknown(venue: string, symbol: string, known: readonly string[]): KiwiError {
  const near = nearestOf(symbol, known);
  return new KiwiError({
    code: "SYMBOL_UNKNOWN",
    exit: "data",
    message: `${venue} has no symbol "${symbol}"`,
    why: known.length === 0 ? "the venue refused it" : `it is none of the ${known.length} that it lists`,
    fix: near === null ? `look the symbol up at ${venue}` : `did you mean "${near}"?`,
    topic,
  });
}

/** Case and separators are how symbols differ between venues: compare without them first. */
function nearestOf(symbol: string, known: readonly string[]): string | null {
  const plain = (text: string): string => text.replaceAll(/[^a-z0-9]/gi, "").toUpperCase();
  return known.find((one) => plain(one) === plain(symbol)) ?? nearest(symbol, known);
}

/** The venue does not have bars of this length. */
export function timeframeUnsupported(
  venue: string,
  timeframe: string,
  offered: readonly Timeframe[],
  use: "history" | "stream",
): KiwiError {
  return new KiwiError({
    code: "TIMEFRAME_UNSUPPORTED",
    exit: "usage",
    message:
      offered.length === 0
        ? `${venue} has no stream`
        : `${venue} has no ${timeframe} bars${use === "stream" ? " in its stream" : ""}`,
    why: offered.length === 0 ? "it serves history only" : `it offers ${offered.join(", ")}`,
    fix:
      offered.length === 0
        ? "poll its history, or use another source"
        : `use ${offered[0]}: larger bars are made from smaller ones`,
    topic,
  });
}

/** The key is wrong, revoked or not allowed to see this. */
export function keyRefused(venue: string, said: string, fix?: string): KiwiError {
  return new KiwiError({
    code: "SOURCE_KEY_REFUSED",
    exit: "config",
    message: `${venue} refused the key: ${said}`,
    why: "the key is wrong, revoked, for another environment, or lacks the right",
    fix: fix ?? `check the ${venue} key and secret and where they are read from`,
    topic: "secrets",
  });
}

/** The venue needs a key and none was given. */
export function keyMissing(venue: string, names: string): KiwiError {
  return new KiwiError({
    code: "SOURCE_KEY_MISSING",
    exit: "config",
    message: `${venue} needs ${names}`,
    why: "this data is not public",
    fix: `set ${names} in the environment or in the secrets file`,
    topic: "secrets",
  });
}

/** The venue does not serve this country or address. */
export function regionRefused(venue: string, said: string): KiwiError {
  return new KiwiError({
    code: "SOURCE_REGION_REFUSED",
    exit: "network",
    message: `${venue} does not serve this location: ${said}`,
    why: "venues block countries and cloud addresses by law or by choice",
    fix: "use another source that is allowed where you are",
    topic,
  });
}

/** The venue refused a request that was understood: asking again changes nothing. */
export function requestRefused(venue: string, what: string, said: string): KiwiError {
  return new KiwiError({
    code: "SOURCE_REFUSED",
    exit: "data",
    message: `${venue} refused ${what}: ${said}`,
    why: "the request is not one that it answers",
    fix: "check symbol, timeframe and range; if they are right, this source needs an update",
    topic,
  });
}

/** The source was closed by its owner. */
export function sourceClosed(venue: string): KiwiError {
  return new KiwiError({
    code: "SOURCE_CLOSED",
    exit: "usage",
    message: `${venue} was closed`,
    why: "close() ends every fetch and stream of a source",
    fix: "create the source again",
    topic,
  });
}
