import { systemClock } from "../../adapters/system-clock.ts";
import { KiwiError } from "../../base/errors.ts";
import { Prng } from "../../base/prng.ts";
import type { BrokerConnection } from "../../ports/broker-connection.ts";
import type { TradingMode } from "../../ports/broker-plugin.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import type { SecretPlaces } from "../config/secret-place.ts";
import { lookUpCredentials } from "../config/secrets.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { brokerNamed } from "../plugins/registry.ts";

/**
 * Makes the connection that a configuration names; nothing is sent before its `open`. Secrets are looked up here and
 * handed to nobody else. Throws `BROKER_NONE`, `BROKER_UNKNOWN`, `SECRET_MISSING` and what the broker throws.
 */
export async function connectBroker(
  config: Pick<KiwiConfig, "broker" | "plugins" | "seed">,
  places: SecretPlaces,
  mode: TradingMode,
): Promise<BrokerConnection> {
  if (config.broker === undefined) throw noBroker();
  const { use, key, secret, token, password, ...options } = config.broker;
  const plugin = brokerNamed(use, await loadRegistry(places.folder, config.plugins));
  const credentials = await lookUpCredentials(
    use,
    plugin.credentials,
    { key, secret, token, password },
    { ...places, section: "broker" },
    false,
  );
  return plugin.connect(options, {
    mode,
    clock: systemClock,
    prng: new Prng(config.seed).fork(`broker:${use}`),
    credentials,
    folder: places.folder,
  });
}

function noBroker(): KiwiError {
  return new KiwiError({
    code: "BROKER_NONE",
    exit: "usage",
    message: "no broker was named",
    why: "neither the command nor a configuration says where orders go",
    fix: 'add --set broker.use=alpaca, or "broker": { "use": "alpaca" } to kiwi.config.jsonc   (kiwi help brokers)',
    topic: "brokers",
  });
}
