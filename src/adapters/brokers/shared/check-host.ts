import { isIPv4 } from "node:net";
import { KiwiError } from "../../../base/errors.ts";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import { modeMismatch } from "./broker-errors.ts";

/** Where a venue trades play money and where it trades money, by host name. */
export type VenueHosts = Readonly<Record<TradingMode, readonly string[]>>;

/**
 * Throws `BROKER_MODE_MISMATCH` unless an address is one of the venue's hosts for this mode, or of this machine and its
 * own network, where an emulator stands. A key goes to no other host, and never unencrypted over the open network.
 */
export function checkHost(venue: string, mode: TradingMode, address: string, hosts: VenueHosts): void {
  const url = parsed(venue, address);
  if (isLocal(url.hostname)) return;
  const usual = hosts[mode];
  const other = mode === "paper" ? "live" : "paper";
  const fix = `leave baseUrl and wsUrl out: the hosts for ${mode} are ${usual.join(", ")}`;
  if (hosts[other].includes(url.hostname))
    throw modeMismatch(venue, mode, `${url.hostname} is its host for ${other} trading`, fix);
  if (!usual.includes(url.hostname))
    throw modeMismatch(venue, mode, `${url.hostname} is none of its hosts`, fix);
  if (url.protocol !== "https:" && url.protocol !== "wss:")
    throw modeMismatch(venue, mode, `${url.protocol}// would send the key unencrypted`, fix);
}

function parsed(venue: string, address: string): URL {
  try {
    return new URL(address);
  } catch {
    throw new KiwiError({
      code: "BROKER_OPTION_INVALID",
      exit: "config",
      message: `"${address}" is no address of ${venue}`,
      why: "it has to begin with http://, https://, ws:// or wss://",
      fix: "correct baseUrl or wsUrl, or leave it out",
      topic: "brokers",
    });
  }
}

/** This machine, its private network, or a name without a dot, as containers call each other. */
export function isLocal(host: string): boolean {
  if (host === "[::1]" || !host.includes(".")) return true;
  return isIPv4(host) && /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(host);
}
