import { secondMs } from "../../../base/time.ts";
import type { Prng } from "../../../base/prng.ts";
import type { BrokerTools, TradingMode } from "../../../ports/broker-plugin.ts";
import type { Clock } from "../../../ports/clock.ts";
import { HostLimits, type HostLimit } from "../../shared/host-limit.ts";
import { redactor, type Redact } from "../../shared/redact.ts";
import { checkHost, type VenueHosts } from "./check-host.ts";

/** What a configuration may say about the way to a venue over HTTP. */
export type NetworkOptions = {
  readonly baseUrl?: string | undefined;
  readonly wsUrl?: string | undefined;
  readonly requestTimeoutMs?: number | undefined;
  readonly clockSkewMsMax?: number | undefined;
  readonly staleAfterMs?: number | undefined;
};

/** What calls to a venue need to know: addresses and keys that fit the mode, and one limit for all that is sent there. */
export type VenueReach = {
  readonly baseUrl: string;
  readonly wsUrl: string;
  readonly mode: TradingMode;
  readonly key: string;
  readonly secret: string;
  readonly clock: Clock;
  readonly prng: Prng;
  readonly limit: HostLimit;
  readonly redact: Redact;
  readonly requestTimeoutMs: number;
  readonly clockSkewMsMax: number;
};

type Venue = {
  readonly name: string;
  readonly hosts: VenueHosts;
  readonly allowance: Parameters<HostLimits["of"]>[1];
  readonly keys: { readonly key: string; readonly secret: string };
  /** Where it is when the configuration does not say. */
  readonly rest: string;
  readonly stream: (baseUrl: string) => string;
};

/** Settles the way to a venue. Throws `BROKER_MODE_MISMATCH` and `BROKER_OPTION_INVALID`; nothing is sent. */
export function reachVenue(
  { name, hosts, allowance, keys, rest, stream }: Venue,
  options: NetworkOptions,
  { mode, clock, prng }: Pick<BrokerTools, "mode" | "clock" | "prng">,
): VenueReach {
  const baseUrl = options.baseUrl ?? rest;
  const wsUrl = options.wsUrl ?? stream(baseUrl);
  for (const address of [baseUrl, wsUrl]) checkHost(name, mode, address, hosts);
  return {
    baseUrl,
    wsUrl,
    mode,
    ...keys,
    clock,
    prng,
    limit: new HostLimits(clock).of(baseUrl, allowance),
    redact: redactor([keys.key, keys.secret]),
    requestTimeoutMs: options.requestTimeoutMs ?? 10 * secondMs,
    clockSkewMsMax: options.clockSkewMsMax ?? 5 * secondMs,
  };
}
