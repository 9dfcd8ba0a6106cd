import { didYouMean } from "../../base/nearest.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { KiwiError } from "../../base/errors.ts";
import { Prng } from "../../base/prng.ts";
import type { FailoverEvent } from "../../data/failover/provider-pool.ts";
import type { ProviderPart } from "../../data/failover/provider-part.ts";
import { closeInReverse, closeMsMax } from "../../ports/component.ts";
import type { BarSource } from "../../ports/bar-source.ts";
import type { KiwiConfig, ProviderConfig } from "../config/config-schema.ts";
import type { SecretPlaces } from "../config/secret-place.ts";
import { lookUpCredentials } from "../config/secrets.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { sourceNamed, type Registry } from "../plugins/registry.ts";

/** A provider that is open: how it writes symbols and units, and the source itself. */
export type OpenProvider = ProviderPart & { readonly name: string };

/** Sources that stand behind one another, as one. */
export type OpenSources = {
  readonly source: BarSource;
  /** The primary first. */
  readonly providers: readonly OpenProvider[];
  readonly close: () => Promise<void>;
};

/**
 * Opens the sources of a configuration. Secrets are looked up here and handed to nobody else; `say` hears when another
 * source takes over. Throws `SOURCE_NONE`, `SOURCE_UNKNOWN`, `SECRET_MISSING` and what the sources throw.
 */
export async function openSources(
  config: KiwiConfig,
  places: SecretPlaces,
  say: (line: string) => void,
): Promise<OpenSources> {
  if (config.sources.length === 0) throw noSource();
  const registry = await loadRegistry(places.folder, config.plugins);
  const providers: OpenProvider[] = [];
  const close = async (): Promise<void> => {
    const parts = providers.map(({ name, source }) => ({ name, close: () => source.close() }));
    for (const { name, why } of await closeInReverse(parts, systemClock, closeMsMax))
      say(`warning   ${name} did not close well: ${why}`);
  };
  try {
    for (const name of new Set(config.sources))
      providers.push(await openProvider(name, config, places, registry));
    return { source: await together(providers, say), providers, close };
  } catch (error) {
    // What was opened before the one that did not open stays open for nobody.
    await close();
    throw error;
  }
}

/** Opens one provider of a configuration. Throws `SOURCE_UNKNOWN`, `SECRET_MISSING` and what the source throws. */
export async function openProvider(
  name: string,
  config: KiwiConfig,
  places: SecretPlaces,
  registry: Registry,
): Promise<OpenProvider> {
  const known = Object.keys(config.providers);
  const provider: ProviderConfig = Object.hasOwn(config.providers, name) ? config.providers[name]! : {};
  const { use, key, secret, token, password, symbols = {}, priceScale, volumeScale, ...options } = provider;
  const plugin = sourceNamed(use ?? name, known, registry);
  const credentials = await lookUpCredentials(
    name,
    plugin.credentials,
    { key, secret, token, password },
    places,
    plugin.needsCredentials(options),
  );
  const prng = new Prng(config.seed).fork(`source:${name}`);
  const source = await plugin.open(options, {
    clock: systemClock,
    prng,
    credentials,
    folder: places.folder,
  });
  const backwards = new Map(Object.entries(symbols).map(([ours, theirs]) => [theirs, ours]));
  return {
    name,
    source,
    ...(backwards.size === 0
      ? {}
      : {
          symbolOf: (symbol: string) => symbols[symbol] ?? symbol,
          symbolFrom: (symbol: string) => backwards.get(symbol) ?? symbol,
        }),
    ...(priceScale === undefined ? {} : { priceScale }),
    ...(volumeScale === undefined ? {} : { volumeScale }),
  };
}

/** One provider that writes as we do needs nothing around it. */
async function together(providers: readonly OpenProvider[], say: (line: string) => void): Promise<BarSource> {
  const [only] = providers;
  const isPlain =
    only!.symbolOf === undefined && only!.priceScale === undefined && only!.volumeScale === undefined;
  if (providers.length === 1 && isPlain) return only!.source;
  const { failoverSource } = await import("../../data/failover/failover-source.ts");
  return failoverSource({ providers, clock: systemClock, onEvent: (event) => say(eventText(event)) });
}

/** What happened among the providers, for people. */
function eventText(event: FailoverEvent): string {
  switch (event.kind) {
    case "switched":
      return `switched  from ${event.from} to ${event.to} (${event.reason}): ${event.why}`;
    case "no-provider":
      return `warning   ${event.active} is in trouble and no other source is better: ${event.why}`;
    case "fetch-failed":
      return `warning   ${event.provider} failed: ${event.why}`;
    case "diverged":
      return `warning   ${event.providers} disagree on ${event.symbol} by ${(100 * event.difference).toFixed(2)} %`;
    case "agreed":
      return `agreed    ${event.providers} on ${event.symbol}`;
  }
}

/** Every provider by itself, in our writing and units, the primary first. */
export async function eachSource({ providers }: OpenSources): Promise<readonly BarSource[]> {
  return Promise.all(providers.map(async (provider) => together([provider], () => {})));
}

function noSource(): KiwiError {
  return new KiwiError({
    code: "SOURCE_NONE",
    exit: "usage",
    message: "no source was named",
    why: "neither the command nor a configuration says where the bars come from",
    fix: 'add --source binance, or "sources": ["binance"] to kiwi.config.jsonc   (kiwi help sources lists them)',
    topic: "sources",
  });
}

/** Throws `TIMEFRAME_UNSUPPORTED` with the nearest that a source has. */
export function refuseTimeframe(source: BarSource, timeframe: string, isLive = false): void {
  const { timeframes, streamTimeframes } = source.capabilities;
  const offered: readonly string[] = isLive ? streamTimeframes : timeframes;
  if (offered.includes(timeframe)) return;
  throw new KiwiError({
    code: "TIMEFRAME_UNSUPPORTED",
    exit: "usage",
    message:
      offered.length === 0
        ? `${source.name} has no stream`
        : `${source.name} has no ${timeframe} bars${isLive ? " in its stream" : ""}`,
    why: offered.length === 0 ? "it serves history only" : `it offers ${offered.join(", ")}`,
    fix:
      offered.length === 0
        ? "watch another source, or update now and then: kiwi data download"
        : didYouMean(timeframe, offered, (near) => `-t ${near}`),
    topic: "sources",
  });
}
