import { closest } from "fastest-levenshtein";
import { KiwiError } from "../../../base/errors.ts";
import { formatDuration, formatTime } from "../../../base/time.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";

const topic = "sources";

/** The venue does not know the symbol; the nearest one that it does know is offered. */
export function symbolUnknown(venue: string, symbol: string, known: readonly string[]): KiwiError {
  const nearest = known.length === 0 ? null : nearestOf(symbol, known);
  return new KiwiError({
    code: "SYMBOL_UNKNOWN",
    exit: "data",
    message: `${venue} has no symbol "${symbol}"`,
    why: known.length === 0 ? "the venue refused it" : `it is none of the ${known.length} that it lists`,
    fix: nearest === null ? `look the symbol up at ${venue}` : `did you mean "${nearest}"?`,
    topic,
  });
}

/** Case and separators are how symbols differ between venues: compare without them first. */
function nearestOf(symbol: string, known: readonly string[]): string {
  const plain = (text: string): string => text.replaceAll(/[^a-z0-9]/gi, "").toUpperCase();
  return known.find((one) => plain(one) === plain(symbol)) ?? closest(symbol.toUpperCase(), [...known]);
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

/** The venue has shut us out until a given time. */
export function banned(venue: string, reason: string, untilMs: number): KiwiError {
  return new KiwiError({
    code: "SOURCE_BANNED",
    exit: "network",
    message: `${venue} has banned this address until ${formatTime(untilMs)}: ${reason}`,
    why: "too many requests were sent, and more of them make a ban longer",
    fix: `wait; nothing is sent to ${venue} before then. Stop other programs that use it from here`,
    topic,
  });
}

/** The venue asks for a pause that is too long to sit out. */
export function pauseTooLong(venue: string, reason: string, untilMs: number): KiwiError {
  return new KiwiError({
    code: "SOURCE_RATE_LIMITED",
    exit: "network",
    message: `${venue} answers again at ${formatTime(untilMs)}: ${reason}`,
    why: "its rate limit is used up, and the pause it asks for is longer than a call may last",
    fix: "run the command again then: what was fetched is kept",
    topic,
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

/** Our clock and the venue's differ too much to know which bars are closed. */
export function clockOff(venue: string, skewMs: number, limitMs: number): KiwiError {
  return new KiwiError({
    code: "CLOCK_OFF",
    exit: "safety",
    message: `the clock of this machine is ${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? "ahead of" : "behind"} ${venue}`,
    why: `more than ${formatDuration(limitMs)} makes stale data look fresh and open bars look closed`,
    fix: "turn on time synchronisation, for example: sudo timedatectl set-ntp true",
    topic: "clock",
  });
}

/** Every try failed. */
export function gaveUp(venue: string, what: string, attempts: number, reason: string): KiwiError {
  return new KiwiError({
    code: "SOURCE_UNREACHABLE",
    exit: "network",
    message: `${venue} did not deliver ${what} in ${attempts} tries; the last: ${reason}`,
    why: "the network, the venue, or something between them is down",
    fix: "try again later, or name a second source to fail over to",
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
