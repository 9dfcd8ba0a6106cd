import { KiwiError } from "../../base/errors.ts";
import type { AlertChannel, ChannelPlugin } from "../../ports/alert-channel.ts";
import type { AlertConfig, ChannelConfig } from "../config/alert-config.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import type { SecretPlaces } from "../config/secret-place.ts";
import { lookUpCredentials } from "../config/secrets.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { builtIn, channelNamed, type Registry } from "../plugins/registry.ts";

/** The channels of a configuration, by the names they have there. Throws `CHANNEL_UNKNOWN`, `CHANNEL_INVALID`, `SECRET_MISSING`. */
export async function openChannels(
  { channels, rules, digestTo }: AlertConfig,
  places: SecretPlaces,
  registry: Registry = builtIn,
): Promise<ReadonlyMap<string, AlertChannel>> {
  const named = rules.flatMap((rule) => [...rule.channels, ...rule.escalateTo]);
  for (const name of [...named, ...digestTo])
    if (!Object.hasOwn(channels, name)) throw unknownChannel(name, Object.keys(channels));
  const opened = new Map<string, AlertChannel>();
  for (const [name, config] of Object.entries(channels))
    opened.set(name, await openChannel(name, config, places, registry));
  return opened;
}

/** The channels of a project, whose plug-ins may add kinds of them. Throws also what loading those throws. */
export async function openOwnChannels(
  { alerts, plugins }: Pick<KiwiConfig, "alerts" | "plugins">,
  places: SecretPlaces,
): Promise<ReadonlyMap<string, AlertChannel>> {
  return openChannels(alerts, places, await loadRegistry(places.folder, plugins));
}

async function openChannel(
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
  return plugin.open(checked, credentials);
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
