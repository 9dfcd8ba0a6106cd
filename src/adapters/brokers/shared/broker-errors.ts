import { KiwiError, type ErrorParts } from "../../../base/errors.ts";
import type { BrokerFinding } from "../../../ports/broker-connection.ts";
import type { TradingMode } from "../../../ports/broker-plugin.ts";

function brokerError(parts: Omit<ErrorParts, "topic">): KiwiError {
  return new KiwiError({ ...parts, topic: "brokers" });
}

/** Host, key or port belong to the other mode. Nothing was sent. */
export function modeMismatch(venue: string, mode: TradingMode, found: string, fix: string): KiwiError {
  return brokerError({
    code: "BROKER_MODE_MISMATCH",
    exit: "safety",
    message: `${venue} is to be traded in mode ${mode}, and ${found}`,
    why: "play money and money are told apart by host and key: where they disagree nobody can know which it is, so nothing was sent",
    fix,
  });
}

/** Key and secret stand in each other's place. Nothing was sent. */
export function keysSwapped(venue: string): KiwiError {
  return brokerError({
    code: "BROKER_KEYS_SWAPPED",
    exit: "config",
    message: `the key and the secret of ${venue} are swapped`,
    why: "the secret has the form of a key id; sent as one it would have left this machine in the open, so nothing was sent",
    fix: "put each into the variable or file of the other (kiwi help secrets)",
  });
}

/** A venue that takes orders takes them from somebody. */
export function keysMissing(venue: string, names: string, variables: string): KiwiError {
  return brokerError({
    code: "BROKER_KEY_MISSING",
    exit: "config",
    message: `${venue} needs ${names}`,
    why: "neither the configuration nor the usual variables name them",
    fix: `export ${variables}   (kiwi help secrets shows other places)`,
  });
}

/** The venue does not want this key. */
export function brokerKeyRefused(venue: string, said: string, mode: TradingMode): KiwiError {
  return brokerError({
    code: "BROKER_KEY_REFUSED",
    exit: "config",
    message: `${venue} refused the key: ${said}`,
    why: `the key is wrong, revoked, expired, bound to another address, or not one for ${mode} trading`,
    fix: `make a key for ${mode} trading at ${venue}, and check where key and secret are read from: kiwi broker check`,
  });
}

/** The account is not set up as trading needs it: names setting, found and wanted. */
export function settingRefused(
  venue: string,
  { what, found, wanted, fix }: BrokerFinding & { readonly fix?: string },
): KiwiError {
  return brokerError({
    code: "BROKER_SETTING_REFUSED",
    exit: "safety",
    message: `${venue}: ${what} is ${found}, wanted ${wanted}`,
    why: "an account that is not as assumed would trade other sizes or risks than were decided; no order was sent",
    fix: fix ?? `set ${what} to ${wanted} at ${venue}, or change the configuration; then: kiwi broker check`,
  });
}

/** The venue does not trade this symbol. */
export function brokerSymbolUnknown(venue: string, symbol: string, hint: string): KiwiError {
  return brokerError({
    code: "BROKER_SYMBOL_UNKNOWN",
    exit: "data",
    message: `${venue} does not trade "${symbol}"`,
    why: hint,
    fix: `write the symbol as ${venue} does`,
  });
}

/** A question that was understood and is not answered. */
export function questionRefused(venue: string, what: string, said: string): KiwiError {
  return brokerError({
    code: "BROKER_REFUSED",
    exit: "network",
    message: `${venue} refused ${what}: ${said}`,
    why: "asking again would change nothing; nothing may be concluded about orders and positions",
    fix: "look at the account at the venue, then: kiwi broker check",
  });
}

/** The connection did not come to stand. */
export function lineNotUp(venue: string, reason: string): KiwiError {
  return brokerError({
    code: "BROKER_UNREACHABLE",
    exit: "network",
    message: `the stream of ${venue} did not come to stand: ${reason}`,
    why: "without it fills would be heard of late, so nothing is traded",
    fix: "try again later; kiwi broker check shows how far it gets",
  });
}
