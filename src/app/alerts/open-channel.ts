import { systemClock } from "../../adapters/system-clock.ts";
import { KiwiError } from "../../base/errors.ts";
import { Prng } from "../../base/prng.ts";
import type { AlertChannel, ChannelPlugin } from "../../ports/alert-channel.ts";
import type { AlertConfig, ChannelConfig } from "../config/alert-config.ts";
import type { SecretPlaces } from "../config/secret-place.ts";
import { lookUpCredentials } from "../config/secrets.ts";
import { channelNamed, type Registry } from "../plugins/registry.ts";

/** Throws `CHANNEL_INVALID` where a rule or the digest names a channel that is not there. */
export function refuseUnknownChannels({ channels, rules, digestTo }: AlertConfig): void {
  const named = rules.flatMap((rule) => [...rule.channels, ...rule.escalateTo]);
  for (const name of [...named, ...digestTo])
    if (!Object.hasOwn(channels, name)) throw unknownChannel(name, Object.keys(channels));
}

/** Opens a channel of a configuration. Throws `CHANNEL_UNKNOWN`, `CHANNEL_INVALID`, `SECRET_MISSING`, and what it throws itself. */
export async function openChannel(
  name: string,
  config: ChannelConfig,
  places: SecretPlaces,
  registry: Registry,
): Promise<AlertChannel> {
  const { use = name, key, secret, token, password, ...options } = config;
  const plugin = channelNamed(use, registry);
  const checked = optionsOf(name, plugin, options);
  const named = { key, secret, token, password };
  const credentials = await lookUpCredentials(
    name,
    plugin.credentials,
    named,
    { ...places, section: "channels" },
    plugin.needsCredentials(checked),
  );
  const prng = new Prng(0).fork(`channel:${name}`);
  return plugin.open(checked, { clock: systemClock, prng, credentials, folder: places.folder });
}

function optionsOf(
  name: string,
  plugin: ChannelPlugin,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const outcome = plugin.options.safeParse(options);
  if (outcome.success) return outcome.data;
  const { path, message } = outcome.error.issues[0]!;
  const where = ["alerts.channels", name, ...path.map(String)].join(".");
  throw new KiwiError({
    code: "CHANNEL_INVALID",
    exit: "config",
    message: `${where}: ${message}`,
    why: `the channel ${plugin.name} cannot be opened with it`,
    fix: `correct ${where} in kiwi.config.jsonc   (kiwi help alerts)`,
    topic: "alerts",
  });
}

function unknownChannel(name: string, known: readonly string[]): KiwiError {
  return new KiwiError({
    code: "CHANNEL_INVALID",
    exit: "config",
    message: `alerts names the channel "${name}", and there is none`,
    why: known.length === 0 ? "alerts.channels is empty" : `alerts.channels has ${known.join(", ")}`,
    fix: `add alerts.channels.${name}, or take it out of the rule   (kiwi help alerts)`,
    topic: "alerts",
  });
}
