import type { AlertChannel } from "../../ports/alert-channel.ts";
import { componentId, type ComponentHealth, type ComponentPart } from "../../ports/component.ts";
import type { AlertConfig } from "../config/alert-config.ts";
import type { SecretPlaces } from "../config/secret-place.ts";
import type { Registry } from "../plugins/registry.ts";
import { openChannel, refuseUnknownChannels } from "./open-channel.ts";

/** The kinds of parts that alerts are made of. */
export const alertPartKinds = ["channel", "alert rule"] as const;

/** Ways to reach people and rules about them, as parts, with the channels that are open at the moment. */
export type AlertParts = {
  readonly parts: readonly ComponentPart[];
  readonly channels: ReadonlyMap<string, AlertChannel>;
};

/** A rule by the name that it has, or its number. */
export function ruleId(rule: { readonly name?: string | undefined }, index: number): string {
  return componentId({ kind: "alert rule", name: rule.name ?? String(index + 1) });
}

/**
 * The channels and rules of a configuration as parts: a rule needs the channels that it names. Throws `CHANNEL_INVALID` for a
 * rule about a channel that is not there; `troubleOf` knows what those who send have seen of one. Opening one throws `CHANNEL_UNKNOWN`, `CHANNEL_INVALID` and `SECRET_MISSING`.
 */
export function alertParts(
  alerts: AlertConfig,
  places: SecretPlaces,
  registry: Registry,
  troubleOf: (channel: string) => ComponentHealth | null = () => null,
): AlertParts {
  refuseUnknownChannels(alerts);
  const channels = new Map<string, AlertChannel>();
  const ways = Object.entries(alerts.channels).map(([name, config]): ComponentPart => ({
    kind: "channel",
    name,
    isSwitchable: true,
    open: async () => void channels.set(name, await openChannel(name, config, places, registry)),
    health: () =>
      troubleOf(name) ?? channels.get(name)?.health?.() ?? { condition: "ok", detail: config.use ?? name },
    async close() {
      const channel = channels.get(name);
      channels.delete(name);
      await channel?.close?.();
    },
  }));
  const rules = alerts.rules.map((rule, index): ComponentPart => {
    const names = [...new Set([...rule.channels, ...rule.escalateTo])];
    const about = rule.kinds.length === 0 ? "everything" : rule.kinds.join(", ");
    return {
      kind: "alert rule",
      name: rule.name ?? String(index + 1),
      needs: names.map((name) => componentId({ kind: "channel", name })),
      isSwitchable: true,
      // It is nothing but on or off.
      open() {},
      health: () => ({ condition: "ok", detail: `${about}, from ${rule.severity} on` }),
    };
  });
  return { parts: [...ways, ...rules], channels };
}
